#!/usr/bin/env bats
# vip-card: the life of a card.
load ../helper

sql() { sqlite3 "$VIP_DB" "$1"; }

# people: three members of a shop whose cards last a year.
people() {
    cp -r "$VIP_ROOT/share/programs/basic" programme
    sed -i 's/^card_valid,.*/card_valid,12m/' programme/program.csv
    vip-db init -q --program=programme
    lines name,phone,store 张三,13812345678,S1 李四,13812345670,S2 王五,13812345671, >people.csv
    vip-enroll -q --as-of=2025-12-01 people.csv
}

# card VERB DATE MEMBER…: vip-card VERB for these members on that day.
card() {
    local verb=$1 day=$2
    shift 2
    lines member "$@" >rows.csv
    try vip-card "$verb" --as-of="$day" rows.csv
}

@test "who has the right card keeps it" {
    people
    card issue 2026-01-01 M0000001 M0000002
    [ "$status" -eq 0 ]
    same "$out" "$(lines member,card,name,tier,issued,expires,status,reason \
        M0000001,K000001,张三,member,2025-12-01,2026-12-01,known, \
        M0000002,K000002,李四,member,2025-12-01,2026-12-01,known,)"
}

@test "a higher tier brings a card of its own, the accumulation card ends" {
    needs_tool sqlite3
    shop --program=menswear
    lines name,phone 张三,13812345678 李四,13812345670 >people.csv
    exits 0 vip-enroll -q --as-of=2026-01-01 people.csv
    lines store,receipt,date,amount,card S1,R1,2026-01-05,16000,K000001 >pos.csv
    exits 0 vip-accrue -q --as-of=2026-01-05 pos.csv
    vip-tier --as-of=2026-01-05 -f csv >tiers.csv
    exits 0 vip-card issue --as-of=2026-01-05 tiers.csv
    same "$out" "$(lines member,card,name,tier,issued,expires,status,reason \
        M0000001,K000003,张三,diamond,2026-01-05,,issued,)"
    same "$(sql 'SELECT card, state, replaces FROM card ORDER BY card')" \
        "$(lines 'K000001|3|' 'K000002|1|' 'K000003|1|K000001')"
    exits 0 vip-card issue --as-of=2026-01-06 tiers.csv
    has "$out" K000003,张三,diamond,2026-01-05,,known,
    card issue 2026-01-06 M0000002
    has "$out" K000002,李四,accumulation,2026-01-01,2027-01-01,known,accumulation
    # The old number still finds the member.
    exits 0 vip-find K000001
    has "$out" M0000001,K000003
}

@test "a lost card is blocked; its replacement waits, and kills it when it is activated" {
    needs_tool sqlite3
    people
    card lost 2026-02-01 M0000001
    has "$out" K000001,张三,member,2025-12-01,2026-12-01,lost,
    card lost 2026-02-02 M0000001
    has "$out" known
    card replace 2026-02-02 M0000001
    has "$out" K000004,张三,member,2026-02-02,2026-12-01,replaced,
    card replace 2026-02-03 M0000001
    has "$out" K000004,张三,member,2026-02-02,2026-12-01,known,
    same "$(sql 'SELECT card, state FROM card WHERE member = 1')" "$(lines 'K000001|2' 'K000004|0')"
    card activate 2026-02-04 M0000001
    has "$out" K000004,张三,member,2026-02-02,2026-12-01,active,
    card activate 2026-02-04 M0000001
    has "$out" known
    same "$(sql 'SELECT card, state FROM card WHERE member = 1')" "$(lines 'K000001|3' 'K000004|1')"
    same "$(sql "SELECT what FROM event WHERE member = 1 ORDER BY event")" \
        "$(lines card-lost card-replaced card-activated)"
}

@test "a broken card works until its replacement is activated" {
    needs_tool sqlite3
    people
    card replace 2026-02-02 M0000001
    same "$(sql 'SELECT card, state FROM card WHERE member = 1')" "$(lines 'K000001|1' 'K000004|0')"
    exits 0 vip-find M0000001
    has "$out" M0000001,K000001,
    card activate 2026-02-04 M0000001
    same "$(sql 'SELECT card, state FROM card WHERE member = 1')" "$(lines 'K000001|3' 'K000004|1')"
    # A dead card is not replaced or lost again.
    lines card K000001 >dead.csv
    refuses 1 wrong-state vip-card lost dead.csv
    refuses 1 wrong-state vip-card renew dead.csv
}

@test "renewing adds a term behind the end, once" {
    people
    card renew 2026-11-20 M0000001
    has "$out" K000001,张三,member,2025-12-01,2027-12-01,renewed,
    card renew 2026-11-20 M0000001
    has "$out" K000001,张三,member,2025-12-01,2027-12-01,known,
    card renew 2027-01-15 M0000002
    has "$out" K000002,李四,member,2025-12-01,2028-01-15,renewed,
}

