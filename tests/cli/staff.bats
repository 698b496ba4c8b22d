#!/usr/bin/env bats
# vip-staff: the roster, targets, days worked, and handing members on.
load ../helper

setup() {
    fresh
    shop
    lines staff,name,store,group,shift,role,since A,安,0101,鞋,早,consultant,2026-01-01 \
        B,白,0101,鞋,晚,consultant,2026-01-01 C,陈,0102,,,consultant,2026-01-01 >roster.csv
    vip-staff roster -q --as-of=2026-01-01 roster.csv
}

# members COUNT STORE CONSULTANT FIRST: so many members, numbered from FIRST.
members() {
    local i
    echo member,name,phone,store,consultant,enrolled
    for ((i = $4; i < $4 + $1; i++)); do
        printf 'M%03d,王%d,138%08d,%s,%s,2026-01-05\n' "$i" "$i" "$i" "$2" "$3"
    done
}

# held: how many each looks after, "A=3 B=2".
held() { vip-staff list -f csv --as-of=2026-06-01 2>/dev/null | awk -F, 'NR > 1 { printf "%s%s=%s", sep, $1, $9; sep = " " }'; }

@test "a Chinese roster; the same again is known" {
    lines 工号,姓名,店铺,柜组,班次,岗位,起始日期 D,丁,0103,男装,早班,店长,2026年2月1日 | iconv -t GB18030 >zh.csv
    exits 0 vip-staff roster --as-of=2026-02-02 zh.csv
    same "$out" "$(lines staff,name,store,group,shift,role,since,left,status \
        D,丁,0103,男装,早班,店长,2026-02-01,,posted)"
    exits 0 vip-staff roster --as-of=2026-03-02 zh.csv
    has "$out" ,known
    exits 0 vip-staff roster --as-of=2026-03-02 <<<$'staff,store\nD,0103'
    has "$out" D,丁,0103,男装,早班,店长,2026-02-01,,known
}

@test "who moves has a new post, who leaves is off the roster, and comes back" {
    exits 0 vip-staff roster --as-of=2026-03-01 <<<$'staff,store,shift\nA,0102,晚'
    has "$out" A,安,0102,鞋,晚,consultant,2026-03-01,,changed
    same "$(vip-staff list --as-of=2026-02-28 --store=0101 -f csv | cut -d, -f1,8)" \
        "$(lines staff,left A,2026-02-28 B,)"
    same "$(vip-staff list --as-of=2026-03-01 --store=0101 -f csv | cut -d, -f1)" "$(lines staff B)"
    exits 0 vip-staff roster --as-of=2026-04-01 <<<$'staff,left\nA,2026-04-10'
    has "$out" 2026-03-01,2026-04-10,left
    exits 0 vip-staff roster --as-of=2026-04-02 <<<$'staff,left\nA,2026-04-10'
    has "$out" ,known
    hasnt "$(vip-staff list --as-of=2026-04-11 -f csv)" A,
    exits 0 vip-staff roster --as-of=2026-05-01 <<<$'staff,store\nA,0101'
    has "$out" 2026-05-01,,changed
    has "$(vip-staff list --as-of=2026-05-01 -f csv)" A,安,0101
    refuses 1 '[out-of-order]' vip-staff roster <<<$'staff,store,since\nA,0109,2026-01-15'
    refuses 1 '[bad-date]' vip-staff roster --as-of=2026-05-01 <<<$'staff,left\nA,2026-04-20'
    refuses 1 '[no-such-staff]' vip-staff roster --as-of=2026-05-01 <<<$'staff,left\nZ,2026-04-20'
    refuses 1 '[missing-field]' vip-staff roster <<<$'staff,store\n,0101'
}

@test "what is refused leaves no trace" {
    needs_tool sqlite3
    before=$(sqlite3 "$VIP_DB" .dump)
    refuses 1 '[no-such-staff]' vip-staff roster --as-of=2026-05-01 <<<$'staff,left\nZ,2026-04-20'
    refuses 1 '[bad-date]' vip-staff roster --as-of=2026-05-01 <<<$'staff,store,left\nA,0109,2026-04-20'
    same "$(sqlite3 "$VIP_DB" .dump)" "$before"
}

@test "targets by store and person; a new figure takes the place of the old" {
    lines month,store,staff,target 2026-11,0101,,30 2026年11月,0101,A,20 2026-11,,C,5 >targets.csv
    exits 0 vip-staff targets targets.csv
    same "$out" "$(lines month,store,staff,target,status 2026-11,0101,,30,posted \
        2026-11,0101,A,20,posted 2026-11,,C,5,posted)"
    exits 0 vip-staff targets targets.csv
    has "$err" '3 known'
    exits 0 vip-staff targets <<<$'月份,店铺,目标\n2026-11,0101,40'
    has "$out" 40,changed
    refuses 1 '[bad-value]' vip-staff targets <<<$'month,store,target\n2026-11,0101,-1'
    refuses 1 '[bad-value]' vip-staff targets <<<$'month,store,target\n2026-11,0101,1.5'
    refuses 1 '[bad-date]' vip-staff targets <<<$'month,store,target\n2026Q4,0101,1'
    refuses 1 '[missing-field]' vip-staff targets <<<$'month,store,target\n2026-11,,1'
}

