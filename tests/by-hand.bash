# What the tests of points moved by hand share: a shop, and what a refusal must leave alone.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

heading=member,request,kind,points,balance,status,reason

# by_hand MEMBER…: a shop of the programme basic whose points are good for 24 months, with members
# as name,phone,enrolled. The first one earned 100 on 10 March 2024 and 200 on 10 May 2024.
by_hand() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    rule points_expire 24m
    shop --program=shop --as-of=2024-01-01
    lines name,phone,enrolled "$@" | vip-enroll -q --as-of=2024-01-01
    lines store,receipt,date,amount,phone 0101,r1,2024-03-10,100,13800138001 \
        0101,r2,2024-05-10,200,13800138001 | vip-accrue -q --as-of=2024-05-10
}

# rule KEY VALUE: in program.csv, which is not loaded yet.
rule() {
    sed "/^$1,/d" shop/program.csv >program.new
    lines "$1,$2" >>program.new
    mv program.new shop/program.csv
}

written() { sqlite3 vip.db 'SELECT count(*) FROM ledger; SELECT count(*) FROM batch'; }

# denied REASON POST ROW…: POST refuses the rows with that word, and nothing was written.
denied() {
    local reason=$1 before
    shift
    before=$(written)
    "$@"
    [ "$status" -eq 1 ] || complain "not refused: $*"
    has "$err" "[$reason]"
    same "$out" "$heading"
    same "$(written)" "$before"
}
