#!/usr/bin/env bats
# vip-report: figures held against the same figures worked out from the rows that went in.

load ../helper

# Three members, two stores, two months: sales, a return in the month after, an exchange, sales to
# others.
month() {
    shop
    lines member,name,phone,consultant,enrolled \
        A,王芳,13800138000,顾丽,2026-01-01 B,李雷,13900139000,顾丽,2026-01-01 \
        C,韩梅,13700137000,陈晨,2026-11-20 > members.csv
    vip-enroll -q --as-of=2026-11-20 members.csv
    lines member,store,receipt,line,date,amount,quantity,category,kind,original \
        A,0101,R1,1,2026-10-30,300.00,1,shoes,sale, \
        A,0101,R1,2,2026-10-30,99.90,2,socks,sale, \
        A,0102,R2,1,2026-11-02,50.50,1,socks,sale, \
        B,0101,R3,1,2026-11-03,200.00,1,shoes,sale, \
        B,0101,R4,1,2026-11-03,10.00,1,socks,sale, \
        B,0101,R5,1,2026-11-05,200.00,1,shoes,return,R3/1 \
        B,0101,R5,2,2026-11-05,220.00,1,shoes,sale, \
        ,0101,X1,1,2026-11-06,1000.00,3,shoes,sale, \
        ,0102,X2,1,2026-10-06,700.00,1,shoes,sale, > pos.csv
    vip-accrue -q --as-of=2026-11-20 pos.csv
}

report() { vip-report -q -o "$BATS_TEST_TMPDIR/out.csv" --as-of=2026-11-30 "$@" && cat "$BATS_TEST_TMPDIR/out.csv"; }

@test "contribution is net of returns, and counts receipts with a sale" {
    month
    same "$(report contribution)" \
"sales,member_sales,share,receipts,member_receipts,receipt_share,buyers
2380.40,680.40,28.58,7,5,71.43,2"
}

@test "contribution by store and month, against awk" {
    month
    report contribution --by=store,month | cut -d, -f1-4,6,7 > got.csv
    awk -F, 'NR > 1 {
        key = $2 "," substr($5, 1, 7); net = $9 == "sale" ? $6 : -$6
        all[key] += net; if ($1 != "") own[key] += net
        if ($9 == "sale" && !(($2, $3) in seen)) { n[key]++; if ($1 != "") m[key]++ }
        if ($9 == "sale") seen[$2, $3] = 1
    } END { for (k in all) printf "%s,%.2f,%.2f,%d,%d\n", k, all[k], own[k], n[k], m[k] }' pos.csv |
        sort > want.csv
    same "$(sed 1d got.csv)" "$(cat want.csv)"
}

@test "contribution of one store, one category, one period" {
    month
    same "$(report contribution --store=0101 --category=shoes --period=2026-11 | sed 1d)" \
        "1220.00,220.00,18.03,3,2,66.67,1"
}

@test "repurchase counts days, not receipts, and an exchange is no repurchase" {
    month
    # A bought on two days; B on one (R3 came back whole, R4 on the same day, R5 later: two days).
    same "$(report repurchase)" \
"buyers,repeat_buyers,repurchase_rate,purchase_days,days_per_buyer
2,2,100.00,4,2.00"
    # Of shoes B has only R5, since R3 went back.
    same "$(report repurchase --category=shoes | sed 1d)" "2,0,0.00,2,1.00"
    # In each month A bought on one day.
    same "$(report repurchase --by=month | sed 1d)" \
"2026-10,1,0,0.00,1,1.00
2026-11,2,1,50.00,3,1.50"
    same "$(report repurchase --by=consultant --period=2026-11 | sed 1d)" "顾丽,2,1,50.00,3,1.50"
}

@test "tickets leave returns out" {
    month
    same "$(report ticket --by=buyer)" \
"buyer,receipts,items,sales,average_ticket,units_per_ticket,average_price
member,5,7.00,880.40,176.08,1.40,125.77
other,2,4.00,1700.00,850.00,2.00,425.00"
}

