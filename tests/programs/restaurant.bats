#!/usr/bin/env bats
# restaurant: bronze, silver and gold by spend and by visits.
load story

setup() {
    fresh
    opens restaurant 2024-01-01
}

# dines TIMES MEMBER MONTH [AMOUNT]: so many receipts, on days of a month.
dines() {
    local times=$1 member=$2 month=$3 amount=${4-10} i
    {
        lines member,store,receipt,date,amount
        for ((i = 1; i <= times; i++)); do
            printf '%s,S1,%s-%s-%d,%s-%02d,%s\n' "$member" "$member" "$month" "$i" "$month" "$i" "$amount"
        done
    } | vip-accrue -q --as-of="$month-28"
}

@test "bronze: ¥200 at once, or three visits" {
    joins bronze 2024-01-10 Bro spent=200 receipt=B1 store=S1
    joins guest 2024-01-10 Less spent=199.99 receipt=B2 store=S1
    joins guest 2024-01-10 Once
    joins guest 2024-01-10 Thrice
    joins guest 2024-01-10 Twice
    earns 200 2024-02-01 Once 200 receipt=O1
    dines 3 Thrice 2024-02
    dines 2 Twice 2024-02 99
    night 2024-02-28 Once,guest,bronze,upgrade,2024-02-01, Thrice,guest,bronze,upgrade,2024-02-03,
    # A receipt that came back whole is no visit.
    brings_back 10 2024-02-29 Thrice 10 Thrice-2024-02-2
    brings_back 0 2024-02-29 Once 0.01 O1
    night 2024-02-29 Thrice,bronze,guest,revocation,2024-02-29, \
        Once,bronze,guest,revocation,2024-02-29,
    sound 2024-02-29
}

@test "silver: ¥3000 or 12 visits in a year" {
    joins bronze 2024-01-10 Sum spent=200 receipt=B1 store=S1
    joins bronze 2024-01-10 Less spent=200 receipt=B2 store=S1
    joins bronze 2024-01-10 Often spent=200 receipt=B3 store=S1
    joins bronze 2024-01-10 Seldom spent=200 receipt=B4 store=S1
    earns 2800 2024-02-01 Sum 2800
    earns 2799 2024-02-01 Less 2799.99
    dines 11 Often 2024-02
    dines 10 Seldom 2024-02
    night 2024-02-28 Sum,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Often,bronze,silver,upgrade,2024-02-11,2025-02-11
    sound 2024-02-28
}

@test "gold: ¥10000 or 30 visits in a year" {
    for member in Sum Less Often Seldom; do
        joins bronze 2024-01-10 $member spent=200 "receipt=Q$member" store=S1
    done
    earns 9800 2024-02-01 Sum 9800
    earns 9799 2024-02-01 Less 9799.99
    dines 15 Often 2024-02
    dines 14 Often 2024-03
    dines 15 Seldom 2024-02
    dines 13 Seldom 2024-03
    night 2024-03-28 Sum,bronze,gold,upgrade,2024-02-01,2025-02-01 \
        Less,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Often,bronze,silver,upgrade,2024-02-11,2025-02-11 \
        Often,silver,gold,upgrade,2024-03-14,2025-03-14 \
        Seldom,bronze,silver,upgrade,2024-02-11,2025-02-11
    sound 2024-03-28
}

@test "what comes back takes silver and gold along: a fen of the sum, or a whole visit" {
    for member in Sil Oft Gol Reg; do
        joins bronze 2024-01-10 $member spent=200 "receipt=Q$member" store=S1
    done
    earns 2800 2024-02-01 Sil 2800 receipt=S1
    dines 11 Oft 2024-02
    earns 9800 2024-02-01 Gol 9800 receipt=G1
    dines 15 Reg 2024-02
    dines 14 Reg 2024-03
    night 2024-03-28 Sil,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Oft,bronze,silver,upgrade,2024-02-11,2025-02-11 \
        Gol,bronze,gold,upgrade,2024-02-01,2025-02-01 \
        Reg,bronze,silver,upgrade,2024-02-11,2025-02-11 \
        Reg,silver,gold,upgrade,2024-03-14,2025-03-14
    brings_back 0 2024-03-29 Sil 0.01 S1
    brings_back 0 2024-03-29 Gol 0.01 G1
    brings_back 9 2024-03-29 Oft 9 Oft-2024-02-3
    brings_back 9 2024-03-29 Reg 9 Reg-2024-03-3
    night 2024-03-29 Sil,silver,bronze,revocation,2024-03-29, \
        Gol,gold,silver,revocation,2024-03-29,2025-02-01
    brings_back 1 2024-03-30 Oft 1 Oft-2024-02-3
    brings_back 1 2024-03-30 Reg 1 Reg-2024-03-3
    night 2024-03-30 Oft,silver,bronze,revocation,2024-03-30, \
        Reg,gold,silver,revocation,2024-03-30,2025-02-11
    sound 2024-03-30
}

