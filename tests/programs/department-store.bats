#!/usr/bin/env bats
# department-store: a card for one good receipt, a rebate ladder at the end of the card year.
load story

@test "the card takes ¥1000 in one purchase, ¥800 at JESSIE, and not a fen less" {
    opens department-store 2024-01-01
    turned_away below-threshold 2024-01-10 Ann spent=999.99 receipt=A1 store=S1
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1
    turned_away below-threshold 2024-01-10 Bea spent=800 receipt=B1 store=S1
    turned_away below-threshold 2024-01-10 Bea spent=799.99 receipt=B1 store=JESSIE
    joins vip 2024-01-10 Bea spent=800 receipt=B1 store=JESSIE
    turned_away below-threshold 2024-01-10 Cat
    night 2024-01-10
    sound 2024-01-10
}

@test "a return of the purchase that brought the card takes the card's tier" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1
    earns 0 2024-01-10 Ann 1000 receipt=A1
    same "$(cell reason)" qualifying
    night 2024-01-10
    brings_back 0 2024-01-12 Ann 0.01 A1
    night 2024-01-12 Ann,vip,,revocation,2024-01-12,
    sound 2024-01-12
}

@test "at JESSIE, too; and what is left of the receipt must reach that counter's figure" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Bea spent=800 receipt=B1 store=JESSIE
    joins vip 2024-01-10 Cat spent=1000 receipt=C1 store=JESSIE
    earns 0 2024-01-10 Bea 800 receipt=B1 store=JESSIE
    earns 0 2024-01-10 Cat 1000 receipt=C1 store=JESSIE
    brings_back 0 2024-01-12 Bea 0.01 B1 store=JESSIE
    brings_back 0 2024-01-12 Cat 200 C1 store=JESSIE
    night 2024-01-12 Bea,vip,,revocation,2024-01-12,
    brings_back 0 2024-01-13 Cat 0.01 C1 store=JESSIE
    night 2024-01-13 Cat,vip,,revocation,2024-01-13,
    sound 2024-01-13
}

@test "a point a yuan on what was paid; promotions and marked-down goods earn nothing" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1
    earns 99 2024-01-11 Ann 99.99
    earns 100 2024-01-11 Ann 100
    earns 0 2024-01-12 Ann 500 promo=spring
    same "$(cell reason)" promotion
    earns 0 2024-01-12 Ann 400 list_price=400.01
    same "$(cell reason)" promotion
    earns 400 2024-01-12 Ann 400 list_price=400
    earns 300 2024-01-13 Ann 300 pay=cash
    earns 0 2024-01-13 Ann 200 pay=voucher
    earns 0 2024-01-14 Ann 700 date=2024-01-09
    same "$(cell reason)" before-enrolment
    balance Ann 899
    earns 200 2024-02-01 Ann 200.50 receipt=P1
    brings_back 99 2024-02-03 Ann 99.99 P1
    brings_back 101 2024-02-04 Ann 100.51 P1
    balance Ann 899
    sound 2024-02-04
}

@test "missing points can be claimed for a month" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1
    lines store,receipt,date,amount,member S1,L1,2024-02-01,300, S1,L2,2024-02-01,200, |
        vip-accrue -q --as-of=2024-02-01
    earns 300 2024-03-02 Ann 300 receipt=L1 date=2024-02-01
    same "$(cell reason)" missing-points
    buys 2024-03-03 Ann 200 receipt=L2 date=2024-02-01
    [ "$status" -eq 1 ] || complain
    balance Ann 300
}

# ladder AMOUNT ITEM VALUE: this balance at card year's end is had for this rebate, one point less
# is not enough.
ladder() {
    local amount=$1 item=$2 value=$3
    joins vip 2024-01-10 "Less$amount" spent=1000 "receipt=L$amount" store=S1
    joins vip 2024-01-10 "Just$amount" spent=1000 "receipt=J$amount" store=S1
    earns "$((amount - 1))" 2024-06-01 "Less$amount" "$((amount - 1)).99"
    earns "$amount" 2024-06-01 "Just$amount" "$amount"
    denied not-due 2025-01-09 "Just$amount" "$item"
    denied too-few-points 2025-01-10 "Less$amount" "$item"
    takes "$amount" 2025-01-10 "Just$amount" "$item"
    same "$(cell value)" "$value.00"
    balance "Just$amount" 0
}

@test "the ladder at card year's end: 5000, 8000, 10000, 15000" {
    opens department-store 2024-01-01
    ladder 5000 rebate-200 200
    ladder 8000 rebate-500 500
    ladder 10000 rebate-800 800
    ladder 15000 gift-1380 1380
    sound 2025-01-10
}

@test "Ann's year: points, the rebate clears the balance, three months to claim" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1 consent_sms=yes
    joins vip 2024-01-10 Bea spent=1000 receipt=B1 store=S1 consent_sms=yes
    earns 9000 2024-06-01 Ann 9000 receipt=A2
    earns 6000 2024-06-01 Bea 6000
    brings_back 1001 2024-07-01 Ann 1001 A2
    denied too-few-points 2025-02-11 Ann rebate-500
    reminded 2025-02-10 points-expiring Ann Bea
    takes 7999 2025-02-11 Ann rebate-200
    denied too-few-points 2025-02-11 Ann rebate-200
    night 2025-04-30 Ann,vip,vip,renewal,2025-01-11,2026-01-10 Bea,vip,vip,renewal,2025-01-11,2026-01-10
    exits 0 vip-redeem --offers --member=Bea -f csv --as-of=2025-04-30
    has "$out" Bea,reward,rebate-200,
    denied claim-ended 2025-05-01 Bea rebate-200
    sound 2025-05-01
}

@test "the card is renewed by one more such receipt in its year" {
    opens department-store 2024-01-01
    for member in Once Less Twice Counter Below Back; do
        joins vip 2024-01-10 $member spent=1000 "receipt=Q$member" store=S1
    done
    earns 1000 2025-01-10 Once 1000
    earns 999 2024-06-01 Less 999.99
    earns 500 2024-06-01 Twice 500
    earns 500 2024-06-02 Twice 500
    earns 800 2024-06-01 Counter 800 store=JESSIE
    earns 799 2024-06-01 Below 799.99 store=JESSIE
    earns 1000 2024-06-01 Back 1000 receipt=B1
    brings_back 0 2024-06-02 Back 0.01 B1
    night 2025-01-10
    night 2025-01-11 Once,vip,vip,renewal,2025-01-11,2026-01-10 \
        Counter,vip,vip,renewal,2025-01-11,2026-01-10 Less,vip,,lapse,2025-01-11, \
        Twice,vip,,lapse,2025-01-11, Below,vip,,lapse,2025-01-11, Back,vip,,lapse,2025-01-11,
    sound 2025-01-11
}

@test "the card is valid a year, and renewed for another" {
    opens department-store 2024-01-01
    joins vip 2024-01-10 Ann spent=1000 receipt=A1 store=S1
    exits 0 vip-card list --expiring=2025-01 --as-of=2025-01-01 -f csv
    has "$out" Ann,
    earns 1000 2024-09-01 Ann 1000
    night 2025-01-11 Ann,vip,vip,renewal,2025-01-11,2026-01-10
    night 2026-01-11 Ann,vip,,lapse,2026-01-11,
    sound 2026-01-11
}
