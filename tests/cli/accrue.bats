#!/usr/bin/env bats
# vip-accrue: sales, returns and claims to points, once and only once, however the input is cut.
load ../helper

HEADING=member,card,store,receipt,line,date,kind,amount,points,balance,status,reason

# sql TEXT: what the database holds.
sql() { sqlite3 "$VIP_DB" "$1"; }

# club [KEY=VALUE… RULE…]: a database with three members (张三, 李四, 王五: M0000001 to M0000003, of
# whom 王五 joined on 10 November), keys of program.csv changed and rows added to earn.csv.
club() {
    cp -r "$VIP_ROOT/share/programs/basic" programme
    local word
    for word; do
        case $word in
            *,*) lines "$word" >>programme/earn.csv ;;
            *) sed -i "s/^${word%%=*},.*/${word%%=*},${word#*=}/" programme/program.csv ;;
        esac
    done
    vip-db init -q --program=programme
    lines name,phone,birthday,enrolled 张三,13812345678,1980-11-21,2026-01-01 \
        李四,13812345679,L08-15,2026-01-01 王五,13812345670,,2026-11-10 >members.csv
    vip-enroll -q --as-of=2026-11-21 members.csv
}

# rows COLUMNS ROW…: vip-accrue on these rows, as of 2026-11-21; $VIP_MORE holds more options.
rows() {
    lines "$@" >rows.csv
    # shellcheck disable=SC2086 # a list of options
    try vip-accrue --as-of=2026-11-21 -f csv ${VIP_MORE-} rows.csv
}

# posted ROW…: all rows went through, and these were printed.
posted() {
    [ "$status" -eq 0 ] || complain "expected status 0"
    same "$out" "$(lines "$HEADING" "$@")"
}

# refused REASON COLUMNS ROW: the row is refused with that word, and changes nothing.
refused() {
    local reason=$1 before
    shift
    before=$(sql .dump)
    rows "$@"
    [ "$status" -eq 1 ] || complain "expected status 1"
    has "$err" "[$reason]"
    [ -z "$out" ] || same "$out" "$HEADING"
    same "$(sql .dump)" "$before"
}

balance() { sql "SELECT balance FROM account WHERE member = $1"; }

# ---- sales ----

@test "a sale earns a point a yuan, rounded down line by line" {
    club
    rows store,receipt,line,date,amount,member A,R1,1,2026-11-20,100.99,M0000001 \
        A,R1,2,2026-11-20,0.99,M0000001 'A,R2,1,2026-11-21 10:30,"1,280.00",M0000002'
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,100.99,100,100,posted, \
        M0000001,K000001,A,R1,2,2026-11-20,sale,0.99,0,100,posted, \
        M0000002,K000002,A,R2,1,2026-11-21,sale,1280.00,1280,1280,posted,
    same "$err" 'vip-accrue: 3 rows read, 3 accepted, 0 known, 0 refused'
}

@test "a member is found by number, card, phone, or name with birthday" {
    club
    rows store,receipt,date,amount,member,card,phone,name,birthday A,R1,2026-11-20,1,M0000001,,,, \
        A,R2,2026-11-20,1,,K000001,,, A,R3,2026-11-20,1,,,138-1234-5678,, \
        A,R4,2026-11-20,1,,,,张三,1980-11-21 A,R5,2026-11-20,1,,,,李四,农历八月十五 \
        A,R6,2026-11-20,1,M0000001,K000001,13812345678,张三,11-21
    [ "$status" -eq 0 ]
    same "$(sed 1d <<<"$out" | cut -d, -f 1,4,10)" "$(lines M0000001,R1,1 M0000001,R2,2 \
        M0000001,R3,3 M0000001,R4,4 M0000002,R5,1 M0000001,R6,5)"
}

@test "numbers that begin alike, mixed and repeated, each mean their own member" {
    club
    local -a numbers=(VIP-1 VIP-10 VIP-1000000001 VIP-1000000002 VIP-a vip-A 会员-1 会员-2)
    printf '%s\n' "${numbers[@]}" | awk 'BEGIN { print "member,name,phone,enrolled" }
        { printf "%s,member %d,139000000%02d,2026-01-01\n", $0, NR, NR }' >more.csv
    try vip-enroll -q --as-of=2026-11-21 more.csv
    [ "$status" -eq 0 ] || complain "expected status 0"
    awk -v list="${numbers[*]}" 'BEGIN {
        count = split(list " VIP-1000000003 K000003 13812345670 nobody", numbers, " ")
        print "store,receipt,line,date,amount,member,card,phone"
        for (i = 0; i < 30 * count; i++) {
            number = numbers[i * 7 % count + 1]
            kind = number ~ /^K/ ? 2 : number ~ /^138/ ? 3 : 1
            for (line = 1; line <= 2; line++)
                printf "A,R%d,%d,2026-11-20,1,%s,%s,%s\n", i, line, kind == 1 ? number : "",
                    kind == 2 ? number : "", kind == 3 ? number : ""
        }
    }' >rows.csv
    try vip-accrue --as-of=2026-11-21 -f csv rows.csv
    [ "$status" -eq 1 ]
    same "$(grep -c 'no-such-member' <<<"$err")" 120
    same "$(sed 1d <<<"$out" | cut -d, -f 1 | sort | uniq -c | awk '{ print $2, $1 }')" \
        "$({ printf '%s 60\n' "${numbers[@]}" && echo M0000003 120; } | sort)"
}

