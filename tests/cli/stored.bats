#!/usr/bin/env bats
# Stored value: vip-accrue --topup, vip-redeem kind stored, what was paid with it earns, the report,
# the check; each refusal by its word. Member 1 paid in 1,000 and was given 100; member 2 has nothing.

load ../helper

setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    sed -i '/^card_valid,/d' shop/program.csv
    lines card_valid,36m >> shop/program.csv
    lines gold,,2,Gold,金卡,physical,12,,requalify, >> shop/tiers.csv
    lines amount,bonus,tier 1000,100, 5000,800,gold > shop/topups.csv
    lines stored,none,,,,,,,stored,,,, >> shop/earn.csv
    shop --program=shop --as-of=2024-01-01
    lines name,phone,enrolled 张三,13800138001,2024-01-01 李四,13800138002,2024-01-01 |
        vip-enroll -q --as-of=2024-01-01
    lines request,member,amount,by t0,M0000001,1000,Li | vip-accrue --topup -q --as-of=2024-05-01
}

# topup ROW…: rows under request,member,amount,by on 11 May 2024.
topup() {
    lines request,member,amount,by "$@" > rows.csv
    try vip-accrue --topup --as-of=2024-05-11 rows.csv
}

# stored ROW…: rows under request,member,amount,item,receipt,date; store 0101, on 11 May 2024.
stored() {
    lines request,member,amount,item,receipt,date,kind,store "${@/%/,stored,0101}" > rows.csv
    try vip-redeem --as-of=2024-05-11 rows.csv
}

cancel() {
    lines request,kind,item "$@" > rows.csv
    try vip-redeem --as-of=2024-05-12 rows.csv
}

# denied REASON VERB ROW: refused with that word, and nothing was written.
denied() {
    local reason=$1 before
    before=$(rows)
    shift
    "$@"
    [ "$status" -eq 1 ] || complain "not refused: $*"
    has "$err" "[$reason]"
    [ "$(wc -l <<< "$out")" -eq 1 ] || complain 'rows on standard output'
    same "$(rows)" "$before"
}

rows() { sqlite3 vip.db 'SELECT count(*) FROM stored_ledger; SELECT count(*) FROM batch'; }
parts() { sqlite3 vip.db "SELECT principal / 100.0, bonus / 100.0 FROM stored_account WHERE member = $1"; }

heading=member,request,kind,item,quantity,points,value,balance,voucher,status,reason

# ---- paying in

@test "principal and bonus are posted apart" {
    topup t1,M0000002,1000,Li
    same "$out" 'member,request,kind,principal,bonus,stored,tier,status,reason
M0000002,t1,topup,1000.00,100.00,1100.00,,posted,'
    same "$(sqlite3 vip.db 'SELECT kind, principal, bonus FROM stored_ledger WHERE member = 2')" \
        '0|100000|0
1|0|10000'
    exits 0 vip-db check
    has "$out" 'stored,ok,4 entries of stored value; 2 members have some'
}

@test "the bonus is that of the row which the amount reaches" {
    topup t1,M0000002,1000.01,Li t2,M0000002,4999.99,Li
    has "$out" t1,topup,1000.01,100.00,1100.01,,posted,
    has "$out" t2,topup,4999.99,100.00,6200.00,,posted,
    denied no-such-topup topup t3,M0000002,999.99,Li
    has "$err" 'the least that is paid in is 1000.00'
}

@test "a top-up may grant a tier, for as long as the tier is valid" {
    topup t1,M0000002,5000,Li t2,M0000002,6000,Li
    has "$out" t1,topup,5000.00,800.00,5800.00,gold,posted,
    has "$out" t2,topup,6000.00,800.00,12600.00,gold,posted,
    has "$(vip-find M0000002)" ',gold,'
    same "$(sqlite3 vip.db 'SELECT tier, granted_by, reason, vip FROM (SELECT *,
        until - day AS vip FROM tier_grant)')" 'gold|Li|top-up t1|365'
    exits 0 vip-tier --as-of=2024-05-12
    exits 0 vip-db check
}

@test "a programme without top-ups takes no money" {
    rm shop/topups.csv
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    denied no-such-topup topup t1,M0000001,1000,Li
    has "$err" 'topups.csv is empty'
}

