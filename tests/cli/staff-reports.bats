#!/usr/bin/env bats
# Reports on staff: targets, commission, bonus; worked out by hand beside each.

load ../helper

report() { vip-report -q -o out.csv "$@" && sed 1d out.csv; }

# Two stores; A and B in S1, C in S2; their members, some handed on.
setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" own
    lines basis,from,until,amount group-sales,,10000,0.5% group-sales,10000,,1% \
        first-purchase,500,1000,5 first-purchase,1000,2000,10 three-month-points,3000,5000,30 \
        three-month-points,5000,,50.50 > own/incentives.csv
    shop --program=own
    lines staff,name,store,group,since A,安,S1,G1,2026-01-01 B,白,S1,G1,2026-01-01 \
        C,陈,S2,G2,2026-01-01 D,丁,S1,G1,2026-01-01 > roster.csv
    vip-staff roster -q --as-of=2026-01-01 roster.csv
    lines member,name,phone,store,consultant,enrolled M1,甲,13800138001,S1,A,2026-01-10 \
        M2,乙,13800138002,S1,B,2026-01-20 M3,丙,13800138003,S2,C,2026-01-31 \
        M4,丁,13800138004,S1,A,2026-02-01 M5,戊,13800138005,S2,,2026-02-02 > members.csv
    vip-enroll -q --as-of=2026-02-02 members.csv
}

@test "monthly: enrolments against targets, as recruitment has them" {
    lines month,store,staff,target 2026-01,S1,,4 2026-01,,A,1 2026-01,S1,B,3 2026-01,S3,,2 \
        2026-02,S1,,1 2026-02,,C,7 > targets.csv
    vip-staff targets -q --as-of=2026-02-01 targets.csv
    vip-report -q -o out.csv monthly -p 2026-02
    # The store of C has no target of its own in February: hers stands for it.
    same "$(grep ^members out.csv | cut -d, -f2,4,5)" \
        "$(lines enrolled,2,3 target,8,6 target_share,25.00,50.00 members,5,3)"
    same "$(report recruitment -p 2026-02 | cut -d, -f1,2)" 2,8
    same "$(report recruitment -p 2026-01 | cut -d, -f1,2)" 3,6
    vip-report -q -o out.csv monthly -p 2026-01 --store=S3
    same "$(grep ^members out.csv | cut -d, -f2,4)" \
        "$(lines enrolled,0 target,2 target_share,0.00 members,0)"
}

@test "commission: the shares of a group sum to its pool, to the fen" {
    # M1 and M4 are A's, M2 is B's: G1 sold 1000.01 + 300 − 100; M5 is nobody's.
    lines member,store,receipt,line,date,amount,kind,original M1,S1,R1,1,2026-03-02,1000.01,sale, \
        M2,S2,R2,1,2026-03-03,300,sale, M2,S2,R3,1,2026-03-10,100,return,R2/1 \
        M3,S2,R4,1,2026-03-05,20000,sale, M5,S2,R5,1,2026-03-05,700,sale, \
        ,S1,R6,1,2026-03-05,700,sale, M1,S1,R7,1,2026-04-02,50,sale, > pos.csv
    vip-accrue -q --as-of=2026-04-02 pos.csv
    lines staff,date,days A,2026-03-02,1 A,2026-03-03,0.5 B,2026-03-02,1 D,2026-03-04,1 > days.csv
    lines staff,month,days A,2026-03,8.5 B,2026-03,9 D,2026-03,9 > months.csv
    vip-staff attendance -q --as-of=2026-04-02 days.csv
    vip-staff attendance -q --as-of=2026-04-02 months.csv
    # 1200.01 × 0.5 % = 6.00005: 6.00 over 10, 10 and 10 days.
    same "$(report commission -p 2026-03)" "$(lines G1,1200.01,0.50,6.00,30.00,A,安,10.00,2.00 \
        G1,1200.01,0.50,6.00,30.00,B,白,10.00,2.00 G1,1200.01,0.50,6.00,30.00,D,丁,10.00,2.00 \
        G2,20000.00,1.00,200.00,,,,,)"
    # Sevenths: 200.00 over 1, 2 and 4 days is 28.57(1), 57.14(2), 114.28(5): the last fen is C's.
    lines staff,name,store,group,since E,戊,S2,G2,2026-03-01 F,己,S2,G2,2026-03-01 > more.csv
    vip-staff roster -q --as-of=2026-04-02 more.csv
    lines staff,month,days C,2026-03,4 E,2026-03,1 F,2026-03,2 > months.csv
    vip-staff attendance -q --as-of=2026-04-02 months.csv
    same "$(report commission -p 2026-03 | grep ^G2 | cut -d, -f6,8,9)" \
        "$(lines C,4.00,114.29 E,1.00,28.57 F,2.00,57.14)"
    # Whoever takes a member over has the sales from that day on.
    vip-staff reassign -q --from=A --to=C --as-of=2026-04-02
    same "$(report commission -p 2026-04 | cut -d, -f1-4)" G2,50.00,0.50,0.25
    same "$(report commission -p 2026-03 | cut -d, -f1,2 | sort -u)" "$(lines G1,1200.01 G2,20000.00)"
}

@test "incentives: by the first purchase and by the points of three months" {
    lines member,store,receipt,line,date,amount,kind,original M1,S1,R1,1,2026-03-02,600,sale, \
        M1,S1,R1,2,2026-03-02,500,sale, M1,S1,R1x,1,2026-03-04,101,return,R1/2 \
        M2,S1,R2,1,2026-03-03,499.99,sale, M2,S1,R3,1,2026-04-19,3000,sale, \
        M2,S1,R4,1,2026-04-20,3000,sale, M3,S2,R5,1,2026-03-31,1000,sale, \
        M3,S2,R6,1,2026-04-30,4000,sale, > pos.csv
    vip-accrue -q --as-of=2026-05-02 pos.csv
    # M1's first receipt is 999 after the return; M2's three months end on 19 April, with 3499 points;
    # M3's, of 31 January, on 29 April (the month after them begins on 30 April).
    same "$(report incentives -p 2026-03 --by=member)" \
        "$(lines A,first-purchase,5.00,M1,1,5.00 C,first-purchase,10.00,M3,1,10.00)"
    same "$(report incentives -p 2026-04 --by=member)" B,three-month-points,30.00,M2,1,30.00
    same "$(report incentives --from=2026-03-01 --to=2026-04-30 --by=store)" \
        "$(lines S1,A,first-purchase,5.00,1,5.00 S1,B,three-month-points,30.00,1,30.00 \
            S2,C,first-purchase,10.00,1,10.00)"
    # What the application named is the first purchase.
    lines member,name,phone,store,consultant,enrolled,receipt,spent \
        M6,己,13800138006,S1,A,2026-03-15,Q1,1999.99 > members.csv
    vip-enroll -q --as-of=2026-03-15 members.csv
    same "$(report incentives -p 2026-03 --by=member | grep M6)" A,first-purchase,10.00,M6,1,10.00
}