@test "columns that do not agree, and members whom nobody knows, are refused" {
    needs_tool sqlite3
    club
    refused disagree store,receipt,date,amount,card,phone A,R1,2026-11-20,1,K000001,13812345679
    refused disagree store,receipt,date,amount,card,name A,R1,2026-11-20,1,K000001,李四
    refused no-such-member store,receipt,date,amount,card A,R1,2026-11-20,1,K009999
    refused no-such-member store,receipt,date,amount,phone A,R1,2026-11-20,1,13900000000
    refused ambiguous store,receipt,date,amount,name A,R1,2026-11-20,1,张三
    refused bad-date store,receipt,date,amount,name,birthday A,R1,2026-11-20,1,张三,soon
    refused too-long store,receipt,date,amount,card "A,R1,2026-11-20,1,$(printf '%0300d' 1)"
    refused too-few-cells store,receipt,date,amount A,R1,2026-11-20
    refused too-many-cells store,receipt,date,amount A,R1,2026-11-20,1,2
    refused spoilt-number store,receipt,date,amount,phone A,R1,2026-11-20,1,1.38E+10
    refused spoilt-number store,receipt,date,amount,member A,2.02E+17,2026-11-20,1,M0000001
}

@test "a name is not enough where the programme asks for a card or a phone" {
    needs_tool sqlite3
    club identify=phone
    refused not-identified store,receipt,date,amount,name,birthday A,R1,2026-11-20,1,张三,1980-11-21
}

@test "a sale to a non-member is kept and prints nothing" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,member A,R1,2026-11-20,100,
    posted
    has "$err" '1 row read, 1 accepted'
    same "$(sql 'SELECT receipt, amount, member IS NULL, points FROM purchase')" 'R1|10000|1|0'
    same "$(sql 'SELECT count(*) FROM ledger')" 0
}

@test "Chinese headings in GB18030, a semicolon file, TSV and the guard of spreadsheets" {
    club
    lines 店铺,小票号,日期,金额,手机号,品类 一店,00012,2026年11月20日,¥100.50,13812345678,女装 |
        iconv -t GB18030 >pos.csv
    exits 0 vip-accrue --as-of=2026-11-21 -f csv --lang=zh pos.csv
    same "$(tail -n 1 <<<"$out")" M0000001,K000001,一店,00012,1,2026-11-20,sale,100.50,100,100,posted,
    has "$out" 会员号,卡号,店铺,小票号
    has "$err" 'assumed GB18030'
    lines 'store;receipt;date;amount;phone' 'A;1;2026-11-20;1;13812345678' >semicolon.csv
    exits 0 vip-accrue --as-of=2026-11-21 -f csv semicolon.csv
    has "$out" ,101,posted
    printf 'store\treceipt\tdate\tamount\tmember\nA\t2\t20261120\t1\tM0000001\n' >pos.tsv
    exits 0 vip-accrue --as-of=2026-11-21 -f csv pos.tsv
    has "$out" ,102,posted
    # What --excel wrote comes back as it was.
    exits 0 vip-accrue --as-of=2026-11-21 --excel -o excel.csv pos.csv
    has "$(<excel.csv)" $'"\t00012"'
    exits 0 vip-accrue --as-of=2026-11-21 -f csv excel.csv
    has "$out" ,00012,1,2026-11-20,sale,100.50,100,,known,
}

# ---- what earns nothing ----

@test "the reason says why a purchase earned nothing, and what it still counts for" {
    needs_tool sqlite3
    club posting_deadline=30d promotion,none,,,,,,,,sale,,, shoes,none,,,shoes,,,,,,,,
    rows store,receipt,date,amount,category,promo,member A,R1,2026-11-20,100,,sale,M0000001 \
        A,R2,2026-11-20,100,shoes,,M0000001 A,R3,2026-10-22,100,,,M0000001 \
        A,R4,2026-10-21,100,,,M0000001 A,R5,2026-11-09,100,,,M0000003 A,R6,2026-11-10,100,,,M0000003
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,0,0,posted,promotion \
        M0000001,K000001,A,R2,1,2026-11-20,sale,100.00,0,0,posted,excluded \
        M0000001,K000001,A,R3,1,2026-10-22,sale,100.00,100,100,posted, \
        M0000001,K000001,A,R4,1,2026-10-21,sale,100.00,0,100,posted,deadline \
        M0000003,K000003,A,R5,1,2026-11-09,sale,100.00,0,0,posted,before-enrolment \
        M0000003,K000003,A,R6,1,2026-11-10,sale,100.00,100,100,posted,
    same "$(sql 'SELECT member, spent FROM account ORDER BY member')" "$(lines '1|40000' '2|0' '3|10000')"
}

