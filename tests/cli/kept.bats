#!/usr/bin/env bats
# What the postings keep of each store and day (table store_day) is what the lines say, whatever came
# in which order: reports that read the one are held against SQL over the other.

load ../helper

# Four members, two stores: receipts that come in pieces and over two days, a claim, returns in a
# later batch, a purchase before the enrolment, two records of one person.
setup() {
    fresh
    needs_tool sqlite3
    shop
    lines member,name,phone,enrolled A,王芳,13800138000,2026-01-01 B,李雷,13900139000,2026-01-01 \
        C,韩梅,13700137000,2026-04-20 D,王芳芳,13600136000,2026-01-01 > members.csv
    vip-enroll -q --as-of=2026-04-20 members.csv
    lines member,store,receipt,line,date,amount,kind,original \
        A,S1,R1,1,2026-03-30,100,sale, A,S1,R1,2,2026-03-30,50,sale, ,S1,R2,1,2026-03-30,70,sale, \
        ,S1,R2,2,2026-03-30,10,sale, B,S2,Q1,1,2026-03-31,200,sale, C,S1,R3,1,2026-04-01,30,sale, \
        D,S1,R4,1,2026-04-02,0,sale, D,S2,Q2,1,2026-04-02,80,sale, > march.csv
    lines member,store,receipt,line,date,amount,kind,original \
        A,S1,R1,3,2026-03-30,25,sale, A,S1,R1,4,2026-04-02,5,sale, ,S1,R9,1,2026-04-02,9,sale, \
        B,S2,Q1,2,2026-04-03,200,return,Q1/1 A,S1,R5,1,2026-04-05,60,return,R1/1 \
        B,S2,Q3,1,2026-04-05,11,sale, A,S1,R0,1,2026-03-30,1,sale, \
        C,S1,R6,1,2026-04-22,44,sale, C,S1,R7,1,2026-04-22,44,return,R6 > april.csv
    lines member,store,receipt,line,date,amount B,S1,R2,2,2026-03-30,10 > claim.csv
    # One category: what is asked by it comes from the lines, and must be the same.
    sed -i.old '1s/$/,category/; 1!s/$/,shoes/' march.csv april.csv claim.csv
}

post() { vip-accrue -q --as-of=2026-04-25 "$@"; }

story() { post march.csv && post april.csv && post claim.csv; }

sql() { sqlite3 -csv "$VIP_DB" "$1"; }

report() { vip-report -q -o out.csv --as-of=2026-04-25 "$@" && sed 1d out.csv; }

# sales_by_line KEYS SAME: what contribution counts by two keys, by SQL over the lines; SAME says
# whether a line p is of the group r.
sales_by_line() {
    sql "SELECT $1, printf('%.2f', sum(net) / 100.0), printf('%.2f', sum(own) / 100.0), sum(sold),
            sum(member_sold),
            (SELECT count(DISTINCT member) FROM purchase AS p WHERE kind = 0 AND $2)
        FROM (SELECT c.text AS shop, strftime('%Y-%m', day * 86400, 'unixepoch') AS month,
                day - (day + 3) % 7 AS week, store, max(kind = 0) AS sold,
                max(kind = 0 AND member IS NOT NULL) AS member_sold,
                sum(CASE kind WHEN 0 THEN amount ELSE -amount END) AS net,
                sum(CASE WHEN member IS NULL THEN 0 WHEN kind = 0 THEN amount ELSE -amount END) AS own
            FROM purchase JOIN code AS c ON c.code = store
            GROUP BY store, receipt, day) AS r
        GROUP BY 1, 2 ORDER BY 1, 2"
}

check_sales() {
    local month="strftime('%Y-%m', p.day * 86400, 'unixepoch') = r.month"
    same "$(report contribution --by=store,month | cut -d, -f1-4,6,7,9)" \
        "$(sales_by_line 'shop, month' "p.store = r.store AND $month")"
    same "$(report contribution --by=store,week | cut -d, -f1,3,4,6,7,9)" \
        "$(sales_by_line 'shop, week' 'p.store = r.store AND p.day - (p.day + 3) % 7 = r.week' |
            cut -d, -f1,3-)"
    same "$(report contribution | cut -d, -f1,2,4,5,7)" \
        "$(sales_by_line "'', ''" 1 | cut -d, -f3-)"
}