@test "the same top-up again is known; another content is a conflict" {
    topup t1,M0000002,5000,Li
    exits 0 vip-accrue --topup --as-of=2024-05-20 rows.csv
    has "$out" M0000002,t1,topup,5000.00,800.00,,gold,known,
    has "$err" '0 accepted, 1 known'
    denied conflict topup t1,M0000002,5000.01,Li
    has "$err" ': amount: '
    denied conflict topup t1,M0000001,5000,Li
    has "$err" ': member: '
    denied conflict topup t1,M0000002,5000,Wang
    has "$err" ': by: '
    denied conflict stored t1,M0000002,5000,,,
    has "$err" ': kind: '
    same "$(parts 2)" '5000.0|800.0'
}

@test "what a top-up lacks is named" {
    denied missing-field topup ,M0000001,1000,Li
    denied missing-field topup t1,,1000,Li
    denied missing-field topup t1,M0000001,,Li
    denied missing-field topup t1,M0000001,1000,
    denied bad-cell topup t1,M0000001,0,Li
    denied bad-cell topup t1,M0000001,-1000,Li
    denied bad-cell topup t1,M0000001,12.345,Li
    denied spoilt-number topup 1.38E+10,M0000001,1000,Li
    denied no-such-member topup t1,M0000009,1000,Li
    sqlite3 vip.db 'UPDATE account SET status = 2'
    denied suspended topup t1,M0000001,1000,Li
}

@test "two people, where the programme asks for them" {
    lines witness,topup >> shop/program.csv
    vip-db load -q --effective=2024-05-11 --as-of=2024-05-11 shop
    denied one-signature topup t1,M0000001,1000,Li
    lines request,member,amount,by,witness t1,M0000001,1000,Li,Wang > rows.csv
    exits 0 vip-accrue --topup --as-of=2024-05-11 rows.csv
}

@test "vip-find shows what is stored" {
    has "$(vip-find -f csv M0000001)" ',0,0,1100.00,active,'
    has "$(vip-find -f csv M0000002)" ',0,0,0.00,active,'
}

@test "a top-up that cannot be counted any more is refused" {
    sqlite3 vip.db 'UPDATE stored_account SET principal = 9223372036854715807'
    denied overflow topup t1,M0000001,1000,Li
}

# ---- spending

@test "principal is spent first, then the bonus" {
    stored s1,M0000001,900,,r1, s2,M0000001,150,,r2,
    same "$out" "$heading
M0000001,s1,stored,,1,0,900.00,0,,posted,left 200.00 yuan
M0000001,s2,stored,,1,0,150.00,0,,posted,left 50.00 yuan"
    same "$(sqlite3 vip.db 'SELECT principal, bonus FROM stored_ledger WHERE kind = 2')" \
        '-90000|0
-10000|-5000'
    same "$(parts 1)" '0.0|50.0'
    exits 0 vip-db check
}

@test "kinds and headings may be Chinese, and the member may be found by phone" {
    lines 请求号,类型,手机号,金额 s1,储值,13800138001,100 > rows.csv
    exits 0 vip-redeem --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,s1,stored,,1,0,100.00,0,,posted,left 1000.00 yuan'
}

@test "more than is stored is refused, or cut with --clamp" {
    denied too-little-stored stored s1,M0000001,1100.01,,,
    denied too-little-stored stored s1,M0000002,0.01,,,
    lines request,kind,member,amount s1,stored,M0000001,2000 s2,stored,M0000001,1 > rows.csv
    exits 1 vip-redeem --clamp --as-of=2024-05-11 rows.csv
    has "$out" 'M0000001,s1,stored,,1,0,1100.00,0,,posted,"clamped, left 0.00 yuan"'
    has "$err" '[too-little-stored]' # nothing is left to cut to
    exits 0 vip-redeem --clamp --as-of=2024-05-11 <(sed 3d rows.csv)
    has "$out" M0000001,s1,stored,,1,0,1100.00,,,known,
    exits 0 vip-db check
}

@test "a spending once: known, or a conflict named by its column" {
    stored s1,M0000001,100,,r1,
    exits 0 vip-redeem --as-of=2024-05-12 rows.csv
    has "$out" M0000001,s1,stored,,1,0,100.00,,,known,
    denied conflict stored s1,M0000001,101,,r1,
    has "$err" ': amount: '
    denied conflict stored s1,M0000001,100,,r2,
    has "$err" ': receipt: '
    denied conflict stored s1,M0000002,100,,r1,
    has "$err" ': member: '
    same "$(parts 1)" '900.0|100.0'
}

