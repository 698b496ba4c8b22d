#!/usr/bin/env bats
# vip-enroll --merge and --forget: two records of one person, and a person who goes.
load ../helper

# sql TEXT: what the database holds.
sql() { sqlite3 "$VIP_DB" "$1"; }

# Two records of 王芳. The first bought for 100 and gave 40 back on her mug, the second for 300 and
# returned 50 of it; one more person stands beside them.
setup() {
    fresh
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" shop
    sed -i 's/^points_expire,.*/points_expire,24m/' shop/program.csv
    lines 'reward,kind,name_en,name_zh,cost,value,due,consume,months,tier,stock,limit,per,expires,witness' \
        'mug,gift,Mug,马克杯,40,20,any,cost,,,,,,,no' \
        'cash,voucher,Voucher,代金券,30,30,any,cost,,,,,,6m,no' >shop/rewards.csv
    shop --program=shop
    lines member,name,phone,enrolled,card,email,job \
        M1,王芳,13812340001,2026-01-10,C1,,teacher M2,王芳芳,13812340002,2025-12-01,C2,fang@example.cn,nurse \
        M3,李四,13812340003,2026-01-01,C3,, >people.csv
    vip-enroll -q --as-of=2026-01-10 people.csv
    lines store,receipt,line,date,amount,member,kind,original \
        S1,R1,1,2026-02-01,100,M1,sale, S1,R2,1,2026-01-20,300,M2,sale, \
        S1,R3,1,2026-02-03,50,M2,return,R2 S1,R4,1,2026-02-04,80,M3,sale, >pos.csv
    vip-accrue -q --as-of=2026-02-05 pos.csv
    lines request,kind,member,item,quantity Q1,reward,M1,mug,1 Q2,reward,M2,cash,1 >wishes.csv
    vip-redeem -q --as-of=2026-02-06 wishes.csv
}

# merge ROW…: from,to,reason,by.
merge() {
    lines from,to,reason,by "$@" >merge.csv
    try vip-enroll --merge --as-of=2026-03-01 merge.csv
}

sound() { exits 0 vip-db check; }

points() { vip-find -f csv "$1" | sed -n 2p | cut -d, -f1,6; }

@test "two records become one: points, lots, purchases, cards, vouchers" {
    merge 'M2,M1,same phone bill,boss'
    same "$out" "$(lines member,card,name,tier,status,reason 'M1,C1,王芳,member,merged,same phone bill')"
    sound
    # 100 - 40 and 300 - 50 - 30
    same "$(points M1)" M1,280
    for query in M2 C2 C1 13812340002 王芳芳; do same "$(points "$query")" M1,280; done
    same "$(sql "SELECT status, balance, spent FROM account WHERE member = 2")" '5|0|0'
    same "$(sql "SELECT DISTINCT m.member FROM purchase p JOIN member m ON m.id = p.member")" "$(lines M1 M3)"
    same "$(sql "SELECT count(*) FROM voucher WHERE member = 1")" 1
    same "$(sql "SELECT field, value FROM dossier WHERE member = 1")" 'job|teacher'
    same "$(sql "SELECT email FROM member WHERE id = 1")" fang@example.cn
    same "$(sql "SELECT vip.what, vip.detail FROM event vip WHERE what LIKE 'merge%' ORDER BY what")" \
        "$(lines 'merge|M2; same phone bill; by boss' 'merged|into M1; same phone bill; by boss')"
    # the lots keep their days and their ends
    same "$(sql "SELECT date(day * 86400, 'unixepoch'), date(expires * 86400, 'unixepoch'), points
                 FROM ledger WHERE member = 1 AND points > 0 ORDER BY day")" \
        "$(lines '2026-01-20|2028-01-20|300' '2026-02-01|2028-02-01|100')"
}

