#!/usr/bin/env bats
# vip-remind: what is due, once and only once, and what is said.

load ../helper

# people [ROW…]: a shop of basic with three members: A consents to all, B to texts only, C to nothing.
people() {
    shop "$@"
    lines member,name,phone,birthday,store,consultant,enrolled,consent_sms,consent_call \
        A,王芳,13800138000,1980-11-21,0101,顾丽,2025-01-01,yes,yes \
        B,李雷,13900139000,L10-13,0101,顾丽,2025-01-01,yes,no \
        C,韩梅,13700137000,02-29,0102,陈晨,2025-01-01,no,no > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
}

# bought DAY ROW…: posts rows "member,receipt,date,amount" on a day.
bought() {
    local day=$1
    shift
    lines member,receipt,date,amount "$@" | sed 's/^/0101,/; 1s/^0101/store/' > pos.csv
    vip-accrue -q --as-of="$day" pos.csv
}

# due DAY [OPTION…]: "member key" of each row.
due() {
    local day=$1
    shift
    vip-remind -f csv --as-of="$day" "$@" 2>/dev/null | sed 1d | awk -F, '{ print $1, $4 }'
}

@test "birthdays: solar, lunar, and 29 February" {
    people
    # 21 November 2026 is the 13th of the tenth lunar month as well.
    same "$(due 2026-11-21 --kind=birthday)" "$(lines 'A birthday:0d:2026-11-21' \
        'B birthday:0d:2026-11-21')"
    same "$(due 2026-11-14 --kind=birthday)" "$(lines 'A birthday:-7d:2026-11-21' \
        'B birthday:-7d:2026-11-21')"
    # C wants no texts, but is on the consultant's list of the month ahead, due on its first day.
    same "$(due 2026-01-01 --kind=birthday)" 'C birthday:month-list:2026-02-28'
    same "$(due 2028-01-01 --kind=birthday)" 'C birthday:month-list:2028-02-29'
    same "$(due 2026-11-22 --kind=birthday)" ''
}

@test "--ahead lists the days to come, in their order" {
    people
    same "$(due 2026-11-10 --kind=birthday --ahead=11 | cut -d' ' -f2 | uniq)" \
        "$(lines birthday:-7d:2026-11-21 birthday:0d:2026-11-21)"
    same "$(due 2026-11-10 --kind=birthday --ahead=10 | cut -d' ' -f2 | uniq)" \
        "birthday:-7d:2026-11-21"
}

@test "the 3-3-2-1-4-6-9 plan, day by day" {
    people
    bought 2026-08-31 A,R1,2026-08-31,100
    local day
    for day in 2026-08-31:3min 2026-09-03:3d 2026-09-14:14d 2026-09-30:1m 2026-12-31:4m \
        2027-02-28:6m 2027-05-31:9m; do
        same "$(due "${day%:*}" --kind=follow-up)" "A follow-up:${day#*:}:2026-08-31"
    done
    same "$(due 2026-09-01 --kind=follow-up)" ''
    same "$(due 2026-09-04 --kind=follow-up)" ''
}

@test "calls need consent to calls, texts to texts" {
    people
    bought 2026-08-31 B,R1,2026-08-31,100 C,R2,2026-08-31,100
    same "$(due 2026-09-03 --kind=follow-up)" "B follow-up:3d:2026-08-31"
    same "$(due 2026-09-30 --kind=follow-up)" ''
    exits 0 vip-remind --kind=follow-up --as-of=2026-09-30
    has "$err" "2 passed over"
}

@test "a new purchase starts the plan again" {
    people
    bought 2026-08-31 A,R1,2026-08-31,100
    vip-remind -q --mark --kind=follow-up --as-of=2026-08-31
    bought 2026-09-02 A,R2,2026-09-02,100
    same "$(due 2026-09-02 --kind=follow-up --mark)" "A follow-up:3min:2026-09-02"
    same "$(due 2026-09-03 --kind=follow-up --mark)" ''
    same "$(due 2026-09-05 --kind=follow-up --mark)" "A follow-up:3d:2026-09-02"
}

@test "what was due before a new purchase and not given is overdue, not lost" {
    people
    bought 2026-08-31 A,R1,2026-08-31,100
    vip-remind -q --mark --kind=follow-up --as-of=2026-08-31
    bought 2026-09-05 A,R2,2026-09-05,100
    exits 0 vip-remind -f csv --kind=follow-up --as-of=2026-09-06 --ahead=1
    same "$(sed 1d <<<"$out" | cut -d, -f1,3,4)" \
        "$(lines A,2026-09-05,follow-up:3min:2026-09-05 A,2026-09-03,follow-up:3d:2026-08-31)"
    # One message a day: what fell due last goes first.
    same "$(due 2026-09-06 --mark --kind=follow-up)" "A follow-up:3min:2026-09-05"
    same "$(due 2026-09-07 --mark --kind=follow-up)" "A follow-up:3d:2026-08-31"
}

@test "--mark gives each once; without it the day's list is the same, before and after" {
    people
    bought 2026-11-18 A,R1,2026-11-18,100
    local first
    first=$(due 2026-11-21)
    # The birthday and the care are two messages to A: the second moves to the day after.
    same "$first" "$(lines 'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    same "$(due 2026-11-21 --mark --dry-run)" "$first"
    same "$(due 2026-11-21 --mark)" "$first"
    same "$(due 2026-11-21 --mark)" ''
    same "$(due 2026-11-21 --mark --dry-run)" ''
    same "$(due 2026-11-21)" "$first"
    # A clock that was set back gives nothing twice.
    same "$(due 2026-11-20 --mark)" ''
    same "$(due 2026-11-22)" 'A follow-up:3d:2026-11-18'
    same "$(due 2026-11-22 --mark)" 'A follow-up:3d:2026-11-18'
    same "$(due 2026-11-21 --mark)" ''
    same "$(due 2026-11-21)" "$first"
    same "$(due 2026-11-23 --mark)" ''
    same "$(due 2026-11-22)" 'A follow-up:3d:2026-11-18'
}