@test "a year is kept by the very figure, in spend or in visits, through its last day" {
    for member in Keep Fen Oft Few Back; do
        joins bronze 2024-01-10 $member spent=200 "receipt=Q$member" store=S1
        earns 2800 2024-02-01 $member 2800
    done
    night 2024-02-01 Keep,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Fen,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Oft,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Few,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Back,bronze,silver,upgrade,2024-02-01,2025-02-01
    earns 3000 2025-02-01 Keep 3000
    earns 2999 2025-02-01 Fen 2999.99
    earns 3000 2025-02-01 Back 3000 receipt=K1
    dines 12 Oft 2024-05
    dines 11 Few 2024-05
    brings_back 0 2025-02-01 Back 0.01 K1
    night 2025-02-01
    night 2025-02-02 Keep,silver,silver,renewal,2025-02-02,2026-02-01 \
        Oft,silver,silver,renewal,2025-02-02,2026-02-01 \
        Fen,silver,bronze,downgrade,2025-02-02, Few,silver,bronze,downgrade,2025-02-02, \
        Back,silver,bronze,downgrade,2025-02-02,
    sound 2025-02-02
}

@test "a year of gold is kept by the same again, else it is silver, then bronze" {
    joins bronze 2024-01-10 Keep spent=200 receipt=Q1 store=S1
    joins bronze 2024-01-10 Fall spent=200 receipt=Q2 store=S1
    earns 9800 2024-02-01 Keep 9800
    earns 9800 2024-02-01 Fall 9800
    night 2024-02-01 Keep,bronze,gold,upgrade,2024-02-01,2025-02-01 \
        Fall,bronze,gold,upgrade,2024-02-01,2025-02-01
    earns 10000 2025-01-15 Keep 10000
    earns 2000 2024-12-15 Fall 2000
    night 2025-02-02 Keep,gold,gold,renewal,2025-02-02,2026-02-01 \
        Fall,gold,silver,downgrade,2025-02-02,2026-02-01
    night 2026-02-02 Keep,gold,silver,downgrade,2026-02-02,2027-02-01 \
        Fall,silver,bronze,downgrade,2026-02-02,
    sound 2026-02-02
}

@test "what each tier may use" {
    joins bronze 2024-01-10 Bro spent=200 receipt=Q1 store=S1
    joins bronze 2024-01-10 Sil spent=200 receipt=Q2 store=S1
    joins bronze 2024-01-10 Gol spent=200 receipt=Q3 store=S1
    joins guest 2024-01-10 Gue
    earns 2800 2024-02-01 Sil 2800
    earns 9800 2024-02-01 Gol 9800
    night 2024-02-01 Sil,bronze,silver,upgrade,2024-02-01,2025-02-01 \
        Gol,bronze,gold,upgrade,2024-02-01,2025-02-01
    for item in private-room delivery priority; do
        denied wrong-tier 2024-03-01 Bro $item kind=benefit
        takes 0 2024-03-01 Gol $item kind=benefit
    done
    denied wrong-tier 2024-03-01 Sil private-room kind=benefit
    takes 0 2024-03-01 Sil delivery kind=benefit
    takes 0 2024-03-01 Sil priority kind=benefit
    for _ in 2 3 4; do takes 0 2024-03-31 Gol private-room kind=benefit; done
    denied limit-reached 2024-03-31 Gol private-room kind=benefit
    takes 0 2024-04-01 Gol private-room kind=benefit
    denied wrong-tier 2024-05-01 Gue birthday-gift kind=benefit
    takes 0 2024-05-01 Bro birthday-gift kind=benefit
    denied used-this-year 2024-05-20 Bro birthday-gift kind=benefit
    denied wrong-month 2024-06-01 Sil birthday-gift kind=benefit
}