@test "the statement shows both histories and the merge" {
    merge 'M2,M1,one person,boss'
    exits 0 vip-report statement --member=M2 -f csv --as-of=2026-03-01
    same "$(cut -d, -f1,2,4,7,8 <<<"$out" | tail -n +2)" "$(lines \
        2026-01-20,earn,R2,300,300 2026-02-01,earn,R1,100,400 2026-02-03,return,R3,-50,350 \
        2026-02-06,redeem,Q1,-40,310 2026-02-06,redeem,Q2,-30,280 \
        '2026-03-01,transfer,merge of M2,0,280')"
    exits 0 vip-report liability -f csv --as-of=2026-03-01
    has "$out" 'earned,,480,'
    has "$out" 'outstanding,,360,'
}

@test "what was posted before is known afterwards, and returns and cancellations find their way" {
    merge 'M2,M1,one person,boss'
    exits 0 vip-accrue --as-of=2026-03-02 pos.csv
    has "$err" '0 accepted, 4 known, 0 refused'
    exits 0 vip-enroll --as-of=2026-03-02 people.csv
    has "$err" '0 accepted, 3 known, 0 refused'
    exits 0 vip-redeem --as-of=2026-03-02 wishes.csv
    has "$err" '0 accepted, 2 known, 0 refused'
    lines store,receipt,date,amount,card,kind,original S1,R9,2026-03-02,250,C2,return,R2 >back.csv
    exits 0 vip-accrue --as-of=2026-03-02 back.csv
    has "$out" M1,
    lines request,kind,member,item Q9,cancel,M2,Q1 >cancel.csv
    exits 0 vip-redeem --as-of=2026-03-02 cancel.csv
    sound
    # 280 - 250 + 40
    same "$(points M1)" M1,70
}

@test "a debt is paid from the points of the other record" {
    lines store,receipt,date,amount,member,kind,original S1,R9,2026-02-07,250,M2,return,R2 >back.csv
    exits 0 vip-accrue -q --as-of=2026-02-07 back.csv
    same "$(points M2)" M2,-30
    merge 'M2,M1,one person,boss'
    same "$(points M1)" M1,30
    sound
}

@test "points that are past their end pay no debt" {
    lines store,receipt,date,amount,member,kind,original S1,R9,2028-02-10,250,M2,return,R2 >back.csv
    exits 0 vip-accrue -q --as-of=2028-02-10 back.csv
    lines from,to,reason M2,M1,one >merge.csv
    exits 0 vip-enroll --merge --as-of=2028-02-10 merge.csv
    sound
    exits 0 vip-expire --as-of=2028-02-10
    sound
    same "$(points M1)" M1,-250
}

@test "points of the record that goes pay the debt of the one that stays" {
    lines store,receipt,date,amount,member,kind,original S1,R9,2026-02-07,100,M1,return,R1 >back.csv
    exits 0 vip-accrue -q --as-of=2026-02-07 back.csv
    same "$(points M1)" M1,-40
    merge 'M2,M1,one person,boss'
    same "$(points M1)" M1,180
    sound
    exits 0 vip-expire --as-of=2028-03-01
    same "$(points M1)" M1,0
    sound
}

@test "who looked after the record that goes is known of the one that stays, as far back as it goes" {
    exits 0 vip-enroll -q --update --as-of=2026-01-15 <<<$'member,consultant\nM2,B'
    exits 0 vip-enroll -q --update --as-of=2026-02-01 <<<$'member,consultant\nM2,C\nM1,A'
    exits 0 vip-enroll -q --update --as-of=2026-02-15 <<<$'member,consultant\nM2,D'
    merge 'M2,M1,one person,boss'
    exits 0 vip-staff history C2
    same "$(tail -n +2 <<<"$out")" "$(lines M1,王芳,B,2026-01-15,2026-01-31 M1,王芳,A,2026-02-01,)"
    # Nobody looked after M3: M1's whole history is his.
    merge 'M1,M3,one person,boss'
    exits 0 vip-staff history M3
    same "$(tail -n +2 <<<"$out")" "$(lines M3,李四,B,2026-01-15,2026-01-31 M3,李四,A,2026-02-01,)"
    sound
}