@test "a list of the days ahead is what the nights will give, one a day and none on quiet days" {
    quietly 11-22
    people --program=mine
    # Due on the 21st, of A: birthday, greeting, and the call of another purchase; B: birthday.
    bought 2026-11-07 A,R1,2026-11-07,100
    vip-remind -q --mark --kind=follow-up,points-posted --as-of=2026-11-20
    local day
    same "$(due 2026-11-21 --kind=birthday,follow-up)" "$(lines 'A birthday:0d:2026-11-21' \
        'B birthday:0d:2026-11-21')"
    same "$(due 2026-11-21 --kind=birthday,follow-up --ahead=1)" "$(lines \
        'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    same "$(due 2026-11-21 --kind=birthday,follow-up --ahead=2)" "$(lines \
        'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21' 'A follow-up:14d:2026-11-07')"
    exits 0 vip-remind --kind=birthday,follow-up --ahead=1 --as-of=2026-11-21
    has "$err" "1 left to another day"
    due 2026-11-21 --kind=birthday,follow-up --ahead=2 > ahead
    for day in 21 22 23; do
        due "2026-11-$day" --kind=birthday,follow-up --mark
    done > given
    cmp ahead given
}

@test "the list of a day after its run: what came in since, and what was told is there" {
    people
    vip-remind -q --mark --as-of=2026-11-21
    # Who enrols on his birthday, after the night.
    lines member,name,phone,birthday,enrolled,consent_sms D,韩红,13600136000,1990-11-21,2026-11-21,yes |
        vip-enroll -q --as-of=2026-11-21
    bought 2026-11-21 D,R1,2026-11-21,100
    same "$(due 2026-11-21 --kind=birthday,follow-up)" "$(lines 'A birthday:0d:2026-11-21' \
        'B birthday:0d:2026-11-21' 'D birthday:0d:2026-11-21')"
    same "$(due 2026-11-21 --mark)" 'D birthday:0d:2026-11-21'
    same "$(due 2026-11-22 --mark)" "$(lines 'D follow-up:3min:2026-11-21' \
        'D points-posted:1d:2026-11-21')"
}

@test "a run twice leaves nothing of the second" {
    people
    bought 2026-11-18 A,R1,2026-11-18,100
    vip-remind -q --mark --as-of=2026-11-21
    sqlite3 "$VIP_DB" .dump > once
    vip-remind -q --mark --as-of=2026-11-21
    sqlite3 "$VIP_DB" .dump > twice
    cmp once twice
}

@test "nights that were missed are caught up" {
    people
    bought 2026-11-10 A,R1,2026-11-10,100
    vip-remind -q --mark --as-of=2026-11-10
    # Of 13 and 21 November nothing was given: care, the birthday. Nobody announces one that is over.
    same "$(due 2026-11-23 --mark | sort)" "$(lines 'A birthday:0d:2026-11-21' \
        'A points-posted:1d:2026-11-10' 'B birthday:0d:2026-11-21' | sort)"
    same "$(due 2026-11-24 --mark)" 'A follow-up:14d:2026-11-10'
    same "$(due 2026-11-25 --mark)" 'A follow-up:3d:2026-11-10'
}

@test "a night that is run when later purchases are known already loses nothing" {
    people
    vip-remind -q --mark --as-of=2026-11-10
    bought 2026-11-11 A,R1,2026-11-11,100
    bought 2026-11-15 A,R2,2026-11-15,100
    # The night of the 14th, on the 15th: what was due before the new purchase is due.
    same "$(due 2026-11-14 --kind=follow-up --ahead=9 | sort)" "$(lines 'A follow-up:3d:2026-11-11' \
        'A follow-up:3d:2026-11-15' 'A follow-up:3min:2026-11-11' 'A follow-up:3min:2026-11-15')"
    same "$(due 2026-11-14 --kind=follow-up --mark)" 'A follow-up:3d:2026-11-11'
    same "$(due 2026-11-15 --kind=follow-up --mark)" 'A follow-up:3min:2026-11-15'
    same "$(due 2026-11-16 --kind=follow-up --mark)" 'A follow-up:3min:2026-11-11'
}

@test "nights that were missed are caught up for what earned nothing, and for statements, too" {
    shop --program=department-store
    lines member,name,phone,email,enrolled,receipt,spent,consent_sms \
        A,王芳,13800138000,fang@example.cn,2026-01-01,Q1,1000,yes | vip-enroll -q --as-of=2026-01-01
    vip-remind -q --mark --as-of=2026-11-10
    lines store,member,receipt,date,amount,promo 0101,A,R1,2026-11-11,100,SALE > pos.csv
    vip-accrue -q --as-of=2026-11-11 pos.csv
    same "$(sqlite3 "$VIP_DB" "SELECT points FROM purchase WHERE receipt = 'R1'")" 0
    bought 2026-11-19 A,R2,2026-11-19,100
    vip-remind -q --mark --as-of=2026-11-20
    vip-remind -q --mark --as-of=2026-11-21
    vip-remind -q --mark --as-of=2026-11-22
    vip-remind -q --mark --as-of=2026-11-26
    same "$(sqlite3 "$VIP_DB" "SELECT key FROM reminder WHERE kind IN ('follow-up', 'points-posted') ORDER BY 1")" \
        "$(lines follow-up:3d:2026-11-11 follow-up:3d:2026-11-19 follow-up:3min:2026-11-11 \
            follow-up:3min:2026-11-19 points-posted:1d:2026-11-19 points-posted:statement:7d:2026-11-11 \
            points-posted:statement:7d:2026-11-19)"
}

@test "a purchase that is posted late gets its thanks all the same" {
    people
    vip-remind -q --mark --as-of=2026-11-10
    bought 2026-11-11 A,R1,2026-11-09,100
    same "$(due 2026-11-11 --mark --kind=follow-up)" "A follow-up:3min:2026-11-09"
    same "$(due 2026-11-12 --mark --kind=follow-up)" "A follow-up:3d:2026-11-09"
}