@test "the receipt that made a member earns nothing where the programme says so" {
    club qualifying_earns=no
    lines name,phone,enrolled,store,receipt,spent 赵六,13812345671,2026-11-20,A,R1,100 >joins.csv
    vip-enroll -q --as-of=2026-11-21 joins.csv
    rows store,receipt,line,date,amount,member A,R1,1,2026-11-20,60,M0000004 \
        A,R1,2,2026-11-20,40,M0000004 B,R1,1,2026-11-20,50,M0000004 A,R2,1,2026-11-20,5,M0000004
    posted M0000004,K000004,A,R1,1,2026-11-20,sale,60.00,0,0,posted,qualifying \
        M0000004,K000004,A,R1,2,2026-11-20,sale,40.00,0,0,posted,qualifying \
        M0000004,K000004,B,R1,1,2026-11-20,sale,50.00,50,50,posted, \
        M0000004,K000004,A,R2,1,2026-11-20,sale,5.00,5,55,posted,
}

@test "a bonus once in a life and one once a receipt" {
    needs_tool sqlite3
    club welcome,once,50,,,,,,,,first-purchase,, extra,plus,5,,,,,,,,,, double,times,2,,,,,,,,first-purchase,,
    rows store,receipt,line,date,amount,member A,R1,1,2026-11-20,10,M0000001 \
        A,R1,2,2026-11-20,10,M0000001 A,R2,1,2026-11-20,10,M0000001
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,10.00,25,75,posted, \
        M0000001,K000001,A,R1,2,2026-11-20,sale,10.00,20,95,posted, \
        M0000001,K000001,A,R2,1,2026-11-20,sale,10.00,15,110,posted,
    # A full return does not make the first purchase due again.
    rows store,receipt,date,amount,kind,original,member A,T1,2026-11-20,20,return,R1,M0000001 \
        A,T2,2026-11-20,10,return,R2,M0000001 A,R3,2026-11-20,10,sale,,M0000001
    posted M0000001,K000001,A,T1,1,2026-11-20,return,20.00,-45,65,posted, \
        M0000001,K000001,A,T2,1,2026-11-20,return,10.00,-15,50,posted, \
        M0000001,K000001,A,R3,1,2026-11-20,sale,10.00,15,65,posted,
}

# ---- returns ----

@test "a return takes back in proportion, and its last part takes the rest" {
    club
    rows store,receipt,date,amount,kind,original,member A,R1,2026-11-20,10.01,,,M0000001 \
        A,T1,2026-11-20,3.33,return,R1,M0000001 A,T2,2026-11-20,3.33,return,R1, \
        A,T3,2026-11-20,-3.35,,R1/1,M0000001
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,10.01,10,10,posted, \
        M0000001,K000001,A,T1,1,2026-11-20,return,3.33,-3,7,posted, \
        M0000001,K000001,A,T2,1,2026-11-20,return,3.33,-3,4,posted, \
        M0000001,K000001,A,T3,1,2026-11-20,return,3.35,-4,0,posted,
}

@test "a return of a whole receipt, and of one of its lines" {
    needs_tool sqlite3
    club shoes,none,,,shoes,,,,,,,,
    rows store,receipt,line,date,amount,category,member A,R1,1,2026-11-01,10,,M0000001 \
        A,R1,2,2026-11-01,20,shoes,M0000001 A,R1,3,2026-11-01,30,,M0000001
    [ "$status" -eq 0 ]
    rows store,receipt,date,amount,quantity,kind,original A,T1,2026-11-20,30,1,退货,R1/3
    posted M0000001,K000001,A,T1,1,2026-11-20,return,30.00,-30,10,posted,
    rows store,receipt,date,amount,quantity,kind,original A,T2,2026-11-20,-30,-2,return,R1
    posted M0000001,K000001,A,T2,1,2026-11-20,return,30.00,-10,0,posted,
    same "$(sql 'SELECT line, returned, returned_points FROM purchase WHERE kind = 0')" \
        "$(lines '1|1000|10' '2|2000|0' '3|3000|30')"
    # What counts towards tiers falls on the day of the original.
    same "$(sql "SELECT date(spend_day * 86400, 'unixepoch'), sum(amount) FROM ledger GROUP BY 1")" \
        '2026-11-01|0'
    exits 0 vip-db check
}

@test "a receipt whose own number has a slash is found before one of its lines" {
    club
    rows store,receipt,date,amount,kind,original,member A,R/1,2026-11-20,10,,,M0000001 \
        A,R,2026-11-20,20,,,M0000002 A,T1,2026-11-20,10,return,R/1,
    [ "$status" -eq 0 ]
    same "$(tail -n 1 <<<"$out")" M0000001,K000001,A,T1,1,2026-11-20,return,10.00,-10,0,posted,
}

