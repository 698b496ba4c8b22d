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

# either_way ARGUMENTS…: what "$@" does on the database of the moment, it does alike on one in which
# the run of $night has taken place before, once the run of $later has on both; $both is what the
# members have then: what ran out by day, all else entry by entry, lots, balances.
either_way() {
    local ledger="select member, day, sum(points) from ledger where kind = 5 group by 1, 2
            having sum(points) <> 0 order by 1, 2;
        select member, kind, day, points, ref from ledger where kind <> 5 order by 1, 3, 2, 4;
        select l.member, l.ref, l.points - coalesce((select sum(u.points) from lot_use as u
            where u.member = l.member and u.lot = l.entry), 0) from ledger as l
            where l.points > 0 and l.kind not in (4, 5) order by 1, 2;
        select member, balance, next_expiry from account order by 1" late
    rm -f before.db
    vip-db backup -q before.db
    "$@"
    vip-expire -q --as-of="$later"
    exits 0 vip-db check
    late=$(sql "$ledger")
    rm -f vip.db* && cp before.db vip.db
    vip-expire -q --as-of="$night"
    "$@"
    exits 0 vip-db check
    vip-expire -q --as-of="$later"
    exits 0 vip-db check
    both=$(sql "$ledger")
    same "$both" "$late"
}

# late DATE ITEM QUANTITY: a reward that was had on that day, whose row comes on the next one.
late() {
    lines request,member,item,quantity,date "late$1$2,M0000001,$2,$3,$1" |
        vip-redeem -q --as-of="$later"
}

@test "a reward of a lot's last day is had, though its row comes after the run that ended the lot" {
    needs_tool sqlite3
    opens 6m
    buys 2024-01-10 100
    buys 2024-01-12 40
    night=2024-07-11 later=2024-07-12
    either_way late 2024-07-10 mug 7
    has "$both" '1|19915|-30'
    exits 0 vip-report statement --member=M0000001
    has "$out" 2024-07-11,expire,,,,,-100, 2024-07-11,expire,,,,,70, 2024-07-10,redeem,,late2024-07-10mug,,,-70,
    refuses 1 '[too-few-points]' late 2024-07-11 mug 5
    night=2024-07-13 later=2024-07-20
    either_way late 2024-07-12 mug 3
    exits 0 vip-report liability --as-of=2024-07-20 -f csv
}