@test "what was missed for long: calls are overdue, greetings and announcements over" {
    shop --program=outdoor
    lines member,name,phone,birthday,enrolled,receipt,spent,consent_sms,consent_call \
        A,王芳,13800138000,1980-11-21,2025-01-01,Q1,5000,yes,yes | vip-enroll -q --as-of=2025-01-01
    bought 2025-03-10 A,R1,2025-03-10,600
    vip-remind -q --mark --as-of=2026-10-01
    # Between the two nights were a birthday, and points that were to run out on 10 March 2027.
    same "$(due 2027-04-01 --ahead=9 --kind=birthday,points-expiring,holiday)" ''
    same "$(due 2027-03-10 --kind=points-expiring)" 'A points-expiring:-1m:2027-03-10'
    same "$(due 2026-11-28 --kind=birthday)" 'A birthday:0d:2026-11-21'
    same "$(due 2026-11-29 --kind=birthday)" ''
}

@test "who never bought is dormant from the enrolment on" {
    people
    bought 2025-06-30 B,R1,2025-06-30,100
    lines member,consent_call B,yes C,yes | vip-enroll -q --update --as-of=2025-06-30
    same "$(due 2025-07-01 --kind=dormant)" "$(lines 'A dormant:6m:2025-01-01' 'C dormant:6m:2025-01-01')"
    same "$(due 2025-12-30 --kind=dormant)" 'B dormant:6m:2025-06-30'
}

@test "each kind is caught up by itself" {
    people
    vip-remind -q --mark --as-of=2026-11-10
    vip-remind -q --mark --kind=follow-up --as-of=2026-11-22
    same "$(due 2026-11-22 --mark | cut -d' ' -f1,2 | grep -c birthday)" 2
}

@test "two runs at the same time give each once" {
    people
    vip-remind -f csv --mark --as-of=2026-11-21 > a.csv 2>/dev/null &
    local other=$!
    vip-remind -f csv --mark --as-of=2026-11-21 > b.csv 2>/dev/null
    wait "$other"
    same "$(cat a.csv b.csv | grep -c birthday)" 2
}

@test "a dry run gives and keeps nothing" {
    people
    local first
    first=$(due 2026-11-21 --mark --dry-run)
    [ "$(wc -l <<<"$first")" = 2 ]
    same "$(due 2026-11-21 --mark)" "$first"
}

@test "suspended, cancelled and forgotten members are left alone: by list, filter and --again" {
    people
    lines member A B > list.csv
    same "$(due 2026-11-21 --mark | wc -l)" 2
    local -a left=(--suspend --cancel --forget) again=(--resume '' '')
    local i
    for i in 0 1 2; do
        lines member,reason A,dispute B,dispute | vip-enroll -q "${left[i]}" --as-of=2026-11-21
        same "$(due 2026-11-21)" ''
        same "$(due 2027-11-21)" ''
        same "$(due 2026-12-25 --template=holiday list.csv)" ''
        same "$(due 2026-11-21 --again=2026-11-21)" ''
        same "$(due 2026-11-21 --again=unsent)" ''
        [ -z "${again[i]}" ] || lines member A B | vip-enroll -q "${again[i]}" --as-of=2026-11-21
    done
}

@test "points and cards that run out next month" {
    shop --program=outdoor
    lines member,name,phone,enrolled,receipt,spent,consent_sms \
        A,王芳,13800138000,2025-01-01,Q1,5000,yes > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    bought 2025-03-20 A,R1,2025-03-10,600 A,R2,2025-03-10,7 A,R3,2025-03-20,50
    # Earned on 10 March 2025 for two years: told a month before.
    same "$(due 2027-02-09 --kind=points-expiring)" ''
    exits 0 vip-remind -f csv --kind=points-expiring --as-of=2027-02-10
    same "$(sed 1d <<<"$out" | cut -d, -f1,3,4)" \
        "A,2027-02-10,points-expiring:-1m:2027-03-10"
    has "$out" "607分将于2027年3月10日到期"
}

@test "near a tier: who lacks a tenth of the threshold at most" {
    people --program=menswear
    bought 2026-11-20 A,R1,2026-06-01,4000 A,R2,2026-11-20,3300 B,R3,2026-11-20,7199 \
        C,R4,2026-11-20,7300
    # Elite asks for 8000 in twelve months: A lacks 700, B 801, C is not to be texted.
    vip-tier -q --as-of=2026-11-20
    exits 0 vip-remind -f csv --kind=near-tier --as-of=2026-11-20
    same "$(sed 1d <<<"$out" | cut -d, -f1,4)" "A,near-tier:0d:elite:2026-11-20"
    has "$out" "再消费700元即可升级为"
    bought 2026-11-21 B,R5,2026-11-21,1
    same "$(due 2026-11-21 --kind=near-tier)" "B near-tier:0d:elite:2026-11-21"
}

@test "changes of tier, told by the night and behind vip-tier alike, once" {
    people --program=menswear
    bought 2026-11-20 A,R1,2026-11-20,8000
    vip-tier -f csv --as-of=2026-11-20 2>/dev/null | sed -n '1p;/,elite,/p' > changes.csv
    # What lapsed to nothing is nothing to write about.
    same "$(due 2026-11-20 --kind=tier-change)" "A tier-change:0d:elite:2026-11-20"
    same "$(due 2026-11-20 --kind=tier-change --mark changes.csv)" \
        "A tier-change:0d:elite:2026-11-20"
    same "$(due 2026-11-20 --kind=tier-change --mark)" ''
}

