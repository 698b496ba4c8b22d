#!/usr/bin/env bats
# vip-accrue --transfer: points from one member to another, with their dates; each refusal by its
# word. Member 1 earned 100 on 10 March 2024 and 200 on 10 May 2024, both good for 24 months; members
# 2 and 3 have none.

load ../helper
load ../by-hand

setup() { by_hand 张三,13800138001,2024-01-01 李四,13800138002,2024-01-01 \
        王五,13800138003,2024-01-01; }

# transfer ROW…: rows under request,from,to,points,reason,by on 11 May 2024.
transfer() {
    lines request,from,to,points,reason,by "$@" > rows.csv
    try vip-accrue --transfer --as-of=2024-05-11 rows.csv
}

balances() { sqlite3 vip.db 'SELECT group_concat(balance) FROM account'; }

@test "points go from one to the other: a row for each" {
    transfer x1,M0000001,M0000002,150,gift,Li
    [ "$status" -eq 0 ] || complain
    same "$out" "$heading
M0000001,x1,transfer,-150,150,posted,
M0000002,x1,transfer,150,150,posted,"
    has "$err" '1 row read, 1 accepted'
    exits 0 vip-db check
}

@test "what is received keeps its dates" {
    transfer x1,M0000001,M0000002,150,gift,Li
    try vip-expire --as-of=2026-03-11
    has "$out" 'M0000002,points,,-100'
    try vip-expire --as-of=2026-05-11
    has "$out" 'M0000002,points,,-50'
    has "$out" 'M0000001,points,,-150'
    same "$(balances)" 0,0,0
    exits 0 vip-db check
}

@test "received points are used by age: older than what was earned before they came" {
    lines store,receipt,date,amount,phone 0101,r3,2024-04-10,30,13800138002 |
        vip-accrue -q --as-of=2024-05-10
    transfer x1,M0000001,M0000002,100,gift,Li # the lot of March
    lines request,member,points,reason,by a1,M0000002,-100,slip,Li > rows.csv
    exits 0 vip-accrue --adjust --as-of=2024-05-11 rows.csv
    try vip-expire --as-of=2026-04-11
    has "$out" 'M0000002,points,,-30'
}

@test "what cannot be spent yet cannot be given yet" {
    sed -i '/^redeemable_after,/d' shop/program.csv
    lines redeemable_after,7d >> shop/program.csv
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    lines store,receipt,date,amount,phone 0101,r4,2024-05-11,40,13800138003 |
        vip-accrue -q --as-of=2024-05-11
    denied too-few-points transfer x1,M0000003,M0000002,40,gift,Li
    lines request,from,to,points,reason,by x1,M0000003,M0000002,40,gift,Li > rows.csv
    exits 0 vip-accrue --transfer --as-of=2024-05-18 rows.csv
    same "$(balances)" 300,40,0
    exits 0 vip-db check
}

@test "it counts as earned for nobody" {
    transfer x1,M0000001,M0000002,150,gift,Li
    same "$(sqlite3 vip.db 'SELECT spent, (SELECT count(*) FROM touched WHERE member = 2),
        first_purchase IS NULL FROM account WHERE member = 2')" '0|0|1'
    try vip-report liability -f csv
    has "$out" transferred,,0
    has "$out" earned,,300
}

@test "a debt of the receiver is paid first" {
    lines request,member,points,reason,by a1,M0000002,-120,slip,Li > rows.csv
    exits 0 vip-accrue --adjust --as-of=2024-05-11 rows.csv
    transfer x1,M0000001,M0000002,150,gift,Li
    has "$out" 'M0000002,x1,transfer,150,30,posted,'
    try vip-expire --as-of=2026-05-11
    has "$out" 'M0000002,points,,-30'
    exits 0 vip-db check
}

@test "member, card or phone name either side; headings may be Chinese" {
    local card
    card=$(sqlite3 vip.db 'SELECT card FROM card WHERE member = 2')
    lines 请求号,转出,转入,积分,原因,经办人 "x1,13800138001,$card,5,礼,李" > rows.csv
    exits 0 vip-accrue --transfer --as-of=2024-05-11 rows.csv
    has "$out" M0000001,x1,transfer,-5,295,posted,
    has "$out" M0000002,x1,transfer,5,5,posted,
}

@test "the same again is known; another content is a conflict, named by its column" {
    transfer x1,M0000001,M0000002,150,gift,Li
    exits 0 vip-accrue --transfer --as-of=2024-05-20 rows.csv
    same "$out" "$heading
M0000001,x1,transfer,-150,,known,
M0000002,x1,transfer,150,,known,"
    has "$err" '0 accepted, 1 known'
    denied conflict transfer x1,M0000001,M0000002,149,gift,Li
    has "$err" ': points: '
    denied conflict transfer x1,M0000001,M0000003,150,gift,Li
    has "$err" ': to: '
    denied conflict transfer x1,M0000003,M0000002,150,gift,Li
    has "$err" ': from: '
    denied conflict transfer x1,M0000001,M0000002,150,debt,Li
    denied conflict transfer x1,M0000001,M0000002,150,gift,Wang
    same "$(balances)" 150,150,0
}

