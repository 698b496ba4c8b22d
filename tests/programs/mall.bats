#!/usr/bin/env bats
# mall: one card a household, double points on the birthday, gold and platinum by the year's spend,
# a lounge for the upper tiers.
load story

# id_no BIRTHDAY NUMBER: a resident ID number with its check digit (GB 11643).
id_no() {
    awk -v digits="110105${1//-/}$(printf %03d "$2")" 'BEGIN {
        split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
        for (i = 1; i <= 17; i++) sum += substr(digits, i, 1) * weight[i]
        print digits substr("10X98765432", sum % 11 + 1, 1)
    }'
}

# moves_in TIER DAY MEMBER ADDRESS [COLUMN=VALUE…]: joins with papers.
moves_in() {
    local tier=$1 day=$2 member=$3 address=$4
    shift 4
    joins "$tier" "$day" "$member" "address=$address" "id_no=$(id_no 1990-05-20 $((told + 1)))" "$@"
}

setup() {
    fresh
    opens mall 2024-01-01
}

@test "one card a household, by the address on the ID" {
    moves_in card 2024-01-10 Ann 朝阳区建国路88号2单元301室
    turned_away household 2024-01-10 Bea address=朝阳区建国路８８号2单元301 \
        "id_no=$(id_no 1990-05-20 77)"
    turned_away missing-field 2024-01-10 Bea address=朝阳区建国路88号2单元302室
    turned_away bad-id-no 2024-01-10 Bea address=朝阳区建国路88号2单元302室 id_no=110105199005200770
    moves_in card 2024-01-10 Bea 朝阳区建国路88号2单元302室
    # Whoever leaves makes room.
    sheet member=Ann reason=moved by=Li >gone.csv
    exits 0 vip-enroll --cancel --as-of=2024-02-01 gone.csv
    moves_in card 2024-02-01 Cat 朝阳区建国路88号2单元301室
}

@test "what qualified for the card earns nothing, and counts towards gold" {
    moves_in card 2024-01-10 Ann 1号 spent=19999 receipt=Q1 store=S1
    earns 0 2024-01-10 Ann 19999 receipt=Q1
    same "$(cell reason)" qualifying
    earns 1 2024-01-11 Ann 1
    night 2024-01-11 Ann,card,gold,upgrade,2024-01-11,2025-01-11
    sound 2024-01-11
}

@test "double points on the birthday, solar or lunar, and back with a return" {
    moves_in card 2024-01-10 Ann 1号
    joins card 2024-01-10 Lun address=2号 birthday=L08-15 "id_no=$(id_no 1990-10-03 5)"
    earns 100 2024-05-19 Ann 100.99
    earns 200 2024-05-20 Ann 100.99 receipt=P1
    earns 100 2024-05-21 Ann 100
    earns 200 2024-09-17 Lun 100
    earns 100 2024-09-18 Lun 100
    brings_back 100 2024-06-01 Ann 50.50 P1
    balance Ann 300
    sound 2024-09-18
}

@test "gold ¥20000 and platinum ¥50000 in twelve months, kept by as much in the year" {
    moves_in card 2024-01-10 Gol 1号
    moves_in card 2024-01-10 Less 2号
    moves_in card 2024-01-10 Pla 3号
    moves_in card 2024-01-10 Near 4号
    earns 20000 2024-02-01 Gol 20000
    earns 19999 2024-02-01 Less 19999.99
    earns 50000 2024-02-01 Pla 50000 receipt=P1
    earns 49999 2024-02-01 Near 49999.99
    night 2024-02-01 Gol,card,gold,upgrade,2024-02-01,2025-02-01 \
        Pla,card,platinum,upgrade,2024-02-01,2025-02-01 \
        Near,card,gold,upgrade,2024-02-01,2025-02-01
    brings_back 0 2024-02-20 Pla 0.01 P1
    night 2024-02-20 Pla,platinum,gold,revocation,2024-02-20,2025-02-01
    brings_back 30000 2024-02-21 Pla 30000 P1
    night 2024-02-21 Pla,gold,card,revocation,2024-02-21,
    earns 20000 2025-02-01 Gol 20000
    earns 19999 2025-02-01 Near 19999.99
    night 2025-02-02 Gol,gold,gold,renewal,2025-02-02,2026-02-01 \
        Near,gold,card,downgrade,2025-02-02,
    sound 2025-02-02
}

