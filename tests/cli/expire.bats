#!/usr/bin/env bats
# vip-expire: points, cards and vouchers that have run out; missed nights, repeated nights.

load ../helper

setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    printf '%s\n' reward,kind,name_en,name_zh,cost,value mug,gift,Mug,马克杯,10,20 > shop/rewards.csv
}

heading=member,kind,item,points,value,expires,status

# rule KEY VALUE: changes a line of the shop's program.csv.
rule() {
    sed "s/^$1,.*/$1,$2/" shop/program.csv > program.new && mv program.new shop/program.csv
}

# opens RULE: the shop with points that expire by RULE, and two members of 2024.
opens() {
    rule points_expire "$1"
    shop --program=shop --as-of=2024-01-01
    lines name,phone,enrolled 张三,13800138001,2024-01-01 李四,13800138002,2024-01-01 |
        vip-enroll -q --as-of=2024-01-01
}

# buys DAY AMOUNT [MEMBER]: one receipt, posted on its day.
buys() {
    lines store,receipt,date,amount,member "0101,r$1$2,$1,$2,${3-M0000001}" |
        vip-accrue -q --as-of="$1"
}

# redeems DAY REQUEST QUANTITY: mugs, at ten points.
redeems() {
    lines request,member,item,quantity "$2,M0000001,mug,$3" | vip-redeem -q --as-of="$1"
}

# expires DAY ROW…: the run of that day prints these rows and no others.
expires() {
    local day=$1
    shift
    exits 0 vip-expire --as-of="$day"
    same "$out" "$(lines "$heading" "$@")"
}

sql() { sqlite3 "$VIP_DB" "$1"; }

@test "earned on 10 March 2024 with 24m: good through 10 March 2026" {
    opens 24m
    buys 2024-03-10 250
    expires 2026-03-10
    expires 2026-03-11 M0000001,points,,-250,2.50,2026-03-10,expired
    has "$err" '1 expired'
    expires 2026-03-11
    exits 0 vip-db check
}

@test "an expiry is dated the day after the last good one, whenever it is found" {
    needs_tool sqlite3
    opens 24m
    buys 2024-03-10 250
    expires 2027-01-01 M0000001,points,,-250,2.50,2026-03-10,expired
    same "$(sql "select date(day * 86400, 'unixepoch'), points from ledger where kind = 5")" \
        '2026-03-11|-250'
}

@test "months end at the month's last day" {
    opens 6m
    buys 2024-08-31 10
    buys 2025-08-31 20
    expires 2025-02-28
    expires 2025-03-01 M0000001,points,,-10,0.10,2025-02-28,expired
    expires 2026-03-01 M0000001,points,,-20,0.20,2026-02-28,expired
}

@test "year-end and months more; never" {
    opens year-end+3m
    buys 2024-01-01 10
    buys 2024-12-31 20
    expires 2025-03-31
    expires 2025-04-01 M0000001,points,,-30,0.30,2025-03-31,expired
    rm vip.db* && opens never
    buys 2024-01-01 10
    expires 2099-01-01
}

@test "points that end with the card" {
    rule card_valid 12m
    opens card
    buys 2024-05-05 10
    expires 2025-01-01
    expires 2025-01-02 M0000001,points,,-10,0.10,2025-01-01,expired \
        M0000001,card,K000001,,,2025-01-01,expired M0000002,card,K000002,,,2025-01-01,expired
    exits 0 vip-card list --state=expired
    has "$out" M0000001,K000001
    expires 2025-01-02
}

@test "an accumulation card ends after its year" {
    shop --program=menswear --as-of=2024-01-01
    lines name,phone,birthday,enrolled,store 张三,13800138001,1990-05-20,2024-01-10,0101 |
        vip-enroll --as-of=2024-01-10 > enrolled.csv
    card=$(awk -F, 'NR == 2 { print $2 }' enrolled.csv)
    expires 2025-01-10
    expires 2025-01-11 "M0000001,accumulation,$card,,,2025-01-10,expired"
}