check_repurchase() {
    same "$(report repurchase --by=store,month)" "$(sql "
        SELECT text, month, count(*), sum(days > 1), printf('%.2f', 100.0 * sum(days > 1) / count(*)),
            sum(days), printf('%.2f', 1.0 * sum(days) / count(*))
        FROM (SELECT store, strftime('%Y-%m', day * 86400, 'unixepoch') AS month, member,
                  count(DISTINCT day) AS days
              FROM purchase WHERE kind = 0 AND amount > returned AND member IS NOT NULL
              GROUP BY 1, 2, 3) JOIN code ON code = store
        GROUP BY store, month ORDER BY 1, 2")"
}

# What counts towards tiers stands in the ledger, a return on the day of its original.
check_rfm() {
    same "$(report rfm-members | cut -d, -f1,6-8)" "$(sql "
        SELECT m.member, date(max(day) * 86400, 'unixepoch'), count(*), printf('%.2f', sum(net) / 100.0)
        FROM (SELECT member AS id, spend_day AS day, sum(amount) AS net FROM ledger
              WHERE kind IN (0, 1) GROUP BY 1, 2)
        JOIN member AS m USING (id) JOIN account AS a ON a.member = id
        WHERE net > 0 AND a.status IN (1, 2) GROUP BY id ORDER BY 1")"
}

check_lines() {
    local name
    for name in contribution repurchase; do
        same "$(report "$name" --by=store,month,category | sed 's/,shoes,/,/')" "$(report "$name" --by=store,month)"
        same "$(report "$name" --category=shoes)" "$(report "$name")"
        same "$(report "$name" --category=shoes --store=S1 --period=2026-04)" \
            "$(report "$name" --store=S1 --period=2026-04)"
    done
}

check_all() {
    exits 0 vip-db check
    has "$out" "days,ok"
    check_sales
    check_repurchase
    check_rfm
    check_lines
}

@test "sales, buyers and scores from the days are those of the lines" {
    story
    check_all
    # C's 30 were before the enrolment, and what was bought since came back: no score.
    same "$(report rfm-members | cut -d, -f1)" "$(lines A B D)"
}

@test "after each batch, not only in the end" {
    local file
    for file in march april claim; do
        post "$file.csv"
        check_all
    done
}

@test "the days are the same, a line a batch or all at once" {
    story
    sql 'SELECT day, text, net, member_net, receipts, member_receipts, hex(buyers)
        FROM store_day JOIN code ON code = store ORDER BY 1, 2' > whole.csv
    rm -f vip.db*
    shop
    vip-enroll -q --as-of=2026-04-20 members.csv
    for file in march april claim; do
        sed 1d "$file.csv" | while read -r row; do
            { sed -n 1p "$file.csv"; echo "$row"; } | post -
        done
    done
    check_all
    same "$(sql 'SELECT day, text, net, member_net, receipts, member_receipts, hex(buyers)
        FROM store_day JOIN code ON code = store ORDER BY 1, 2')" "$(cat whole.csv)"
}

@test "a dry run and an input that fails as a whole leave no days" {
    post -n march.csv
    same "$(sql 'SELECT count(*) FROM store_day')" 0
    lines member,store,receipt,date,amount A,S1,R1,2026-03-30,100 A,S1,R2,2026-03-30,1.234 > bad.csv
    exits 1 vip-accrue --atomic --as-of=2026-04-25 bad.csv
    same "$(sql 'SELECT count(*) FROM store_day')" 0
}

@test "two records that become one are one buyer" {
    story
    lines from,to,reason,by D,A,same,boss | vip-enroll -q --merge --as-of=2026-04-25 -
    check_all
    lines member,store,receipt,date,amount,kind,original,category \
        A,S2,Q9,2026-04-25,80,return,Q2/1,shoes | post -
    check_all
    same "$(report repurchase --store=S2)" 1,0,0.00,1,1.00
}

@test "vip-db check finds a day that was changed, removed or made up" {
    local change
    story
    vip-db backup -q sound.db
    for change in 'UPDATE store_day SET net = net + 1 WHERE day = 20542' \
        "UPDATE store_day SET buyers = x'' WHERE day = 20542" \
        'DELETE FROM store_day WHERE day = 20542' \
        "INSERT INTO store_day SELECT day + 40, store, 1, 1, 1, 1, x'' FROM store_day WHERE day = 20542"; do
        rm -f vip.db*
        cp sound.db vip.db
        sql "$change"
        exits 3 vip-db check -f tsv
        has "$out" "what is kept for reports is not the sum of its lines"
        [ "$(grep -c '^days' <<< "$out")" -le 3 ]
    done
}

@test "the days go through export and import" {
    story
    vip-db export -q --reveal tables
    vip-db import -q -d again.db tables
    VIP_DB=$PWD/again.db
    check_all
}
