#!/usr/bin/env bats
# vip-enroll: applications, what refuses them, changes and statuses.
load ../helper

# login: the name that the user database has for us.
login() { getent passwd "$(id -u)" | cut -d: -f1; }

# sql TEXT: what the database holds.
sql() { sqlite3 "$VIP_DB" "$1"; }

# preset NAME KEY=VALUE…: a database of that preset with keys of program.csv changed.
preset() {
    local name=$1 pair
    shift
    cp -r "$VIP_ROOT/share/programs/$name" programme
    for pair; do
        sed -i "s/^${pair%%=*},.*/${pair%%=*},${pair#*=}/" programme/program.csv
    done
    vip-db init -q --program=programme
}

# rows COLUMNS ROW…: vip-enroll on these rows, as of 2026-11-21.
rows() {
    lines "$@" >rows.csv
    try vip-enroll --as-of=2026-11-21 rows.csv
}

# refused REASON COLUMNS ROW: the row is refused with that word, and nothing is kept of it.
refused() {
    local reason=$1 before
    shift
    before=$(sql 'SELECT count(*) FROM member')
    rows "$@"
    [ "$status" -eq 1 ] || complain "expected status 1"
    has "$err" "[$reason]"
    same "$(sql 'SELECT count(*) FROM member')" "$before"
    same "$out" "member,card,name,tier,status,reason"
}

# ---- new members ----

@test "applications of a Chinese spreadsheet in GB18030 become members with a card" {
    shop
    lines 姓名,手机号,生日,性别,职业 张三,138-1234-5678,1980/11/21,女,教师 \
        '李　四,+86 13812345679,农历八月十五,先生,' | iconv -t GB18030 >form.csv
    exits 0 vip-enroll --as-of=2026-11-21 form.csv
    same "$out" "$(lines member,card,name,tier,status,reason \
        M0000001,K000001,张三,member,enrolled, M0000002,K000002,李　四,member,enrolled,)"
    needs_tool sqlite3
    same "$(sql 'SELECT phone, birthday, birth_month, birth_day, gender, name_key FROM member')" \
        "$(lines '13812345678|1980-11-21|11|21|F|张三' '13812345679|L08-15|108|15|M|李四')"
    same "$(sql 'SELECT field, value FROM dossier')" 'job|教师'
    same "$(sql 'SELECT status, enrolled FROM account')" "$(lines '1|20778' '1|20778')"
}

# headings N: a heading line with the Nth name that share/headers.csv has for each column of an
# application; where there are fewer, the English one.
headings() {
    awk -F, -v n="$1" -v list="$columns" '
        NR == FNR && FNR > 1 { names[$1] = $2 "|" $3 "|" $4 }
        END {
            count = split(list, column, ",")
            for (i = 1; i <= count; i++) {
                found = split(names[column[i]], name, "|")
                printf "%s%s", (i == 1 ? "" : ","), (n <= found ? name[n] : column[i])
            }
            print ""
        }' "$VIP_ROOT/share/headers.csv"
}

@test "every column of an application is known under each of its names" {
    needs_tool sqlite3
    shop --program=menswear
    local columns=name,phone,birthday,id_no,gender,address,email,store,consultant,enrolled,source
    columns+=,receipt,spent,category,brand,referrer,member,card,consent_sms,consent_call
    columns+=,application,reason,by,size,job,style,hobbies
    local cells=王芳,13912345678,1949-12-31,11010519491231002X,女,中山路12号,w@example.cn,S1,G1,2026-11-20
    cells+=,团购,R1,5680,business,main,M1,VIP7,80001234,是,否,A7,moved,王经理,L,教师,商务,读书
    rows member,name,phone M1,李四,13812345670
    local n before='' now
    for n in {1..30}; do
        { headings "$n"; echo "$cells"; } >form.csv
        exits 0 vip-enroll --as-of=2026-11-21 form.csv
        hasnt "$err" 'passed over'
        now=$(sql "SELECT m.*, d.*, c.card FROM member AS m JOIN dossier AS d ON d.member = m.id
            JOIN card AS c ON c.member = m.id WHERE m.member = 'VIP7'")
        same "$now" "${before:-$now}"
        before=$now
    done
    same "$(wc -l <<<"$now")" 4
    for cell in ${cells//,/ }; do
        case $cell in
        女 | 是 | 否 | 团购 | S1 | G1 | M1 | business | main | 2026-11-20 | 5680 | moved | 王经理) ;;
        *) has "$now" "$cell" ;;
        esac
    done
    has "$now" '|F|'
    has "$now" '|group|1|R1|568000|'
    [ "$(headings 10)" != "$(headings 30)" ]
}

