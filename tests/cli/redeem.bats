#!/usr/bin/env bats
# vip-redeem: rewards, vouchers, benefits, cancellation, offers; each refusal by its word.
# Member 1 has 1,250 points (250 of 10 March 2024, 1,000 of 10 May 2024, good for 24 months) and was
# born in May; member 2 has 90 and was born in June.

load ../helper

setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    rule points_expire 24m
    rule card_valid 36m
    lines 'reward,kind,name_en,name_zh,cost,value,due,consume,months,tier,stock,limit,per,expires,witness' \
        'mug,gift,Mug,马克杯,100,20,any,cost,,,3,,,,no' \
        'tea,goods,Tea,茶叶,50,10,any,cost,3|8,,,,,,no' \
        'watch,gift,Watch,手表,200,300,any,cost,,,,,,,yes' \
        'cash,voucher,Voucher,代金券,100,30,any,cost,,,,2,month,1m,no' \
        'ring,gift,Ring,戒指,10,900,any,cost,,jewel,,,,,no' > shop/rewards.csv
    lines 'benefit,tier,name_en,name_zh,quota,per,items,discount,guests,earns' \
        'birthday,,Birthday privilege,生日特惠,1,birthday-month,2,40%,,no' \
        'lounge,,Lounge,休息室,2,month,,,2,yes' > shop/benefits.csv
    printf '%s\n' 'jewel,,2,Jewel,珠宝,physical,,,requalify,' >> shop/tiers.csv
    shop --program=shop --as-of=2024-01-01
    lines 'name,phone,birthday,enrolled' '张三,13800138001,1990-05-20,2024-01-01' \
        '李四,13800138002,1991-06-01,2024-01-01' | vip-enroll -q --as-of=2024-01-01
    lines 'store,receipt,date,amount,phone' '0101,r1,2024-03-10,250,13800138001' \
        '0101,r2,2024-05-10,1000,13800138001' '0101,r3,2024-05-10,90,13800138002' |
        vip-accrue -q --as-of=2024-05-10
}

# rule KEY VALUE: changes a line of the shop's program.csv.
rule() {
    sed "s/^$1,.*/$1,$2/" shop/program.csv > program.new && mv program.new shop/program.csv
}

# redeem ROW… : rows under request,kind,member,item,quantity on 11 May 2024.
redeem() {
    lines request,kind,member,item,quantity "$@" > rows.csv
    try vip-redeem --as-of=2024-05-11 rows.csv
}

# denied REASON ROW: the row is refused with that word, and nothing changed.
denied() {
    local reason=$1 before
    before=$(balance M0000001)
    shift
    redeem "$@"
    [ "$status" -eq 1 ] || complain "not refused: $*"
    has "$err" "[$reason]"
    same "$out" "$heading"
    same "$(balance M0000001)" "$before"
}

balance() { vip-find --format=tsv "$1" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "points") c = i } NR == 2 { print $c }'; }

heading=member,request,kind,item,quantity,points,value,balance,voucher,status,reason

@test "points buy a gift, from the lots that end first" {
    redeem q1,reward,M0000001,mug,2
    [ "$status" -eq 0 ] || complain
    same "$out" "$heading
M0000001,q1,reward,mug,2,-200,40.00,1050,,posted,"
    try vip-expire --as-of=2026-03-11
    has "$out" 'M0000001,points,,-50,0.50,2026-03-10,expired'
    exits 0 vip-db check
}

@test "the kind is reward and the quantity 1 unless said otherwise" {
    lines request,phone,item q1,13800138001,mug > rows.csv
    exits 0 vip-redeem --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,q1,reward,mug,1,-100,20.00,1150,,posted,'
}

@test "Chinese headings and kinds" {
    lines 请求号,类型,手机号,项目,数量 q1,兑换,13800138001,mug,1 > rows.csv
    exits 0 vip-redeem --lang=zh --as-of=2024-05-11 rows.csv
    has "$out" '会员号,请求号,类型,项目,数量,积分,价值,积分余额,券号,状态,原因'
    has "$out" 'M0000001,q1,reward,mug,1,-100,20.00,1150'
}