@test "dormant, dossier, holidays, announcements, statements" {
    people --program=menswear
    bought 2026-05-20 A,R1,2026-05-20,100
    same "$(due 2026-11-20 --kind=dormant)" "A dormant:6m:2026-05-20"
    # The fields that are missing are named; B does not take calls.
    exits 0 vip-remind -f csv --kind=dossier --as-of=2025-02-01
    same "$(sed 1d <<<"$out" | cut -d, -f1,4)" "A,dossier:1m:2025-01-01"
    has "$out" "性别"
    hasnt "$out" "姓名"
    # Mid-Autumn of 2026 is 25 September.
    same "$(due 2026-09-25 --kind=holiday)" \
        "$(lines 'A holiday:0d:2026-09-25' 'B holiday:0d:2026-09-25')"
    same "$(due 2026-07-01 --kind=points-posted)" \
        "A points-posted:announcement:0d:2026-07-01"
    exits 0 vip-remind -f csv --kind=points-posted --as-of=2026-07-01
    has "$out" "2026年1月1日至2026年6月30日您共获积分100分"
    # Statements go by e-mail, and nobody has told one.
    same "$(due 2026-05-27 --kind=points-posted)" ''
}

@test "holidays of a year, solar and lunar" {
    people
    same "$(due 2026-06-01 --kind=holiday --ahead=364 | sed -n 's/^A //p')" "$(lines holiday:0d:2026-06-19 \
        holiday:0d:2026-08-19 holiday:0d:2026-09-25 holiday:0d:2026-10-01 holiday:0d:2026-10-18 \
        holiday:0d:2026-12-25 holiday:0d:2027-01-01 holiday:0d:2027-02-06 holiday:0d:2027-02-20 \
        holiday:0d:2027-03-08)"
}

@test "statements a week after the last purchase, by e-mail" {
    people
    lines member,email A,fang@example.cn | vip-enroll -q --update --as-of=2025-01-01
    bought 2026-11-10 A,R1,2026-11-10,100 B,R2,2026-11-10,100
    bought 2026-11-12 A,R3,2026-11-12,50
    exits 0 vip-remind -f csv --kind=points-posted --as-of=2026-11-19 --reveal
    same "$(sed 1d <<<"$out" | cut -d, -f1,3,4,7,10-)" "$(lines \
        'A,2026-11-19,points-posted:statement:7d:2026-11-12,email,尊敬的王芳，截至2026年11月19日您的积分余额为150分。【basic】,,fang@example.cn')"
    # B has no address.
    exits 0 vip-remind --kind=points-posted --as-of=2026-11-17
    has "$err" "1 passed over"
}

@test "a new version that is loaded too late for its day is told of at once" {
    people
    vip-remind -q --mark --as-of=2026-11-20
    cp -r "$VIP_ROOT/share/programs/basic" next
    vip-db load -q --effective=2026-12-01 --as-of=2026-11-20 next
    same "$(due 2026-11-21 --kind=programme-change --mark | wc -l)" 3
    same "$(due 2026-11-22 --kind=programme-change --mark)" ''
}

@test "a new version of the programme is told of ahead" {
    people --program=menswear
    vip-db export --help >/dev/null 2>&1
    cp -r "$VIP_ROOT/share/programs/menswear" next
    vip-db load -q --effective=2027-03-31 --as-of=2026-11-20 next
    same "$(due 2027-03-01 --kind=programme-change | wc -l)" 3
    same "$(due 2027-03-02 --kind=programme-change)" ''
    exits 0 vip-remind -f csv --kind=programme-change --as-of=2027-03-01
    has "$out" "2027年3月31日起施行"
}

@test "the row: masked phone, channel, consultant, store, message in both languages" {
    people
    exits 0 vip-remind -f csv --kind=birthday --as-of=2026-11-21
    same "$(sed -n 2p <<<"$out")" "A,birthday,2026-11-21,birthday:0d:2026-11-21,王芳,138****8000,\
sms,顾丽,0101,王芳，生日快乐！basic祝您幸福安康，本月生日特惠恭候光临。,1,"
    exits 0 vip-remind -f csv --kind=birthday --as-of=2026-11-21 --message-lang=en
    has "$out" "王芳"
    hasnt "$out" "生日快乐"
    exits 0 vip-remind -f csv --kind=birthday --as-of=2026-11-21 --reveal
    has "$out" ",13800138000,"
    [ "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM event WHERE what = 'reveal'")" = 1 ]
}

@test "behind vip-accrue: a message for each row, each once" {
    people
    lines member,store,receipt,line,date,amount A,0102,R1,1,2026-11-20,100 A,0102,R1,2,2026-11-20,20 \
        B,0101,R2,1,2026-11-20,30 > pos.csv
    vip-accrue --as-of=2026-11-20 pos.csv 2>/dev/null |
        vip-remind -f csv --kind=points-posted --mark --as-of=2026-11-20 - > out.csv 2>/dev/null
    same "$(sed 1d out.csv | cut -d, -f1,4,10)" "$(lines \
        'A,points-posted:1d:0102/R1/1:2026-11-20,尊敬的王芳，本次积分100分，累计100分。【basic】' \
        'A,points-posted:1d:0102/R1/2:2026-11-20,尊敬的王芳，本次积分20分，累计120分。【basic】' \
        'B,points-posted:1d:0101/R2/1:2026-11-20,尊敬的李雷，本次积分30分，累计30分。【basic】')"
    # The same rows again, and the night after, tell nobody twice.
    vip-accrue --as-of=2026-11-20 pos.csv 2>/dev/null > again.csv
    same "$(due 2026-11-20 --kind=points-posted --mark again.csv)" ''
    same "$(due 2026-11-21 --kind=points-posted --mark)" ''
}

@test "behind vip-card: a message for each card, in order, once with the night's" {
    shop --program=department-store
    lines member,name,phone,enrolled,receipt,spent A,王芳,13800138000,2026-01-01,Q1,1000 \
        B,李雷,13900139000,2026-01-03,Q2,1000 C,韩梅,13700137000,2026-01-02,Q3,1000 > members.csv
    vip-enroll -q --as-of=2026-01-03 members.csv
    vip-card list --expiring=2027-01 --as-of=2026-12-02 2>/dev/null |
        vip-remind -f csv --kind=card-expiring --mark --as-of=2026-12-02 - > out.csv 2>/dev/null
    same "$(sed 1d out.csv | cut -d, -f1,3,4,10)" "$(lines \
        'A,2026-12-01,card-expiring:-1m:K000001:2027-01-01,尊敬的王芳，您的会员卡K000001将于2027年1月1日到期。【department-store】' \
'C,2026-12-02,card-expiring:-1m:K000003:2027-01-02,尊敬的韩梅，您的会员卡K000003将于2027年1月2日到期。【department-store】' \
        'B,2026-12-03,card-expiring:-1m:K000002:2027-01-03,尊敬的李雷，您的会员卡K000002将于2027年1月3日到期。【department-store】')"
    same "$(due 2026-12-02 --kind=card-expiring --mark)" ''
    same "$(due 2026-12-03 --kind=card-expiring --mark)" ''
}

