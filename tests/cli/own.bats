#!/usr/bin/env bats
# The worked example of vip-reports(5), as it stands there.

load ../helper

# The part of the page's literal text that begins with a line, to the end of its block.
literal() { awk -v first="$1" '$0 == first { on = 1 } /^\.Ed/ { on = 0 } on' "$VIP_ROOT/share/man/vip-reports.5"; }

@test "the example of the guide answers what it promises" {
    shop
    mkdir reports
    export VIP_REPORTS=$PWD/reports
    lines member,name,phone,enrolled A,王芳,13800138000,2026-01-01 > members.csv
    vip-enroll -q --as-of=2026-01-01 members.csv
    lines member,store,receipt,line,date,amount A,S1,R1,1,2026-10-01,600 A,S1,R1,2,2026-10-01,400.01 \
        A,S1,R2,1,2026-10-02,1000 ,S1,R3,1,2026-10-03,2000 ,S2,R4,1,2026-10-03,1500 \
        ,S2,R5,1,2026-11-01,5000 > pos.csv
    vip-accrue -q --as-of=2026-11-20 pos.csv
    literal 'SELECT count(*) AS receipts' > reports/big-receipts.sql
    exits 0 vip-report big-receipts
    same "$out" "$(lines receipts 4)"
    literal '-- title: Big receipts | 大单' > reports/big-receipts.sql
    vip-report -q -o out.csv big-receipts --by=store --as-of=2026-11-20
    same "$(cat out.csv)" "$(lines store,receipts,member_receipts,share,sales \
        S1,2,1,50.00,3000.01 S2,1,0,0.00,1500.00)"
    vip-report -q -o out.csv big-receipts -p 2026Q4 --store=S2 --as-of=2026-11-20
    same "$(sed 1d out.csv)" 2,0,0.00,6500.00
    exits 0 vip-report --describe big-receipts
    has "$out" "what came back later is not taken off"
    has "$out" "last-month when none is given"
    has "$out" "narrowed by: --store"
    vip-report -q -o big.xlsx big-receipts -p 2026Q4 --by=store --as-of=2026-11-20
    "$VIP_ROOT/tests/read-workbook" big.xlsx | grep -q '^sheet big-receipts .* charts=1 '
}

@test "mistakes in the chart of a heading are named with their line" {
    shop
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- chart: pie a' '-- column: a count' 'SELECT 1 AS a;' > own/a.sql
    refuses 2 "own/a.sql:1: chart: expected 'line COLUMN" vip-report a
    lines '-- column: a count' '-- chart: bars a b' 'SELECT 1 AS a;' > own/a.sql
    refuses 2 "own/a.sql:2: chart: 'b' is no column of the header" vip-report a
    lines '-- column: a count' '-- chart: heat a a' 'SELECT 1 AS a;' > own/a.sql
    refuses 2 "own/a.sql:2: chart: expected" vip-report a
}

@test "a column may say row by row what it holds, masked as that" {
    shop
    lines member,name,phone A,王芳,13800138000 > members.csv
    vip-enroll -q members.csv
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- column: value each 值' '-- column: type hidden' \
        "SELECT phone AS value, 'phone' AS type FROM member" \
        "UNION ALL SELECT 123456, 'yuan' UNION ALL SELECT 123456, 'count'" \
        "UNION ALL SELECT 20778, 'date' UNION ALL SELECT 1234, 'percent'" \
        "UNION ALL SELECT 'x', 'nonsense';" > own/a.sql
    vip-report -q a -o out.csv
    same "$(cat out.csv)" "$(lines value '138****8000' 1234.56 123456 2026-11-21 12.34 x)"
}