@test "the same request again is known and changes nothing" {
    redeem q1,reward,M0000001,mug,2
    redeem q1,reward,M0000001,mug,2
    [ "$status" -eq 0 ] || complain
    same "$out" "$heading
M0000001,q1,reward,mug,2,-200,40.00,,,known,"
    has "$err" '0 accepted, 1 known'
    try vip-redeem --as-of=2024-06-30 rows.csv # without a date in the row, on another day
    has "$err" '0 accepted, 1 known'
    same "$(balance M0000001)" 1050
}

@test "the same request with another content is a conflict" {
    redeem q1,reward,M0000001,mug,2
    denied conflict q1,reward,M0000001,mug,1
    denied conflict q1,reward,M0000001,watch,2
    denied conflict q1,reward,M0000002,mug,2
    denied conflict q1,benefit,M0000001,mug,2
    lines request,member,item,quantity,by q1,M0000001,mug,2,Li > rows.csv
    refuses 1 '[conflict]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,member,item,quantity,date q1,M0000001,mug,2,2024-05-10 > rows.csv
    refuses 1 '[conflict]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "twice in one file is once" {
    redeem q1,reward,M0000001,mug,1 q1,reward,M0000001,mug,1
    [ "$status" -eq 0 ] || complain
    has "$err" '1 accepted, 1 known'
    same "$(balance M0000001)" 1150
}

@test "refused: too few points, no such reward, wrong tier, out of season, one signature" {
    denied too-few-points q1,reward,M0000002,mug,1
    denied out-of-stock q1,reward,M0000001,mug,99999999999999
    denied no-such-reward q1,reward,M0000001,yacht,1
    denied wrong-tier q1,reward,M0000001,ring,1
    denied out-of-season q1,reward,M0000001,tea,1
    denied one-signature q1,reward,M0000001,watch,1
    lines request,member,item,by,witness q1,M0000001,watch,Li,Li > rows.csv
    refuses 1 '[one-signature]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,member,item,by,witness q1,M0000001,watch,Li,Wang > rows.csv
    exits 0 vip-redeem --as-of=2024-05-11 rows.csv
}

@test "refused: the stock, and what a cancellation gives back to it" {
    redeem q1,reward,M0000001,mug,2
    denied out-of-stock q2,reward,M0000001,mug,2
    redeem q3,cancel,,q1, q2,reward,M0000001,mug,3
    [ "$status" -eq 0 ] || complain
    denied out-of-stock q4,reward,M0000001,mug,1
}

@test "who comes first in the file comes first to a stock; rows come out in their order" {
    redeem q1,,M0000001,mug,2
    lines 'store,receipt,date,amount,phone' '0101,r4,2024-05-11,900,13800138002' |
        vip-accrue -q --as-of=2024-05-11
    redeem q2,,M0000002,mug,1 q3,,M0000001,mug,1 q4,,M0000002,cash,1 q5,,13800138009,cash,1 \
        q6,,M0000001,cash,1 q7,,M0000001,cash,1 q8,,M0000001,cash,1 q9,,M0000002,cash,1
    [ "$status" -eq 1 ] || complain
    has "$err" "rows.csv:3: item: 'mug': 0 are left [out-of-stock]"
    has "$err" 'rows.csv:8: item: '
    same "$(cut -d, -f2 <<< "$out")" "$(lines request q2 q4 q6 q7 q9)"
    same "$(balance M0000001)/$(balance M0000002)" 850/690
    exits 0 vip-db check
    # The same without a stock to share: dealt with by member, told by row.
    redeem s1,,M0000002,cash,1 s2,,M0000001,tea,1 s3,,M0000002,watch,1 s1,,M0000002,cash,1
    has "$err" '4 rows read, 0 accepted'
    lines request,member,item,by,witness t1,M0000002,watch,a,b t2,M0000001,watch,a,b \
        t3,M0000002,watch,a,b t4,M0000001,watch,a,b t5,M0000002,watch,a,b \
        t6,M0000002,watch,a,b > rows.csv
    try vip-redeem --as-of=2024-05-12 rows.csv
    has "$err" 'rows.csv:7: item: '
    same "$(awk -F, '{ print $2, $8 }' <<< "$out")" "$(lines 'request balance' 't1 490' \
        't2 650' 't3 290' 't4 450' 't5 90')"
    exits 0 vip-db check
}

@test "refused: the limit per month, which begins anew" {
    redeem q1,reward,M0000001,cash,2
    denied limit-reached q2,reward,M0000001,cash,1
    lines request,member,item q2,M0000001,cash > rows.csv
    exits 0 vip-redeem --as-of=2024-06-01 rows.csv
}

