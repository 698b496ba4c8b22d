#!/usr/bin/env bats
# outdoor: silver and gold, points for two years, goods for points in March and August.
load story

setup() {
    fresh
    opens outdoor 2024-01-01
}

@test "silver ¥5000 at once, gold ¥10000 at once, on the day of joining or later" {
    joins accumulation 2024-01-10 Less spent=4999.99 receipt=A1 store=S1
    joins silver 2024-01-10 Sil spent=5000 receipt=A2 store=S1
    joins silver 2024-01-10 Near spent=9999.99 receipt=A3 store=S1
    joins gold 2024-01-10 Gol spent=10000 receipt=A4 store=S1
    joins accumulation 2024-01-10 Later
    joins accumulation 2024-01-10 Fen
    earns 10000 2024-02-01 Later 10000
    earns 4999 2024-02-01 Fen 4999.99
    night 2024-02-01 Later,accumulation,gold,upgrade,2024-02-01,
    sound 2024-02-01
}

@test "silver ¥10000 a year, gold ¥20000 a year, in twelve months that roll" {
    for member in Sum Less Slow; do
        joins accumulation 2024-01-10 $member
        earns 4000 2024-02-01 $member 4000
        earns 4000 2024-03-01 $member 4000
    done
    earns 2000 2024-04-01 Sum 2000
    earns 1999 2024-04-01 Less 1999.99
    night 2024-04-01 Sum,accumulation,silver,upgrade,2024-04-01,
    # The first ¥4000 of Slow have left the window by then.
    earns 2000 2025-02-01 Slow 2000
    earns 4900 2025-01-31 Sum 4900
    earns 4900 2025-01-30 Sum 4900
    night 2025-02-01 Less,accumulation,,lapse,2025-01-11, Slow,accumulation,,lapse,2025-01-11,
    earns 200 2025-01-31 Sum 200
    night 2025-02-02 Sum,silver,gold,upgrade,2025-01-31,
    sound 2025-02-02
}

@test "gold ¥20000 a year and not a fen less; what comes back leaves the window" {
    for member in Gol Fen Sil; do
        joins accumulation 2024-01-10 $member
        earns 4900 2024-02-01 $member 4900
        earns 4900 2024-03-01 $member 4900
    done
    earns 200 2024-04-01 Gol 200
    earns 200 2024-04-01 Fen 200
    earns 200 2024-04-01 Sil 200 receipt=S3
    earns 4900 2024-05-01 Gol 4900
    earns 4900 2024-06-01 Gol 4900
    earns 200 2025-01-31 Gol 200 receipt=G6
    earns 4900 2024-05-01 Fen 4900
    earns 4900 2024-06-01 Fen 4900
    earns 199 2025-01-31 Fen 199.99
    night 2025-01-31 Gol,accumulation,silver,upgrade,2024-04-01, \
        Gol,silver,gold,upgrade,2025-01-31, Fen,accumulation,silver,upgrade,2024-04-01, \
        Sil,accumulation,silver,upgrade,2024-04-01,
    brings_back 0 2025-02-01 Gol 0.01 G6
    brings_back 0 2025-02-01 Sil 0.01 S3
    night 2025-02-01 Gol,gold,silver,revocation,2025-02-01, Sil,silver,,revocation,2025-02-01,
    sound 2025-02-01
}

@test "a return takes the tier that rested on it" {
    joins accumulation 2024-01-10 Sil
    joins accumulation 2024-01-10 Gol
    earns 5000 2024-02-01 Sil 5000 receipt=S
    earns 20000 2024-02-01 Gol 20000 receipt=G
    night 2024-02-01 Gol,accumulation,gold,upgrade,2024-02-01, \
        Sil,accumulation,silver,upgrade,2024-02-01,
    brings_back 0 2024-02-08 Sil 0.01 S
    brings_back 10000 2024-02-08 Gol 10000.01 G
    night 2024-02-08 Gol,gold,silver,revocation,2024-02-08, \
        Sil,silver,accumulation,revocation,2024-02-08,2025-01-10
    sound 2024-02-08
}

@test "goods in March and August: 500, 1000, 2000, 3000, and not a point less" {
    local points
    for points in 500 1000 2000 3000; do
        joins silver 2024-01-10 "Has$points" spent=5000 receipt="H$points" store=S1
        joins silver 2024-01-10 "Less$points" spent=5000 receipt="L$points" store=S1
        earns $points 2024-02-01 "Has$points" $points.99
        earns $((points - 1)) 2024-02-01 "Less$points" $((points - 1)).99
    done
    denied out-of-season 2024-02-29 Has500 goods-300
    denied too-few-points 2024-03-01 Less500 goods-300
    takes 500 2024-03-01 Has500 goods-300
    denied too-few-points 2024-03-01 Less1000 goods-800
    takes 1000 2024-03-31 Has1000 goods-800
    denied out-of-season 2024-04-01 Has2000 goods-1800
    denied too-few-points 2024-08-01 Less2000 goods-1800
    takes 2000 2024-08-01 Has2000 goods-1800
    denied too-few-points 2024-08-31 Less3000 goods-3000
    takes 3000 2024-08-31 Has3000 goods-3000
    same "$(cell value)" 3000.00
    denied out-of-season 2024-09-01 Less3000 goods-300
    sound 2024-09-01
}

@test "points of the same day wait until the next" {
    joins silver 2024-01-10 Sil spent=5000 receipt=A1 store=S1
    earns 500 2024-03-05 Sil 500
    denied same-day-points 2024-03-05 Sil goods-300
    takes 500 2024-03-06 Sil goods-300
}

@test "points are good for two years, through their last day" {
    joins silver 2024-01-10 Sil spent=5000 receipt=A1 store=S1
    earns 700 2024-02-29 Sil 700 receipt=P1
    earns 600 2024-03-10 Sil 600 receipt=P2
    brings_back 100 2024-04-01 Sil 100 P2
    takes 500 2025-03-01 Sil goods-300
    night 2026-02-28
    balance Sil 700
    reminded 2026-02-10 points-expiring Sil
    night 2026-03-01
    has "$(<expired.csv)" Sil,points,,-200,120.00,2026-02-28,expired
    takes 500 2026-03-10 Sil goods-300
    night 2026-03-11
    balance Sil 0
    sound 2026-03-11
}

@test "a birthday gift in the birthday's month, once a year; not with an accumulation card" {
    joins silver 2024-01-10 Sil spent=5000 receipt=A1 store=S1 birthday=1988-02-29
    joins accumulation 2024-01-10 Acc birthday=1988-02-29
    denied wrong-month 2024-01-31 Sil birthday-gift kind=benefit
    denied wrong-tier 2024-02-01 Acc birthday-gift kind=benefit
    takes 0 2024-02-01 Sil birthday-gift kind=benefit
    denied used-this-year 2024-02-29 Sil birthday-gift kind=benefit
    denied wrong-month 2025-03-01 Sil birthday-gift kind=benefit
    takes 0 2025-02-28 Sil birthday-gift kind=benefit
}
