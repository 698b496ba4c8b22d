#!/usr/bin/env bats
# Who is near a tier: vip-report near-tier finds those that vip-tier --near finds, by the same rules.
load ../helper

setup() {
    fresh
    shop --program=restaurant --as-of=2026-01-01
    lines member,name,phone,enrolled,receipt,spent,store,consultant \
        M1,王芳,13800138001,2026-01-05,Q1,200,S1,顾丽 M2,李雷,13800138002,2026-01-05,Q2,200,S2,陈晨 \
        M3,韩梅,13800138003,2026-01-05,Q3,200,S1,陈晨 | vip-enroll -q --as-of=2026-01-05
    lines date,store,receipt,amount,member 2026-01-06,S1,R1,2799.99,M1 2026-01-07,S1,R2,1300,M2 \
        2026-01-08,S1,R3,2800,M3 | vip-accrue -q --as-of=2026-01-08
    vip-tier -q --as-of=2026-01-08
}

@test "who is near, the nearest first, with what is missing and until when" {
    exits 0 vip-report near-tier -f csv --as-of=2026-02-01
    same "$out" "member,name,phone,store,consultant,ladder,held,tier,basis,reached,threshold,missing,share,deadline
M1,王芳,138****8001,S1,顾丽,,bronze,silver,period,2999.99,3000.00,0.01,0.01,2027-01-04
M2,李雷,138****8002,S2,陈晨,,bronze,silver,period,1500.00,3000.00,1500.00,50.00,2027-01-04
M3,韩梅,138****8003,S1,陈晨,,silver,gold,period,3000.00,10000.00,7000.00,70.00,2027-01-04"
    # It changes nothing, and the same is found by vip-tier.
    same "$(sed 1d <<<"$out" | cut -d, -f1,8,10-12,14 | sort)" "$(vip-tier --near=100% -f csv \
        --as-of=2026-02-01 | sed 1d | cut -d, -f1,3,8-10,12 | sort)"
}

@test "it is narrowed by store, consultant, tier and member" {
    exits 0 vip-report near-tier -f csv --as-of=2026-02-01 --store=S1
    same "$(sed 1d <<<"$out" | cut -d, -f1)" "$(lines M1 M3)"
    exits 0 vip-report near-tier -f csv --as-of=2026-02-01 --consultant=陈晨
    same "$(sed 1d <<<"$out" | cut -d, -f1)" "$(lines M2 M3)"
    exits 0 vip-report near-tier -f csv --as-of=2026-02-01 --tier=gold
    same "$(sed 1d <<<"$out" | cut -d, -f1)" M3
    exits 0 vip-report near-tier -f csv --as-of=2026-02-01 --member=M2
    same "$(sed 1d <<<"$out" | cut -d, -f1)" M2
}

@test "visits are counted, not paid" {
    for i in 1 2 3 4 5 6 7 8 9 10; do
        lines date,store,receipt,amount,member "2026-02-0$((i % 9 + 1)),S1,V$i,1,M2"
    done | awk 'NR == 1 || !/^date/' | vip-accrue -q --as-of=2026-02-10
    vip-tier -q --as-of=2026-02-10
    exits 0 vip-report near-tier -f csv --as-of=2026-02-10 --member=M2
    same "$(sed 1d <<<"$out" | cut -d, -f7-13)" silver,gold,visits,12,30,18,60.00
}

@test "a report of one's own can use the rows too, and no others" {
    mkdir mine
    lines '-- title: Ring them' '-- uses: near-tier' \
        'SELECT c1 AS member, c7 AS lacks FROM vip_bulk WHERE c8 <= 1000' >mine/ring.sql
    VIP_REPORTS=$PWD/mine exits 0 vip-report ring -f csv --as-of=2026-02-01
    same "$out" "$(lines member,lacks M1,1)"
    sed -i 's/near-tier/far-tier/' mine/ring.sql
    VIP_REPORTS=$PWD/mine refuses 2 "ring.sql:2: uses: 'far-tier' is not known" vip-report ring
}