@test "a statement carries the balance, brings it forward, and says what is left of each lot" {
    month
    same "$(report statement --member=B)" \
"date,kind,store,ref,line,amount,points,balance,expires,left
2026-11-03,earn,0101,R3,1,200.00,200,200,,0
2026-11-03,earn,0101,R4,1,10.00,10,210,,10
2026-11-05,return,0101,R5,1,-200.00,-200,10,,
2026-11-05,earn,0101,R5,2,220.00,220,230,,220"
    same "$(report statement --member=B --from=2026-11-05 | sed 1d | cut -d, -f1,2,7,8)" \
"2026-11-05,brought-forward,,210
2026-11-05,return,-200,10
2026-11-05,earn,220,230"
    same "$(report statement --member=C --from=2026-11-05 | sed 1d | cut -d, -f1,2,8)" \
        "2026-11-05,brought-forward,0"
    # Until a day before the return: the lot was whole then.
    same "$(report statement --member=B --to=2026-11-03 | sed -n 2p | cut -d, -f7,10)" "200,200"
}

@test "liability: opening and postings make the closing, lots make the outstanding" {
    month
    report liability --period=2026-11 > got.csv
    # 300 + 99 points were earned in October.
    grep -qx 'opening,,399,3.99' got.csv
    grep -qx 'earned,,480,4.80' got.csv
    grep -qx 'returned,,-200,-2.00' got.csv
    grep -qx 'closing,,679,6.79' got.csv
    grep -qx 'outstanding,,679,6.79' got.csv
    grep -qx 'owed,,0,0.00' got.csv
    grep -qx 'expiring,never,679,6.79' got.csv
}

@test "liability: what runs out, month by month" {
    shop --program=outdoor
    lines member,name,phone,enrolled,receipt,spent A,王芳,13800138000,2025-01-01,Q1,5000 > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    lines member,store,receipt,date,amount A,1,R1,2025-03-10,600 A,1,R2,2025-04-01,100 \
        A,1,R3,2025-04-20,7 > pos.csv
    vip-accrue -q --as-of=2025-04-20 pos.csv
    # Points of this programme last two years.
    report liability > got.csv
    grep -q "^expiring,2027-03,600," got.csv
    grep -q "^expiring,2027-04,107," got.csv
    # Through the whole of their last day; then they are overdue.
    vip-report -q -o out.csv --as-of=2027-03-10 liability
    grep -q "^expiring,2027-03,600," out.csv
    vip-report -q -o out.csv --as-of=2027-03-11 liability
    grep -q "^expiring,overdue,600," out.csv
}

@test "enrolments, and who of them bought" {
    month
    same "$(report enrolments --by=month,consultant)" \
"month,consultant,members,bought,share
2026-01,顾丽,2,2,100.00
2026-11,陈晨,1,0,0.00"
}

@test "retention: every month until the end of the period, also those in which nobody bought" {
    month
    report cohort > got.csv
    # January's two: A bought in October (age 9), both in November (age 10).
    [ "$(grep -c '^2026-01,2,' got.csv)" = 11 ]
    grep -qx '2026-01,2,0,0,0.00' got.csv
    grep -qx '2026-01,2,9,1,50.00' got.csv
    grep -qx '2026-01,2,10,2,100.00' got.csv
    grep -qx '2026-11,1,0,0,0.00' got.csv
    [ "$(wc -l < got.csv)" = 13 ]
}

@test "tiers: numbers, and who moved" {
    shop --program=menswear
    lines member,name,phone,enrolled A,王芳,13800138000,2026-01-01 B,李雷,13900139000,2026-01-01 \
        C,韩梅,13700137000,2026-11-05 > members.csv
    vip-enroll -q --as-of=2026-11-05 members.csv
    lines member,store,receipt,date,amount,category A,1,R1,2026-11-10,6000,business > pos.csv
    vip-accrue -q --as-of=2026-11-10 pos.csv
    vip-tier -q --as-of=2026-11-10
    report tiers --period=2026-11 > got.csv
    grep -q ',elite,0,1,0,1,33.33$' got.csv
    # On each ladder: two members before the month, three at its end, whatever they hold.
    same "$(awk -F, 'NR > 1 { b[$1] += $3; m[$1] += $6 } END { for (l in m) print b[l] "," m[l] }' \
        got.csv | sort -u)" "2,3"
    report tier-moves --period=2026-11 > moves.csv
    grep -q ',elite,1,' moves.csv
    grep -q '(new)' moves.csv
    # Each ladder's moves are all members that there are.
    same "$(awk -F, 'NR > 1 { n[$1] += $4 } END { for (l in n) print n[l] }' moves.csv | sort -u)" 3
}