# vouchers: a shop where a voucher of 50 yuan for 100 points is good for a month; A and B have points.
vouchers() {
    cp -r "$VIP_ROOT/share/programs/basic" mine
    lines reward,kind,name_en,name_zh,cost,value,due,consume,months,tier,stock,limit,per,expires,witness \
        v50,voucher,Voucher,礼券,100,50,any,cost,,,,,,1m,no tea,gift,Tea,茶,10,5,any,cost,,,,,,,no > mine/rewards.csv
    people --program=mine
    bought 2026-11-19 A,R1,2026-11-19,500 B,R2,2026-11-19,300
}

@test "vouchers that run out next month, by the night, and behind vip-redeem" {
    vouchers
    lines request,member,item R1,A,v50 R2,B,v50 R3,A,v50 > requests.csv
    vip-redeem --as-of=2026-11-20 requests.csv 2>/dev/null > posted.csv
    exits 0 vip-remind -f csv --kind=voucher-expiring --as-of=2026-11-20 posted.csv
    same "$(sed 1d <<<"$out" | cut -d, -f1,3)" "$(lines A,2026-11-20 B,2026-11-20 A,2026-11-20)"
    same "$(sed 1d <<<"$out" | cut -d, -f10 | sort -u)" "$(lines \
        尊敬的李雷，您的50元礼券将于2026年12月20日到期。【basic】 \
        尊敬的王芳，您的50元礼券将于2026年12月20日到期。【basic】)"
    sed 1d <<<"$out" | cut -d, -f1,4,10 | sort > filter
    # The night finds them that were handed out after its run of the day; together each comes once.
    exits 0 vip-remind -f csv --kind=voucher-expiring --as-of=2026-11-20
    sed 1d <<<"$out" | cut -d, -f1,4,10 | sort | cmp filter -
    same "$(due 2026-11-20 --kind=voucher-expiring --mark posted.csv | wc -l)" 3
    same "$(due 2026-11-20 --kind=voucher-expiring --mark)" ''
    same "$(due 2026-11-21 --kind=voucher-expiring --mark)" ''
}

@test "behind vip-redeem: a text of one's own, in order" {
    vouchers
    mkdir -p mine/templates
    lines '{name}，已兑换，余{balance}分。' > mine/templates/redeemed.zh.txt
    vip-db load -q --effective=2026-11-20 --as-of=2026-11-20 mine
    lines request,member,item R1,B,tea R2,A,tea R3,B,tea > requests.csv
    vip-redeem --as-of=2026-11-20 requests.csv 2>/dev/null |
        vip-remind -f csv --template=redeemed --as-of=2026-11-20 - > out.csv 2>/dev/null
    # It needs a consent, and so comes once a day and member.
    same "$(sed 1d out.csv | cut -d, -f1,4,10)" "$(lines B,redeemed:0d:R1:2026-11-20,李雷，已兑换，余290分。 \
        A,redeemed:0d:R2:2026-11-20,王芳，已兑换，余490分。)"
}

@test "the filter is silent where the night is: no points, a tier that was kept or lost for none" {
    people --program=menswear
    lines member,from,to,rule,evidence,effective,expires A,accumulation,,lapse,,2026-11-20, \
        A,elite,elite,renewal,,2026-11-20, B,accumulation,elite,upgrade,,2026-11-20, > changes.csv
    same "$(due 2026-11-20 --kind=tier-change changes.csv)" 'B tier-change:0d:elite:2026-11-20'
    # A text of one's own says all.
    same "$(due 2026-11-20 --template=birthday changes.csv | wc -l)" 2
}

@test "behind a report of who is near a tier: what lacks, as the night says it" {
    people --program=menswear
    bought 2026-11-20 A,R1,2026-06-01,4000 A,R2,2026-11-20,3300
    vip-tier -q --as-of=2026-11-20
    vip-report near-tier -f csv --as-of=2026-11-20 > near.csv 2>/dev/null
    exits 0 vip-remind -f csv --kind=near-tier --as-of=2026-11-20 near.csv
    same "$(sed 1d <<<"$out" | head -n 1)" \
        "$(vip-remind -f csv --kind=near-tier --as-of=2026-11-20 2>/dev/null | sed 1d)"
}

@test "what the night told, the filter does not tell again" {
    people
    bought 2026-11-20 A,R1,2026-11-20,100
    vip-remind -q --mark --as-of=2026-11-20
    same "$(due 2026-11-21 --mark --kind=points-posted)" 'A points-posted:1d:2026-11-20'
    vip-accrue --as-of=2026-11-21 pos.csv 2>/dev/null > known.csv
    same "$(due 2026-11-21 --kind=points-posted --mark known.csv)" ''
}

@test "--template writes to any list that has a member" {
    people
    lines 会员号,备注 A,x B,y C,z > list.csv
    exits 0 vip-remind -f csv --template=holiday --as-of=2026-12-25 list.csv
    same "$(sed 1d <<<"$out" | cut -d, -f1,2,10)" "$(lines \
        A,holiday,王芳，basic全体同仁祝您节日快乐！ B,holiday,李雷，basic全体同仁祝您节日快乐！)"
    has "$err" "1 passed over"
    exits 0 vip-remind -q --template=holiday --mark --as-of=2026-12-25 list.csv
    same "$(due 2026-12-25 --template=holiday --mark list.csv)" ''
    lines member Q A > list.csv
    refuses 1 no-such-member vip-remind -f csv --template=holiday --as-of=2026-12-25 list.csv
    has "$out" "王芳"
}