@test "who may not spend, by a word" {
    denied missing-field stored s1,M0000001,,,,
    denied missing-field stored s1,M0000001,0,,,
    denied missing-field stored s1,,5,,,
    denied no-such-member stored s1,M0000009,5,,,
    denied bad-cell stored s1,M0000001,12.345,,,
    denied before-enrolment stored s1,M0000001,5,,,2023-12-31
    sqlite3 vip.db 'UPDATE card SET expires = 19000 WHERE member = 1'
    denied card-expired stored s1,M0000001,5,,,
    sqlite3 vip.db 'UPDATE account SET status = 2'
    denied suspended stored s1,M0000001,5,,,
}

@test "a card that was reported lost spends nothing" {
    local card
    card=$(sqlite3 vip.db 'SELECT card FROM card WHERE member = 1')
    sqlite3 vip.db 'UPDATE card SET state = 2 WHERE member = 1'
    lines request,kind,card,amount "s1,stored,$card,5" > rows.csv
    refuses 1 '[card-lost]' vip-redeem --as-of=2024-05-11 rows.csv
}

@test "a dry run keeps nothing, --atomic all or nothing" {
    local before
    before=$(dump_database vip.db)
    lines request,kind,member,amount s1,stored,M0000001,100 > rows.csv
    exits 0 vip-redeem -n --as-of=2024-05-11 rows.csv
    has "$out" 'left 1000.00 yuan'
    lines s2,stored,M0000001,5000 >> rows.csv
    exits 1 vip-redeem --atomic --as-of=2024-05-11 rows.csv
    lines request,member,amount,by t1,M0000001,5000,Li > rows.csv
    exits 0 vip-accrue --topup -n --as-of=2024-05-11 rows.csv
    has "$out" ,gold,posted,
    same "$(dump_database vip.db)" "$before"
}

# ---- giving back

@test "a refund goes back by request, what was spent last first, and never more" {
    stored s1,M0000001,1050,,r1,
    stored f1,M0000001,-30,s1,, f2,M0000001,-40,s1,,
    same "$out" "$heading
M0000001,f1,stored,s1,1,0,-30.00,0,,posted,left 80.00 yuan
M0000001,f2,stored,s1,1,0,-40.00,0,,posted,left 120.00 yuan"
    same "$(parts 1)" '20.0|100.0'
    denied exceeds-spent stored f3,M0000001,-980.01,s1,,
    stored f3,M0000001,-980,s1,,
    same "$(parts 1)" '1000.0|100.0'
    denied exceeds-spent stored f4,M0000001,-0.01,s1,,
    exits 0 vip-db check
}

@test "a refund by receipt takes all that was spent on it" {
    stored s1,M0000001,100,,r1, s2,M0000001,50,,r1, s3,M0000001,70,,r2,
    denied exceeds-spent stored f1,M0000001,-150.01,,r1,
    stored f1,M0000001,-120,,r1,
    same "$(sqlite3 vip.db 'SELECT undoes, principal FROM stored_ledger WHERE kind = 3')" \
        '4|5000
3|7000'
    stored f2,M0000001,-30,,r1,
    denied exceeds-spent stored f3,M0000001,-0.01,,r1,
    same "$(parts 1)" '930.0|100.0'
    exits 0 vip-db check
}

@test "a refund again is known" {
    stored s1,M0000001,100,,r1,
    stored f1,M0000001,-60,s1,,
    exits 0 vip-redeem --as-of=2024-05-12 rows.csv
    has "$out" M0000001,f1,stored,s1,1,0,-60.00,,,known,
    denied conflict stored f1,M0000001,-40,s1,,
    same "$(parts 1)" '960.0|100.0'
}

@test "money goes back to the member who spent it and to nobody else" {
    stored s1,M0000001,100,,r1,
    denied other-member stored f1,M0000002,-100,s1,,
    denied not-spent stored f1,M0000002,-100,,r1,
    denied no-such-request stored f1,M0000001,-100,s9,,
    denied not-refundable stored f1,M0000001,-100,t0,,
    denied missing-field stored f1,M0000001,-100,,,
    denied before-request stored f1,M0000001,-100,s1,,2024-05-10
    stored f1,M0000001,-50,s1,,
    denied not-refundable stored f2,M0000001,-50,f1,,
}