@test "gifts: who handed what over, and whether two different people signed" {
    shop --program=fashion
    lines member,name,phone,enrolled,receipt,spent A,王芳,13800138000,2026-01-01,Q1,500 > members.csv
    vip-enroll -q --as-of=2026-01-01 members.csv
    lines member,store,receipt,date,amount A,S1,R1,2026-10-01,9000 > pos.csv
    vip-accrue -q --as-of=2026-10-01 pos.csv
    lines request,member,item,store,by,witness,date G1,A,gift-1000,S1,顾丽,陈晨,2026-11-03 \
        G2,A,gift-1000,S2,顾丽,李敏,2026-11-04 G3,A,gift-1000,S1,顾丽,顾丽,2026-11-05 > requests.csv
    exits 1 vip-redeem --as-of=2026-11-05 requests.csv
    lines request,kind,item,member C1,cancel,G2,A > cancel.csv
    vip-redeem -q --as-of=2026-11-06 cancel.csv
    same "$(report gifts)" \
"date,store,request,member,name,kind,item,item_name,quantity,points,value,by,witness,signatures,status
2026-11-03,S1,G1,A,王芳,gift,gift-1000,小礼品,1,-1000,100.00,顾丽,陈晨,two,posted
2026-11-04,S2,G2,A,王芳,gift,gift-1000,小礼品,1,-1000,100.00,顾丽,李敏,two,cancelled"
    same "$(report gifts --store=S1 | sed 1d | cut -d, -f3)" G1
    same "$(report gifts --period=2026-10 | sed 1d)" ""
}

@test "the audit of the birthday privilege finds what the till let pass" {
    shop --program=menswear
    lines member,name,phone,birthday,enrolled,receipt,spent \
        A,王芳,13800138000,1990-05-10,2026-01-01,Q1,20000 \
        B,李雷,13900139000,1990-05-10,2026-01-01,Q2,20000 \
        C,韩梅,13700137000,,2026-01-01,Q3,20000 > members.csv
    vip-enroll -q --as-of=2026-01-01 members.csv
    lines member,store,receipt,line,date,amount,benefit,kind,original \
        A,S1,R1,1,2026-05-02,300,birthday,sale, A,S1,R1,2,2026-05-02,200,birthday,sale, \
        A,S2,R2,1,2026-05-09,300,birthday,sale, A,S2,R3,1,2026-05-20,300,birthday,sale, \
        B,S1,R4,1,2026-05-03,100,birthday,sale, B,S1,R5,1,2026-05-04,100,birthday,return,R4/1 \
        B,S1,R6,1,2026-05-05,100,birthday,sale, B,S1,R7,1,2026-07-05,100,birthday,sale, \
        C,S1,R8,1,2026-05-05,100,birthday,sale, > pos.csv
    vip-accrue -q --as-of=2026-07-05 pos.csv
    # Two lines of one receipt are one use; what came back whole is none.
    same "$(report privilege-audit | cut -d, -f1-4,8,10,11)" \
"finding,date,store,member,receipt,earlier,earlier_store
no-birthday,2026-05-05,S1,C,R8,,
two-stores,2026-05-09,S2,A,R2,2026-05-02,S1
twice,2026-05-20,S2,A,R3,2026-05-09,S2
outside-month,2026-07-05,S1,B,R7,,
twice,2026-07-05,S1,B,R7,2026-05-05,S1"
}