@test "days worked, one by one or by the month" {
    lines date,staff,days 2026-01-05,A, 2026-01-06,A,0.5 2026-01-05,B,1 >days.csv
    exits 0 vip-staff attendance --as-of=2026-02-01 days.csv
    same "$out" "$(lines date,staff,days,status 2026-01-05,A,1.00,posted 2026-01-06,A,0.50,posted \
        2026-01-05,B,1.00,posted)"
    exits 0 vip-staff attendance --as-of=2026-02-01 days.csv
    has "$err" '3 known'
    exits 0 vip-staff attendance --as-of=2026-02-01 <<<$'工号,月份,出勤天数\nC,2026-01,22.5'
    has "$out" 2026-01-01,C,22.50,posted
    refuses 1 '[conflict]' vip-staff attendance --as-of=2026-02-01 <<<$'date,staff,days\n2026-01-06,A,1'
    refuses 1 '[bad-date]' vip-staff attendance --as-of=2026-02-01 <<<$'date,staff\n2026-02-02,A'
    refuses 1 '[bad-value]' vip-staff attendance --as-of=2026-02-01 <<<$'date,staff,days\n2026-01-07,A,2'
    refuses 1 '[missing-field]' vip-staff attendance --as-of=2026-02-01 <<<$'month,staff,days\n2026-01,A,'
}

@test "members are handed on, and it stays known who had them when" {
    members 3 0101 A 1 >m.csv
    members 2 0102 A 4 | tail -n +2 >>m.csv
    vip-enroll -q --as-of=2026-01-10 m.csv
    exits 0 vip-staff reassign --from=A --to=B --store=0101 --as-of=2026-03-01
    same "$out" "$(lines member,name,store,from,to,since M001,王1,0101,A,B,2026-03-01 \
        M002,王2,0101,A,B,2026-03-01 M003,王3,0101,A,B,2026-03-01)"
    same "$(held)" 'A=2 B=3 C=0'
    exits 0 vip-enroll --update --as-of=2026-04-01 <<<$'member,consultant\nM001,C'
    exits 0 vip-staff history M001 M004
    same "$out" "$(lines member,name,consultant,since,until M001,王1,A,2026-01-05,2026-02-28 \
        M001,王1,B,2026-03-01,2026-03-31 M001,王1,C,2026-04-01, M004,王4,A,2026-01-05,)"
    exits 0 vip-staff reassign --from=A --to=B --store=0101 --as-of=2026-03-01
    same "$out" member,name,store,from,to,since
    exits 1 vip-staff history M999
}

@test "--even: differences of at most one, and as few moves as can be" {
    members 7 0101 A 1 >m.csv
    vip-enroll -q --as-of=2026-01-10 m.csv
    members 2 0101 '' 8 >m.csv
    members 1 0101 Z 10 | tail -n +2 >>m.csv
    members 3 0102 C 11 | tail -n +2 >>m.csv
    vip-enroll -q --as-of=2026-01-10 m.csv
    lines member,reason M010,moved >left.csv
    exits 0 vip-staff reassign --even --store=0101 --as-of=2026-03-01 -n
    same "$(held)" 'A=7 B=0 C=3'
    exits 0 vip-staff reassign --even --store=0101 --as-of=2026-03-01
    same "$(tail -n +2 <<<"$out" | cut -d, -f1,4,5)" \
        "$(lines M006,A,B M007,A,B M008,,B M009,,B M010,Z,B)"
    same "$(held)" 'A=5 B=5 C=3'
    vip-enroll -q --cancel left.csv
    exits 0 vip-staff reassign --even --store=0101 --as-of=2026-03-02
    same "$out" member,name,store,from,to,since
    # B leaves: hers go to A; A alone has all nine
    vip-staff roster -q --as-of=2026-04-01 <<<$'staff,left\nB,2026-03-31'
    exits 0 vip-staff reassign --even --store=0101 --as-of=2026-04-01
    same "$(vip-staff list --as-of=2026-04-01 --store=0101 -f csv | cut -d, -f1,9)" "$(lines staff,members A,9)"
}

@test "wrong usage is said" {
    exits 2 vip-staff reassign
    exits 2 vip-staff reassign --from=A
    exits 2 vip-staff reassign --from=A --to=A
    exits 2 vip-staff reassign --even
    exits 2 vip-staff reassign --even --store=0101 --to=B
    refuses 2 'nobody works' vip-staff reassign --even --store=0999
    refuses 2 'does not work here' vip-staff reassign --from=A --to=Q
    refuses 2 '--store is for list, reassign, not for roster' vip-staff roster --store=0101 </dev/null
    refuses 2 '--from is for reassign, not for list' vip-staff list --from=A
    exits 2 vip-staff roster --even roster.csv
    exits 2 vip-staff history
    exits 2 vip-staff
}

@test "the audit log says who handed members on" {
    needs_tool sqlite3
    members 3 0101 A 1 >m.csv
    vip-enroll -q --as-of=2026-01-10 m.csv
    vip-staff reassign -q --from=A --to=B --as-of=2026-03-01
    same "$(sqlite3 "$VIP_DB" "SELECT what, detail FROM event WHERE what = 'reassign'")" \
        'reassign|A to B: 3 members'
    exits 0 vip-db check
}
