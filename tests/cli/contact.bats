#!/usr/bin/env bats
# vip-contact: what came of contacts, once and only once, and the course of complaints.

load ../helper

# people: a shop of basic with two members; both bought on 31 August, calls are due on 30 September.
people() {
    shop "$@"
    lines member,name,phone,store,consultant,enrolled,consent_sms,consent_call \
        A,王芳,13800138000,0101,顾丽,2025-01-01,yes,yes \
        B,李雷,13900139000,0101,顾丽,2025-01-01,yes,yes > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    lines store,receipt,date,amount,member 0101,R1,2026-08-31,100,A 0101,R2,2026-08-31,100,B > pos.csv
    vip-accrue -q --as-of=2026-08-31 pos.csv
}

# calls: the calls of 30 September are given.
calls() {
    vip-remind -q --kind=follow-up --mark --as-of=2026-09-30
}

call=follow-up:1m:2026-08-31

# contact DAY HEADING ROW…: posts rows on a day.
contact() {
    local day=$1
    shift
    lines "$@" > contacts.csv
    try vip-contact -f csv --as-of="$day" contacts.csv
}

# due DAY [OPTION…]: "member key" of each row.
due() {
    local day=$1
    shift
    vip-remind -f csv --as-of="$day" "$@" 2>/dev/null | sed 1d | awk -F, '{ print $1, $4 }'
}

@test "a contact is recorded with all that was said, and once" {
    people
    calls
    contact 2026-09-30 member,key,date,by,outcome,note,satisfaction,churn_reason \
        "A,$call,2026-09-30,顾丽,reached,\"likes the coat
and the store\",5,price"
    [ "$status" = 0 ]
    same "$out" "$(lines \
        member,key,kind,date,by,channel,outcome,satisfaction,churn_reason,again,status \
        "A,$call,follow-up,2026-09-30,顾丽,call,reached,5,price,,posted")"
    sqlite3 "$VIP_DB" .dump > once
    exits 0 vip-contact -f csv --as-of=2026-10-02 contacts.csv
    has "$out" ",5,price,,known"
    has "$err" "1 known"
    sqlite3 "$VIP_DB" .dump > twice
    cmp once twice
    same "$(sqlite3 "$VIP_DB" "SELECT count(*), note, satisfaction, churn_reason FROM contact")" \
        "1|likes the coat
and the store|5|price"
}

@test "a list for a spreadsheet, filled in there, is read as it is" {
    people
    lines member,email A,fang@example.cn | vip-enroll -q --update --as-of=2026-09-01
    vip-remind -q --kind=follow-up --mark --as-of=2026-09-30 --lang=zh --excel -o calls.csv
    # Phones and addresses are masked in it.
    has "$(cat calls.csv)" '138****8000'
    sed '1s/\r$/,联系结果,满意度,经办人\r/; 2,$s/\r$/,已联系,5,顾丽\r/' calls.csv > filled.csv
    exits 0 vip-contact -f csv --as-of=2026-09-30 filled.csv
    same "$(sed 1d <<<"$out" | cut -d, -f1,2,5,7,8,11)" "$(lines "A,$call,顾丽,reached,5,posted" \
        "B,$call,顾丽,reached,5,posted")"
}

@test "the same key with another content is a conflict" {
    people
    calls
    contact 2026-09-30 member,key,by,outcome,note "A,$call,顾丽,reached,good"
    [ "$status" = 0 ]
    contact 2026-09-30 member,key,by,outcome,note "A,$call,顾丽,reached,bad"
    [ "$status" = 1 ]
    has "$err" '[conflict]'
    # Two calls of one day need keys of their own.
    contact 2026-09-30 contact,member,key,by,outcome,note \
        "T1,A,$call,顾丽,reached,bad" "T1,A,$call,顾丽,reached,bad" "T1,B,$call,顾丽,reached,bad"
    [ "$status" = 1 ]
    same "$(sed 1d <<<"$out" | cut -d, -f11)" "$(lines posted known)"
    has "$err" 'contacts.csv:4: contact:'
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM contact")" 2
}

@test "words are taken in Chinese, and wrong ones refused with what was expected" {
    people
    calls
    contact 2026-09-30 会员号,键,经办人,联系结果,渠道,流失原因 "A,$call,顾丽,已联系,微信,服务"
    [ "$status" = 0 ]
    has "$out" ",wechat,reached,,service,,posted"
    contact 2026-09-30 member,key,outcome,satisfaction,churn_reason,channel \
        "A,$call,gone,,," "A,$call,reached,6,," "A,$call,reached,,weather," "A,$call,reached,,,pigeon" \
        "A,$call,,,," "A,,reached,,,"
    [ "$status" = 1 ]
    same "$(grep -c 'bad-cell' <<<"$err")" 4
    same "$(grep -c 'missing-field' <<<"$err")" 2
    has "$err" "none of sent (已发送), reached (已联系)"
}