@test "the same file again is known and writes nothing" {
    needs_tool sqlite3
    shop
    rows name,phone,birthday,id_no 张三,13812345678,,11010519491231002X 李四,13812345679,11-21,
    local before
    before=$(sql .dump)
    exits 0 vip-enroll --as-of=2026-11-22 rows.csv
    same "$out" "$(lines member,card,name,tier,status,reason \
        M0000001,K000001,张三,member,known, M0000002,K000002,李四,member,known,)"
    has "$err" '2 rows read, 0 accepted, 2 known, 0 refused'
    same "$(sql .dump)" "$before"
}

@test "the same key with another content is a conflict" {
    needs_tool sqlite3
    shop
    rows application,name,phone A1,张三,13812345678
    refused conflict application,name,phone A1,张四,13812345678
    refused conflict application,name,phone A1,张三,13812345679
    rows application,name,phone,email A1,,13812345678,
    has "$err" '[missing-field]'
    rows application,name A1,张三
    [ "$status" -eq 0 ]
    has "$out" known
}

@test "numbers do not depend on how the input is cut" {
    needs_tool sqlite3
    shop
    { lines name,phone; seq 10000 27000 | sed 's/.*/N&,138000&/'; } >all.csv
    exits 0 vip-enroll -q all.csv
    sql 'SELECT m.member, m.name, c.card FROM member m JOIN card c ON c.member = m.id ORDER BY 1' >one
    rm "$VIP_DB"*
    shop
    sed -n 1,2000p all.csv >first.csv
    { lines name,phone; sed 1,2000d all.csv; } >second.csv
    exits 0 vip-enroll -q first.csv second.csv
    sql 'SELECT m.member, m.name, c.card FROM member m JOIN card c ON c.member = m.id ORDER BY 1' >two
    cmp one two
    same "$(tail -n 1 one)" 'M0017001|N27000|K017001'
}

@test "given numbers are kept, and made ones pass them over" {
    shop
    rows member,card,name,phone M0000002,K000001,张三,13812345678 ,,李四,13812345679 \
        ,,王五,13812345670
    same "$out" "$(lines member,card,name,tier,status,reason M0000002,K000001,张三,member,enrolled, \
        M0000001,K000002,李四,member,enrolled, M0000003,K000003,王五,member,enrolled,)"
    rows member,card,name,phone M0000001,,赵六,13812345671 ,K000002,赵六,13812345671
    [ "$status" -eq 1 ]
    same "$(grep -c '\[conflict\]' <<<"$err")" 2
}

@test "a refused row uses up no number" {
    shop
    rows name,phone 张三,13812345678 李四,123 王五,13812345670
    [ "$status" -eq 1 ]
    has "$out" M0000002,K000002,王五
}

@test "--dry-run shows everything and keeps nothing" {
    needs_tool sqlite3
    shop
    local before
    before=$(sql .dump)
    lines name,phone 张三,13812345678 >rows.csv
    exits 0 vip-enroll -n rows.csv
    has "$out" M0000001,K000001,张三,member,enrolled,
    same "$(sql .dump)" "$before"
}

@test "the login and the file are in the audit log" {
    needs_tool sqlite3
    shop
    rows name,phone 张三,13812345678
    same "$(sql 'SELECT login, command, file FROM batch ORDER BY batch DESC LIMIT 1')" \
        "$(login)|vip-enroll|rows.csv"
}

