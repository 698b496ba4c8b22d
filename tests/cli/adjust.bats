#!/usr/bin/env bats
# vip-accrue --adjust: points put right by hand, once each; each refusal by its word.
# Member 1 earned 100 on 10 March 2024 and 200 on 10 May 2024, both good for 24 months.

load ../helper
load ../by-hand

setup() { by_hand 张三,13800138001,2024-01-01 李四,13800138002,2024-01-01; }

# adjust ROW…: rows under request,member,points,reason,by,witness on 11 May 2024.
adjust() {
    lines request,member,points,reason,by,witness "$@" > rows.csv
    try vip-accrue --adjust --as-of=2024-05-11 rows.csv
}

balance() { sqlite3 vip.db "SELECT balance FROM account WHERE member = $1"; }

@test "a credit opens a lot dated by the programme" {
    adjust a1,M0000002,500,goodwill,Li,
    same "$out" "$heading
M0000002,a1,adjust,500,500,posted,"
    has "$err" '1 row read, 1 accepted, 0 known, 0 refused'
    try vip-expire --as-of=2026-05-11
    hasnt "$out" M0000002
    try vip-expire --as-of=2026-05-12
    has "$out" 'M0000002,points,,-500'
    exits 0 vip-db check
}

@test "a credit cannot be spent before the programme says so" {
    rule redeemable_after 3d
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    adjust a1,M0000002,500,goodwill,Li,
    same "$(sqlite3 vip.db 'SELECT available - day FROM ledger WHERE member = 2')" 3
}

@test "a debit takes from the lots that end first, then those that come after" {
    adjust a1,M0000001,-150,phantom,Li,
    same "$out" "$heading
M0000001,a1,adjust,-150,150,posted,"
    same "$(sqlite3 vip.db 'SELECT lot, points FROM lot_use ORDER BY lot')" '1|100
2|50'
    exits 0 vip-db check
}

@test "a debit takes points that cannot be spent yet" {
    rule redeemable_after 7d
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    adjust a1,M0000002,50,goodwill,Li, a2,M0000002,-50,slip,Li,
    has "$out" 'M0000002,a2,adjust,-50,0,posted,'
    exits 0 vip-db check
}

@test "what a debit finds missing is a debt, in points and yuan, that credits pay first" {
    adjust a1,M0000001,-450,phantom,Li, a2,M0000001,200,slip,Li,
    has "$out" 'M0000001,a1,adjust,-450,-150,posted,debt 150 points 1.50 yuan'
    has "$out" 'M0000001,a2,adjust,200,50,posted,'
    exits 0 vip-db check
}

@test "an adjustment earns nobody a tier and is no purchase" {
    adjust a1,M0000002,500,goodwill,Li,
    same "$(sqlite3 vip.db 'SELECT spent, first_purchase IS NULL,
        (SELECT count(*) FROM touched WHERE member = 2) FROM account WHERE member = 2')" '0|1|0'
}

@test "the statement and the liability name it" {
    adjust a1,M0000001,-150,phantom,Li,
    has "$(vip-report statement --member=M0000001 -f csv)" 'adjust,,a1,,,-150,150'
    has "$(vip-report liability -f csv)" 'adjusted,,-150'
}

@test "the same request again is known, whatever the day and the file" {
    adjust a1,M0000001,-150,phantom,Li,
    exits 0 vip-accrue --adjust --as-of=2024-05-20 rows.csv rows.csv
    same "$out" "$heading
M0000001,a1,adjust,-150,,known,
M0000001,a1,adjust,-150,,known,"
    has "$err" '0 accepted, 2 known'
    same "$(balance 1)" 150
}

@test "the same request with another content is a conflict, named by its column" {
    adjust a1,M0000001,-150,phantom,Li,Wang
    local row
    for row in a1,M0000001,-151,phantom,Li,Wang a1,M0000001,150,phantom,Li,Wang \
        a1,M0000001,-150,other,Li,Wang a1,M0000001,-150,phantom,Zhao,Wang \
        a1,M0000001,-150,phantom,Li,Zhao a1,M0000002,-150,phantom,Li,Wang; do
        denied conflict adjust "$row"
    done
    denied conflict adjust a1,M0000002,-150,phantom,Li,Wang
    has "$err" ': member: '
    lines request,kind,member,item a1,reward,M0000001,mug > reward.csv
    refuses 1 '[conflict]' vip-redeem --as-of=2024-05-11 reward.csv
    same "$(balance 1)" 150
}