@test "who and which reminder is meant" {
    people
    calls
    # A key alone is enough where one member only has it.
    contact 2026-09-30 key,by,outcome "$call,顾丽,reached"
    [ "$status" = 1 ]
    has "$err" '[ambiguous]'
    contact 2026-09-30 member,key,by,outcome A,follow-up:2m:2026-08-31,顾丽,reached
    has "$err" '[no-such-reminder]'
    contact 2026-09-30 member,kind,by,outcome A,lunch,顾丽,reached
    has "$err" '[no-such-kind]'
    contact 2026-09-30 member,kind,by,outcome X,follow-up,顾丽,reached
    has "$err" '[no-such-member]'
    # Member and kind mean the reminder that waits; then there is none any more.
    contact 2026-09-30 member,kind,by,outcome A,follow-up,顾丽,reached A,follow-up,陈晨,reached \
        A,birthday,陈晨,sent
    [ "$status" = 0 ]
    same "$(sed 1d <<<"$out" | cut -d, -f2)" "$(lines "$call" '' '')"
    exits 0 vip-contact -f csv --as-of=2026-09-30 contacts.csv
    same "$(sed 1d <<<"$out" | cut -d, -f2,11)" "$(lines "$call,known" ,known ,known)"
    contact 2026-09-29 member,kind,date,by,outcome A,follow-up,2026-09-30,顾丽,reached
    has "$err" "later than today"
}

@test "no answer: offered again the day after, three times in all" {
    people
    calls
    contact 2026-09-30 member,key,by,outcome "A,$call,顾丽,no-answer" "B,$call,顾丽,reached"
    same "$(sed 1d <<<"$out" | cut -d, -f1,10)" "$(lines A,2026-10-01 B,)"
    same "$(due 2026-09-30 --mark)" ''
    same "$(due 2026-10-01 --kind=follow-up)" "A $call"
    same "$(due 2026-10-01 --kind=follow-up --mark)" "A $call"
    same "$(due 2026-10-01 --kind=follow-up --mark)" ''
    contact 2026-10-02 member,key,by,outcome "A,$call,顾丽,no-answer"
    same "$(due 2026-10-03 --kind=follow-up --mark)" "A $call"
    contact 2026-10-03 member,key,by,outcome "A,$call,顾丽,no-answer"
    same "$(sed 1d <<<"$out" | cut -d, -f10)" ''
    same "$(due 2026-10-05 --kind=follow-up --mark)" ''
}

@test "what each outcome means for the reminder and for the phone" {
    local outcome
    for outcome in sent reached refused wrong-number no-answer failed; do
        rm -f vip.db*
        people
        calls
        contact 2026-09-30 member,key,by,channel,outcome "A,$call,顾丽,call,$outcome"
        [ "$status" = 0 ]
        echo "$outcome $(sed 1d <<<"$out" | cut -d, -f10) $(due 2026-10-01 --kind=follow-up --mark |
            grep -c '^A') $(sqlite3 "$VIP_DB" "SELECT count(*) FROM unreached")"
    done > meant
    same "$(cat meant)" "$(lines 'sent  0 0' 'reached  0 0' 'refused  0 0' 'wrong-number  0 1' \
        'no-answer 2026-10-01 1 0' 'failed 2026-10-01 1 1')"
}

@test "how often and how soon is the programme's" {
    cp -r "$VIP_ROOT/share/programs/basic" mine
    lines contact_tries,2 contact_retry,3d >> mine/program.csv
    people --program=mine
    calls
    contact 2026-09-30 member,key,by,outcome "A,$call,顾丽,no-answer"
    has "$out" ",2026-10-03,posted"
    contact 2026-10-03 member,key,by,outcome "A,$call,顾丽,no-answer"
    has "$out" ",,posted"
    sed -i 's/^contact_tries,2/contact_tries,0/' mine/program.csv
    refuses 2 "expected 1 or more" vip-db load --effective=2026-12-01 mine
}