@test "the lounge: two guests, four visits a month, for gold and platinum" {
    moves_in card 2024-01-10 Car 1号
    moves_in card 2024-01-10 Gol 2号
    earns 20000 2024-02-01 Gol 20000
    night 2024-02-01 Gol,card,gold,upgrade,2024-02-01,2025-02-01
    denied wrong-tier 2024-02-02 Car lounge kind=benefit
    denied too-many-guests 2024-02-02 Gol lounge kind=benefit guests=3
    for _ in 1 2 3 4; do takes 0 2024-02-02 Gol lounge kind=benefit guests=2; done
    denied limit-reached 2024-02-29 Gol lounge kind=benefit
    takes 0 2024-03-01 Gol lounge kind=benefit
    takes 0 2024-02-02 Car full-price kind=benefit
}

@test "points are announced in July and January" {
    moves_in card 2024-01-10 Ann 1号
    earns 100 2024-06-30 Ann 100
    reminded 2024-07-01 points-posted Ann
    reminded 2024-07-02 points-posted
    earns 100 2024-12-31 Ann 100
    exits 0 vip-remind -f csv --kind=points-posted --as-of=2025-01-01
    has "$out" Ann,points-posted,2025-01-01,
}

@test "stored value: no bonus, and returns go back to it" {
    moves_in card 2024-01-10 Ann 1号
    lines request,member,amount,by T1,Ann,1000,Li >topup.csv
    exits 0 vip-accrue --topup --as-of=2024-01-11 topup.csv
    has "$out" Ann,T1,topup,1000.00,0.00,1000.00,,posted,
    takes 0 2024-01-12 Ann '' kind=stored amount=300 receipt=P1 store=S1
    earns 300 2024-01-12 Ann 300 pay=stored receipt=P1
    brings_back 100 2024-01-13 Ann 100 P1 pay=stored
    takes 0 2024-01-13 Ann '' kind=stored amount=-100 receipt=P1 store=S1
    exits 0 vip-report stored --as-of=2024-01-31 -f csv
    has "$out" Ann,Ann,,800.00,0.00,800.00,
    sound 2024-01-13
}

@test "classes A to D by the year's spend" {
    local spent=(50000 49999.99 20000 19999.99 5000 4999.99 0.01) i
    for i in "${!spent[@]}"; do
        moves_in card 2024-01-10 "M$i" "$i号楼"
        buys 2024-02-01 "M$i" "${spent[$i]}" "receipt=P$i"
    done
    exits 0 vip-report classes -f tsv -p 2024 --as-of=2024-12-31
    same "$(sed 1d <<<"$out" | cut -f 1,3)" "$(printf '%s\t%s\n' A 1 B 2 C 2 D 2)"
    brings_back 0 2024-02-02 M4 0.01 P4
    exits 0 vip-report classes -f tsv -p 2024 --as-of=2024-12-31
    same "$(sed 1d <<<"$out" | cut -f 1,3)" "$(printf '%s\t%s\n' A 1 B 2 C 1 D 3)"
    night 2024-12-31 M0,card,platinum,upgrade,2024-02-01,2025-02-01 \
        M1,card,gold,upgrade,2024-02-01,2025-02-01 M2,card,gold,upgrade,2024-02-01,2025-02-01
}

@test "supervisors share 1 % of a group's sales to members by days worked" {
    lines staff,name,store,group,since A,安,S1,G1,2024-01-01 B,白,S1,G1,2024-01-01 |
        vip-staff roster -q --as-of=2024-01-01
    moves_in card 2024-01-10 Ann 1号 store=S1 consultant=A
    buys 2024-03-02 Ann 10000 receipt=P1
    brings_back 1000 2024-03-05 Ann 1000 P1
    buys 2024-03-06 '' 5000
    lines staff,month,days A,2024-03,20 B,2024-03,10 | vip-staff attendance -q --as-of=2024-03-31
    exits 0 vip-report commission -f tsv -p 2024-03 --as-of=2024-04-01
    same "$(sed 1d <<<"$out" | cut -f 2-4,6,9)" \
        "$(printf '%s\t' 9000.00 1.00 90.00 A)60.00
$(printf '%s\t' 9000.00 1.00 90.00 B)30.00"
}