@test "list: by state, and by the month in which cards end" {
    people
    card renew 2026-11-20 M0000001
    card lost 2026-11-20 M0000003
    exits 0 vip-card list
    same "$(tail -n +2 <<<"$out" | cut -d, -f2,7 | xargs)" "K000001,active K000002,active K000003,lost"
    exits 0 vip-card list --state=lost
    same "$(tail -n +2 <<<"$out" | cut -d, -f2)" K000003
    exits 0 vip-card list --expiring=2026-12
    same "$(tail -n +2 <<<"$out" | cut -d, -f2)" K000002
    exits 0 vip-card list --expiring=2026-12 --state=lost
    same "$(tail -n +2 <<<"$out" | cut -d, -f2)" K000003
    refuses 2 'no state' vip-card list --state=gone
    refuses 2 'not a period' vip-card list --expiring=soon
    refuses 2 '--expiring is for list, not for issue' vip-card issue --expiring=2026-12 rows.csv
    exits 2 vip-card
}

@test "a lost card that is found again works again, unless another took its place" {
    people
    card lost 2026-02-01 M0000001 M0000002
    card replace 2026-02-02 M0000002
    exits 0 vip-card activate --as-of=2026-02-03 <<<$'card,reason\nK000001,lay in the car'
    has "$out" K000001,张三,member,2025-12-01,2026-12-01,active,lay in the car
    refuses 1 '[wrong-state]' vip-card activate --as-of=2026-02-03 <<<$'card\nK000002'
    exits 0 vip-find M0000001
    has "$out" M0000001,K000001,
    # A new card was issued instead: the old one does not come back.
    card lost 2026-02-04 M0000001
    card issue 2026-02-05 M0000001
    has "$out" K000005,张三,member,2026-02-05,2027-02-05,issued,
    refuses 1 '[wrong-state]' vip-card activate --as-of=2026-02-06 <<<$'card\nK000001'
}

@test "a card is cancelled with its reason; the membership goes on and may have another card" {
    people
    refuses 1 '[missing-field]' vip-card cancel --as-of=2026-02-01 <<<$'member\nM0000001'
    lines member,reason 'M0000001,given back' >rows.csv
    exits 0 vip-card cancel --as-of=2026-02-01 rows.csv
    has "$out" K000001,张三,member,2025-12-01,2026-12-01,cancelled,given back
    exits 0 vip-card cancel --as-of=2026-02-01 rows.csv
    has "$out" known
    exits 0 vip-find M0000001
    has "$out" M0000001,,张三,
    has "$out" ,active,
    card lost 2026-02-02 M0000001
    has "$err" '[wrong-state]'
    card issue 2026-02-02 M0000001
    has "$out" K000004,张三,member,2026-02-02,2027-02-02,issued,
}

@test "a card that has expired is renewed, or makes room for a new one" {
    people
    exits 0 vip-expire --as-of=2026-12-02
    exits 0 vip-card list --state=expired
    same "$(tail -n +2 <<<"$out" | cut -d, -f2 | xargs)" 'K000001 K000002 K000003'
    card renew 2026-12-05 M0000001
    has "$out" K000001,张三,member,2025-12-01,2027-12-05,renewed,
    card issue 2026-12-05 M0000001 M0000002
    has "$out" K000001,张三,member,2025-12-01,2027-12-05,known,
    has "$out" K000004,李四,member,2026-12-05,2027-12-05,issued,
}

@test "history keeps every card, and the audit log who did what and why" {
    people
    exits 0 vip-card lost --as-of=2026-02-01 <<<$'card,reason,by\nK000001,stolen,王经理'
    card replace 2026-02-02 M0000001
    card activate 2026-02-03 M0000001
    exits 0 vip-card cancel --as-of=2026-02-04 <<<$'card,reason,by\nK000004,misuse,王经理'
    card issue 2026-02-05 M0000001
    exits 0 vip-card history K000001
    same "$out" "$(lines member,card,name,tier,issued,expires,status,reason \
        M0000001,K000001,张三,member,2025-12-01,2026-12-01,replaced, \
        'M0000001,K000004,张三,member,2026-02-02,2026-12-01,cancelled,replaces K000001' \
        'M0000001,K000005,张三,member,2026-02-05,2027-02-05,active,replaces K000004')"
    exits 0 vip-card history 13812345670 -f csv
    same "$(tail -n +2 <<<"$out" | cut -d, -f2)" K000002
    exits 0 vip-db audit
    has "$out" 'card-lost,M0000001,K000001; stolen; by 王经理'
    has "$out" card-replaced,M0000001,K000004
    has "$out" card-activated,M0000001,K000004
    has "$out" 'card-cancelled,M0000001,K000004; misuse; by 王经理'
    exits 1 vip-card history M77 M0000001
    has "$err" "'M77'"
    has "$out" K000005
    exits 2 vip-card history
    exits 2 vip-card history --state=lost M0000001
}

