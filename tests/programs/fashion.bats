#!/usr/bin/env bats
# fashion: silver for ¥380, gold and diamond by the points of three months, gifts with two signatures.
load story

setup() {
    fresh
    opens fashion 2024-01-01
}

# silver MEMBER…: members since 10 January, by a receipt of ¥380.
silver() {
    local member
    for member; do joins silver 2024-01-10 "$member" spent=380 "receipt=Q$member" store=S1; done
}

@test "silver for ¥380 at once" {
    turned_away below-threshold 2024-01-10 Ann spent=379.99 receipt=A1 store=S1
    joins silver 2024-01-10 Ann spent=380 receipt=A1 store=S1 consent_sms=yes
    earns 380 2024-01-10 Ann 380 receipt=A1
    night 2024-01-10
    brings_back 0 2024-01-17 Ann 0.01 A1
    night 2024-01-17 Ann,silver,,revocation,2024-01-17,
    sound 2024-01-17
}

@test "gold: 3000 points in three months; diamond: 5000" {
    silver Gol Less Dia Near
    earns 1500 2024-02-01 Gol 1500.99
    earns 1499 2024-03-01 Gol 1499.99
    earns 3000 2024-02-01 Dia 3000
    earns 2999 2024-02-01 Less 2999.99
    earns 4999 2024-02-01 Near 4999.99
    night 2024-03-01 Dia,silver,gold,upgrade,2024-02-01, Near,silver,gold,upgrade,2024-02-01,
    earns 1 2024-04-30 Gol 1
    earns 2000 2024-04-30 Dia 2000
    night 2024-04-30 Gol,silver,gold,upgrade,2024-04-30, Dia,gold,diamond,upgrade,2024-04-30,
    sound 2024-04-30
}

@test "what was earned more than three months ago no longer counts" {
    silver Slow
    earns 2999 2024-02-01 Slow 2999
    earns 1 2024-05-01 Slow 1
    night 2024-05-01
    earns 2998 2024-05-02 Slow 2998
    night 2024-05-02
    earns 1 2024-05-03 Slow 1
    night 2024-05-03 Slow,silver,gold,upgrade,2024-05-03,
    sound 2024-05-03
}

@test "points that a return takes back take the tier along; spending them does not" {
    silver Back Spend
    earns 3000 2024-02-01 Back 3000 receipt=B1
    earns 3000 2024-02-01 Spend 3000
    night 2024-02-01 Back,silver,gold,upgrade,2024-02-01, Spend,silver,gold,upgrade,2024-02-01,
    brings_back 1 2024-02-10 Back 1 B1
    takes 3000 2024-02-10 Spend gift-3000 by=Li witness=Wang
    night 2024-02-10 Back,gold,silver,revocation,2024-02-10,
    earns 2000 2024-03-01 Spend 2000 receipt=S2
    night 2024-03-01 Spend,gold,diamond,upgrade,2024-03-01,
    brings_back 1 2024-03-02 Spend 1 S2
    night 2024-03-02 Spend,diamond,gold,revocation,2024-03-02,
    sound 2024-03-02
}

@test "a point a yuan on what was paid: not on what vouchers or points paid" {
    silver Ann
    earns 100 2024-02-01 Ann 100.99 pay=cash
    earns 0 2024-02-01 Ann 100 pay=voucher
    earns 0 2024-02-01 Ann 100 pay=points
    balance Ann 100
}

@test "gifts need two signatures, and the gift of honour gold or diamond" {
    silver Ann Bea
    earns 1000 2024-02-01 Ann 1000
    earns 999 2024-02-01 Bea 999
    denied one-signature 2024-02-02 Ann gift-1000
    denied one-signature 2024-02-02 Ann gift-1000 by=Li
    denied one-signature 2024-02-02 Ann gift-1000 by=Li witness=Li
    denied too-few-points 2024-02-02 Bea gift-1000 by=Li witness=Wang
    takes 1000 2024-02-02 Ann gift-1000 by=Li witness=Wang
    earns 2000 2024-06-03 Ann 2000
    earns 2000 2024-10-03 Ann 2000
    earns 2000 2025-02-03 Ann 2000
    night 2025-02-03
    denied wrong-tier 2025-02-04 Ann gift-5000 by=Li witness=Wang
    earns 4001 2025-02-04 Bea 4001
    night 2025-02-04 Bea,silver,gold,upgrade,2025-02-04,
    takes 5000 2025-02-04 Bea gift-5000 by=Li witness=Wang
    sound 2025-02-04
}

@test "a message within 24 hours, announcements in July and January" {
    joins silver 2024-01-10 Ann spent=380 receipt=A1 store=S1
    joins silver 2024-01-10 Bea spent=380 receipt=B1 store=S1
    earns 100 2024-03-01 Ann 100
    reminded 2024-03-02 points-posted Ann
    reminded 2024-07-01 points-posted Ann
    earns 100 2024-08-01 Bea 100
    reminded 2025-01-01 points-posted Bea
    exits 0 vip-remind -f csv --as-of=2025-01-01 --kind=points-posted --lang=zh
    has "$out" 100
}

@test "staff have a bonus for first purchases of 500, 1000, 2000 up to 3000" {
    local spent=(499.99 500 999.99 1000 1999.99 2000 2999.99 3000) i
    for i in "${!spent[@]}"; do
        joins silver 2024-01-10 "M$i" "spent=${spent[$i]}" "receipt=Q$i" store=S1 consultant=Li
    done
    exits 0 vip-report incentives -f csv -p 2024-01 --by=member --as-of=2024-02-01
    same "$(sed 1d <<<"$out" | grep first-purchase | awk -F, '{ print $4, $3 }' | sort)" "$(lines \
        'M1 5.00' 'M2 5.00' 'M3 10.00' 'M4 10.00' 'M5 20.00' 'M6 20.00')"
}

@test "and for 3000 and 5000 points in the first three months" {
    local points=(2999 3000 4999 5000 5999 6000) i
    for i in "${!points[@]}"; do
        joins silver 2024-01-10 "M$i" spent=380 "receipt=Q$i" store=S1 consultant=Li
        earns "${points[$i]}" 2024-02-01 "M$i" "${points[$i]}.99"
    done
    exits 0 vip-report incentives -f csv -p 2024-04 --by=member --as-of=2024-05-01
    same "$(sed 1d <<<"$out" | grep three-month | awk -F, '{ print $4, $3 }' | sort)" "$(lines \
        'M1 30.00' 'M2 30.00' 'M3 50.00' 'M4 50.00')"
}