@test "a return that exceeds what is left is refused" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,kind,original,member A,R1,2026-11-20,100,,,M0000001 \
        A,T1,2026-11-20,60,return,R1,M0000001
    [ "$status" -eq 0 ]
    refused exceeds-original store,receipt,date,amount,kind,original A,T2,2026-11-20,40.01,return,R1
    has "$err" 'rows.csv:2: amount: 40.01 comes back, but only 40.00 of R1 is left'
    rows store,receipt,date,amount,kind,original A,T2,2026-11-20,40,return,R1
    [ "$status" -eq 0 ]
    refused exceeds-original store,receipt,date,amount,kind,original A,T3,2026-11-20,0.01,return,R1/1
}

@test "a return of what was never posted is refused, or taken back blindly" {
    needs_tool sqlite3
    club posting_deadline=30d
    refused unknown-original store,receipt,date,amount,kind,original,member \
        A,T1,2026-11-20,50,return,R1,M0000001
    refused unknown-original store,receipt,date,amount,kind,member A,T1,2026-11-20,50,return,M0000001
    has "$err" '--blind-returns'
    rows store,receipt,date,amount,kind,original,member B,R1,2026-11-20,50,sale,,M0000001 \
        A,R1,2026-11-20,50.50,sale,,M0000001
    refused unknown-original store,receipt,date,amount,kind,original A,T1,2026-11-20,50,return,R1/2
    refused unknown-original store,receipt,date,amount,kind,original C,T1,2026-11-20,50,return,R1
    # An original that is known is taken back in its own way, blindly or not.
    VIP_MORE=--blind-returns
    rows store,receipt,date,amount,kind,original,member A,T1,2026-11-20,50.50,return,R1,M0000001 \
        A,T2,2026-10-01,30.99,return,R9,M0000001
    posted M0000001,K000001,A,T1,1,2026-11-20,return,50.50,-50,50,posted, \
        M0000001,K000001,A,T2,1,2026-10-01,return,30.99,-30,20,posted,
    refused exceeds-original store,receipt,date,amount,kind,original,member \
        A,T3,2026-11-20,1,return,R1,M0000001
    exits 0 vip-db check
}

@test "nobody brings back what another member bought" {
    needs_tool sqlite3
    club
    rows store,receipt,line,date,amount,member A,R1,1,2026-11-20,100,M0000001 \
        A,R2,1,2026-11-20,100,M0000001 A,R2,2,2026-11-20,100,M0000002
    refused other-member store,receipt,date,amount,kind,original,member \
        A,T1,2026-11-20,100,return,R1,M0000002
    refused other-member store,receipt,date,amount,kind,original A,T1,2026-11-20,150,return,R2
    has "$err" R2/LINE
    rows store,receipt,date,amount,kind,original A,T1,2026-11-20,100,return,R2/2
    posted M0000002,K000002,A,T1,1,2026-11-20,return,100.00,-100,0,posted,
}

@test "a return of a receipt that is partly nobody's, whether the rest is claimed before or after" {
    needs_tool sqlite3
    club
    local columns=store,receipt,line,date,amount,kind,original,member order row
    rows $columns A,R1,1,2026-11-20,100,sale,,M0000001 A,R1,2,2026-11-20,50,sale,,
    vip-db backup -q start.db
    for order in 'return claim' 'claim return'; do
        rm -f "$VIP_DB"*
        cp start.db "$VIP_DB"
        for row in $order; do
            case $row in
                return) row=A,T1,1,2026-11-20,120,return,R1, ;;
                claim) row=A,R1,2,2026-11-20,50,sale,,M0000001 ;;
            esac
            rows $columns "$row"
            [ "$status" -eq 0 ] || complain "$order: $row"
        done
        exits 0 vip-db check
        same "$(balance 1)" 30
        same "$(sql 'SELECT line, returned, returned_points FROM purchase WHERE kind = 0')" \
            "$(lines '1|10000|100' '2|2000|20')"
        same "$(sql 'SELECT sum(amount) FROM ledger')" 3000
    done
    rows $columns A,T1,1,2026-11-20,120,return,R1,
    has "$err" '0 accepted, 1 known'
    # Rows of one file are dealt with in their order, whosever they turn out to be.
    rows $columns A,R2,1,2026-11-20,50,sale,, A,R2,2,2026-11-20,100,sale,,M0000002 \
        A,T2,1,2026-11-20,60,return,R2, A,T3,1,2026-11-20,20,return,R2/1,
    has "$err" 'rows.csv:5: amount: 20.00 comes back, but only 0.00'
    same "$(balance 2)" 90
}

@test "what a non-member bought comes back as nobody's, once and only once" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,kind,original,member A,R1,2026-11-20,100,sale,, \
        A,T1,2026-11-20,40,return,R1,M0000001
    posted
    rows store,receipt,date,amount,kind,original,member A,T1,2026-11-20,40,return,R1,M0000001
    posted
    has "$err" '0 accepted, 1 known'
    refused exceeds-original store,receipt,date,amount,kind,original A,T2,2026-11-20,61,return,R1
}