@test "what was spent cannot run out; what runs out cannot be spent" {
    opens 6m
    buys 2024-01-10 100
    buys 2024-03-10 100
    redeems 2024-03-11 q1 7
    expires 2024-07-11 M0000001,points,,-30,0.30,2024-07-10,expired
    redeems 2024-07-11 q2 10
    expires 2025-01-01
    exits 0 vip-db check
}

@test "points past their last day are not spent, though no run has taken them yet" {
    opens 6m
    buys 2024-01-10 100
    lines request,member,item q1,M0000001,mug > rows.csv
    exits 0 vip-redeem -n --as-of=2024-07-10 rows.csv
    refuses 1 '[too-few-points]' vip-redeem --as-of=2024-07-11 rows.csv
    exits 0 vip-db check
}

@test "all that ends on one day is one row a member; each day has its own" {
    opens 6m
    buys 2024-01-10 100
    buys 2024-01-10 50
    buys 2024-01-11 5
    buys 2024-01-11 7 M0000002
    expires 2024-12-31 M0000001,points,,-150,1.50,2024-07-10,expired \
        M0000001,points,,-5,0.05,2024-07-11,expired M0000002,points,,-7,0.07,2024-07-11,expired
}

@test "a missed month gives what daily runs would have given" {
    needs_tool sqlite3
    opens 6m
    for day in 02 05 09 16 27; do
        buys "2024-01-$day" "${day#0}0"
        buys "2024-01-$day" 31 M0000002
    done
    vip-db backup late.db
    for day in $(seq -w 1 31); do
        [ "$day" -gt 26 ] || redeems "2024-07-$day" "q$day" 1
        vip-expire --as-of="2024-07-$day" >> daily.csv
    done
    VIP_DB=$PWD/late.db
    for day in $(seq -w 1 26); do
        redeems "2024-07-$day" "q$day" 1
    done
    vip-expire --as-of=2024-07-31 > late.csv
    same "$(grep -v "$heading" daily.csv | sort)" "$(grep -v "$heading" late.csv | sort)"
    ledger='select member, kind, day, points from ledger order by 1, 3, 2, 4;
        select member, balance, next_expiry from account order by 1'
    same "$(sql "$ledger")" "$(VIP_DB=$PWD/vip.db sql "$ledger")"
    exits 0 vip-db check
}

# takes_back DAY RECEIPT: the whole of that receipt comes back, posted on DAY.
takes_back() {
    lines store,receipt,date,amount,kind,original "0101,t$2,$1,$3,return,$2" |
        vip-accrue -q --as-of="$1"
}

@test "a return meets what ran out as if every night had had its run" {
    needs_tool sqlite3
    opens 6m
    buys 2024-01-02 100
    buys 2024-01-05 40
    buys 2024-02-20 30
    buys 2024-01-09 50 M0000002
    vip-db backup late.db
    for day in $(seq -w 1 31); do
        [ "$day" != 04 ] || takes_back "2024-07-$day" r2024-01-02100 100
        [ "$day" != 12 ] || buys "2024-07-$day" 90
        [ "$day" != 20 ] || takes_back "2024-07-$day" r2024-01-0540 40
        [ "$day" != 21 ] || takes_back "2024-07-$day" r2024-01-0950 50
        vip-expire -q --as-of="2024-07-$day"
    done
    VIP_DB=$PWD/late.db
    takes_back 2024-07-04 r2024-01-02100 100
    exits 0 vip-db check
    buys 2024-07-12 90
    takes_back 2024-07-20 r2024-01-0540 40
    takes_back 2024-07-21 r2024-01-0950 50
    vip-expire -q --as-of=2024-07-31
    exits 0 vip-db check
    ledger='select member, kind, day, points from ledger order by 1, 3, 2, 4;
        select member, balance, next_expiry from account order by 1;
        select l.member, l.day, l.points - sum(coalesce(u.points, 0)) from ledger as l
            left join lot_use as u on u.member = l.member and u.lot = l.entry
            where l.points > 0 group by l.member, l.entry order by l.member, l.day'
    late=$(sql "$ledger")
    VIP_DB=$PWD/vip.db
    same "$late" "$(sql "$ledger")"
    has "$late" '2|1|19925|-50' # the debt of who had no other lot
}