@test "an exception that was allowed at the counter stands in the audit with who allowed it" {
    shop --program=menswear
    lines member,name,phone,birthday,enrolled A,王芳,13800138000,1990-05-10,2026-01-01 > members.csv
    vip-enroll -q --as-of=2026-01-01 members.csv
    lines member,tier,until,reason,by A,elite,2027-01-01,guest,boss > grant.csv
    vip-tier -q --grant --as-of=2026-01-02 grant.csv
    vip-tier -q --as-of=2026-01-02
    lines request,kind,item,member,store,by,exception,date \
        B1,benefit,birthday,A,S1,顾丽,店长,2026-07-01 > requests.csv
    vip-redeem -q --as-of=2026-07-01 requests.csv
    same "$(report privilege-audit | sed 1d | cut -d, -f1,2,9,12-)" \
        'outside-month,2026-07-01,B1,"request B1: birthday, allowed by 店长"'
}

@test "a dossier shows what is known and what is lacking, masked" {
    month
    report dossier --member=A > got.csv
    grep -qx 'member,phone,138\*\*\*\*8000,' got.csv
    grep -qx 'missing,birthday,,生日' got.csv
    grep -qx 'account,points,449,' got.csv
    grep -qx 'account,spent,450.40,' got.csv
    grep -qx 'account,last_purchase,2026-11-02,' got.csv
    grep -qx 'purchase,2026-10-30,399.90,0101 R1' got.csv
    report dossier --member=A --reveal | grep -qx 'member,phone,13800138000,'
    # Numbers are numbers where a format knows them.
    vip-report -q -f json -o got.json dossier --member=A --as-of=2026-11-30
    grep -q '"item":"points","value":449,' got.json
}

@test "the range that was understood is printed" {
    month
    exits 0 vip-report contribution --period=2026Q4 --as-of=2026-11-30
    has "$err" "2026-10-01 to 2026-12-31"
    exits 0 vip-report contribution --from=2026-11-01 --to=2026-11-03 -f table
    has "$out" "Contribution of members, 2026-11-01 to 2026-11-03"
    hasnt "$err" "2026-11-01"
    exits 0 vip-report contribution --as-of=2026-11-30 --lang=zh -f table
    has "$out" "VIP贡献率（截至 2026-11-30）"
    has "$out" "会员净销售额"
}

@test "in a table each row has a bar where the report has a chart" {
    month
    exits 0 vip-report contribution --by=store -f table --as-of=2026-11-30
    # 1629.90 and 750.50: a full bar of twelve, and 44 eighths.
    has "$out" "2  ████████████"
    has "$out" "1  █████▌"
    hasnt "$out" "1  █████▌█"
    hasnt "$out" "█████████████"
    # Not of one row, not where two groups share a place, not in an encoding without blocks.
    exits 0 vip-report contribution --store=0101 --by=store -f table --as-of=2026-11-30
    hasnt "$out" "█"
    exits 0 vip-report contribution --by=store,month -f table --as-of=2026-11-30
    hasnt "$out" "█"
    exits 0 vip-report contribution --by=store -f table -E GBK --as-of=2026-11-30
    hasnt "$out" "█"
}

@test "--total is the report of all groups together, not the sum of their rows" {
    month
    # A bought in both stores and in both months, and is one buyer.
    same "$(report contribution --by=store,month --total | sed -n '$p')" \
        "total,,$(report contribution | sed 1d)"
    same "$(report contribution --by=store --total --lang=zh | sed -n '$p' | cut -d, -f1,8)" 合计,2
    same "$(report contribution --by=week --total | sed -n '$p' | cut -d, -f1,8)" total,2
    same "$(report repurchase --by=consultant --total | sed -n '$p')" "total,2,2,100.00,4,2.00"
    # A chart and a filter leave it out.
    vip-report -q -o t.xlsx contribution --by=store --total --as-of=2026-11-30
    "$VIP_ROOT/tests/read-workbook" t.xlsx > out.txt
    grep -q '^sheet contribution frozen=A3 filter=A2:H4 charts=1' out.txt
    grep -q '^A5 s @ total$' out.txt
    has "$("$VIP_ROOT/tests/read-workbook" t.xlsx xl/charts/chart1.xml | tr -d '$')" 'contribution!A3:A4'
    exits 0 vip-report contribution --by=store --total -f table --as-of=2026-11-30
    hasnt "$(printf '%s\n' "$out" | tail -n 1)" "█"
    refuses 2 "--total goes with --by" vip-report contribution --total
    refuses 2 "has several rows" vip-report completeness --by=store --total --as-of=2026-11-30
}