@test "refused: suspended, cancelled, a card that has run out or was lost" {
    lines member,reason M0000001,dispute | vip-enroll -q --suspend --as-of=2024-05-11
    denied suspended q1,reward,M0000001,mug,1
    denied suspended q1,benefit,M0000001,lounge,1
    lines member M0000001 | vip-enroll -q --resume --as-of=2024-05-11
    redeem q1,reward,M0000001,mug,1
    [ "$status" -eq 0 ] || complain
    lines request,member,item q2,M0000001,mug > rows.csv
    exits 1 vip-redeem -n --as-of=2027-01-01 rows.csv
    hasnt "$err" card-expired
    refuses 1 '[card-expired]' vip-redeem --as-of=2027-01-02 rows.csv
    lines member M0000001 | vip-card -q lost --as-of=2024-05-11
    lines request,card,item q2,K000001,mug > rows.csv
    refuses 1 '[card-lost]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "refused: whatever a membership is but active" {
    needs_tool sqlite3
    local state=0 word
    for word in pending - suspended cancelled forgotten merged; do
        if [ "$word" != - ]; then
            sqlite3 "$VIP_DB" "UPDATE account SET status = $state WHERE member = 1"
            denied "$word" q1,reward,M0000001,mug,1
            denied "$word" q1,benefit,M0000001,lounge,1
        fi
        state=$((state + 1))
    done
    has "$err" '[merged]' # pending suspended cancelled forgotten
}

@test "refused: a card that was replaced or cancelled" {
    lines member M0000001 | vip-card -q replace --as-of=2024-05-11
    lines card K000003 | vip-card -q activate --as-of=2024-05-11
    lines request,card,item q2,K000001,mug > rows.csv
    refuses 1 '[card-replaced]' vip-redeem --as-of=2024-05-11 rows.csv
    lines card,reason,by K000002,misuse,Li | vip-card -q cancel --as-of=2024-05-11
    lines request,card,item q2,K000002,mug > rows.csv
    refuses 1 '[card-cancelled]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "refused: whoever is not found, and rows that cannot be read" {
    denied no-such-member q1,reward,M0000009,mug,1
    denied missing-field q1,reward,,mug,1
    denied missing-field ,reward,M0000001,mug,1
    denied missing-field q1,reward,M0000001,,1
    denied bad-cell q1,present,M0000001,mug,1
    denied bad-cell q1,reward,M0000001,mug,0
    denied bad-cell q1,reward,M0000001,mug,1.5
    denied spoilt-number 1.38E+10,reward,M0000001,mug,1
    denied too-long "q1,reward,M0000001,$(printf '%05000d' 1),1"
    denied too-few-cells q1,reward,M0000001
    denied too-many-cells q1,reward,M0000001,mug,1,2
    lines request,phone,card,item q1,13800138001,K000002,mug > rows.csv
    refuses 1 '[disagree]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,name,item q1,张三,mug > rows.csv
    refuses 1 '[ambiguous]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,name,birthday,item q1,张三,soon,mug > rows.csv
    refuses 1 '[bad-date]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,member,item,date q1,M0000001,mug,2024-05-12 > rows.csv
    refuses 1 'later than today' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,member,item,date q1,M0000001,mug,2023-12-31 > rows.csv
    refuses 1 '[before-enrolment]' vip-redeem --as-of=2024-05-11 rows.csv
    exits 4 vip-redeem --as-of=2024-05-11 <<< 'request,member'
    rule identify phone
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    lines request,name,birthday,item q1,张三,1990-05-20,mug > rows.csv
    refuses 1 '[not-identified]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "refused: points of the same day, where the programme says so" {
    rule redeemable_after 1d
    vip-db load -q --effective=2024-05-20 --as-of=2024-05-20 shop
    lines store,receipt,date,amount,phone 0101,r9,2024-05-20,50,13800138002 |
        vip-accrue -q --as-of=2024-05-20
    lines request,member,item q1,M0000002,mug > rows.csv
    refuses 1 '[same-day-points]' vip-redeem --as-of=2024-05-20 rows.csv
    exits 0 vip-redeem --as-of=2024-05-21 rows.csv
}