# ---- what refuses an application ----

@test "each mistake has its word" {
    needs_tool sqlite3
    shop
    rows name,phone,id_no 张三,13812345678,11010519491231002X
    refused missing-field name,phone ,13812345670
    refused missing-field name,email 李四,l@example.cn
    refused bad-phone name,phone 李四,12345
    refused bad-phone name,phone 李四,02885551234
    refused spoilt-number name,phone 李四,1.38E+10
    refused bad-id-no name,phone,id_no 李四,13812345670,110105194912310021
    refused spoilt-number name,phone,id_no 李四,13812345670,510322199001012000
    refused birthday-disagrees name,phone,id_no,birthday 李四,13812345670,440524199001010018,1990-01-02
    refused gender-disagrees name,phone,id_no,gender 李四,13812345670,440524199001010018,女
    refused bad-date name,phone,birthday 李四,13812345670,2026-02-30
    refused bad-date name,phone,birthday 李四,13812345670,2027-01-01
    refused bad-date name,phone,enrolled 李四,13812345670,2026-11-22
    refused bad-value name,phone,gender 李四,13812345670,X
    refused bad-value name,phone,consent_sms 李四,13812345670,maybe
    refused bad-value name,phone,source 李四,13812345670,friend
    refused bad-amount name,phone,spent 李四,13812345670,1e3
    refused bad-amount name,phone,spent 李四,13812345670,-5
    refused missing-field name,phone,source 李四,13812345670,special
    refused missing-field name,phone,source 李四,13812345670,group
    refused missing-field name,phone,source 李四,13812345670,referral
    refused no-such-referrer name,phone,referrer 李四,13812345670,M77
    refused duplicate-phone application,name,phone A9,李四,13812345678
    refused duplicate-id-no name,phone,id_no 张三,13812345670,11010519491231002X
}

@test "other rows go through, and the refused ones are kept with their reason" {
    shop
    lines 姓名,手机 张三,13812345678 李四,123 王五,13812345670 >form.csv
    exits 1 vip-enroll -r refused.csv form.csv
    same "$(wc -l <<<"$out")" 3
    same "$(cut -d, -f1-4 refused.csv)" "$(lines 姓名,手机,line,reason 李四,123,3,bad-phone)"
}

@test "no message holds a whole phone or ID number" {
    shop
    lines application,name,phone,id_no A1,张三,13812345678,11010519491231002X >one.csv
    lines application,name,phone,id_no A2,李四,13812345678, A3,李四,,11010519491231002X >two.csv
    exits 0 vip-enroll one.csv
    exits 1 vip-enroll two.csv
    hasnt "$out$err" 13812345678
    hasnt "$out$err" 11010519491231002X
    has "$err" M0000001
}

@test "minimum age counts full years on the day of enrolment" {
    needs_tool sqlite3
    preset basic minimum_age=18
    refused too-young name,phone,birthday 李四,13812345670,2008-11-22
    rows name,phone,birthday 李四,13812345670,2008-11-21
    [ "$status" -eq 0 ]
}

@test "one card a household, however the address is written" {
    needs_tool sqlite3
    preset mall
    rows name,phone,id_no,address 张三,13812345678,11010519491231002X,成都市武侯区中山路12号3单元501室
    [ "$status" -eq 0 ]
    refused household name,phone,id_no,address \
        '李四,13812345670,440524199001010018,成都市 武侯区中山路１２-3-501'
    rows name,phone,id_no,address 李四,13812345670,440524199001010018,成都市武侯区中山路12号3单元502室
    [ "$status" -eq 0 ]
}

@test "a household whose member has left may have a new card" {
    preset mall
    rows name,phone,id_no,address 张三,13812345678,11010519491231002X,成都市中山路12号
    lines member,reason M0000001,moved >leave.csv
    exits 0 vip-enroll --cancel leave.csv
    rows name,phone,id_no,address 李四,13812345670,440524199001010018,成都市中山路12号
    [ "$status" -eq 0 ]
}