@test "more than can be spent is refused" {
    denied too-few-points transfer x1,M0000001,M0000002,301,gift,Li
    denied too-few-points transfer x1,M0000002,M0000001,1,gift,Li
    transfer x1,M0000001,M0000002,300,gift,Li x2,M0000002,M0000003,300,gift,Li
    [ "$status" -eq 0 ] || complain
    same "$(balances)" 0,0,300
    exits 0 vip-db check
}

@test "there must be two members, and both active" {
    denied same-member transfer x1,M0000001,13800138001,1,gift,Li
    denied no-such-member transfer x1,M0000009,M0000001,1,gift,Li
    has "$err" ': from: '
    denied no-such-member transfer x1,M0000001,M0000009,1,gift,Li
    has "$err" ': to: '
    sqlite3 vip.db 'UPDATE account SET status = 2 WHERE member = 2'
    denied suspended transfer x1,M0000001,M0000002,1,gift,Li
    has "$err" ': to: '
    sqlite3 vip.db 'UPDATE account SET status = 2 WHERE member = 1'
    denied suspended transfer x1,M0000001,M0000002,1,gift,Li
    has "$err" ': from: '
    sqlite3 vip.db 'UPDATE account SET status = 3 WHERE member = 1'
    denied cancelled transfer x1,M0000001,M0000002,1,gift,Li
}

@test "a balance that cannot be counted any more is refused" {
    sqlite3 vip.db 'UPDATE account SET balance = 9223372036854775800 WHERE member = 2'
    denied overflow transfer x1,M0000001,M0000002,100,gift,Li
}

@test "what a row lacks is named" {
    denied missing-field transfer ,M0000001,M0000002,1,gift,Li
    denied missing-field transfer x1,,M0000002,1,gift,Li
    denied missing-field transfer x1,M0000001,,1,gift,Li
    denied missing-field transfer x1,M0000001,M0000002,,gift,Li
    denied missing-field transfer x1,M0000001,M0000002,1,gift,
    denied bad-cell transfer x1,M0000001,M0000002,0,gift,Li
    denied bad-cell transfer x1,M0000001,M0000002,-1,gift,Li
    denied spoilt-number transfer 1.38E+10,M0000001,M0000002,1,gift,Li
}

@test "two people, where the programme asks for them" {
    lines witness,transfer >> shop/program.csv
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    denied one-signature transfer x1,M0000001,M0000002,1,gift,Li
    lines request,from,to,points,reason,by,witness x1,M0000001,M0000002,1,gift,Li,Wang > rows.csv
    exits 0 vip-accrue --transfer --as-of=2024-05-11 rows.csv
}

@test "a dry run prints and keeps nothing" {
    local before
    before=$(dump_database vip.db)
    lines request,from,to,points,reason,by x1,M0000001,M0000002,1,gift,Li > rows.csv
    exits 0 vip-accrue --transfer -n --as-of=2024-05-11 rows.csv
    has "$out" M0000002,x1,transfer,1,1,posted,
    same "$(dump_database vip.db)" "$before"
}

@test "a transfer is not cancelled as a reward is" {
    transfer x1,M0000001,M0000002,1,gift,Li
    lines request,kind,item c1,cancel,x1 > rows.csv
    refuses 1 '[not-cancellable]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "a side of a transfer that was taken away is found" {
    transfer x1,M0000001,M0000002,150,gift,Li
    sqlite3 vip.db "UPDATE redemption SET receiver = 3 WHERE request = 'x1'"
    exits 3 vip-db check
    has "$out" 'x1, M0000001'
}

@test "transfers stay sound when either side is merged into another record, or both into one" {
    transfer x1,M0000001,M0000002,150,gift,Li x2,M0000002,M0000003,50,gift,Li
    lines from,to,reason,by M0000002,M0000003,twice,Li > merge.csv
    exits 0 vip-enroll --merge --as-of=2024-05-20 merge.csv
    exits 0 vip-db check
    lines from,to,reason,by M0000001,M0000003,twice,Li > merge.csv
    exits 0 vip-enroll --merge --as-of=2024-05-20 merge.csv
    exits 0 vip-db check
    same "$(sqlite3 vip.db 'SELECT balance FROM account WHERE member = 3')" 300
    denied same-member transfer x3,M0000001,M0000002,1,gift,Li # both are the third now
}

@test "a row may spend what the row before it brought" {
    transfer x1,M0000001,M0000002,300,gift,Li x2,M0000002,M0000003,300,gift,Li \
        x3,M0000003,M0000001,300,back,Li
    [ "$status" -eq 0 ] || complain
    same "$(balances)" 300,0,0
    try vip-expire --as-of=2026-03-11
    has "$out" 'M0000001,points,,-100'
    exits 0 vip-db check
}