@test "--clamp cuts to what points, stock and limit allow" {
    lines request,member,item,quantity q1,M0000001,mug,9 q2,M0000001,cash,9 q3,M0000002,mug,2 > rows.csv
    exits 1 vip-redeem --clamp --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,q1,reward,mug,3,-300,60.00,950,,posted,clamped'
    has "$out" 'M0000001,q2,reward,cash,2,-200,60.00,750,'
    has "$err" '[out-of-stock]'
    exits 1 vip-redeem --clamp --as-of=2024-05-11 rows.csv
    has "$err" '0 accepted, 2 known, 1 refused'
}

@test "a row refused stands alone, in --rejects as it came; --atomic takes all or none" {
    lines request,member,item q1,M0000001,mug q2,M0000002,mug q3,M0000001,mug > rows.csv
    exits 1 vip-redeem --atomic --as-of=2024-05-11 rows.csv
    same "$(balance M0000001)" 1250
    exits 1 vip-redeem -r refused.csv --as-of=2024-05-11 rows.csv
    same "$(balance M0000001)" 1050
    has "$(cat refused.csv)" 'q2,M0000002,mug,3,too-few-points,'
}

@test "messages come in the order of the rows" {
    redeem q1,reward,M0000009,mug,1 q2,nonsense,M0000001,mug,1 q3,reward,M0000009,mug,1
    same "$(grep -o 'rows.csv:[0-9]*' <<< "$err" | tr '\n' ' ')" 'rows.csv:2 rows.csv:3 rows.csv:4 '
}

@test "--dry-run prints everything and keeps nothing" {
    lines request,member,item q1,M0000001,mug > rows.csv
    exits 0 vip-redeem -n --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,q1,reward,mug,1,-100,20.00,1150,,posted,'
    same "$(balance M0000001)" 1250
}

# ---- cancel ----

@test "cancel puts the same lots back with their dates, once" {
    redeem q1,reward,M0000001,mug,3
    redeem c1,cancel,,q1,
    [ "$status" -eq 0 ] || complain
    same "$out" "$heading
M0000001,c1,cancel,q1,3,300,-60.00,1250,,posted,"
    redeem c1,cancel,,q1,
    has "$err" '0 accepted, 1 known'
    denied already-cancelled c2,cancel,,q1,
    denied no-such-request c2,cancel,,q9,
    denied not-cancellable c2,cancel,,c1,
    denied disagree c2,cancel,M0000002,q1,
    redeem q1,reward,M0000001,mug,3 # the cancelled request is still known
    has "$out" ',known,cancelled'
    try vip-expire --as-of=2026-03-11 # as if nothing had been
    has "$out" 'M0000001,points,,-250,2.50,2026-03-10,expired'
    exits 0 vip-db check
}

@test "cancel on an earlier day than the request is refused" {
    redeem q1,reward,M0000001,mug,1
    lines request,kind,item,date c1,cancel,q1,2024-05-10 > rows.csv
    refuses 1 '[before-request]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "points that come back into a lot that has run out go with the next run" {
    redeem q1,reward,M0000001,mug,1
    vip-expire -q --as-of=2026-03-11
    lines request,kind,item c1,cancel,q1 > rows.csv
    exits 0 vip-redeem --as-of=2026-03-20 rows.csv
    has "$out" 'M0000001,c1,cancel,q1,1,100,-20.00,1100,'
    exits 0 vip-expire --as-of=2026-03-21
    has "$out" 'M0000001,points,,-100,1.00,2026-03-10,expired'
    exits 0 vip-db check
}

@test "cancel after a return: the debt takes its part" {
    lines request,member,item,quantity,by,witness q1,M0000001,watch,6,Li,Wang |
        vip-redeem -q --as-of=2024-05-11
    lines store,receipt,date,amount,kind,original,phone 0101,x1,2024-05-12,1000,return,r2,13800138001 |
        vip-accrue -q --as-of=2024-05-12
    same "$(balance M0000001)" -950
    lines request,kind,item c1,cancel,q1 > rows.csv
    exits 0 vip-redeem --as-of=2024-05-13 rows.csv
    same "$(balance M0000001)" 250
    exits 0 vip-db check
}

# ---- vouchers ----

# issue: one voucher for member 1, its code in $code.
issue() {
    redeem v1,reward,M0000001,cash,1
    code=$(awk -F, 'NR == 2 { print $9 }' <<< "$out")
}

