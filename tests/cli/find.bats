#!/usr/bin/env bats
# vip-find: the till's question.
load ../helper

setup() {
    fresh
    shop
    lines name,phone,id_no,consultant 王芳,13812341234,11010519491231002X,G1 王芳,13812345678,, \
        '买买提·吐尔逊,13900001111,,' "Li Ming,13900002222,," >people.csv
    vip-enroll -q --as-of=2026-11-21 people.csv
}

heading=member,card,name,phone,tier,points,expiring,stored,status,consultant

# finds MEMBERS QUERY…: exactly these members, in this order.
finds() {
    local wanted=$1
    shift
    exits 0 vip-find "$@"
    same "$(tail -n +2 <<<"$out" | cut -d, -f1 | xargs)" "$wanted"
}

@test "a whole row, with the phone masked" {
    exits 0 vip-find K000001
    same "$out" "$(lines "$heading" 'M0000001,K000001,王芳,138****1234,member,0,0,0.00,active,G1')"
}

@test "every key finds its member, as it is typed" {
    finds M0000001 M0000001
    finds M0000001 13812341234
    finds M0000001 '138 1234 1234'
    finds M0000001 +8613812341234
    finds M0000001 １３８１２３４１２３４
    finds M0000001 11010519491231002x
    finds M0000003 M0000003
}

@test "a name finds whoever has it, the last four digits say which" {
    finds 'M0000001 M0000002' 王芳
    finds 'M0000001 M0000002' '王　芳'
    finds M0000002 王芳 5678
    finds M0000002 王芳5678
    finds M0000002 王芳 ５６７８
    finds M0000002 王芳５６７８
    finds M0000002 '王芳 5678'
    finds M0000003 买买提吐尔逊
    finds M0000004 'li ming'
    finds 'M0000001 M0000004' K000001 'LI MING'
}

@test "a part of a name is enough where nobody is called so whole" {
    lines name,phone 欧阳小芳,13712341111 芳芳,13712342222 阿卜杜拉·买买提江,13712343333 >more.csv
    vip-enroll -q --as-of=2026-11-21 more.csv
    finds 'M0000001 M0000002' 王
    finds 'M0000001 M0000002 M0000005 M0000006' 芳
    finds M0000005 小芳
    finds M0000006 芳芳
    finds 'M0000003 M0000007' 买买提
    finds M0000004 ming
    finds M0000004 ＭＩＮＧ
    finds 'M0000003' 尔逊
    finds M0000002 芳 5678
    finds M0000002 王5678
    finds M0000005 阳小 1111
    finds 'M0000006' 芳2222
    exits 1 vip-find 小王
}

@test "parts of names are found through indexes" {
    needs_tool sqlite3
    local statement
    statement=$(sed -n '/^-- name: members_by_part/,/;/p' "$VIP_ROOT/lib/db/sql/face.sql")
    try sqlite3 "$VIP_DB" "EXPLAIN QUERY PLAN $statement"
    same "$(grep -c 'USING COVERING INDEX\|USING INDEX' <<<"$out")" 4
    hasnt "$(tail -n +3 <<<"$out" | grep -v member_long)" SCAN
}

@test "nobody is status 1, and a number that was asked for is not repeated whole" {
    refuses 1 "nobody fits '王小芳'" vip-find 王小芳
    same "$out" "$heading"
    exits 1 vip-find 13700001234
    hasnt "$err" 13700001234
    exits 1 vip-find 王芳 9999
    exits 1 vip-find ''
    exits 2 vip-find
}

@test "a card that does not work finds its member, and the clerk is told" {
    exits 0 vip-find K000001
    hasnt "$err" 'the card'
    exits 0 vip-card lost -q <<<$'card\nK000001'
    exits 0 vip-find Ｋ０００００１
    has "$out" M0000001,,王芳
    has "$err" 'the card K000001 is lost'
    exits 0 vip-card replace -q <<<$'card\nK000001'
    exits 0 vip-find K000005
    has "$err" 'the card K000005 is issued'
    exits 0 vip-card activate -q <<<$'card\nK000005'
    exits 0 vip-find K000001
    has "$out" M0000001,K000005,王芳
    has "$err" 'the card K000001 is replaced'
}

@test "--reveal shows the phone and is noted with the login" {
    needs_tool sqlite3
    exits 0 vip-find --reveal K000001
    has "$out" 13812341234
    same "$(sqlite3 "$VIP_DB" "SELECT b.login, b.command FROM event e JOIN batch b USING (batch)
        WHERE e.what = 'reveal'")" "$(getent passwd "$(id -u)" | cut -d: -f1)|vip-find"
    refuses 2 'audit log' vip-find --reveal --dry-run K000001
    hasnt "$out" 13812341234
}

@test "without --reveal nothing is written, and a database that cannot be written is enough" {
    needs_tool sqlite3
    local before
    before=$(sqlite3 "$VIP_DB" .dump)
    exits 0 vip-find 王芳
    same "$(sqlite3 "$VIP_DB" .dump)" "$before"
}

@test "points that end within a month are told" {
    cp -r "$VIP_ROOT/share/programs/basic" programme
    sed -i 's/^points_expire,.*/points_expire,12m/' programme/program.csv
    rm "$VIP_DB"*
    shop --program=programme
    vip-enroll -q --as-of=2026-01-10 people.csv
    lines store,receipt,date,amount,card S1,R1,2026-01-10,100,K000001 S1,R2,2026-03-01,50,K000001 >pos.csv
    exits 0 vip-accrue -q --as-of=2026-03-02 pos.csv
    exits 0 vip-find --as-of=2026-12-10 K000001
    has "$out" ',member,150,100,0.00,'
    exits 0 vip-find --as-of=2026-12-09 K000001
    has "$out" ',member,150,0,0.00,'
}