@test "a chain of merges, in one file, leads to the end" {
    merge 'M2,M1,one person,boss' 'M1,M3,and that one too,boss'
    same "$(tail -n +2 <<<"$out" | cut -d, -f1)" "$(lines M1 M3)"
    sound
    same "$(points M2)" M3,360
    same "$(points 13812340001)" M3,360
    exits 0 vip-accrue --as-of=2026-03-02 pos.csv
    has "$err" '0 accepted, 4 known, 0 refused'
    # and in two files
    lines member,name,phone M4,王五,13812340004 >late.csv
    vip-enroll -q --as-of=2026-03-02 late.csv
    merge 'M3,M4,again,boss'
    same "$(points C2)" M4,360
    sound
}

@test "the same merge again is known; what cannot be is refused" {
    merge 'M2,M1,one person,boss'
    merge 'C2,M1,one person,boss'
    [ "$status" -eq 0 ]
    has "$err" '0 accepted, 1 known, 0 refused'
    merge 'M1,M1,one person,boss'
    has "$err" '[same-member]'
    merge 'M9,M1,one person,boss'
    has "$err" '[no-such-member]'
    merge 'M3,M1,,boss'
    has "$err" '[missing-field]'
    lines member,reason M3,leaves >gone.csv
    vip-enroll -q --cancel gone.csv
    merge 'M1,M3,one person,boss'
    has "$err" '[wrong-status]'
    exits 2 vip-enroll --merge --forget merge.csv
}

@test "a merge lifts no suspension, and --dry-run keeps nothing" {
    lines member,reason M2,fraud >wrong.csv
    vip-enroll -q --suspend wrong.csv
    local before
    before=$(sql .dump)
    exits 0 vip-enroll --merge -n --as-of=2026-03-01 <<<$'from,to,reason\nM2,M1,one person'
    same "$(sql .dump)" "$before"
    merge 'M2,M1,one person,boss'
    same "$(sql 'SELECT status FROM account WHERE member = 1')" 2
}

@test "the phone of the other record can become the member's own" {
    merge 'M2,M1,one person,boss'
    lines member,phone M1,13812340002 >change.csv
    exits 0 vip-enroll --update --as-of=2026-03-02 change.csv
    same "$(points 13812340002)" M1,280
    sound
}