@test "points that are spent already become a debt, which later points pay" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001
    sqlite3 "$VIP_DB" "INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, batch)
        VALUES (1, 2, 3, 20777, -70, 0, 0, 1); INSERT INTO lot_use VALUES (1, 1, 2, 70);
        UPDATE account SET balance = 30, entries = 2 WHERE member = 1"
    rows store,receipt,date,amount,kind,original A,T1,2026-11-20,100,return,R1
    posted M0000001,K000001,A,T1,1,2026-11-20,return,100.00,-100,-70,posted,'debt 70 points 0.70 yuan'
    rows store,receipt,date,amount,member A,R2,2026-11-20,50,M0000001 A,R3,2026-11-20,50,M0000001
    posted M0000001,K000001,A,R2,1,2026-11-20,sale,50.00,50,-20,posted, \
        M0000001,K000001,A,R3,1,2026-11-20,sale,50.00,50,30,posted,
    # What paid the debt cannot be spent again: of the three lots 30 points are left.
    same "$(sql 'SELECT l.entry, l.points - coalesce(sum(u.points), 0)
        FROM ledger l LEFT JOIN lot_use u ON u.member = l.member AND u.lot = l.entry
        WHERE l.points > 0 GROUP BY l.entry')" "$(lines '1|0' '4|0' '5|30')"
}

@test "a return takes from its own lot first, then from the others in their order" {
    needs_tool sqlite3
    club points_expire=12m
    rows store,receipt,date,amount,member A,R1,2026-01-10,100,M0000001 \
        A,R2,2026-03-10,100,M0000001 A,R3,2026-02-10,100,M0000001
    rows store,receipt,date,amount,kind,original A,T1,2026-11-20,60,return,R2
    same "$(sql 'SELECT lot, entry, points FROM lot_use')" '2|4|60'
}

# ---- missing points ----

@test "missing points: the receipt again with its member, within the window" {
    needs_tool sqlite3
    club posting_deadline=5d promotion,none,,,,,,,,*,,,
    rows store,receipt,line,date,amount,category,promo,phone A,R1,1,2026-11-01,100.50,coat,, \
        A,R1,2,2026-11-01,50,coat,sale,
    [ "$status" -eq 0 ]
    rows store,receipt,line,date,amount,phone A,R1,1,2026-11-01,100.50,13812345678 \
        A,R1,2,2026-11-01,50,13812345678
    posted M0000001,K000001,A,R1,1,2026-11-01,sale,100.50,100,100,posted,missing-points \
        M0000001,K000001,A,R1,2,2026-11-01,sale,50.00,0,100,posted,promotion
    rows store,receipt,line,date,amount,phone A,R1,1,2026-11-01,100.50,13812345678 A,R1,2,2026-11-01,50,
    posted M0000001,K000001,A,R1,1,2026-11-01,sale,100.50,100,,known, \
        M0000001,K000001,A,R1,2,2026-11-01,sale,50.00,0,,known,
    refused conflict store,receipt,date,amount,phone A,R1,2026-11-01,100.50,13812345679
    exits 0 vip-db check
}

@test "missing points: not after the window, not from before the membership" {
    needs_tool sqlite3
    club claim_window=30d
    rows store,receipt,date,amount,member A,R1,2026-10-21,100, A,R2,2026-10-22,100, A,R3,2026-11-09,100,
    refused claim-too-late store,receipt,date,amount,member A,R1,2026-10-21,100,M0000001
    has "$err" 'could be claimed until 2026-11-20'
    refused before-enrolment store,receipt,date,amount,member A,R3,2026-11-09,100,M0000003
    rows store,receipt,date,amount,member A,R2,2026-10-22,100,M0000001
    posted M0000001,K000001,A,R2,1,2026-10-22,sale,100.00,100,100,posted,missing-points
}

@test "missing points of what was partly returned" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,kind,original,member A,R1,2026-11-20,100,sale,, \
        A,T1,2026-11-20,40,return,R1, A,R1,2026-11-20,100,sale,,M0000001
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,100,60,posted,missing-points
    rows store,receipt,date,amount,kind,original A,T2,2026-11-20,60,return,R1
    posted M0000001,K000001,A,T2,1,2026-11-20,return,60.00,-60,0,posted,
    exits 0 vip-db check
}

# ---- once and only once ----

@test "the same row again is known and changes nothing, even when it says less" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,category,seller,member A,R1,2026-11-20,100,coat,小王,M0000001
    local before
    before=$(sql .dump)
    rows store,receipt,date,amount,category,seller,member A,R1,2026-11-20,100,coat,小王,M0000001
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,100,,known,
    same "$err" 'vip-accrue: 1 row read, 0 accepted, 1 known, 0 refused'
    rows store,receipt,line,date,amount A,R1,1,2026-11-20,100
    posted M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,100,,known,
    same "$(sql .dump)" "$before"
}