@test "two people, where the programme asks for them" {
    rule witness 'adjust|topup'
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    denied one-signature adjust a2,M0000001,1,slip,Li,
    denied one-signature adjust a2,M0000001,1,slip,Li,Li
    denied one-signature adjust 'a2,M0000001,1,slip,Li,LI'
    adjust a2,M0000001,1,slip,Li,Wang
    [ "$status" -eq 0 ] || complain
    same "$(sqlite3 vip.db "SELECT done_by, witness, reason FROM redemption WHERE request = 'a2'")" \
        'Li|Wang|slip'
}

@test "who is named must be a member, and one still" {
    denied no-such-member adjust a1,M0000009,1,slip,Li,
    sqlite3 vip.db 'UPDATE account SET status = 3 WHERE member = 2'
    denied cancelled adjust a1,M0000002,1,slip,Li,
    sqlite3 vip.db 'UPDATE account SET status = 0 WHERE member = 2'
    denied pending adjust a1,M0000002,1,slip,Li,
    sqlite3 vip.db 'UPDATE account SET status = 4 WHERE member = 2'
    denied forgotten adjust a1,M0000002,1,slip,Li,
    sqlite3 vip.db 'UPDATE account SET status = 5 WHERE member = 2'
    denied merged adjust a1,M0000002,1,slip,Li,
    sqlite3 vip.db 'UPDATE account SET status = 2 WHERE member = 2'
    adjust a1,M0000002,1,slip,Li, # a correction reaches who is suspended too
    [ "$status" -eq 0 ] || complain
}

@test "what a row lacks is named" {
    denied missing-field adjust ,M0000001,1,slip,Li,
    denied missing-field adjust a1,,1,slip,Li,
    denied missing-field adjust a1,M0000001,,slip,Li,
    denied missing-field adjust a1,M0000001,1,,Li,
    denied missing-field adjust a1,M0000001,1,slip,,
    denied bad-cell adjust a1,M0000001,0,slip,Li,
    denied bad-cell adjust a1,M0000001,1.5,slip,Li,
    denied bad-cell adjust a1,M0000001,99999999999999999999,slip,Li,
    denied spoilt-number adjust 1.38E+10,M0000001,1,slip,Li,
    denied overflow adjust a1,M0000001,9223372036854775807,slip,Li,
}

@test "a member is found by phone too, and headings may be Chinese" {
    lines 请求号,手机号,积分,原因,经办人 a1,13800138002,5,补登,李 > rows.csv
    exits 0 vip-accrue --adjust --lang=zh --as-of=2024-05-11 rows.csv
    has "$out" M0000002,a1,adjust,5,5,posted,
}

@test "a dry run prints and keeps nothing; --atomic is all or nothing" {
    local before
    before=$(dump_database vip.db)
    lines request,member,points,reason,by a1,M0000001,5,slip,Li > rows.csv
    exits 0 vip-accrue --adjust --dry-run --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,a1,adjust,5,305,posted,'
    same "$(dump_database vip.db)" "$before"
    lines a2,M0000009,5,slip,Li >> rows.csv
    exits 1 vip-accrue --adjust --atomic --as-of=2024-05-11 rows.csv
    same "$(dump_database vip.db)" "$before"
}

@test "rejects keep the row as it was read" {
    lines request,member,points,reason,by,note a1,M0000009,5,slip,Li,x > rows.csv
    exits 1 vip-accrue --adjust -r no.csv --as-of=2024-05-11 rows.csv
    has "$(< no.csv)" 'a1,M0000009,5,slip,Li,x,2,no-such-member,'
}

@test "one job at a time, and options of purchases are not for it" {
    refuses 2 'one at a time' vip-accrue --adjust --topup rows.csv
    refuses 2 '--blind-returns' vip-accrue --adjust --blind-returns rows.csv
    refuses 2 'for --transfer' vip-accrue --transfer --batch=5 rows.csv
}

@test "what was done to an adjustment behind its back is found" {
    adjust a1,M0000001,-150,phantom,Li,
    sqlite3 vip.db "UPDATE redemption SET points = -15 WHERE request = 'a1'"
    exits 3 vip-db check
    has "$out" 'a1, M0000001'
}

@test "who is forgotten leaves no reason behind, and the chain holds" {
    adjust a1,M0000001,5,'moved to the country',Li,
    lines member,reason,by M0000001,asked,Li > forget.csv
    exits 0 vip-enroll --forget --as-of=2024-05-20 forget.csv
    same "$(sqlite3 vip.db "SELECT points, reason FROM redemption WHERE request = 'a1'")" '5|'
    exits 0 vip-db check
}