@test "forgotten: strings finds nothing of the person, amounts stay" {
    needs_tool strings
    lines name,phone,birthday,id_no,gender,address,email,job,hobbies,referrer \
        '赵忘记,13987650009,1949-12-31,11010519491231002X,F,忘忧路7号3单元501室,wang.ji@example.cn,astronaut,zither,M1' >who.csv
    vip-enroll -q --as-of=2026-02-01 who.csv
    lines store,receipt,date,amount,phone S1,R7,2026-02-10,700,13987650009 >pos7.csv
    vip-accrue -q --as-of=2026-02-10 pos7.csv
    lines phone,reason 13987650009,'赵忘记 shouted in the shop' >angry.csv
    vip-enroll -q --suspend angry.csv
    lines phone,reason 13987650009,'赵忘记 is sorry' >calm.csv
    vip-enroll -q --resume calm.csv
    lines 'phone,tier,until,reason,by' '13987650009,member,2027-01-01,赵忘记 knows the owner,boss' >grant.csv
    vip-tier -q --grant --as-of=2026-02-11 grant.csv
    lines request,phone,points,reason,by 'A1,13987650009,5,赵忘记 lost a receipt,boss' >adjust.csv
    vip-accrue -q --adjust --as-of=2026-02-11 adjust.csv
    lines phone,kind,outcome,note '13987650009,care,reached,赵忘记 likes zithers' >called.csv
    vip-contact -q --as-of=2026-02-12 called.csv
    lines complaint,phone,step,by,note 'P1,13987650009,heard,boss,赵忘记 found a silkworm' >moth.csv
    vip-contact -q --complaint --as-of=2026-02-12 moth.csv
    for part in 赵忘记 13987650009 11010519491231002X 忘忧路 wang.ji astronaut zither silkworm 'lost a'; do
        grep -qaF "$part" "$VIP_DB" "$VIP_DB"-wal || complain "$part was not there"
    done
    exits 0 vip-enroll --forget --as-of=2026-03-01 <<<$'phone,by\n13987650009,boss'
    same "$out" "$(lines member,card,name,tier,status,reason M0000001,,,member,forgotten,)"
    for part in 赵忘记 13987650009 8765000 11010519491231002 忘忧路 wang.ji astronaut zither shouted sorry silkworm 'lost a'; do
        for file in "$VIP_DB" "$VIP_DB"-*; do
            ! grep -aqF "$part" "$file" || complain "$part is in $file"
        done
        hasnt "$(strings -n 3 -eS "$VIP_DB"*)" "$part"
    done
    sound
    same "$(sql 'SELECT balance, spent, status FROM account WHERE member = 4')" '705|70000|4'
    exits 1 vip-find 13987650009
    exits 1 vip-enroll --update <<<$'member,name\nM0000001,赵'
    # again is known; the person may come back as another member
    exits 0 vip-enroll --forget --as-of=2026-03-01 <<<$'member\nM0000001'
    has "$err" '1 known'
    exits 0 vip-enroll --as-of=2026-03-02 who.csv
    has "$out" M0000002
}

@test "a phone that was the number of member and card is forgotten, too" {
    lines member,card,name,phone 13987650009,13987650009,赵忘记,13987650009 >who.csv
    vip-enroll -q --as-of=2026-02-01 who.csv
    vip-card replace -q --as-of=2026-02-02 who.csv
    lines store,receipt,date,amount,card S1,R7,2026-02-10,700,13987650009 >pos7.csv
    vip-accrue -q --as-of=2026-02-10 pos7.csv
    exits 0 vip-enroll --forget --as-of=2026-03-01 <<<$'phone\n13987650009'
    has "$out" forgotten:4,
    for file in "$VIP_DB" "$VIP_DB"-*; do
        ! grep -aqF 13987650009 "$file" || complain "the phone is in $file"
    done
    same "$(sql 'SELECT card, replaces FROM card WHERE member = 4 ORDER BY card')" \
        "$(lines 'K000001|forgotten:4:11' 'forgotten:4:11|')"
    same "$(sql 'SELECT balance FROM account WHERE member = 4')" 700
    sound
}

@test "who is forgotten is forgotten in the records that were merged, too" {
    merge 'M2,M1,王芳芳 is 王芳,boss'
    exits 0 vip-enroll --forget --as-of=2026-03-02 <<<$'member\nM1'
    for part in 王芳 13812340001 13812340002 fang@ nurse teacher; do
        ! grep -aqF "$part" "$VIP_DB"* || complain "$part is there"
    done
    sound
    exits 2 vip-enroll --forget --atomic <<<$'member\nM3'
}

@test "while somebody reads, forgetting says that traces may be left, and can be run again" {
    mkfifo hold
    sqlite3 "$VIP_DB" <hold >seen &
    local reader=$!
    exec 9>hold
    echo 'BEGIN; SELECT count(*) FROM member;' >&9
    until [ -s seen ]; do :; done
    VIP_BUSY_MS=50 refuses 75 'in use' vip-enroll --forget --as-of=2026-03-02 <<<$'member\nM3'
    echo 'COMMIT;' >&9
    exec 9>&-
    wait "$reader"
    exits 0 vip-enroll --forget --as-of=2026-03-02 <<<$'member\nM3'
    if grep -aqF 李四 "$VIP_DB"*; then complain 'the name is there'; fi
}