@test "the same key with another content is a conflict that names the column" {
    needs_tool sqlite3
    club
    local heading=store,receipt,date,amount,quantity,category,brand,promo,seller,pay,benefit,list_price,kind,member
    rows "$heading" A,R1,2026-11-20,100,2,coat,X,sale,wang,cash,gift,120,sale,M0000001
    [ "$status" -eq 0 ]
    local column row
    while read -r column row; do
        refused conflict "$heading" "$row"
        has "$err" "rows.csv:2: $column: receipt R1 line 1 was posted before with another $column"
    done <<'END'
date A,R1,2026-11-19,100,2,coat,X,sale,wang,cash,gift,120,sale,M0000001
amount A,R1,2026-11-20,100.01,2,coat,X,sale,wang,cash,gift,120,sale,M0000001
quantity A,R1,2026-11-20,100,1,coat,X,sale,wang,cash,gift,120,sale,M0000001
category A,R1,2026-11-20,100,2,shoes,X,sale,wang,cash,gift,120,sale,M0000001
brand A,R1,2026-11-20,100,2,coat,Y,sale,wang,cash,gift,120,sale,M0000001
promo A,R1,2026-11-20,100,2,coat,X,other,wang,cash,gift,120,sale,M0000001
seller A,R1,2026-11-20,100,2,coat,X,sale,li,cash,gift,120,sale,M0000001
pay A,R1,2026-11-20,100,2,coat,X,sale,wang,card,gift,120,sale,M0000001
benefit A,R1,2026-11-20,100,2,coat,X,sale,wang,cash,other,120,sale,M0000001
list_price A,R1,2026-11-20,100,2,coat,X,sale,wang,cash,gift,130,sale,M0000001
kind A,R1,2026-11-20,100,2,coat,X,sale,wang,cash,gift,120,return,M0000001
member A,R1,2026-11-20,100,2,coat,X,sale,wang,cash,gift,120,sale,M0000002
END
}

@test "two equal rows of one file are one purchase; two that differ are a conflict" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,category,member A,R1,2026-11-20,100,coat,M0000001 \
        A,R1,2026-11-20,100,coat,M0000001 A,R1,2026-11-20,100,shoes,M0000001 \
        A,R1,2026-11-20,99,coat,M0000001 A,R1,2026-11-20,100,,M0000002
    [ "$status" -eq 1 ]
    same "$out" "$(lines "$HEADING" M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,100,100,posted, \
        M0000001,K000001,A,R1,1,2026-11-20,sale,100.00,100,,known,)"
    same "$(grep -o 'rows.csv:.: [a-z]*:.*conflict' <<<"$err" | cut -d: -f 2,3)" \
        "$(lines '4: category' '5: amount' '6: member')"
    same "$(balance 1)" 100
}

@test "rows that are refused leave nothing behind, however often they come" {
    needs_tool sqlite3
    club
    rows store,receipt,date,amount,category,member A,R1,2026-11-20,100,coat,M0000001
    local before
    before=$(sql .dump)
    rows store,receipt,date,amount,kind,original,category A,R1,2026-11-20,100,sale,, \
        B,T1,2026-11-20,10,return,R1,hats A,T1,2026-11-20,101,return,R1,shoes
    [ "$status" -eq 1 ]
    has "$err" '3 rows read, 0 accepted, 1 known, 2 refused'
    same "$(sql .dump)" "$before"
}

# ---- what every command can do ----

@test "--dry-run prints everything and keeps nothing" {
    needs_tool sqlite3
    club
    local before wanted
    before=$(sql .dump)
    rows store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001 A,R2,2026-11-20,100,
    wanted=$out
    rm "$VIP_DB"* && rm -r programme && club
    VIP_MORE=--dry-run rows store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001 \
        A,R2,2026-11-20,100,
    [ "$status" -eq 0 ]
    same "$out" "$wanted"
    has "$err" '2 rows read, 2 accepted'
    same "$(sql 'SELECT count(*) FROM purchase')" 0
    same "$(sql 'SELECT count(*) FROM ledger')" 0
}

@test "--atomic keeps all rows or none" {
    needs_tool sqlite3
    club
    VIP_MORE='--atomic --batch=1'
    refused bad-cell store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001 A,R2,2026-11-20,1e3,M0000001
    has "$err" 'nothing was kept'
    rows store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001 A,R2,2026-11-20,1,M0000001
    [ "$status" -eq 0 ]
    same "$(balance 1)" 101
}

@test "--rejects has the rows as they were read, and takes them again when mended" {
    club
    VIP_MORE='--rejects=refused.csv'
    rows 'store,receipt,date,amount,member,note' 'A,"R,1",2026-11-20, 1e3,M0000001,"a ""b"""' \
        A,R2,2026-11-20,5,M0000001,fine A,T1,2026-11-20,-5,M0000001,
    [ "$status" -eq 1 ]
    same "$(<refused.csv)" "store,receipt,date,amount,member,note,line,reason,detail
A,\"R,1\",2026-11-20, 1e3,M0000001,\"a \"\"b\"\"\",2,bad-cell,amount: '1e3' is in scientific notation: write it out in full
A,T1,2026-11-20,-5,M0000001,,4,unknown-original,original: a return needs its original receipt (or --blind-returns)"
    sed 's/1e3/1000/; /T1/d' refused.csv >mended.csv
    exits 0 vip-accrue --as-of=2026-11-21 -f csv mended.csv
    has "$out" '"R,1",1,2026-11-20,sale,1000.00,1000,1005,posted,'
}