@test "a return, an adjustment and a transfer find what was good on their day, too" {
    needs_tool sqlite3
    opens 6m
    buys 2024-01-10 100
    buys 2024-01-12 40
    night=2024-07-11 later=2024-07-14
    return_late() {
        lines store,receipt,date,amount,kind,original 0101,t1,2024-07-10,60,return,r2024-01-10100 |
            vip-accrue -q --as-of=2024-07-12
    }
    either_way return_late
    has "$both" '1|19915|-40'
    has "$both" '1|19917|-40' # none of the other lot
    adjust_late() {
        lines request,member,points,reason,by a1,M0000001,-70,count,Li |
            vip-accrue --adjust -q --as-of=2024-07-12
    }
    night=2024-07-13 later=2024-07-14
    opens_again() { rm -f vip.db* && cp before.db vip.db; }
    opens_again
    either_way adjust_late
    opens_again
    transfer_late() {
        lines request,from,to,points,reason,by t9,M0000001,M0000002,40,gift,Li |
            vip-accrue --transfer -q --as-of=2024-07-12
    }
    either_way transfer_late
    has "$both" '1|7|19916|-40|t9'
    has "$both" '2|19917|-40'
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

@test "a rebate claimed on the last day is had, though its row comes after the run that took it" {
    needs_tool sqlite3
    ladder
    night=2025-05-01 later=2025-05-02
    either_way late 2025-04-30 rebate-500 1
    has "$both" '1|3|20208|-8100|late2025-04-30rebate-500'
    same "$(sql 'select balance from account')" 500
}

# ladder_with_mugs POINTS: a shop that gives mugs for 10 points, too, and a member with those points.
ladder_with_mugs() {
    cp -r "$VIP_ROOT/share/programs/department-store" ladder
    lines 'mug,gift,Mug,马克杯,10,20,,,,,,,,,no' >> ladder/rewards.csv
    shop --program=./ladder --as-of=2023-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,"$1",M0000001 |
        vip-accrue -q --as-of=2024-06-01
}

@test "what comes late and leaves too little for the rebate makes it fall due no more" {
    needs_tool sqlite3
    ladder_with_mugs 5100
    lines member M0000001 | vip-card renew -q --as-of=2025-01-09
    night=2025-05-01 later=2025-05-02
    vip-db backup -q all.db
    either_way late 2025-04-30 mug 11
    has "$both" '1|r1|4990'
    rm -f vip.db* && cp all.db vip.db
    either_way late 2025-04-30 mug 10
    has "$both" '1|20209|-5000'
}

@test "a return after an unclaimed rebate ends alike, whether the run came first or not" {
    needs_tool sqlite3
    ladder
    night=2025-05-01 later=2025-05-04
    return_some() {
        lines store,receipt,date,amount,kind,original 0101,t1,2025-05-02,300,return,r1 |
            vip-accrue -q --as-of=2025-05-02
    }
    either_way return_some
    has "$both" '1|20209|-8100' '1|r2|200'
    adjust_some() {
        lines request,member,points,reason,by a1,M0000001,-600,count,Li |
            vip-accrue --adjust -q --as-of=2025-05-03
    }
    rm -f vip.db* && cp before.db vip.db
    either_way adjust_some
    same "$(sql 'select balance from account')" -100
}

@test "one run takes the rebates that many runs would take, each once" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/department-store" ladder
    sed -i 's/,card-year,all,/,card-year,cost,/' ladder/rewards.csv
    shop --program=./ladder --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,13500,M0000001 |
        vip-accrue -q --as-of=2024-06-01
    vip-expire -q --as-of=2025-04-30
    expires 2025-05-01 M0000001,rebate,rebate-800,-10000,800.00,2025-04-30,expired
    expires 2025-05-02
    sed -i 's/^rebate-200,\(.*\),5000,/rebate-200,\1,3000,/' ladder/rewards.csv
    rm -f vip.db* && shop --program=./ladder --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,14000,M0000001 |
        vip-accrue -q --as-of=2024-06-01
    vip-expire -q --as-of=2025-04-30
    expires 2025-05-01 M0000001,rebate,rebate-800,-10000,800.00,2025-04-30,expired \
        M0000001,rebate,rebate-200,-3000,200.00,2025-04-30,expired
    expires 2025-05-02
    exits 0 vip-db check
}

@test "what was put back or came after a claim was over stays, whether a run came first or not" {
    needs_tool sqlite3
    ladder_with_mugs 5050
    lines request,member,item,quantity q1,M0000001,mug,10 | vip-redeem -q --as-of=2024-07-01
    night=2025-05-02 later=2025-05-31
    put_back() {
        lines request,kind,item c1,cancel,q1 | vip-redeem -q --as-of=2025-05-10
        lines store,receipt,date,amount,member 0101,r2,2025-01-02,90,M0000001 |
            vip-accrue -q --as-of=2025-05-12
    }
    either_way put_back
    same "$(sql 'select balance from account')" 5140
}

@test "a missed run takes the rebate before what ran out after it" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/department-store" ladder
    sed -i 's/^points_expire,.*/points_expire,12m/' ladder/program.csv
    shop --program=./ladder --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-05-05,3000,M0000001 \
        0101,r2,2024-06-01,3000,M0000001 | vip-accrue -q --as-of=2024-06-01
    night=2025-05-01 later=2025-05-31
    either_way true
    has "$both" '1|20209|-6000'
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
