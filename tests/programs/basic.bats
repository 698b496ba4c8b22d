#!/usr/bin/env bats
# basic: whoever enrols is a member; a point a yuan; points never expire; the standard reminders.
load story

setup() {
    fresh
    opens basic 2024-01-01
}

@test "it is what vip-db init takes when none is named" {
    rm "$VIP_DB"
    vip-db init -q --as-of=2024-01-01
    exits 0 vip-db info
    has "$out" basic
}

@test "whoever enrols is a member and has a card" {
    joins member 2024-01-10 Ann
    [ -n "$(cell card)" ] || complain
    joins member 2024-01-10 Bea phone= birthday=
    night 2024-01-10
    exits 0 vip-find -f csv Ann
    has "$out" Ann,K000001,
    sound 2024-01-10
}

@test "a point for each full yuan, a line at a time; a return takes its part back" {
    joins member 2024-01-10 Ann
    earns 100 2024-01-11 Ann 100
    earns 0 2024-01-11 Ann 0.99
    earns 1 2024-01-11 Ann 1
    earns 99 2024-01-12 Ann 99.99 receipt=P1 line=1
    earns 50 2024-01-12 Ann 50.01 receipt=P1 line=2
    brings_back 49 2024-01-13 Ann 50 P1/1
    brings_back 50 2024-01-14 Ann 49.99 P1/1
    balance Ann 151
    sound 2024-01-14
}

@test "points never expire, the tier and the card never end" {
    joins member 2024-01-10 Ann
    earns 500 2024-01-11 Ann 500
    night 2044-01-11
    same "$(<expired.csv)" member,kind,item,points,value,expires,status
    balance Ann 500
    sound 2044-01-11
}

@test "Ann's year: birthday, the plan after a purchase, points twice a year, silence" {
    joins member 2024-01-10 Ann consent_sms=yes consent_call=yes birthday=1990-05-20
    joins member 2024-01-10 Bea consent_sms=no birthday=1990-05-20
    reminded 2024-02-10 dossier Ann
    earns 500 2024-03-01 Ann 500
    reminded 2024-03-01 follow-up Ann
    reminded 2024-03-02 points-posted Ann
    reminded 2024-03-03 follow-up
    reminded 2024-03-04 follow-up Ann
    reminded 2024-03-15 follow-up Ann
    reminded 2024-04-01 follow-up Ann
    reminded 2024-04-02 follow-up
    reminded 2024-05-20 birthday Ann
    reminded 2024-05-21 birthday
    reminded 2024-07-01 points-posted Ann
    reminded 2024-07-01 follow-up Ann
    reminded 2024-09-01 dormant Ann
    reminded 2024-09-01 follow-up Ann
    reminded 2024-12-01 follow-up Ann
    reminded 2025-01-01 points-posted
}