@test "a Chinese list in GB18030 blocks the cards that it names, however they are written" {
    people
    card replace 2026-02-01 M0000001
    lines 会员卡号,原因,经办人 'Ｋ０００００１,遗失,王经理' 'k000099,遗失,' | iconv -t GB18030 >lost.csv
    exits 1 vip-card lost --as-of=2026-02-02 lost.csv
    has "$err" '[no-such-member]'
    exits 0 vip-card history M0000001
    same "$(tail -n +2 <<<"$out" | cut -d, -f2,7 | xargs)" 'K000001,lost K000004,issued'
}

@test "an accumulation card that becomes a physical one keeps what was added up" {
    needs_tool sqlite3
    shop --program=menswear
    exits 0 vip-enroll -q --as-of=2026-01-01 <<<$'name,phone\n张三,13812345678'
    exits 0 vip-accrue -q --as-of=2026-03-01 <<<$'store,receipt,date,amount,card
S1,R1,2026-01-05,3000,K000001\nS1,R2,2026-03-01,4900,K000001'
    exits 0 vip-tier --as-of=2026-03-01
    card issue 2026-03-01 M0000001
    has "$out" K000001,张三,accumulation,2026-01-01,2027-01-01,known,accumulation
    exits 0 vip-accrue -q --as-of=2026-04-01 <<<$'store,receipt,date,amount,card\nS1,R3,2026-04-01,100,K000001'
    vip-tier --as-of=2026-04-01 -f csv | vip-card issue --as-of=2026-04-01 >issued
    same "$(tail -n 1 issued)" M0000001,K000002,张三,elite,2026-04-01,,issued,
    exits 0 vip-find K000001
    has "$out" M0000001,K000002,张三,
    has "$out" ,elite,8000,
    same "$(sql 'SELECT spent FROM account')" 800000
    # The number that adds up stands for the member still.
    exits 0 vip-accrue -q --as-of=2026-04-02 <<<$'store,receipt,date,amount,card\nS1,R4,2026-04-02,10,K000001'
    exits 0 vip-find -f csv K000002
    has "$out" ,8010,
}

@test "numbers of each store are without a gap, whatever is refused, tried or run again" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" programme
    sed -i 's/^card_format,.*/card_format,{store}-{seq:4}/' programme/program.csv
    shop --program=programme
    lines name,phone,store A,13812345601,0101 B,123,0101 C,13812345603,0102 D,13812345604,0101 \
        E,13812345601,0102 F,13812345606,0102 >people.csv
    exits 0 vip-enroll -qn <<<$'name,phone,store\nX,13812345699,0101'
    exits 1 vip-enroll -q people.csv
    exits 1 vip-enroll -q people.csv
    refuses 1 '[bad-phone]' vip-enroll -q --atomic <<<$'name,phone,store\nY,13812345698,0101\nZ,1,0101'
    exits 0 vip-card replace -q <<<$'phone\n13812345603\n13812345601'
    exits 0 vip-enroll -q <<<$'name,phone,store\nG,13812345607,0101'
    same "$(sql 'SELECT card FROM card ORDER BY card' | xargs)" \
        '0101-0001 0101-0002 0101-0003 0101-0004 0102-0001 0102-0002 0102-0003'
}

@test "cards of each store count for themselves, with a check digit" {
    cp -r "$VIP_ROOT/share/programs/basic" programme
    sed -i 's/^card_format,.*/card_format,{store}-{seq:4}{check}/' programme/program.csv
    shop --program=programme
    lines name,phone,store 张三,13812345678,0101 李四,13812345670,0102 王五,13812345671,0101 \
        赵六,13812345672, >people.csv
    refuses 1 missing-field vip-enroll people.csv
    same "$(tail -n +2 <<<"$out" | cut -d, -f2 | xargs)" "0101-00014 0102-00012 0101-00022"
    lines member M0000001 >rows.csv
    exits 0 vip-card replace rows.csv
    has "$out" 0101-00030
}

@test "who is no member, or no longer, gets no card" {
    people
    lines member,reason M0000001,moved >leave.csv
    exits 0 vip-enroll --cancel leave.csv
    card issue 2026-02-01 M0000001 M77
    [ "$status" -eq 1 ]
    has "$err" '[wrong-status]'
    has "$err" '[no-such-member]'
}