@test "a number that fails three times is not used any more, but asked for" {
    people
    local day
    for day in 28 29 30; do
        contact "2026-11-$day" member,kind,by,channel,outcome A,holiday,gateway,sms,failed
        [ "$status" = 0 ]
        [ "$day" = 30 ] || same "$(due 2026-12-25 --template=holiday members.csv)" \
            "$(lines 'A holiday:0d:2026-12-25' 'B holiday:0d:2026-12-25')"
    done
    same "$(due 2026-12-25 --template=holiday members.csv)" 'B holiday:0d:2026-12-25'
    exits 0 vip-remind -f csv --kind=dossier --as-of=2026-11-30
    same "$(sed 1d <<<"$out" | cut -d, -f1,4)" A,dossier:1m:phone:2026-11-30
    has "$out" 手机
    # Whoever answers has a right number after all.
    contact 2026-12-01 member,kind,by,channel,outcome A,holiday,顾丽,call,reached
    same "$(due 2026-12-25 --template=holiday members.csv | wc -l)" 2
}

@test "a new number begins anew" {
    people
    for day in 28 29 30; do
        contact "2026-11-$day" member,kind,by,outcome A,holiday,顾丽,wrong-number
    done
    same "$(sqlite3 "$VIP_DB" "SELECT failures FROM unreached")" 3
    sqlite3 "$VIP_DB" "UPDATE member SET name = 'x' WHERE member = 'A'"
    same "$(sqlite3 "$VIP_DB" "SELECT failures FROM unreached")" 3
    sqlite3 "$VIP_DB" "UPDATE member SET phone = '13800138001' WHERE member = 'A'"
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM unreached")" 0
}

# steps ROW…: posts "complaint,member,step,date,by,note,amount" rows.
steps() {
    lines complaint,member,step,date,by,note,amount "$@" > steps.csv
    try vip-contact -f csv --complaint --as-of=2026-11-30 steps.csv
}

@test "a complaint goes its course, in order, with dates and people" {
    people
    steps C1,A,heard,2026-11-01,顾丽,seam,
    [ "$status" = 0 ]
    same "$(sed 1d <<<"$out")" A,C1,heard,2026-11-01,顾丽,,posted
    steps C1,,apologised,2026-11-01,陈晨,, C1,,cause,2026-11-02,陈晨,thread, \
        C1,,remedy,2026-11-03,陈晨,sewn, C1,A,补偿,2026-11-03,陈晨,voucher,50 \
        C1,,confirmed,2026-11-04,顾丽,, C1,,closed,2026-11-05,顾丽,, C1,,followed-up,2026-11-12,顾丽,,
    [ "$status" = 0 ]
    same "$(sqlite3 "$VIP_DB" "SELECT step, closed FROM complaint")" "7|$(($(date -ud 2026-11-05 +%s) / 86400))"
    same "$(sqlite3 "$VIP_DB" "SELECT group_concat(done_by), sum(amount) FROM
        (SELECT * FROM complaint_step ORDER BY step)")" 顾丽,陈晨,陈晨,陈晨,陈晨,顾丽,顾丽,顾丽\|5000
    sqlite3 "$VIP_DB" .dump > once
    exits 0 vip-contact -f csv --complaint --as-of=2026-12-30 steps.csv
    same "$(sed 1d <<<"$out" | cut -d, -f7 | sort -u)" known
    sqlite3 "$VIP_DB" .dump > twice
    cmp once twice
}

@test "steps cannot be left out, but for compensation, nor go back" {
    people
    steps C1,A,apologised,2026-11-01,顾丽,,
    has "$err" '[no-such-complaint]'
    steps C1,A,heard,2026-11-02,顾丽,, C1,,cause,2026-11-02,顾丽,,
    has "$err" "expected apologised"
    steps C1,,apologised,2026-11-01,顾丽,,
    has "$err" "before the step that it follows, of 2026-11-02"
    steps C1,,apologised,2026-11-02,顾丽,, C1,,cause,2026-11-02,顾丽,, C1,,remedy,2026-11-02,顾丽,, \
        C1,,closed,2026-11-03,顾丽,,
    has "$err" "expected compensation or confirmed"
    steps C1,,confirmed,2026-11-03,顾丽,, C1,,compensation,2026-11-03,顾丽,,5 \
        C1,,closed,2026-11-03,顾丽,,
    same "$(grep -c out-of-order <<<"$err")" 1
    same "$(sed 1d <<<"$out" | cut -d, -f3)" "$(lines confirmed closed)"
}