# ---- tiers that must be earned ----

@test "below the threshold there is no card, but by a special grant" {
    needs_tool sqlite3
    preset department-store
    refused below-threshold name,phone,spent,receipt 张三,13812345678,999.99,R1
    rows name,phone,spent,receipt 张三,13812345678,1000,R1
    has "$out" ',张三,vip,enrolled,'
    rows name,phone,source,by 李四,13812345670,special,王经理
    has "$out" ',李四,vip,enrolled,special'
    same "$(sql "SELECT expires FROM card WHERE card = 'K000001'")" \
        "$(sql "SELECT CAST(julianday('2027-11-21') - julianday('1970-01-01') AS INTEGER)")"
}

@test "an accumulation card is opened where the programme has one" {
    needs_tool sqlite3
    preset menswear
    rows name,phone,spent,receipt 张三,13812345678,4999,R1
    has "$out" ',张三,accumulation,enrolled,accumulation'
    same "$(sql 'SELECT virtual, tier FROM card')" '1|accumulation'
    rows name,phone,spent,receipt 李四,13812345670,15000,R2
    has "$out" ',李四,diamond,enrolled,'
    same "$(sql "SELECT virtual, tier FROM card WHERE card = 'K000002'")" '0|diamond'
}

@test "a group purchase makes one member" {
    needs_tool sqlite3
    preset menswear
    rows name,phone,store,receipt,spent,source 张三,13812345678,S1,R1,20000,团购
    [ "$status" -eq 0 ]
    refused group-card name,phone,store,receipt,spent,source 李四,13812345670,S1,R1,20000,group
    rows name,phone,store,receipt,spent,source 李四,13812345670,S2,R1,20000,group
    [ "$status" -eq 0 ]
}

@test "joining, referring and being referred bring their bonus, once" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" programme
    lines 'rule,effect,points,per,when' 'base,earn,1,1,' 'join,once,100,,enrolment' \
        'bring,once,200,,referral' 'brought,once,50,,referred' >programme/earn.csv
    exits 0 vip-db init -q --program=programme
    rows name,phone,referrer 张三,13812345678, 李四,13812345670,13812345678 \
        王五,13812345671,K000001
    [ "$status" -eq 0 ] || complain "all three come in"
    same "$(sql 'SELECT balance FROM account ORDER BY member')" "$(lines 300 150 150)"
    exits 0 vip-enroll --as-of=2026-11-21 rows.csv
    same "$(sql 'SELECT balance FROM account ORDER BY member')" "$(lines 300 150 150)"
    exits 0 vip-db check --as-of=2026-11-21
}

# ---- the form ----

@test "the fields of the form are read by their names and labels, and judged by their kind" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" programme
    lines field,label_en,label_zh,required,kind name,Name,姓名,yes,text \
        'shoe,Shoe size,穿多大鞋,yes,number' 'wedding,Wedding day,结婚纪念日,no,date' \
        'hall,Hall,厅,no,choice:东|西' >programme/fields.csv
    exits 0 vip-db init -q --program=programme
    rows 姓名,手机,穿多大鞋,结婚纪念日,厅 张三,13812345678,42.5,2010年5月1日,东
    [ "$status" -eq 0 ] || complain "the row is good"
    same "$(sql 'SELECT field, value FROM dossier ORDER BY 1')" \
        "$(lines 'hall|东' 'shoe|42.5' 'wedding|2010-05-01')"
    refused missing-field name,phone,shoe 李四,13812345670,
    refused bad-value name,phone,shoe 李四,13812345670,large
    refused bad-date name,phone,shoe,wedding 李四,13812345670,40,2010-02-30
    refused bad-value name,phone,shoe,hall 李四,13812345670,40,南
    refused conflict name,phone,shoe 张三,13812345678,41
}

@test "columns that nobody knows are named once" {
    shop
    rows name,phone,星座 张三,13812345678,狮子
    has "$err" 'columns passed over: 星座'
}

# ---- changes ----