@test "a voucher has a code, is used once, by whoever brings it" {
    issue
    [[ $code =~ ^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$ ]] || complain "code: $code"
    redeem "u1,voucher,,$code,"
    [ "$status" -eq 0 ] || complain
    same "$out" "$heading
M0000001,u1,voucher,$code,1,0,30.00,1150,,posted,"
    redeem "u1,voucher,,${code,,},"
    has "$err" '0 accepted, 1 known'
    denied voucher-used "u2,voucher,,$code,"
}

@test "a voucher that is not there, is mistyped, or belongs to another" {
    exits 0 vip-db backup other.db
    issue
    denied disagree "u1,voucher,M0000002,$code,"
    denied bad-code u1,voucher,,ABCD-EFGH-JKMN,
    denied bad-code "u1,voucher,,${code%?},"
    VIP_DB=$PWD/other.db
    denied no-such-voucher "u1,voucher,,$code,"
}

@test "a voucher is good through its last day" {
    issue
    lines request,kind,item "u1,voucher,$code" > rows.csv
    exits 0 vip-redeem -n --as-of=2024-06-11 rows.csv
    refuses 1 '[voucher-expired]' vip-redeem --as-of=2024-06-12 rows.csv
    exits 0 vip-expire --as-of=2024-06-11
    hasnt "$out" "$code"
    exits 0 vip-expire --as-of=2024-06-12
    has "$out" "M0000001,voucher,$code,,30.00,2024-06-11,expired"
    refuses 1 '[voucher-expired]' vip-redeem --as-of=2024-06-12 rows.csv
    # A use of the last day whose row comes after that run was in time.
    lines request,kind,item,date "u1,voucher,$code,2024-06-11" > rows.csv
    exits 0 vip-redeem --as-of=2024-06-12 rows.csv
    exits 0 vip-db check
}

@test "cancelling its request makes a voucher void, cancelling its use opens it" {
    issue
    redeem "u1,voucher,,$code,"
    denied voucher-used c1,cancel,,v1,
    redeem c1,cancel,,u1,
    [ "$status" -eq 0 ] || complain
    redeem c2,cancel,,v1,
    [ "$status" -eq 0 ] || complain
    has "$out" 'M0000001,c2,cancel,v1,1,100,-30.00,1250,,posted,'
    denied voucher-void "u2,voucher,,$code,"
}

@test "several vouchers at once have a code each" {
    redeem v1,reward,M0000001,cash,2
    codes=$(awk -F, 'NR == 2 { print $9 }' <<< "$out")
    redeem "u1,voucher,,${codes%|*}," "u2,voucher,,${codes#*|},"
    [ "$status" -eq 0 ] || complain
}

# ---- benefits ----

@test "the birthday privilege: once a year over all stores, in the month, so many items" {
    denied wrong-month b1,benefit,M0000002,birthday,1
    lines name,phone,enrolled 王五,13800138003,2024-01-01 | vip-enroll -q --as-of=2024-01-01
    denied no-birthday b1,benefit,M0000003,birthday,1
    denied too-many-items b1,benefit,M0000001,birthday,3
    lines request,kind,member,item,quantity,store b1,benefit,M0000001,birthday,2,0101 > rows.csv
    exits 0 vip-redeem --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,b1,benefit,birthday,2,0,,1250,,posted,'
    lines request,kind,member,item,store b2,benefit,M0000001,birthday,0202 > rows.csv
    refuses 1 '[used-this-year]' vip-redeem --as-of=2024-05-31 rows.csv
    exits 0 vip-redeem --as-of=2025-05-01 rows.csv
}

@test "an exception names who allowed another month, and is in the audit log" {
    lines request,kind,member,item,exception b1,benefit,M0000002,birthday,经理赵六 > rows.csv
    exits 0 vip-redeem --as-of=2024-05-11 rows.csv
    lines request,kind,member,item b2,benefit,M0000002,birthday > rows.csv
    refuses 1 '[used-this-year]' vip-redeem --as-of=2024-06-11 rows.csv
    needs_tool sqlite3
    has "$(sqlite3 "$VIP_DB" "select what, detail from event")" 'exception|request b1: birthday, allowed by 经理赵六'
}

