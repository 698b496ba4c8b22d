#!/usr/bin/env bats
# Moving in: a member list as another system exports it goes live without losing a point. The steps
# are those of vip-moving(7).
load ../helper

# The other system's tables, as a spreadsheet saves them in China: its own headings, GB18030, dates
# its way; three members, one without a card, five lots, one debt.
setup() {
    fresh
    shop --program=menswear --as-of=2026-01-01
    lines 会员编号,卡号,姓名,手机号码,性别,生日,办卡日期,店铺,导购,等级,等级到期 \
        'VIP00017,80001234,王芳,138-0000-0017,女,1985/3/8,2019/6/1,0101,G1,elite,2026/9/30' \
        'VIP00018,80001235,李四,13800000018,男,,2021年2月3日,0102,G2,diamond,2026-12-31' \
        'VIP00020,,赵六,13800000020,,,2025/12/24,0101,,,' | iconv -t GB18030 >members.csv
    lines 会员编号,积分,日期,到期日期,入会消费 'VIP00017,1200,2024/5/1,2026/5/1,' \
        'VIP00017,300,2025/11/20,2027/11/20,3100.00' 'VIP00018,5000,2025-03-15,2027-03-15,21000' \
        'VIP00020,80,2025-12-24,2027-12-24,' 'VIP00020,-100,2025-12-30,,' | iconv -t GB18030 >balances.csv
}

move_in() {
    vip-enroll -r no-members.csv --as-of=2026-01-01 members.csv &&
        vip-enroll --opening -r no-balances.csv --as-of=2026-01-01 balances.csv &&
        iconv -f GB18030 members.csv | awk -F, 'NR == 1 { print "member,tier,until,reason,by" }
            NR > 1 && $10 { print $1 "," $10 "," $11 ",moved,boss" }' |
        vip-tier --grant --as-of=2026-01-01 -
}

points() { vip-find -f csv --as-of=2026-01-01 "$1" | sed -n 2p | cut -d, -f1,2,5,6; }

@test "numbers, cards, balances, dates and tiers are those of the other system" {
    try move_in
    [ "$status" -eq 0 ] || complain "moving in"
    same "$(points VIP00017)" VIP00017,80001234,elite,1500
    same "$(points 80001235)" VIP00018,80001235,diamond,5000
    same "$(points 13800000020 | cut -d, -f1,4)" VIP00020,-20
    exits 0 vip-db check --as-of=2026-01-01
    exits 0 vip-report liability -f csv --as-of=2026-01-01
    has "$out" 'brought,,6480,'
    # every lot ends when it would have ended there
    exits 0 vip-expire --as-of=2026-05-02
    same "$(points VIP00017 | cut -d, -f4)" 300
    # and a tier is held through its last day
    vip-tier -q --as-of=2026-09-30
    same "$(points VIP00017 | cut -d, -f3)" elite
}

@test "the same files again change nothing" {
    needs_tool sqlite3
    try move_in
    local before
    before=$(sqlite3 "$VIP_DB" .dump)
    try move_in
    [ "$status" -eq 0 ]
    has "$err" '5 known'
    same "$(sqlite3 "$VIP_DB" .dump)" "$before"
}

@test "balances that cannot be are refused, with their rows" {
    try move_in
    refuses 1 '[conflict]' vip-enroll --opening --as-of=2026-01-01 <<<$'member,points,date,expires\nVIP00017,1201,2024-05-01,2026-05-01'
    refuses 1 '[no-such-member]' vip-enroll --opening <<<$'member,points\nNOBODY,5'
    refuses 1 '[bad-date]' vip-enroll --opening --as-of=2026-01-01 <<<$'member,points,date\nVIP00017,5,2026-01-02'
    refuses 1 '[bad-date]' vip-enroll --opening --as-of=2026-01-01 <<<$'member,points,date,expires\nVIP00017,5,2025-12-31,2025-12-30'
    refuses 1 '[bad-value]' vip-enroll --opening --as-of=2026-01-01 <<<$'member,points\nVIP00017,1.5'
    refuses 1 '[missing-field]' vip-enroll --opening --as-of=2026-01-01 <<<$'member,points\nVIP00017,'
    exits 2 vip-enroll --opening --merge <<<$'member,points\nVIP00017,1'
    # two lots of one day need keys of their own
    exits 0 vip-enroll --opening --as-of=2026-01-01 <<<$'request,member,points,date\na,VIP00017,1,2025-01-01\nb,VIP00017,2,2025-01-01'
    same "$(points VIP00017 | cut -d, -f4)" 1503
}

@test "cards that end keep their ends" {
    rm -f "$VIP_DB"*
    shop --program=department-store --as-of=2026-01-01
    lines 会员编号,卡号,姓名,手机,办卡日期,有效期至,来源,经办人 \
        'VIP1,80001,王芳,13800000017,2019/6/1,2026/5/31,特批,王经理' \
        'VIP2,80002,李四,13800000018,2025/12/1,,特批,王经理' | iconv -t GB18030 >members.csv
    exits 0 vip-enroll --as-of=2026-01-01 members.csv
    exits 0 vip-enroll --opening --as-of=2026-01-01 <<<$'member,points,date\nVIP1,5200,2019-06-01\nVIP2,30,2025-12-01'
    exits 0 vip-enroll --as-of=2026-01-02 members.csv
    has "$err" '2 known'
    exits 0 vip-card list
    same "$(tail -n +2 <<<"$out" | cut -d, -f2,5-7 | xargs)" \
        '80001,2019-06-01,2026-05-31,active 80002,2025-12-01,2026-12-01,active'
    vip-expire -q --as-of=2026-05-31
    same "$(vip-card list --state=active -f csv | tail -n +2 | cut -d, -f2 | xargs)" '80001 80002'
    vip-expire -q --as-of=2026-06-01
    same "$(vip-card list --state=expired -f csv | tail -n +2 | cut -d, -f2)" 80001
    refuses 1 '[bad-date]' vip-enroll --as-of=2026-01-02 <<<$'name,phone,enrolled,expires\n孙八,13800000021,2026-01-02,2026-01-01'
}

@test "numbers made from now on pass over those that were brought" {
    try move_in
    vip-enroll -q --as-of=2026-01-02 <<<$'member,name,card,source,by,phone\n,孙八,,special,boss,13800000021'
    hasnt "$(vip-find -f csv 孙八)" VIP
    exits 0 vip-db check --as-of=2026-01-02
}