@test "--update takes over cells that are not empty, and notes which, not what" {
    needs_tool sqlite3
    shop
    rows name,phone,email,size 张三,13812345678,a@example.cn,L
    lines member,phone,email,size,consent_sms M0000001,13900000001,,XL,yes >changes.csv
    exits 0 vip-enroll --update changes.csv
    same "$out" "$(lines member,card,name,tier,status,reason \
        'M0000001,K000001,张三,member,updated,phone consent_sms size')"
    same "$(sql 'SELECT phone, email, consent_sms FROM member')" '13900000001|a@example.cn|1'
    same "$(sql 'SELECT value FROM dossier')" XL
    same "$(sql "SELECT detail FROM event WHERE what = 'update'")" 'phone consent_sms size'
    exits 0 vip-enroll --update changes.csv
    has "$out" known
    # What the old application says is no longer so.
    exits 1 vip-enroll rows.csv
    has "$err" '[conflict]'
}

@test "--update changes nobody who is not a member, and judges papers again" {
    shop
    rows name,phone 张三,13812345678 李四,13812345670
    lines member,phone,id_no M9,13812345671, M0000002,13812345678, M0000002,,110105194912310021 \
        M0000002,, >changes.csv
    exits 1 vip-enroll --update changes.csv
    has "$err" '[no-such-member]'
    has "$err" '[duplicate-phone]'
    has "$err" '[bad-id-no]'
    has "$err" '4 rows read, 0 accepted, 1 known, 3 refused'
}

@test "what is said once at enrolment is not changed" {
    shop
    rows name,phone 张三,13812345678
    lines member,source,spent M0000001,special,5 >changes.csv
    exits 0 vip-enroll -v --update changes.csv
    has "$err" 'columns passed over: source, spent'
    has "$out" known
}

# ---- statuses ----

@test "suspend, resume, cancel: each with its reason in the audit log" {
    needs_tool sqlite3
    shop
    rows name,phone 张三,13812345678
    lines card,reason,by K000001,misuse,王经理 >case.csv
    exits 0 vip-enroll --suspend case.csv
    has "$out" M0000001,K000001,张三,member,suspended,misuse
    exits 0 vip-enroll --suspend case.csv
    has "$out" known
    same "$(sql 'SELECT status FROM account')" 2
    exits 0 vip-enroll --resume case.csv
    same "$(sql 'SELECT status FROM account')" 1
    exits 0 vip-enroll --cancel case.csv
    same "$(sql 'SELECT status FROM account')" 3
    same "$(sql 'SELECT state FROM card')" 5
    refuses 1 wrong-status vip-enroll --resume case.csv
    same "$(sql "SELECT what, detail FROM event WHERE member = 1 ORDER BY event")" \
        "$(lines 'suspend|misuse; by 王经理' 'resume|misuse; by 王经理' 'cancel|misuse; by 王经理')"
}

@test "a suspended member earns and cannot redeem, until it is lifted" {
    cp -r "$VIP_ROOT/share/programs/basic" programme
    lines reward,kind,name_en,name_zh,cost,value mug,gift,Mug,马克杯,40,20 >programme/rewards.csv
    exits 0 vip-db init -q --program=programme
    rows name,phone 张三,13812345678
    exits 0 vip-enroll --suspend --as-of=2026-11-21 <<<$'member,reason,by\nM0000001,misuse,王经理'
    exits 0 vip-accrue --as-of=2026-11-22 <<<$'store,receipt,date,amount,member\nS1,R1,2026-11-22,100,M0000001'
    has "$out" ,100,100,posted
    local wish=$'request,kind,member,item\nQ1,reward,M0000001,mug'
    refuses 1 '[suspended]' vip-redeem --as-of=2026-11-22 <<<"$wish"
    exits 0 vip-enroll --resume --as-of=2026-11-23 <<<$'member,by\nM0000001,王经理'
    exits 0 vip-redeem --as-of=2026-11-23 <<<"$wish"
    has "$out" ,-40,
    exits 0 vip-db audit
    has "$out" 'suspend,M0000001,misuse; by 王经理'
    has "$out" 'resume,M0000001,by 王经理'
    # The clerk who is asked why reads it in the dossier.
    exits 0 vip-report dossier --member=M0000001 -f csv --as-of=2026-11-23
    same "$(grep ^history <<<"$out")" "$(lines "history,resume,2026-11-23,by 王经理 ($(login))" \
        "history,suspend,2026-11-21,misuse; by 王经理 ($(login))")"
}