@test "what cannot be meant is refused" {
    people
    refuses 2 "has no 'birthdays'" vip-remind --kind=birthdays
    refuses 2 "expected a kind" vip-remind --kind=
    refuses 2 "there is no text 'sale'" vip-remind --template=sale members.csv
    refuses 2 "name a FILE or -" vip-remind --template=holiday
    refuses 2 "--kind=KIND or --template=NAME" vip-remind members.csv
    refuses 2 "with rows --kind is one kind" vip-remind --kind=birthday,dormant members.csv
    refuses 2 "at most 400" vip-remind --ahead=401
}

@test "without input and without --mark nothing is read and nothing is changed" {
    people
    chmod 400 "$VIP_DB"
    exits 0 vip-remind --as-of=2026-11-21 < /dev/null
    has "$out" "birthday:0d:2026-11-21"
}

@test "the second look after a complaint, until somebody has followed it up" {
    people
    local step
    lines complaint,member,step,date,by C1,B,heard,2026-11-01,顾丽 > steps.csv
    for step in apologised cause remedy confirmed closed; do
        echo "C1,,$step,2026-11-10,陈晨" >> steps.csv
    done
    vip-contact -q --complaint --as-of=2026-11-10 steps.csv
    same "$(due 2026-11-16 --kind=complaint)" ''
    # B takes no calls for marketing; this is none.
    exits 0 vip-remind -f csv --kind=complaint --as-of=2026-11-17
    same "$(sed 1d <<<"$out" | cut -d, -f1,3,4,7)" B,2026-11-17,complaint:7d:C1:2026-11-10,call
    lines complaint,step,by C1,followed-up,顾丽 | vip-contact -q --complaint --as-of=2026-11-17
    same "$(due 2026-11-17 --kind=complaint)" ''
}

@test "a complaint that was written down late gets its look all the same" {
    people
    vip-remind -q --mark --as-of=2026-11-17
    local step
    lines complaint,member,step,date,by C1,B,heard,2026-11-01,顾丽 > steps.csv
    for step in apologised cause remedy confirmed closed; do
        echo "C1,,$step,2026-11-09,陈晨" >> steps.csv
    done
    vip-contact -q --complaint --as-of=2026-11-18 steps.csv
    same "$(due 2026-11-18 --kind=complaint --mark)" "B complaint:7d:C1:2026-11-09"
    same "$(due 2026-11-19 --kind=complaint --mark)" ''
}

@test "a rebate that waits, one month after the card year, until it is claimed" {
    shop --program=department-store
    lines member,name,phone,enrolled,receipt,spent,store A,王芳,13800138000,2025-03-10,Q1,1000,0101 \
        B,李雷,13900139000,2025-03-10,Q2,1000,0101 C,韩梅,13700137000,2025-03-10,Q3,1000,0101 > members.csv
    vip-enroll -q --as-of=2025-03-10 members.csv
    bought 2025-06-01 A,R1,2025-06-01,8100 B,R2,2025-06-01,4999 C,R3,2025-06-01,5000
    # The cards end on 10 March 2026: a month later A and C have a rebate to claim.
    same "$(due 2026-04-09 --kind=points-expiring)" ''
    exits 0 vip-remind -f csv --kind=points-expiring --as-of=2026-04-10
    same "$(sed 1d <<<"$out" | cut -d, -f1,3,4)" "$(lines \
        A,2026-04-10,points-expiring:rebate:1m:2026-03-10 C,2026-04-10,points-expiring:rebate:1m:2026-03-10)"
    has "$out" "您的500元返利已可领取，有效至2026年6月30日"
    has "$out" "您的200元返利"
    # Nothing changes with the cards run out, or renewed; who has claimed has nothing to wait for.
    vip-expire -q --as-of=2026-04-01
    same "$(due 2026-04-10 --kind=points-expiring | cut -d' ' -f1)" "$(lines A C)"
    lines request,member,item Q,A,rebate-500 | vip-redeem -q --as-of=2026-04-02
    same "$(due 2026-04-10 --kind=points-expiring | cut -d' ' -f1)" C
}

# quietly DAYS: the programme basic with these quiet days, in the folder mine.
quietly() {
    cp -r "$VIP_ROOT/share/programs/basic" mine
    echo "quiet_days,$1" >> mine/program.csv
}

@test "quiet days: marketing moves to the next day that is none, the rest goes out" {
    quietly 'saturday|sunday|11-23'
    people --program=mine
    bought 2026-11-20 A,R1,2026-11-20,100
    # 21 November 2026 is a Saturday: the birthdays wait, what tells of points does not.
    exits 0 vip-remind -f csv --mark --as-of=2026-11-21
    same "$(sed 1d <<<"$out" | cut -d, -f1,4)" A,points-posted:1d:2026-11-20
    has "$err" "2 moved to another day"
    same "$(due 2026-11-22 --mark)" ''
    same "$(due 2026-11-23 --mark)" ''
    same "$(due 2026-11-24 --mark)" "$(lines 'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    same "$(due 2026-11-25 --mark)" 'A follow-up:3d:2026-11-20'
    rm -r mine
    quietly sundays
    refuses 2 "sunday|05-01|L01-01" vip-db load --effective=2027-01-01 mine
}

@test "one marketing message a day: the list, the filter and a later run share it" {
    people
    lines member A B C > list.csv
    same "$(due 2026-11-21 --template=holiday --mark list.csv)" \
        "$(lines 'A holiday:0d:2026-11-21' 'B holiday:0d:2026-11-21')"
    # Without marks the list knows it, too, before the birthdays have moved and after it.
    same "$(due 2026-11-21)" "$(lines 'A holiday:0d:2026-11-21' 'B holiday:0d:2026-11-21')"
    same "$(due 2026-11-21 --mark --dry-run)" ''
    same "$(due 2026-11-21 --mark)" ''
    same "$(due 2026-11-21)" "$(lines 'A holiday:0d:2026-11-21' 'B holiday:0d:2026-11-21')"
    same "$(due 2026-11-22 --mark)" "$(lines 'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    # What the filter could not give waits for the night after, text and all.
    same "$(due 2026-11-22 --template=news --mark list.csv)" ''
    exits 0 vip-remind -f csv --mark --as-of=2026-11-23
    same "$(sed 1d <<<"$out" | cut -d, -f1,2,4,7)" \
        "$(lines A,news,news:0d:2026-11-22,sms B,news,news:0d:2026-11-22,sms)"
}