@test "a member who is suspended gets money back; one who has left does not" {
    stored s1,M0000001,100,,r1, s2,M0000001,100,,r2,
    sqlite3 vip.db 'UPDATE account SET status = 2'
    stored f1,M0000001,-100,s1,,
    [ "$status" -eq 0 ] || complain
    sqlite3 vip.db 'UPDATE account SET status = 3'
    denied cancelled stored f2,M0000001,-100,s2,,
}

@test "cancelling a spending puts the same parts back, once" {
    stored s1,M0000001,1050,,r1,
    cancel c1,cancel,s1
    has "$out" M0000001,c1,cancel,s1,1,0,-1050.00,0,,posted,
    same "$(parts 1)" '1000.0|100.0'
    denied already-cancelled cancel c2,cancel,s1
    denied exceeds-spent stored f1,M0000001,-1,s1,,2024-05-11
    exits 0 vip-redeem --as-of=2024-05-13 <(lines request,kind,item c1,cancel,s1)
    has "$out" c1,cancel,s1,1,0,-1050.00,,,known,
    exits 0 vip-db check
}

@test "what cannot be cancelled: a part that went back, a refund, a top-up" {
    stored s1,M0000001,100,,r1,
    stored f1,M0000001,-10,s1,,
    denied already-refunded cancel c1,cancel,s1
    denied not-cancellable cancel c1,cancel,f1
    denied not-cancellable cancel c1,cancel,t0
}

# ---- what was paid with it earns by the programme

@test "what was paid by stored value earns nothing, of a split only its part" {
    lines store,receipt,date,amount,pay,member 0101,p1,2024-05-11,128,stored,M0000001 \
        '0101,p2,2024-05-11,128,stored:100.00|cash:28.00,M0000001' \
        0101,p3,2024-05-11,128,cash,M0000001 > pos.csv
    exits 0 vip-accrue --as-of=2024-05-11 pos.csv
    has "$out" p1,1,2024-05-11,sale,128.00,0,0,posted,excluded
    has "$out" p2,1,2024-05-11,sale,128.00,28,28,posted,
    has "$out" p3,1,2024-05-11,sale,128.00,128,156,posted,
    exits 0 vip-accrue --as-of=2024-05-11 pos.csv
    has "$err" '0 accepted, 3 known'
    lines store,receipt,date,amount,pay,member \
        '0101,p2,2024-05-11,128,stored:90.00|cash:38.00,M0000001' > pos.csv
    refuses 1 '[conflict]' vip-accrue --as-of=2024-05-11 pos.csv
    same "$(parts 1)" '1000.0|100.0' # the till posts what was spent by vip-redeem
    exits 0 vip-db check
}

@test "a return of a split takes back what it earned" {
    lines store,receipt,date,amount,pay,kind,original,member \
        '0101,p2,2024-05-11,128,stored:100.00|cash:28.00,sale,,M0000001' \
        '0101,p9,2024-05-11,-128,stored:-100.00|cash:-28.00,return,p2,M0000001' > pos.csv
    exits 0 vip-accrue --as-of=2024-05-11 pos.csv
    has "$out" p9,1,2024-05-11,return,128.00,-28,0,posted,
}

@test "a split that is not the whole is refused" {
    lines store,receipt,date,amount,pay,member \
        '0101,p2,2024-05-11,128,stored:100.00|cash:27.99,M0000001' > pos.csv
    refuses 1 '[split-sum]' vip-accrue --as-of=2024-05-11 pos.csv
    lines store,receipt,date,amount,pay,member \
        '0101,p2,2024-05-11,128,stored|cash:28,M0000001' > pos.csv
    refuses 1 '[bad-cell]' vip-accrue --as-of=2024-05-11 pos.csv
}

# ---- report, export, check