@test "optional fields that were not given are remembered, asked for, and taken later" {
    shop --program=menswear
    rows name,phone,birthday,gender,id_no,address,email,job,size,style,hobbies,consent_call,enrolled \
        王芳,13812345678,1980-05-06,女,,,,教师,,商务,,是,2026-01-05 \
        李四,13812345670,,,,,,,,,,,2026-01-05
    exits 0 vip-report completeness -f csv --as-of=2026-02-05
    has "$out" email,邮箱,no,2,0,2
    has "$out" job,职业,no,2,1,1
    has "$out" name,姓名,yes,2,2,0
    exits 0 vip-report dossier --member=M0000001 -f csv --as-of=2026-02-05
    same "$(grep ^missing <<<"$out" | cut -d, -f2 | xargs)" 'id_no address email size hobbies'
    exits 0 vip-remind --kind=dossier --as-of=2026-02-05 -f csv
    has "$out" 尺码
    hasnt "$out" 职业
    exits 0 vip-enroll --update --as-of=2026-02-06 <<<$'member,尺码,爱好,address,email,id_no
M0000001,L,读书,成都市中山路12号,w@example.cn,510104198005060027'
    has "$out" 'id_no address email size hobbies'
    exits 0 vip-report dossier --member=M0000001 -f csv --as-of=2026-02-06
    hasnt "$out" missing
    exits 0 vip-remind --kind=dossier --as-of=2026-02-06 -f csv
    hasnt "$out" M0000001
}

@test "suspending and cancelling need a reason" {
    shop
    rows name,phone 张三,13812345678
    lines member M0000001 >case.csv
    refuses 1 missing-field vip-enroll --suspend case.csv
    refuses 1 missing-field vip-enroll --cancel case.csv
}

@test "where the programme reviews, members and cards wait for approval" {
    needs_tool sqlite3
    preset basic review=yes
    rows name,phone 张三,13812345678
    has "$out" ',pending,'
    same "$(sql 'SELECT a.status, c.state FROM account a JOIN card c ON c.member = a.member')" '0|0'
    lines phone 13812345678 >yes.csv
    # Purchases count already; nothing is handed out yet, and no card.
    exits 0 vip-accrue --as-of=2026-11-21 <<<$'store,receipt,date,amount,phone\nS1,R1,2026-11-21,100,13812345678'
    has "$out" ,100,100,posted
    refuses 1 '[wrong-status]' vip-card lost yes.csv
    exits 0 vip-enroll --approve yes.csv
    has "$out" M0000001,K000001,张三,member,approved,
    same "$(sql 'SELECT a.status, c.state FROM account a JOIN card c ON c.member = a.member')" '1|1'
    exits 0 vip-enroll --approve yes.csv
    has "$out" known
}

@test "bonuses of joining wait for the approval, on both sides" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" programme
    sed -i 's/^review,.*/review,yes/' programme/program.csv
    lines 'rule,effect,points,per,when' 'base,earn,1,1,' 'join,once,100,,enrolment' \
        'bring,once,200,,referral' 'brought,once,50,,referred' >programme/earn.csv
    exits 0 vip-db init -q --program=programme
    rows name,phone,referrer 张三,13812345678, 李四,13812345670,13812345678
    same "$(sql 'SELECT balance FROM account')" "$(lines 0 0)"
    exits 0 vip-enroll --approve --as-of=2026-11-23 <<<$'phone\n13812345670'
    same "$(sql 'SELECT balance FROM account')" "$(lines 200 150)"
    exits 0 vip-enroll --approve --as-of=2026-11-24 <<<$'phone\n13812345670\n13812345678'
    same "$(sql 'SELECT balance FROM account')" "$(lines 300 150)"
    same "$(sql "SELECT member, date(day * 86400, 'unixepoch'), ref FROM ledger")" \
        "$(lines '1|2026-11-23|bring' '1|2026-11-24|join' '2|2026-11-23|join' '2|2026-11-23|brought')"
    exits 0 vip-db check --as-of=2026-11-24
}