@test "cancelling, or returning all that was bought under it, gives the privilege back" {
    lines request,kind,member,item,store,receipt b1,benefit,M0000001,birthday,0101,r7 > use.csv
    lines store,receipt,line,date,amount,benefit,phone 0101,r7,1,2024-05-11,60,birthday,13800138001 \
        0101,r7,2,2024-05-11,60,birthday,13800138001 0101,r7,3,2024-05-11,90,,13800138001 |
        vip-accrue -q --as-of=2024-05-11
    exits 0 vip-redeem --as-of=2024-05-11 use.csv
    denied used-this-year b2,benefit,M0000001,birthday,1
    lines store,receipt,date,amount,kind,original,phone 0101,x1,2024-05-11,60,return,r7/1,13800138001 |
        vip-accrue -q --as-of=2024-05-11
    denied used-this-year b2,benefit,M0000001,birthday,1
    lines store,receipt,date,amount,kind,original,phone 0101,x2,2024-05-11,60,return,r7/2,13800138001 |
        vip-accrue -q --as-of=2024-05-11
    redeem b2,benefit,M0000001,birthday,1
    [ "$status" -eq 0 ] || complain
    denied used-this-year b3,benefit,M0000001,birthday,1
    redeem c1,cancel,,b2, b3,benefit,M0000001,birthday,1
    [ "$status" -eq 0 ] || complain
}

@test "a quota a month, and guests" {
    lines request,kind,member,item,guests g1,benefit,M0000002,lounge,3 > rows.csv
    refuses 1 '[too-many-guests]' vip-redeem --as-of=2024-05-11 rows.csv
    lines request,kind,member,item,guests g1,benefit,M0000002,lounge,2 g2,benefit,M0000002,lounge, \
        g3,benefit,M0000002,lounge, > rows.csv
    refuses 1 'rows.csv:4: item: '\''lounge'\'' can be had 2 times' vip-redeem --as-of=2024-05-11 rows.csv
    denied no-such-benefit g3,benefit,M0000002,sauna,1
}

# ---- offers ----

@test "--offers lists what each member could have today" {
    lines phone 13800138001 13800138002 > who.csv
    exits 0 vip-redeem --offers --as-of=2024-05-11 who.csv
    same "$out" 'member,kind,item,name,quantity,points,value,expires,balance
M0000001,reward,mug,Mug,3,100,20.00,,1250
M0000001,reward,watch,Watch,6,200,300.00,,1250
M0000001,reward,cash,Voucher,2,100,30.00,,1250
M0000001,benefit,birthday,Birthday privilege,1,0,,,1250
M0000001,benefit,lounge,Lounge,2,0,,,1250
M0000002,benefit,lounge,Lounge,2,0,,,90'
    issue
    exits 0 vip-redeem --offers --lang=zh --member=M0000001 --as-of=2024-05-11
    has "$out" "M0000001,voucher,$code,代金券,1,0,30.00,2024-06-11,1150"
    exits 2 vip-redeem --member=M0000001
    exits 2 vip-redeem --offers --clamp --member=M0000001
    exits 1 vip-redeem --offers --member=M0000009
}

# ---- the rebate ladder of a preset ----

@test "department-store: a rebate at card year's end clears the balance, three months to claim" {
    rm vip.db* && shop --program=department-store --as-of=2024-01-01
    lines name,phone,birthday,enrolled,spent,receipt,store \
        张三,13800138001,1990-05-20,2024-01-10,1000,r0,0101 | vip-enroll -q --as-of=2024-01-10
    lines store,receipt,date,amount,member 0101,r1,2024-06-01,8100,M0000001 \
        0101,r2,2025-01-20,500,M0000001 | vip-accrue -q --as-of=2025-01-20
    lines request,member,item q1,M0000001,rebate-500 > rows.csv
    refuses 1 '[not-due]' vip-redeem --as-of=2025-01-09 rows.csv
    exits 0 vip-redeem -n --as-of=2025-01-10 rows.csv
    lines request,member,item q1,M0000001,rebate-800 > more.csv
    refuses 1 '[too-few-points]' vip-redeem --as-of=2025-01-20 more.csv
    refuses 1 '[claim-ended]' vip-redeem --as-of=2025-05-01 rows.csv
    exits 0 vip-redeem --as-of=2025-04-30 rows.csv
    has "$out" 'M0000001,q1,reward,rebate-500,1,-8100,500.00,500,,posted,'
}