@test "--total of a list adds up the columns that its header names, and nothing else" {
    month
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- total: lines, amount' '-- by: store' '-- column: store text 店铺' '-- column: lines count 行数' \
        '-- column: amount yuan 金额' '-- column: least yuan 最小' \
        'SELECT c.text AS store, count(*) AS lines, sum(amount) AS amount, min(amount) AS least' \
        'FROM purchase JOIN code AS c ON c.code = store WHERE :by_store >= 0' \
        'GROUP BY c.text ORDER BY c.text;' > own/lines.sql
    same "$(report lines --by=store --total)" \
        "$(lines store,lines,amount,least 0101,7,2029.90,10.00 0102,2,750.50,50.50 total,9,2780.40,)"
    same "$(report lines --total --lang=zh | sed -n '$p')" 9,2780.40,
    lines '-- total: sales' '-- column: lines count 行数' 'SELECT 1 AS lines;' > own/wrong.sql
    refuses 2 "own/wrong.sql:1: total: 'sales' is no column of the header" vip-report wrong
}

@test "in tables thousands are grouped, of pieces too" {
    month
    lines store,receipt,date,amount,quantity 0101,X9,2026-11-07,1234567.80,12345.5 | vip-accrue -q --as-of=2026-11-20
    exits 0 vip-report ticket --store=0101 --period=2026-11-07 --as-of=2026-11-30 -f table
    has "$out" '12,345.50  1,234,567.80    1,234,567.80         12,345.50'
    report ticket --period=2026-11-07 | grep -q '^1,12345.50,1234567.80,'
}

@test "repurchase by tier, tickets by category, tiers by store: groups of the same whole" {
    month
    vip-tier -q --as-of=2026-11-20
    same "$(report repurchase --by=tier)" \
        "$(lines tier,buyers,repeat_buyers,repurchase_rate,purchase_days,days_per_buyer member,2,2,100.00,4,2.00)"
    same "$(report ticket --by=category --period=2026-11 | cut -d, -f1-4)" \
        "$(lines category,receipts,items,sales shoes,3,5.00,1420.00 socks,2,2.00,60.50)"
    same "$(report ticket --by=tier --period=2026-11 | cut -d, -f1-4)" \
        "$(lines tier,receipts,items,sales ,1,3.00,1000.00 member,4,4.00,480.50)"
    same "$(report ticket --tier=member --period=2026-11 | cut -d, -f1-3)" "$(lines receipts,items,sales 4,4.00,480.50)"
    same "$(report tiers --by=consultant | cut -d, -f1,3,7)" "$(lines consultant,tier,members 陈晨,member,1 顾丽,member,2)"
    same "$(report tiers --consultant=顾丽 | cut -d, -f2,6,7)" "$(lines tier,members,share member,2,100.00)"
}

@test "nonsense is refused" {
    month
    refuses 2 "is not a period" vip-report contribution --period=2026-13
    refuses 2 "--period goes without --from" vip-report contribution --period=2026 --from=2026-01-01
    refuses 2 "ends before it begins" vip-report contribution --from=2026-11-02 --to=2026-11-01
    refuses 2 "is no group of contribution: it has store, month" vip-report contribution --by=colour
    refuses 2 "cannot be narrowed by --category" vip-report tiers --category=shoes
    refuses 2 "needs --member" vip-report statement
    refuses 2 "which report?" vip-report
    refuses 2 "one report at a time" vip-report tiers liability
    refuses 1 "there is no report 'contributions'" vip-report contributions
    refuses 1 "there is no report '../reports/tiers'" vip-report ../reports/tiers
    refuses 1 "there is no store '0999'" vip-report contribution --store=0999
    refuses 1 "there is no member 'Z'" vip-report statement --member=Z
}