@test "a bonus for referring goes to whom the referrer has become, and to nobody who has left" {
    needs_tool sqlite3
    cp -r "$VIP_ROOT/share/programs/basic" programme
    lines 'rule,effect,points,per,when' 'base,earn,1,1,' 'bring,once,200,,referral' >programme/earn.csv
    exits 0 vip-db init -q --program=programme --as-of=2026-01-01
    rows name,phone 张三,13812345678 李四,13812345670 王五,13812345671
    sed -i 's/^review,.*/review,yes/' programme/program.csv
    exits 0 vip-db load -q --effective=2026-11-22 programme
    exits 0 vip-enroll -q --as-of=2026-11-22 <<<$'name,phone,referrer\n甲,13812345601,M0000001\n乙,13812345602,M0000003'
    exits 0 vip-enroll -q --merge --as-of=2026-11-23 <<<$'from,to,reason\nM0000001,M0000002,one person'
    exits 0 vip-enroll -q --cancel --as-of=2026-11-23 <<<$'member,reason\nM0000003,moved'
    exits 0 vip-enroll -q --approve --as-of=2026-11-24 <<<$'phone\n13812345601\n13812345602'
    same "$(sql 'SELECT balance FROM account ORDER BY member' | xargs)" '0 200 0 0 0'
    exits 0 vip-db check --as-of=2026-11-24
}

@test "who waits for approval is listed, and the list is what is approved" {
    preset basic review=yes
    rows name,phone 张三,13812345678 李四,13812345670 王五,13812345671
    exits 0 vip-enroll --cancel <<<$'phone,reason\n13812345670,not her phone'
    exits 0 vip-card list --state=issued -o waiting.csv --lang=zh --excel
    exits 0 vip-enroll --approve waiting.csv
    same "$(tail -n +2 <<<"$out" | cut -d, -f1,5 | xargs)" 'M0000001,approved M0000003,approved'
    exits 0 vip-card list --state=issued
    same "$(wc -l <<<"$out")" 1
}

@test "an application that is turned down ends, with its reason, and brought nobody a bonus" {
    needs_tool sqlite3
    preset basic review=yes
    rows name,phone 张三,13812345678
    exits 0 vip-enroll --cancel --as-of=2026-11-22 <<<$'phone,reason,by\n13812345678,not her phone,王经理'
    has "$out" M0000001,,张三,,cancelled,not her phone
    same "$(sql 'SELECT a.status, c.state, a.balance FROM account a JOIN card c USING (member)')" '3|5|0'
    refuses 1 wrong-status vip-enroll --approve <<<$'phone\n13812345678'
}

@test "who applies for a relative gives the relative's data; who it was is kept beside it" {
    needs_tool sqlite3
    shop
    rows name,phone,birthday,gender,reason,by 张老太,13812345678,1940-05-06,女,女儿代办,李四
    [ "$status" -eq 0 ]
    same "$(sql 'SELECT name, phone, birthday, gender FROM member')" '张老太|13812345678|1940-05-06|F'
    same "$(sql "SELECT detail FROM event WHERE what = 'enroll'")" '女儿代办; by 李四'
    exits 0 vip-db audit
    has "$out" '女儿代办; by 李四'
    # The phone is the relative's own: nobody else can come in with it.
    refused duplicate-phone application,name,phone,reason A2,李四,13812345678,for herself
}

@test "one job at a time" {
    shop
    refuses 2 'exclude each other' vip-enroll --update --cancel </dev/null
}