@test "without --mark a filter keeps to one a day, too, and to quiet days" {
    quietly 11-24
    people --program=mine
    lines member A B C > list.csv
    lines member A A > twice.csv
    same "$(due 2026-11-20 --template=holiday twice.csv)" 'A holiday:0d:2026-11-20'
    # A has had his birthday's, and the list says the same as often as it is asked.
    vip-remind -q --mark --as-of=2026-11-21
    same "$(due 2026-11-21 --template=holiday list.csv)" ''
    same "$(due 2026-11-23 --template=holiday list.csv)" \
        "$(lines 'A holiday:0d:2026-11-23' 'B holiday:0d:2026-11-23')"
    same "$(due 2026-11-24 --template=holiday list.csv)" ''
    exits 0 vip-remind --template=holiday --as-of=2026-11-24 list.csv
    has "$err" "2 left to another day"
    # What was given today is given today; what another day gave is known.
    same "$(due 2026-11-23 --template=holiday --mark list.csv | wc -l)" 2
    same "$(due 2026-11-23 --template=holiday list.csv | wc -l)" 2
    same "$(due 2026-11-23 --template=holiday --mark --dry-run list.csv)" ''
    lines member,date A,2026-11-23 > dated.csv
    same "$(due 2026-11-25 --template=holiday dated.csv)" ''
}

@test "a dry run behind a command that writes does not hold it up" {
    people
    lines store,receipt,date,amount,member > pos.csv
    seq 6000 | sed 's/.*/0101,R&,2026-11-20,1,A/' >> pos.csv
    VIP_BUSY_MS=2000 vip-accrue --as-of=2026-11-20 pos.csv 2> accrue.err |
        vip-remind -f csv --kind=points-posted --mark --dry-run --as-of=2026-11-20 - > out.csv
    same "${PIPESTATUS[*]}" '0 0'
    # Row for row in the order of the lines, though they come in several batches.
    cut -d, -f4 out.csv | sed '1d; s,.*/R\([0-9]*\)/.*,\1,' > order
    seq 6000 | cmp order -
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM reminder")" 0
}

@test "who may not have the more important gets the less important the same day" {
    people
    bought 2026-10-21 A,R1,2026-10-21,100
    # With consent to both, the birthday goes before the call of the plan.
    same "$(due 2026-11-21 --mark --dry-run --kind=birthday,follow-up)" \
        "$(lines 'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    lines member,consent_sms A,no | vip-enroll -q --update --as-of=2026-11-20
    same "$(due 2026-11-21 --mark --kind=birthday,follow-up)" \
        "$(lines 'B birthday:0d:2026-11-21' 'A follow-up:1m:2026-10-21')"
}

@test "--again gives once more what did not arrive, and not what did" {
    people
    bought 2026-11-20 A,R1,2026-11-20,100
    vip-remind -f csv --mark --as-of=2026-11-21 > given.csv 2>/dev/null
    same "$(due 2026-11-21 --mark)" ''
    # By day, and by key: the same rows, words and all.
    vip-remind -f csv --again=2026-11-21 --as-of=2026-11-21 2>/dev/null | sort > again.csv
    sort given.csv | cmp - again.csv
    exits 0 vip-remind -f csv --again=points-posted:1d:2026-11-20 --as-of=2026-12-24
    has "$out" "本次积分100分"
    same "$(due 2026-11-22 --again=birthday:0d:2026-11-21)" \
        "$(lines 'A birthday:0d:2026-11-21' 'B birthday:0d:2026-11-21')"
    lines member,key,by,outcome A,birthday:0d:2026-11-21,gateway,sent | vip-contact -q --as-of=2026-11-21
    same "$(due 2026-11-22 --again=birthday:0d:2026-11-21)" 'B birthday:0d:2026-11-21'
    same "$(due 2026-11-22 --again=2026-11-21 --kind=birthday)" 'B birthday:0d:2026-11-21'
    # Marked, it is given on that day.
    same "$(due 2026-11-22 --again=birthday:0d:2026-11-21 --mark)" 'B birthday:0d:2026-11-21'
    same "$(due 2026-11-22 --again=2026-11-22)" 'B birthday:0d:2026-11-21'
    refuses 1 'nothing given under' vip-remind --again=birthday:0d:2026-11-22
    refuses 2 "without rows and --ahead" vip-remind --again=x --ahead=3
}

@test "--again=unsent: what was marked and of which nothing is known, one a day" {
    people
    bought 2026-11-17 A,R1,2026-11-17,100 B,R2,2026-11-17,100
    vip-remind -q --mark --as-of=2026-11-20
    vip-remind -q --mark --as-of=2026-11-21
    same "$(due 2026-11-20 --again=unsent)" "$(lines 'A follow-up:3d:2026-11-17' \
        'B follow-up:3d:2026-11-17')"
    # The birthday is today's and goes first; the care was two days before and waits.
    same "$(due 2026-11-21 --again=unsent)" "$(lines 'A birthday:0d:2026-11-21' \
        'B birthday:0d:2026-11-21')"
    lines member,key,by,outcome A,birthday:0d:2026-11-21,gateway,sent B,birthday:0d:2026-11-21,gateway,failed |
        vip-contact -q --as-of=2026-11-21
    same "$(due 2026-11-21 --again=unsent)" ''
    same "$(due 2026-11-22 --again=unsent)" "$(lines 'A follow-up:3d:2026-11-17' \
        'B follow-up:3d:2026-11-17')"
    # What failed comes back when a night has given it once more; what is old is over.
    same "$(due 2026-11-22 --mark)" 'B birthday:0d:2026-11-21'
    same "$(due 2026-11-22 --again=unsent)" "$(lines 'B birthday:0d:2026-11-21' \
        'A follow-up:3d:2026-11-17')"
    same "$(due 2026-11-27 --again=unsent --kind=follow-up)" ''
    exits 0 vip-remind --again=unsent --as-of=2027-06-01
    # By hand it is found for ever.
    same "$(due 2027-06-01 --again=2026-11-20)" "$(lines 'A follow-up:3d:2026-11-17' \
        'B follow-up:3d:2026-11-17')"
}