@test "the report: balances, and what came and went" {
    stored s1,M0000001,1050,,r1,
    stored f1,M0000001,-20,s1,,
    topup t1,M0000002,5000,Li
    exits 0 vip-report stored --as-of=2024-05-31 -f csv
    same "$out" 'member,name,store,principal,bonus,stored,opening,paid_in,given,spent,given_back,last
M0000001,张三,,0.00,70.00,70.00,0.00,1000.00,100.00,1050.00,20.00,2024-05-11
M0000002,李四,,5000.00,800.00,5800.00,0.00,5000.00,800.00,0.00,0.00,2024-05-11'
    exits 0 vip-report stored --from=2024-05-02 --as-of=2024-05-31 --member=M0000001 -f csv
    has "$out" ,70.00,1100.00,0.00,0.00,1050.00,20.00,
    hasnt "$out" M0000002
    exits 0 vip-report stored --to=2024-05-10 --as-of=2024-05-31 -f csv
    has "$out" M0000001,张三,,1000.00,100.00,1100.00,
    hasnt "$out" M0000002
    exits 0 vip-report stored --tier=gold --as-of=2024-05-31 -f csv
    hasnt "$out" M0000001
}

@test "export and audit carry it" {
    stored s1,M0000001,100,,r1,
    exits 0 vip-db export out
    same "$(< out/stored_account.csv)" 'member,principal,bonus,entries
1,900.00,100.00,3'
    has "$(< out/stored_ledger.csv)" '1,3,spend,2024-05-11,-100.00,0.00,,0101,r1,s1,'
    exits 0 vip-db audit -f csv
    has "$out" vip-redeem
}

@test "the ledger of stored value can only be added to" {
    refuses 19 'can only be added to' sqlite3 vip.db 'UPDATE stored_ledger SET principal = 1'
    refuses 19 'can only be added to' sqlite3 vip.db 'DELETE FROM stored_ledger'
}

@test "the check finds what was changed, removed or put in behind its back" {
    local statement
    stored s1,M0000001,100,,r1,
    stored f1,M0000001,-60,s1,,
    vip-db backup sound.db
    for statement in 'UPDATE stored_account SET principal = principal + 1' \
        'DELETE FROM stored_account' \
        "UPDATE redemption SET value = 1 WHERE request = 's1'" \
        'DROP TRIGGER stored_ledger_no_update; UPDATE stored_ledger SET bonus = 1, principal = -10001 WHERE entry = 3' \
        "DROP TRIGGER stored_ledger_no_update; UPDATE stored_ledger SET receipt = 'r9' WHERE entry = 3" \
        'DROP TRIGGER stored_ledger_no_delete; DELETE FROM stored_ledger WHERE entry = 4' \
        "INSERT INTO stored_ledger SELECT 2, 1, 0, day, 100, 0, NULL, NULL, NULL, 'x', batch
            FROM stored_ledger WHERE entry = 1" \
        "DROP TRIGGER stored_ledger_no_update; UPDATE stored_ledger SET undoes = 1 WHERE entry = 4"; do
        rm -f copy.db*
        cp sound.db copy.db
        exits 0 vip-db check -q --db=copy.db
        sqlite3 copy.db "$statement"
        exits 3 vip-db check -q --db=copy.db
    done
}

# ---- two records of one person

# join ROW…: records merged on 20 May 2024, under from,to,reason,by.
join_records() {
    lines from,to,reason,by "$@" > merge.csv
    exits 0 vip-enroll --merge --as-of=2024-05-20 merge.csv
}

@test "what two records of one person have stored becomes one, and goes back where it belongs" {
    topup t1,M0000002,1000,Li
    stored s1,M0000001,1050,,r1, s2,M0000002,200,,r2,
    join_records M0000001,M0000002,twice,Li
    exits 0 vip-db check
    same "$(parts 2)" '800.0|150.0'
    same "$(parts 1)" '0.0|0.0'
    exits 0 vip-report stored --as-of=2024-05-31 -f csv
    same "$(sed 1d <<< "$out")" \
        M0000002,李四,,800.00,150.00,950.00,0.00,2000.00,200.00,1250.00,0.00,2024-05-11
    stored f1,M0000001,-1050,s1,, # the old number leads to the record that stays
    has "$out" f1,stored,s1,1,0,-1050.00,0,,posted,
    cancel c1,cancel,s2
    has "$out" c1,cancel,s2,1,0,-200.00,0,,posted,
    same "$(parts 2)" '2000.0|200.0'
    exits 0 vip-db check
}

@test "a spending that was cancelled before a merge stays cancelled" {
    topup t1,M0000002,1000,Li
    stored s1,M0000001,100,,r1,
    cancel c1,cancel,s1
    join_records M0000001,M0000002,twice,Li
    exits 0 vip-db check
    denied already-cancelled cancel c2,cancel,s1
    denied exceeds-spent stored f1,M0000002,-1,s1,,2024-05-11
}