@test "--quiet says nothing; -o writes the rows all the same" {
    club
    VIP_MORE=--quiet
    rows store,receipt,date,amount,member A,R1,2026-11-20,100,M0000001
    [ "$status" -eq 0 ]
    same "$out$err" ""
    VIP_MORE='--quiet -o rows.out'
    rows store,receipt,date,amount,member A,R2,2026-11-20,100,M0000001
    same "$out$err" ""
    has "$(<rows.out)" A,R2,1,2026-11-20,sale,100.00,100,200,posted
}

@test "several files, and standard input, are one after the other" {
    club
    lines store,receipt,date,amount,member A,R1,2026-11-20,1,M0000001 >one.csv
    lines 金额,日期,小票号,店铺,会员号 1,2026-11-20,R2,A,M0000001 bad,2026-11-20,R3,A,M0000001 >two.csv
    lines store,receipt,date,amount,member A,R4,2026-11-20,1,M0000001 |
        { try vip-accrue --as-of=2026-11-21 -f csv one.csv - two.csv; lines "$status" "$err" "$out"; } >all
    same "$(<all)" "1
vip-accrue: two.csv:3: amount: 'bad' is not a number [bad-cell]
vip-accrue: 4 rows read, 3 accepted, 0 known, 1 refused
$HEADING
M0000001,K000001,A,R1,1,2026-11-20,sale,1.00,1,1,posted,
M0000001,K000001,A,R4,1,2026-11-20,sale,1.00,1,2,posted,
M0000001,K000001,A,R2,1,2026-11-20,sale,1.00,1,3,posted,"
}

@test "a reader that goes away ends the command quietly, and what was posted stays" {
    needs_tool sqlite3
    club
    { lines store,receipt,date,amount,member; for i in {1000..9999}; do
        lines "A,R$i,2026-11-20,1,M0000001"; done; } >many.csv
    vip-accrue --as-of=2026-11-21 -f csv many.csv 2>err | head -n 1 >first
    same "$(<first)" "$HEADING"
    same "$(<err)" ""
    same "$(balance 1)" 9000
}

@test "a full disk under the output is an error, and what was posted stays" {
    needs_tool sqlite3
    club
    lines store,receipt,date,amount,member A,R1,2026-11-20,1,M0000001 >rows.csv
    status=0
    vip-accrue --as-of=2026-11-21 -f csv rows.csv >/dev/full 2>err || status=$?
    same "$status" 4
    has "$(<err)" 'standard output: cannot write: '
    exits 0 vip-accrue --as-of=2026-11-21 -f csv rows.csv
    has "$out" ,known,
}

# ---- however the input is cut ----

# random_rows SEED COUNT: lines of a till where everything happens that should not: receipts and
# lines come again with other members and amounts, returns before and after their originals, claims.
random_rows() {
    awk -v seed="$1" -v count="$2" '
        function pick(list,    words, n) { n = split(list, words, " "); return words[1 + int(rand() * n)] }
        function some(word) { return word == "-" ? "" : word }
        BEGIN {
            srand(seed)
            print "store,receipt,line,date,amount,category,promo,kind,original,member"
            # The codes are seen first, so that rows which are refused bring no new ones.
            print "A,first,1,2026-11-20,1.00,shoes,sale,sale,,"
            print "B,first,1,2026-11-20,1.00,,,sale,,"
            for (i = 0; i < count; i++) {
                kind = rand() < 0.35 ? "return" : "sale"
                original = kind == "sale" ? "" : "R" int(rand() * 12) (rand() < 0.3 ? "/" pick("1 2") : "")
                receipt = kind == "sale" ? "R" int(rand() * 12) : "T" int(rand() * 30)
                amount = pick("100.00 100.00 100.00 30.50 0.00 7.77")
                if (kind == "return") amount = pick("100.00 50.00 10.01 33.33 130.50")
                printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", pick("A B"), receipt, pick("1 1 1 2"),
                    pick("2026-11-20 2026-11-20 2026-11-20 2026-10-01"), amount,
                    some(pick("- shoes")), some(pick("- - - sale")), kind, original,
                    some(pick("- - M0000001 M0000001 M0000002 M0000003 M0000009"))
            }
        }'
}