@test "rows of the filter can be given again, with what they told" {
    people --program=menswear
    bought 2026-11-20 A,R1,2026-11-20,8000
    vip-tier -f csv --as-of=2026-11-20 2>/dev/null | sed -n '1p;/,elite,/p' > changes.csv
    vip-remind -f csv --kind=tier-change --mark --as-of=2026-11-20 changes.csv > given.csv 2>/dev/null
    exits 0 vip-remind -f csv --again=tier-change:0d:elite:2026-11-20 --as-of=2026-11-20
    same "$out" "$(cat given.csv)"
}

@test "two hosts at the same time: each of many comes once, and one a day" {
    shop
    awk 'BEGIN { print "member,name,phone,birthday,enrolled,consent_sms"
        for (i = 0; i < 400; i++)
            printf "M%d,某,138%08d,1980-11-2%d,2025-01-01,yes\n", i, i, i % 2 }' > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    awk 'BEGIN { print "store,receipt,date,amount,member"
        for (i = 0; i < 400; i++) printf "1,R%d,2026-11-18,100,M%d\n", i, i }' > pos.csv
    vip-accrue -q --as-of=2026-11-18 pos.csv
    local host hosts=() day
    for day in 20 21 22 23; do
        for host in a b c; do
            vip-remind -f csv --mark --kind=birthday,follow-up --as-of="2026-11-$day" \
                > "$host-$day.csv" 2>/dev/null &
            hosts+=("$!")
        done
        wait "${hosts[@]}"
    done
    # Birthdays of two days, care for all; no key twice, nobody twice on a day.
    cat ./*-2?.csv | grep -v ^member | cut -d, -f1,4 | sort > all
    [ "$(wc -l < all)" = 800 ]
    same "$(uniq -d all)" ''
    for day in 20 21 22 23; do
        same "$(cat ./?-$day.csv | grep -v ^member | cut -d, -f1 | sort | uniq -d)" ''
    done
}

@test "a clock that was set back gives nothing twice, and loses nothing" {
    people
    bought 2026-11-18 A,R1,2026-11-18,100
    vip-remind -f csv --mark --as-of=2026-11-25 > a.csv 2>/dev/null
    for day in 2026-11-01 2026-11-20 2026-11-24 2026-11-25 2026-11-26 2026-11-27; do
        vip-remind -f csv --mark --as-of="$day" 2>/dev/null | sed 1d >> a.csv
    done
    same "$(cut -d, -f1,4 a.csv | sort | uniq -d)" ''
    bought 2026-11-28 A,R2,2026-11-28,100
    same "$(due 2026-11-28 --mark --kind=follow-up)" 'A follow-up:3min:2026-11-28'
}

@test "a message has no holes for who has neither store, consultant nor tier" {
    shop
    lines member,name,phone,birthday,enrolled,consent_sms A,王芳,13800138000,1980-11-21,2025-01-01,yes |
        vip-enroll -q --as-of=2025-01-01
    sqlite3 "$VIP_DB" "UPDATE tier_state SET tier = ''"
    lines member,points,amount,expires,from,to,missing,due,card \
        A,120,50,2026-12-31,2026-01-01,2026-06-30,邮箱,2026-11-21,K1 > rows.csv
    local text lang
    for text in "$VIP_ROOT"/share/templates/*.zh.txt; do
        text=${text##*/}
        for lang in zh en; do
            exits 0 vip-remind -f json --template="${text%%.*}" --message-lang=$lang --as-of=2026-11-21 rows.csv
            [[ $out == *'"message":"'* ]] || complain "$text"
            out=${out#*'"message":"'} out=${out%%'"'*}
            ! grep -q '，，\|，。\|、。\|，的\|  \| [.,:;]\|{\|：，\|：。' <<<"$out" || complain "$text $lang: $out"
        done
    done
    exits 0 vip-remind -f csv --template=greeting --as-of=2026-11-21 rows.csv
    has "$out" 王芳您好，basic的我们向您问好
    exits 0 vip-remind -f csv --template=news --as-of=2026-11-21 rows.csv
    has "$out" 积分120，暂无等级。
}

@test "a text message has no newline, and its parts are counted" {
    cp -r "$VIP_ROOT/share/programs/basic" mine
    mkdir mine/templates
    printf '{name}\n您好\r\n再见\n\n' > mine/templates/birthday.zh.txt
    printf 'Dear customer,\n%0150d\n' 0 > mine/templates/birthday.en.txt
    people --program=mine
    exits 0 vip-remind -f csv --kind=birthday --as-of=2026-11-21
    same "$(sed -n 2p <<<"$out" | cut -d, -f10,11)" "王芳 您好 再见,1"
    exits 0 vip-remind -f csv --kind=birthday --message-lang=en --as-of=2026-11-21
    same "$(sed 1d <<<"$out" | wc -l)" 2
    same "$(sed -n 2p <<<"$out" | cut -d, -f12)" 2
    # What is called out has no parts.
    exits 0 vip-remind -f csv --kind=birthday --as-of=2026-01-01
    has "$out" ",call,"
    same "$(sed -n 2p <<<"$out" | cut -d, -f11)" ''
}

@test "vip-db check finds a purchase that reminders would not find" {
    people
    bought 2026-11-18 A,R1,2026-11-17,100 A,R2,2026-11-18,100
    exits 0 vip-db check -q
    sqlite3 "$VIP_DB" "DELETE FROM bought WHERE day = (SELECT max(day) FROM bought)"
    exits 3 vip-db check
    has "$out" "bought is none, the ledger gives 2026-11-18"
}