@test "--list and --describe need no database" {
    exits 0 vip-report --list
    has "$out" "contribution,Contribution of members"
    exits 0 vip-report --describe contribution
    has "$out" "Net of returns"
    has "$out" "--by: store, month"
    has "$out" "会员贡献率"
    refuses 1 "there is no report" vip-report --describe nothing
}

@test "every shipped report runs, and its header is whole" {
    month
    local name
    for name in $(vip-report --list | sed 1d | cut -d, -f1); do
        case $name in
            statement | dossier) exits 0 vip-report "$name" --member=A --as-of=2026-11-30 ;;
            month) exits 0 vip-report --book=month.xlsx month --as-of=2026-11-30 ;;
            *) exits 0 vip-report "$name" --as-of=2026-11-30 ;;
        esac
        exits 0 vip-report --describe "$name"
        has "$out" "|"
        [ "$name" = month ] || has "$out" "Columns:"
        [ "$name" = month ] || has "$out" $'\nSource: '
    done
}

@test "a user's own report: parameters by name, types from its header" {
    month
    mkdir own
    lines '-- title: Big receipts | 大单' '-- column: receipt text 小票' \
        '-- column: total yuan 金额: of all lines' \
        'SELECT receipt AS receipt, sum(amount) AS total FROM purchase' \
        'WHERE kind = 0 AND (:store IS NULL OR store = :store)' \
        'GROUP BY store, receipt HAVING sum(amount) > 39000 ORDER BY total DESC;' > own/big.sql
    export VIP_REPORTS=$PWD/own
    same "$(report big)" "$(lines receipt,total X1,1000.00 X2,700.00 R1,399.90)"
    same "$(report big --store=0101 | sed 1d)" "$(lines X1,1000.00 R1,399.90)"
    exits 0 vip-report --list
    has "$out" "big,Big receipts,$PWD/own/big.sql"
    has "$out" "contribution,"
    refuses 2 "has no period" vip-report big --period=2026
}

@test "mistakes in a report are named with file and line" {
    month
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- title: x' 'SELECT 1 AS a' 'FROM nowhere;' > own/a.sql
    refuses 2 "own/a.sql:3: " vip-report a
    lines '-- title: x' '-- column: a fen 分' 'SELECT 1 AS a;' > own/a.sql
    refuses 2 "own/a.sql:2: a: 'fen' is no type" vip-report a
    lines '-- column: a count' 'SELECT 1 AS b;' > own/a.sql
    refuses 2 "own/a.sql:1: column 1 is 'a' in the header and 'b' in the SELECT" vip-report a
    lines '-- title: x' 'SELECT 1 AS a' 'WHERE :colour = 1;' > own/a.sql
    refuses 2 "own/a.sql:3: ':colour' is no parameter" vip-report a
    lines '-- by: b' '-- column: a count' 'SELECT 1 AS a;' > own/a.sql
    refuses 2 "own/a.sql:1: by: 'b' is no column" vip-report a
}

@test "a report only reads" {
    month
    mkdir own
    export VIP_REPORTS=$PWD/own
    local sql before
    before=$(sqlite3 "$VIP_DB" .dump | cksum)
    for sql in 'DELETE FROM member;' 'UPDATE account SET balance = 0;' 'DROP TABLE member;' \
        "ATTACH 'x.db' AS x;" 'PRAGMA query_only = OFF;' 'SELECT 1; DELETE FROM member;' \
        "SELECT load_extension('x');" ''; do
        printf '%s\n' "$sql" > own/bad.sql
        refuses 2 "own/bad.sql" vip-report bad
    done
    same "$(sqlite3 "$VIP_DB" .dump | cksum)" "$before"
    [ ! -e x.db ]
}

