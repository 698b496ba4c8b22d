#!/usr/bin/env bats
# Nobody's phone, ID number, address or e-mail stands whole in what a command prints or says, unless
# --reveal asks for it, which is logged with the login.
load ../helper

phone=13987651234
id_no=11010519491231002X
address=幸福大街77号
email=li.si@example.cn
other=13876540000 # nobody's

setup() {
    fresh
    shop
    vip-db load -q menswear --effective=2026-01-01 2>/dev/null || true
    lines "name,phone,id_no,address,email,enrolled,consent_sms,consent_call,consultant,store" \
        "李四,$phone,$id_no,$address,$email,2026-01-02,yes,yes,G1,S1" \
        "王五,13700001111,,,,2026-01-02,,,G1,S1" >people.csv
    exits 0 vip-enroll --as-of=2026-01-02 people.csv
    discreet
    lines store,receipt,date,amount,phone S1,R1,2026-11-01,9000,$phone S1,R2,2026-11-02,100,13700001111 >pos.csv
    exits 0 vip-accrue --as-of=2026-11-03 pos.csv
    discreet
}

# discreet: what the last command printed and said holds nothing whole.
discreet() {
    local secret
    for secret in $phone 7651234 $id_no 1949123100 $address $email $other 13700001111; do
        [[ $out$err != *"$secret"* ]] || complain "$secret stands in the output of ${1-a command}"
    done
}

# quiet_about COMMAND…: the command, whatever becomes of it, says nothing whole.
quiet_about() {
    try "$@"
    [ "$status" -lt 126 ]
    discreet "$*"
}

@test "looking up" {
    for query in $phone "+86 $phone" $id_no 李四 1234 "李四 1234" $other; do quiet_about vip-find "$query"; done
    quiet_about vip-find 李四 1234 -f json
    quiet_about vip-find 李四 -f table --lang=zh
}

@test "refusals at enrolling" {
    local row
    for row in "赵,$phone,,," "赵,,$id_no,," "赵,${phone}9,,," "赵,,11010519491231003X,," \
        "赵,$other,,$address,$email" "李四,$phone,11010519491231002X,$address 8,$email" ",$other,,,"; do
        quiet_about vip-enroll --as-of=2026-11-03 <<<"name,phone,id_no,address,email"$'\n'"$row"
        quiet_about vip-enroll --update --as-of=2026-11-03 <<<"name,phone,id_no,address,email"$'\n'"$row"
    done
    for job in --suspend --resume --cancel --approve; do
        quiet_about vip-enroll $job -n <<<"phone,id_no,name,reason"$'\n'"$phone,$id_no,王五,x"
        quiet_about vip-enroll $job -n <<<"phone,reason"$'\n'"$phone,x"
        quiet_about vip-enroll $job -n <<<"phone,reason"$'\n'"$other,x"
    done
    quiet_about vip-enroll --merge -n <<<"from,to,reason"$'\n'"13700001111,$phone,one"
    quiet_about vip-enroll --merge -n <<<"from,to,reason"$'\n'"$other,$phone,one"
    quiet_about vip-enroll --forget -n <<<"phone"$'\n'"$phone"
    quiet_about vip-enroll <<<"name,phone,referrer"$'\n'"赵,13600000000,$other"
}

@test "the till, the desk and the cards" {
    local date=2026-11-04 number=0 who
    for who in $phone $other; do
        number=$((number + 1))
        quiet_about vip-accrue --as-of=$date <<<"store,receipt,date,amount,phone"$'\n'"S1,Q$number,$date,10,$who"
        quiet_about vip-accrue --as-of=$date <<<"store,receipt,date,amount,phone,name"$'\n'"S1,P$number,$date,10,$who,王五"
        quiet_about vip-redeem --as-of=$date <<<"request,kind,phone,item"$'\n'"q$number,reward,$who,mug"
        quiet_about vip-card issue --as-of=$date <<<"phone"$'\n'"$who"
        quiet_about vip-card replace --as-of=$date <<<"phone"$'\n'"$who"
        quiet_about vip-contact --as-of=$date <<<"phone,kind,outcome"$'\n'"$who,birthday,sent"
        quiet_about vip-tier --grant --as-of=$date <<<"phone,tier,until,reason,by"$'\n'"$who,member,2027-01-01,x,boss"
        quiet_about vip-staff history "$who"
    done
    quiet_about vip-accrue --as-of=$date <<<"store,receipt,date,amount,phone,id_no"$'\n'"S1,Z,$date,10,$phone,$id_no"
    quiet_about vip-redeem --offers --as-of=$date
    quiet_about vip-card list
    quiet_about vip-staff reassign --from=G1 --to=G2 --as-of=$date
    quiet_about vip-expire --as-of=$date
    quiet_about vip-tier --as-of=$date
    quiet_about vip-tier --full --as-of=$date
    quiet_about vip-tier --explain=$phone,M0000001 --as-of=$date
}