@test "a complaint stays its member's, a step its own" {
    people
    steps C1,A,heard,2026-11-01,顾丽,seam,
    steps C1,B,apologised,2026-11-01,顾丽,,
    has "$err" "another member's: A"
    steps C1,,heard,2026-11-01,顾丽,another,
    has "$err" '[conflict]'
    steps C2,X,heard,2026-11-01,顾丽,, C3,,heard,2026-11-01,顾丽,, C4,A,heard,2026-11-01,,, \
        C5,A,heard,2026-11-01,顾丽,,5 C6,A,heard,2026-12-01,顾丽,,
    [ "$status" = 1 ]
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM complaint")" 1
}

@test "what was refused can be put right and the file given again" {
    people
    calls
    contact 2026-09-30 member,key,by,outcome "A,$call,顾丽,no-answer" "B,$call,顾丽,gone"
    [ "$status" = 1 ]
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM contact")" 1
    lines member,key,by,outcome "A,$call,顾丽,no-answer" "B,$call,顾丽,reached" > contacts.csv
    exits 0 vip-contact -f csv --as-of=2026-09-30 --dry-run contacts.csv
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM contact")" 1
    exits 0 vip-contact -f csv --as-of=2026-09-30 contacts.csv
    same "$(sed 1d <<<"$out" | cut -d, -f11)" "$(lines known posted)"
}

# closed: a complaint of A, closed on 5 November; the reminder of the second look is due on the 12th.
closed() {
    lines complaint,member,step,date,by C1,A,heard,2026-11-01,顾丽 > steps.csv
    local step
    for step in apologised cause remedy confirmed closed; do
        echo "C1,,$step,2026-11-05,陈晨" >> steps.csv
    done
    vip-contact -q --complaint --as-of=2026-11-05 steps.csv
}

look=complaint:7d:C1:2026-11-05

@test "the second look, told as a contact, is the complaint's last step" {
    people
    closed
    same "$(due 2026-11-12 --kind=complaint --mark)" "A $look"
    contact 2026-11-12 member,key,by,outcome,note "A,$look,顾丽,no-answer,"
    same "$(sqlite3 "$VIP_DB" "SELECT step FROM complaint")" 6
    contact 2026-11-13 member,key,by,outcome,note "A,$look,顾丽,reached,content again"
    [ "$status" = 0 ]
    same "$(sqlite3 "$VIP_DB" "SELECT step FROM complaint")" 7
    same "$(sqlite3 "$VIP_DB" "SELECT vip.day, vip.done_by, vip.note FROM complaint_step AS vip
        WHERE step = 7")" "$(($(date -ud 2026-11-13 +%s) / 86400))|顾丽|content again"
    # Told once more in the other way, it is known.
    lines complaint,step,date,by,note 'C1,followed-up,2026-11-13,顾丽,content again' > look.csv
    exits 0 vip-contact -f csv --complaint --as-of=2026-11-14 look.csv
    has "$out" ",known"
    same "$(due 2026-11-14 --kind=complaint --mark)" ''
}

@test "the second look, told as a step, is a contact, and is not asked for again" {
    people
    closed
    vip-remind -q --kind=complaint --mark --as-of=2026-11-12
    contact 2026-11-12 member,key,by,outcome "A,$look,顾丽,no-answer"
    has "$out" ",2026-11-13,posted"
    lines complaint,step,date,by,note C1,followed-up,2026-11-12,顾丽,content > look.csv
    exits 0 vip-contact --complaint --as-of=2026-11-12 look.csv
    same "$(due 2026-11-13 --kind=complaint --mark)" ''
    same "$(sqlite3 "$VIP_DB" "SELECT outcome FROM contact ORDER BY contact")" "$(lines no-answer reached)"
    sqlite3 "$VIP_DB" .dump > once
    exits 0 vip-contact --complaint --as-of=2026-11-13 look.csv
    contact 2026-11-13 member,key,date,by,outcome,note "A,$look,2026-11-12,顾丽,reached,content"
    has "$out" ",known"
    sqlite3 "$VIP_DB" .dump > twice
    cmp once twice
}

@test "who is forgotten has no wrong number any more, nor gets one" {
    people
    contact 2026-09-30 member,kind,by,outcome A,holiday,顾丽,wrong-number
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM unreached")" 1
    # A row that the phone has not taken with it.
    sqlite3 "$VIP_DB" "UPDATE member SET phone = NULL WHERE member = 'A';
        INSERT INTO unreached VALUES (1, 1, 20000)"
    lines member A | vip-enroll -q --forget --as-of=2026-10-01
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM unreached")" 0
    calls
    sqlite3 "$VIP_DB" "UPDATE member SET phone = NULL WHERE member = 'B'"
    contact 2026-10-01 member,key,by,outcome "B,$call,顾丽,failed"
    [ "$status" = 0 ]
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM unreached")" 0
}