@test "personal columns are masked, and --reveal is noted" {
    month
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- column: phone phone 手机' \
        "SELECT phone AS phone FROM member WHERE member = 'A';" > own/phones.sql
    same "$(report phones | sed 1d)" '138****8000'
    same "$(report phones --reveal | sed 1d)" 13800138000
    [ "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM event WHERE what = 'reveal'")" = 1 ]
}

@test "a shop's real year and a half: 69,659 purchases of 23,570 customers" {
    local data=$VIP_ROOT/../shared/data/cdnow/purchases.csv
    [ -r "$data" ] || skip "no $data"
    shop
    awk -F, 'NR == 1 { print "member,name,enrolled,application" }
        NR > 1 && !seen[$1]++ { print $1 ",c" $1 ",1997-01-01,a" $1 }' "$data" > members.csv
    awk -F, 'NR == 1 { print "store,receipt,member,date,quantity,amount" }
        NR > 1 { print "S,R" NR "," $1 "," $2 "," $3 "," $4 }' "$data" > pos.csv
    vip-enroll -q --as-of=1997-01-01 members.csv
    vip-accrue -q --as-of=1998-07-01 pos.csv
    vip-report -q -o got.csv --as-of=1998-07-01 contribution --by=month
    awk -F, 'NR > 1 { m = substr($2, 1, 7); sum[m] += $4; n[m]++; b[m] += !seen[m, $1]++ }
        END { for (m in n) printf "%s,%.2f,%.2f,100.00,%d,%d,100.00,%d\n", m, sum[m], sum[m], n[m],
            n[m], b[m] }' "$data" | sort > want.csv
    same "$(sed 1d got.csv)" "$(cat want.csv)"
    vip-report -q -o got.csv --as-of=1998-07-01 repurchase
    awk -F, 'NR > 1 && $4 > 0 && !seen[$1, $2]++ { days[$1]++ }
        END { for (c in days) { b++; r += days[c] > 1; d += days[c] }
            printf "%d,%d,%.2f,%d,%.2f\n", b, r, 100 * r / b, d, d / b }' "$data" > want.csv
    same "$(sed 1d got.csv)" "$(cat want.csv)"
    vip-report -q -o got.csv --as-of=1998-07-01 cohort
    awk -F, 'NR > 1 && $4 > 0 { y = substr($2, 1, 4); m = (y - 1997) * 12 + substr($2, 6, 2) - 1
            n[m] += !seen[m, $1]++ }
        END { for (m = 0; m < 19; m++) printf "1997-01,23570,%d,%d,%.2f\n", m, n[m], n[m] / 235.7 }' \
        "$data" > want.csv
    same "$(sed 1d got.csv)" "$(cat want.csv)"
    vip-report -q -o got.csv --as-of=1998-07-01 rfm
    same "$(sed 1d got.csv)" "$("$VIP_ROOT/tests/report-figures" rfm "$data" 1998-07-01)"
    vip-report -q -o got.csv --as-of=1998-07-01 rfm-members --period=1998
    same "$(sed 1d got.csv | cut -d, -f1,6-)" \
        "$("$VIP_ROOT/tests/report-figures" rfm-members "$data" 1998-07-01 1998-01-01)"
}

@test "a long query says on a terminal that it works, and takes that off again" {
    needs_tool python3
    month
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)' \
        'SELECT count(*) AS n FROM n;' > own/slow.sql
    VIP_PROGRESS_MS=0 terminal vip-report slow -f csv
    has "$out" $'\rvip-report: slow: 0 s\e[K'
    [[ $out == *$'\r\e[K' ]]
    same "$(cat rows.txt)" "$(lines n 200000)"
    # Not with --quiet, not into a file, not before there is anything to wait for.
    VIP_PROGRESS_MS=0 terminal vip-report slow -q
    same "$out" ""
    VIP_PROGRESS_MS=0 exits 0 vip-report slow -f csv
    hasnt "$err" " 0 s"
    VIP_PROGRESS_MS=600000 terminal vip-report slow -f csv
    hasnt "$out" "slow: "
}