# ladder: department-store, a member whose card year ended on 2025-01-10 with 8100 points.
ladder() {
    shop --program=department-store --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,8100,M0000001 \
        0101,r2,2025-01-20,500,M0000001 | vip-accrue -q --as-of=2025-01-20
}

@test "a rebate that is not claimed in time takes the points of its year with it, once" {
    ladder
    expires 2025-01-11 M0000001,card,K000001,,,2025-01-10,expired
    expires 2025-04-30
    exits 0 vip-expire -n --as-of=2025-05-01
    has "$out" M0000001,rebate,rebate-500,-8100,500.00,2025-04-30,expired
    expires 2025-05-01 M0000001,rebate,rebate-500,-8100,500.00,2025-04-30,expired
    expires 2025-05-01
    expires 2025-12-31
    exits 0 vip-report statement --member=M0000001
    has "$out" 2025-05-01,expire,,rebate-500,,,-8100,500
    exits 0 vip-db check
}

@test "a rebate that was claimed, or was not due, takes nothing" {
    ladder
    lines request,member,item q1,M0000001,rebate-200 | vip-redeem -q --as-of=2025-04-30
    vip-expire -q --as-of=2025-05-02
    exits 0 vip-expire --as-of=2026-12-31
    same "$out" "$heading"
    rm vip.db* && shop --program=department-store --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,4999,M0000001 \
        0101,r2,2025-01-11,9000,M0000001 | vip-accrue -q --as-of=2025-01-20
    vip-expire -q --as-of=2025-01-20
    expires 2025-05-01
}

@test "an unclaimed rebate buys nothing else, whether its end was posted or not" {
    cp -r "$VIP_ROOT/share/programs/department-store" ladder
    lines 'mug,gift,Mug,马克杯,10,20,,,,,,,,,no' >> ladder/rewards.csv
    shop --program=./ladder --as-of=2023-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,8100,M0000001 \
        0101,r2,2025-01-09,50,M0000001 0101,r3,2025-02-01,60,M0000001 |
        vip-accrue -q --as-of=2025-02-01
    lines member M0000001 | vip-card renew -q --as-of=2025-01-09
    lines request,member,item,quantity q1,M0000001,mug,7 > rows.csv
    exits 0 vip-redeem -n --as-of=2025-04-30 rows.csv
    refuses 1 '[too-few-points]' vip-redeem -n --as-of=2025-05-01 rows.csv
    vip-db backup -q before.db
    expires 2025-05-01 M0000001,rebate,rebate-500,-8150,500.00,2025-04-30,expired
    same "$(sql 'select balance from account')" 60
    # Without that run, the first who comes to the desk finds it so.
    lines request,member,item,quantity q1,M0000001,mug,6 > rows.csv
    VIP_DB=$PWD/before.db
    exits 0 vip-redeem --as-of=2025-05-01 rows.csv
    expires 2025-12-31
    same "$(sql 'select day, points from ledger where entry > 3')" '20209|-8150
20209|-60'
    exits 0 vip-db check
}

@test "--dry-run shows what would run out and keeps it; no FILE is read" {
    opens 6m
    buys 2024-01-10 100
    exits 0 vip-expire -n --as-of=2024-12-31
    has "$out" M0000001,points,,-100,1.00,2024-07-10,expired
    expires 2024-12-31 M0000001,points,,-100,1.00,2024-07-10,expired
    exits 2 vip-expire rows.csv
}

@test "a run that finds nothing leaves no batch" {
    needs_tool sqlite3
    opens 6m
    buys 2024-01-10 100
    before=$(sql 'select count(*) from batch')
    expires 2024-01-10
    same "$(sql 'select count(*) from batch')" "$before"
}

@test "what ran out is no news to tiers" {
    needs_tool sqlite3
    opens 6m
    buys 2024-01-10 100
    vip-tier -q --as-of=2024-01-11
    redeems 2024-01-12 q1 1
    vip-expire -q --as-of=2024-12-31
    same "$(sql 'select count(*) from touched')" 0
}