@test "lists to contact: the number is for --reveal" {
    quiet_about vip-remind --as-of=2026-11-04
    [ "$(wc -l <<<"$out")" -gt 1 ]
    quiet_about vip-remind --as-of=2026-11-04 -f json --ahead=60
    quiet_about vip-remind --as-of=2026-11-04 --format=ics
    quiet_about vip-remind --as-of=2026-11-04 --template=holiday <<<"member"$'\n'M0000001 -
}

@test "every report" {
    local name seen=0
    while read -r name; do
        quiet_about vip-report "$name" --as-of=2026-11-30 -f csv
        quiet_about vip-report "$name" --as-of=2026-11-30 -f csv --member=M0000001
        quiet_about vip-report "$name" --as-of=2026-11-30 -f table --period=2026
        seen=$((seen + 1))
    done < <(cd "$VIP_ROOT/share/reports" && printf '%s\n' *.sql | sed 's/\.sql$//')
    [ "$seen" -gt 10 ]
}

@test "the database's own lists and copies" {
    quiet_about vip-db info
    quiet_about vip-db check
    quiet_about vip-db audit
    exits 0 vip-db export out
    out=$(cat out/*.csv)
    discreet 'vip-db export'
}

@test "messages about what cannot be" {
    quiet_about vip-card lost <<<"card"$'\n'"$phone"
    quiet_about vip-accrue <<<"store,receipt,date,amount,member"$'\n'"S1,X,2026-11-04,1,$phone"
    quiet_about vip-redeem <<<"request,kind,member,item"$'\n'"q,reward,$id_no,mug"
}

@test "what is moved by hand, brought along, and told of cards and staff" {
    local date=2026-11-04 who number=0
    for who in $phone $other; do
        number=$((number + 1))
        quiet_about vip-accrue --adjust --as-of=$date <<<"request,phone,points,reason,by"$'\n'"a$number,$who,5,x,boss"
        quiet_about vip-accrue --transfer --as-of=$date <<<"request,from,to,points,reason,by"$'\n'"t$number,$who,13700001111,1,x,boss"
        quiet_about vip-accrue --transfer --as-of=$date <<<"request,from,to,points,reason,by"$'\n'"u$number,13700001111,$who,1,x,boss"
        quiet_about vip-accrue --topup --as-of=$date <<<"request,phone,amount,by"$'\n'"s$number,$who,100,boss"
        quiet_about vip-redeem --as-of=$date <<<"request,kind,phone,amount"$'\n'"v$number,stored,$who,5"
        quiet_about vip-contact --complaint --as-of=$date <<<"complaint,phone,step,by"$'\n'"c$number,$who,heard,boss"
        quiet_about vip-enroll --opening --as-of=$date <<<"phone,points,date"$'\n'"$who,5,2026-01-01"
        quiet_about vip-card lost --as-of=$date <<<"phone,reason"$'\n'"$who,x"
        quiet_about vip-card activate --as-of=$date <<<"phone"$'\n'"$who"
        quiet_about vip-card renew --as-of=$date <<<"phone"$'\n'"$who"
        quiet_about vip-card cancel --as-of=$date <<<"phone,reason"$'\n'"$who,x"
        quiet_about vip-card history "$who"
        quiet_about vip-remind --as-of=$date --template=holiday <<<"phone"$'\n'"$who" -
    done
    quiet_about vip-card lost --as-of=$date <<<"name,phone"$'\n'"李四,1234"
    quiet_about vip-staff list
    quiet_about vip-staff roster --as-of=$date <<<"staff,name,store,since"$'\n'"G9,王五,S1,2026-01-01"
    quiet_about vip-staff reassign --even --store=S1 --as-of=$date
    quiet_about vip-tier --near=50% --as-of=$date
}

@test "other formats are as discreet as csv" {
    needs_tool python3
    local format
    for format in csv tsv json table html; do
        quiet_about vip-find 李四 -f $format
        quiet_about vip-remind --as-of=2026-11-04 -f $format
        quiet_about vip-report dossier --member=M0000001 --as-of=2026-11-30 -f $format
    done
    vip-report dossier --member=M0000001 --as-of=2026-11-30 -o dossier.xlsx
    out=$(python3 -c 'import sys, zipfile
book = zipfile.ZipFile(sys.argv[1])
sys.stdout.write("".join(book.read(name).decode("utf-8", "replace") for name in book.namelist()))' dossier.xlsx)
    has "$out" 李四
    discreet 'a workbook'
}

@test "no command is left out here" {
    local command
    for command in "$VIP_BUILD"/bin/vip-*; do
        grep -q "quiet_about ${command##*/} " "$BATS_TEST_FILENAME" || complain "$command is not tried"
    done
}

@test "--reveal shows them, and the audit log knows who looked" {
    needs_tool sqlite3
    exits 0 vip-find --reveal 李四
    has "$out" $phone
    exits 0 vip-report birthdays --reveal --as-of=2026-11-30 -f csv
    exits 0 vip-db export --reveal out
    same "$(sqlite3 "$VIP_DB" "SELECT DISTINCT b.login FROM event e JOIN batch b USING (batch)
        WHERE e.what = 'reveal'")" "$(getent passwd "$(id -u)" | cut -d: -f1)"
    same "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM event WHERE what = 'reveal'")" 3
}