# cut_differently ROWS.csv: posts them whole, one by one, in batches of 7, and as two files; all must
# print, refuse and leave the same. The database without purchases is empty.db.
cut_differently() {
    local file=$1 way middle
    for way in whole one seven two; do
        cp empty.db "$way.db"
        set -- "$file"
        case $way in
            one) set -- --batch=1 "$file" ;;
            seven) set -- --batch=7 "$file" ;;
            two)
                middle=$((2 + RANDOM % $(wc -l <"$file")))
                sed "$((middle + 1)),\$d" "$file" >part-1
                { head -n 1 "$file"; sed "1,${middle}d" "$file"; } >part-2
                set -- part-1 part-2
                ;;
        esac
        status=0
        vip-accrue --db="$way.db" --as-of=2026-11-21 -f csv "$@" >"$way.out" 2>"$way.err" ||
            status=$?
        [ "$status" -le 1 ] || complain "$way: $(<"$way.err")"
        # Rows refused in a batch are named after those refused while it was read; and a line of the
        # second file has another number.
        sed 's/^vip-accrue: [^:]*:[0-9]*:/vip-accrue:/' "$way.err" | sort >"$way.said"
        exits 0 vip-db check --db="$way.db"
        # The file of a batch and the line of a purchase are where it came from.
        sqlite3 "$way.db" 'DROP TRIGGER batch_no_update; UPDATE batch SET file = NULL;
            UPDATE purchase SET source_line = 0'
        dump_database "$way.db" >"$way.dump"
        cmp whole.dump "$way.dump" || complain "$way: $(diff whole.dump "$way.dump")"
        cmp whole.out "$way.out" || complain "$way: $(diff whole.out "$way.out")"
        cmp whole.said "$way.said" || complain "$way: $(diff whole.said "$way.said")"
    done
}

@test "batches of any size and any split of a file end alike" {
    needs_tool sqlite3
    local seed=${VIP_SEED:-$(date +%s)} i
    echo "VIP_SEED=$seed"
    RANDOM=$seed
    club promotion,none,,,,,,,,sale,,, welcome,once,50,,,,,,,,first-purchase,, extra,plus,5,,,,,,,,,, \
        double,times,2,,,,,,,,first-purchase,,
    one_file "$VIP_DB" && mv "$VIP_DB" empty.db
    same "$(sqlite3 empty.db 'SELECT count(*) FROM account')" 3
    for i in {1..12}; do
        random_rows "$RANDOM" $((RANDOM % 120)) >rows.csv
        cut_differently rows.csv
    done
}

# ---- two at once ----

@test "two commands post two files at the same time" {
    needs_tool sqlite3
    club
    local i first second
    { lines store,receipt,date,amount,member; for i in {1..2000}; do
        lines "A,R$i,2026-11-20,2,M000000$((1 + i % 2))"; done; } >first.csv
    sed 's/^A,/B,/' first.csv >second.csv
    vip-accrue -q --as-of=2026-11-21 --batch=50 first.csv &
    first=$!
    vip-accrue -q --as-of=2026-11-21 --batch=50 second.csv &
    second=$!
    wait "$first"
    wait "$second"
    same "$(sql 'SELECT member, balance, entries, spent FROM account ORDER BY member')" \
        "$(lines '1|4000|2000|400000' '2|4000|2000|400000' '3|0|0|0')"
    same "$(sql 'SELECT count(*) FROM purchase')" 4000
    exits 0 vip-db check
}

# ---- memory ----

@test "a brand and a seller of its own on each line fit into memory, too" {
    skip_if_sanitized 'the sanitizers reserve more'
    needs_tool sqlite3
    club
    awk 'BEGIN {
        print "store,receipt,date,amount,brand,seller,member"
        for (i = 0; i < 160000; i++)
            printf "S%02d,R%08d,2026-11-01,1,article %0200d,order %0200d,M000000%d\n",
                i % 20, i, i, i, 1 + i % 2
    }' >many.csv
    try bash -c 'ulimit -v 262144; exec vip-accrue -q --as-of=2026-11-21 many.csv'
    [ "$status" -eq 0 ] || complain 'out of memory?'
    same "$(sql 'SELECT count(*), count(DISTINCT brand), count(DISTINCT seller) FROM purchase')" \
        '160000|160000|160000'
    try bash -c 'ulimit -v 262144; exec vip-accrue --as-of=2026-11-21 many.csv'
    same "$err" 'vip-accrue: 160,000 rows read, 0 accepted, 160,000 known, 0 refused'
}

@test "300,000 lines are posted within 256 MiB of address space" {
    skip_if_sanitized 'the sanitizers reserve more'
    needs_tool sqlite3
    club
    awk 'BEGIN {
        print "store,receipt,line,date,amount,quantity,category,brand,seller,pay,member"
        for (i = 0; i < 300000; i++)
            printf "S%02d,R%08d,%d,2026-11-%02d,%d.50,1,coat,brand %d,seller %d,cash,M000000%d\n",
                i % 20, i / 2, 1 + i % 2, 1 + i % 20, i % 900, i % 30, i % 70, 1 + i % 2
    }' >many.csv
    try bash -c 'ulimit -v 262144; exec vip-accrue --as-of=2026-11-21 -o many.out many.csv'
    [ "$status" -eq 0 ] || complain 'out of memory?'
    has "$err" '300,000 rows read, 300,000 accepted'
    same "$(wc -l <many.out)" 300001
}
