#!/usr/bin/env bats
# vip-db export and back again: the same database, row by row, whatever was done to it; and what was
# changed on the way is found and named.
# shellcheck disable=SC2016 # the $ of sed
load ../helper

setup_file() {
    command -v sqlite3 >/dev/null || return 0
    export VIP_DB=$BATS_FILE_TMPDIR/told.db
    cd "$BATS_FILE_TMPDIR" || return
    tell >story.log 2>&1
    vip-db export -q --reveal told
}

setup() {
    needs_tool sqlite3
    fresh
    export VIP_DB=$BATS_FILE_TMPDIR/told.db
}

# does DAY HEADING ROW… COMMAND…: the rows, parted from the command by "--", on its standard input.
does() {
    local day=$1 rows=()
    shift
    while [ "$1" != -- ]; do
        rows+=("$1")
        shift
    done
    shift
    lines "${rows[@]}" | "$@" --as-of="$day"
}

# tell: a story in which everything happens that leaves a trace.
tell() {
    cp -r "$VIP_ROOT/share/programs/menswear" ours
    lines reward,kind,name_en,name_zh,cost,value,expires,witness mug,gift,Mug,马克杯,10,20,,yes \
        cash,voucher,Cash,现金券,20,50,1m, >ours/rewards.csv
    lines amount,bonus,tier 1000,100, >ours/topups.csv
    sed -i 's/^points_expire,.*/points_expire,6m/' ours/program.csv
    lines rule,effect,points,per,category,brand,store,tier,pay,promo,when,from,until \
        base,earn,1,1,,,,,,,,, welcome,once,100,,,,,,,,first-purchase,, >ours/earn.csv
    vip-db init --program=ours
    does 2026-01-01 staff,name,store,group,shift,role,since A,安,S1,鞋,早,consultant,2026-01-01 \
        B,白,S1,鞋,晚,consultant,2026-01-01 -- vip-staff roster
    does 2026-01-01 month,store,staff,target 2026-01,S1,,30 2026-01,S1,A,20 -- vip-staff targets
    does 2026-01-05 date,staff,days 2026-01-05,A, 2026-01-05,B,0.5 -- vip-staff attendance
    does 2026-01-05 member,name,phone,birthday,id_no,gender,address,email,consultant,store,enrolled,size,source,by,consent_sms,consent_call,receipt,spent \
        'M1,"张 ""三""",13800138001,1949-12-31,11010519491231002X,F,"幸福大街
77号",a@example.cn,A,S1,2026-01-05,XL,special,boss,yes,yes,,' \
        'M2,=2+3,13800138002,农历八月十五,,,"\n ",,A,S1,2026-01-05,,special,boss,yes,yes,,' \
        M3,王五,13800138003,,,,,,B,S1,2026-01-05,,special,boss,,,, \
        M4,赵六,13800138004,,,,,,B,S1,2026-01-05,,special,boss,,,, \
        M5,赵六,13800138005,,,,,,,S1,2026-01-05,,special,boss,,,, \
        M6,钱七,13800138006,,,,,,,S1,2026-01-05,,regular,,,,Q1,6000 -- vip-enroll
    does 2026-01-06 member,phone M3,13800138033 -- vip-enroll --update
    does 2026-01-06 member,points,date,spent M3,500,2026-01-02,8000 -- vip-enroll --opening
    does 2026-02-01 store,receipt,line,date,amount,quantity,category,brand,kind,original,seller,list_price,pay,member \
        S1,R1,1,2026-01-20,5680,1,business,X,,,A,6000,cash,M1 S1,R1,2,2026-01-20,398.50,2,casual,,,,A,,,M1 \
        S1,R2,1,2026-01-21,300,1,,,,,,,,M2 S1,R3,1,2026-01-21,128,1,,,,,,,, \
        S1,R4,1,2026-01-22,0.99,1,,,,,,,,M4 S1,R5,1,2026-01-23,8800,1,business,,,,,,,M5 \
        S1,T1,1,2026-01-25,100,1,,,return,R1/2,,,,M1 -- vip-accrue
    does 2026-02-02 store,receipt,date,amount,member S1,R3,2026-01-21,128,M2 -- vip-accrue
    does 2026-02-02 store,receipt,date,amount,kind,member S1,T9,2026-02-02,900,return,M4 -- \
        vip-accrue --blind-returns
    vip-tier --as-of=2026-02-03 | vip-card issue --as-of=2026-02-03
    does 2026-02-04 member,tier,until,reason,by M2,diamond,2026-12-31,'"a ""friend"""',boss -- vip-tier --grant
    vip-tier --as-of=2026-02-04
    does 2026-02-05 request,member,points,reason,by,witness a1,M1,33,'"slip, twice"',Li, -- vip-accrue --adjust
    does 2026-02-05 request,from,to,points,reason,by t1,M1,M2,50,gift,Li -- vip-accrue --transfer
    does 2026-02-05 request,member,amount,by u1,M1,1000,Li u2,M2,1000,Li -- vip-accrue --topup
    does 2026-02-06 request,kind,member,item,amount,by,witness q1,reward,M1,mug,,a,b \
        q2,reward,M1,cash,,a, q3,reward,M2,cash,,a, q4,stored,M1,,120.50,a, q5,reward,M1,mug,,a,b \
        -- vip-redeem
    does 2026-02-07 request,kind,member,item q6,cancel,M1,q5 q7,cancel,M1,q4 -- vip-redeem
    does 2026-02-07 request,kind,member,item "q8,voucher,M1,$(sqlite3 told.db \
        "SELECT voucher FROM voucher WHERE request = 'q2'")" -- vip-redeem
    does 2026-02-08 member M1 -- vip-card replace
    does 2026-02-08 member M5 -- vip-card lost
    vip-remind --mark --as-of=2026-02-03
    does 2026-02-10 member,kind,date,outcome,note,satisfaction,by M1,follow-up,2026-02-10,reached,'"said: ""好"""',5,A \
        M2,follow-up,2026-02-10,failed,,,A -- vip-contact
    does 2026-02-11 complaint,member,step,date,by,note,amount C1,M1,heard,2026-02-11,A,'"shoe
broke"', C1,M1,apologised,2026-02-11,A,sorry, C1,M1,cause,2026-02-11,A,sole, \
        C1,M1,remedy,2026-02-11,A,new, C1,M1,compensation,2026-02-11,A,,50 -- vip-contact --complaint
    vip-staff reassign --from=A --to=B --as-of=2026-02-12
    does 2026-02-12 member,reason,by M4,noise,boss -- vip-enroll --suspend
    does 2026-02-13 from,to,reason M5,M4,'one person' -- vip-enroll --merge
    does 2026-02-14 member,by M3,boss -- vip-enroll --forget
    vip-find --reveal 13800138001
    vip-db load menswear --effective=2027-01-01 --as-of=2026-02-14
    vip-expire --as-of=2026-09-01
    vip-tier --as-of=2026-09-01
    does 2026-09-02 store,receipt,date,amount,member S1,R9,2026-09-02,20,M2 -- vip-accrue
}

# dump FILE: as sqlite3 writes it.
dump() { sqlite3 "$1" .dump; }

# changed FILE SCRIPT REASON: the export with that file changed by sed is refused for REASON, and
# nothing is left.
changed() {
    rm -rf out
    cp -r "$BATS_FILE_TMPDIR/told" out
    sed -i -E "$2" "out/$1"
    cmp -s "out/$1" "$BATS_FILE_TMPDIR/told/$1" && complain "$2 changed nothing in $1"
    refuses 4 "$3" vip-db import --db=new.db out
    same "$(echo new.db*)" 'new.db*'
}

# find_line FILE TEXT: the physical line on which it stands.
find_line() { grep -nF -- "$2" "$1" | head -n 1 | cut -d: -f1; }

@test "the story fills every table, so that every table is tried" {
    local table empty=
    for table in $(sqlite3 "$VIP_DB" "SELECT name FROM sqlite_schema WHERE type = 'table'"); do
        [ "$(sqlite3 "$VIP_DB" "SELECT count(*) FROM $table")" -gt 0 ] || empty+=" $table"
    done
    same "$empty" "" || cat "$BATS_FILE_TMPDIR/story.log"
    exits 0 vip-db check -q --as-of=2026-09-02
}

@test "export and import: the dump is the same, and the import is a database like any other" {
    exits 0 vip-db import --db=new.db "$BATS_FILE_TMPDIR/told"
    has "$err" "which is whole"
    same "$(stat -c %a new.db)" 600
    same "$(echo new.db*)" new.db
    same "$(dump new.db)" "$(dump "$VIP_DB")"
    same "$(sqlite3 new.db 'PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode')" \
        "$(sqlite3 "$VIP_DB" 'PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode')"
    exits 0 vip-db check -q --db=new.db --as-of=2026-09-02
    same "$(vip-db audit --db=new.db)" "$(vip-db audit)"
    same "$(vip-find --db=new.db M1)" "$(vip-find M1)"
    lines store,receipt,date,amount,member S1,R10,2026-09-03,20,M2 >pos.csv
    exits 0 vip-accrue --db=new.db --as-of=2026-09-03 pos.csv
    exits 0 vip-db check -q --db=new.db --as-of=2026-09-03
}

@test "the export of the import is the export, byte for byte" {
    exits 0 vip-db import -q --db=new.db "$BATS_FILE_TMPDIR/told"
    exits 0 vip-db export -q --db="$VIP_DB" one
    exits 0 vip-db export -q --db=new.db two
    exits 0 diff -r one two
    # Each --reveal is itself in the audit log; but for that:
    exits 0 vip-db export -q --reveal --db=new.db three
    rm three/{batch,event,manifest}.csv
    cp -r "$BATS_FILE_TMPDIR/told" told
    rm told/{batch,event,manifest}.csv
    exits 0 diff -r told three
}

@test "texts of every kind come back: empty, blank, with quotes, backslashes, tabs and line ends" {
    one_file "$VIP_DB"
    cp "$VIP_DB" odd.db
    local number=0 text
    for text in "''" "' '" "char(92)" "char(92) || '5'" "char(92, 92)" "char(9) || '=1'" "char(9)" \
        "char(13)" "'a' || char(13, 10) || 'b' || char(13)" "char(10)" "'\"'" "',' || char(10) || '\"'" \
        "'00123'" "'1.38E+10'" "'-'" "'  王  '" "char(65279) || 'x'" "'sep=,'" "'#'" "'NULL'"; do
        number=$((number + 1))
        sqlite3 odd.db "UPDATE member SET name = $text, email = $text, gender = NULL WHERE member = 'M1';
            INSERT OR REPLACE INTO dossier SELECT id, $text, $text FROM member WHERE member = 'M1';
            INSERT INTO code VALUES (1000 + $number, $text);
            INSERT INTO contact SELECT $text, member, $text, kind, day, done_by, channel, outcome, $text,
                satisfaction, $text, batch, 1000 + $number FROM contact WHERE contact <> $text LIMIT 1"
        exits 0 vip-db export -q --reveal --db=odd.db "odd-$number"
        exits 0 vip-db import -q --db="new-$number.db" "odd-$number"
        same "$(dump "new-$number.db")" "$(dump odd.db)"
    done
}

@test "numbers that are no date, no amount, no word and no code come back" {
    one_file "$VIP_DB"
    cp "$VIP_DB" odd.db
    sqlite3 odd.db "UPDATE purchase SET list_price = 9223372036854775807, category = 77, brand = 0,
            seller = -1 WHERE receipt = 'R9';
        UPDATE card SET expires = 9999999; UPDATE member SET spent = -9223372036854775808 WHERE id = 1;
        INSERT INTO target VALUES (-99999999, 0, 0, 5, 1)"
    exits 0 vip-db export -q --reveal --db=odd.db odd
    grep -qF '\9223372036854775807' odd/purchase.csv
    exits 0 vip-db import -q --db=new.db odd
    same "$(dump new.db)" "$(dump odd.db)"
}

@test "a database is never overwritten, nor its folder made" {
    lines precious >new.db
    refuses 3 "exists already" vip-db import --db=new.db "$BATS_FILE_TMPDIR/told"
    same "$(cat new.db)" precious
    refuses 3 "is a folder" vip-db import --db="$PWD" "$BATS_FILE_TMPDIR/told"
    refuses 3 "no/such/new.db" vip-db import --db=no/such/new.db "$BATS_FILE_TMPDIR/told"
    [ ! -e no ]
    same "$(echo new.db*)" new.db
}

@test "--dry-run does all of it and keeps nothing" {
    exits 0 vip-db import -n --db=new.db "$BATS_FILE_TMPDIR/told"
    has "$err" "nothing was kept"
    same "$(echo new.db*)" 'new.db*'
}

@test "what is no export is refused" {
    refuses 2 "expected DIR" vip-db import --db=new.db
    refuses 2 "one operand too many" vip-db import --db=new.db out more
    refuses 4 "nowhere/manifest.csv" vip-db import --db=new.db nowhere
    mkdir empty
    refuses 4 "empty/manifest.csv" vip-db import --db=new.db empty
    refuses 4 "manifest.csv" vip-db import --db=new.db "$BATS_FILE_TMPDIR/story.log"
    same "$(echo new.db*)" 'new.db*'
}

@test "a masked export cannot be brought back, and says so" {
    exits 0 vip-db export -q out
    refuses 4 "export again with --reveal" vip-db import --db=new.db out
    has "$err" "out/manifest.csv:"
    same "$(echo new.db*)" 'new.db*'
}

@test "an export of another schema is for another version" {
    changed manifest.csv '2,$s/^1,/2,/' "another version of vip wrote this"
    has "$err" "out/manifest.csv:2: schema: "
    changed manifest.csv '/^1,touched,/d' "another version wrote it"
    changed manifest.csv '$a1,extra,x,text,0,00' "this version has no such table"
    changed manifest.csv '1s/digest/sum/' "not what vip-db export wrote"
}

@test "a file that is missing, cut short or longer is named" {
    cp -r "$BATS_FILE_TMPDIR/told" out
    rm out/card.csv
    refuses 4 "out/card.csv" vip-db import --db=new.db out
    changed purchase.csv '$d' "out/purchase.csv: has 8 rows, 9 were exported"
    changed code.csv '$a99,new' "out/code.csv: has "
    changed purchase.csv '3s/,[^,]*$//' "out/purchase.csv:3: has 23 cells, expected 24"
    : >out/purchase.csv
    refuses 4 "out/purchase.csv: is empty" vip-db import --db=new.db out
    changed ledger.csv '1s/,amount,/,total,/' "out/ledger.csv:1: amount: this column is missing"
    same "$(echo new.db*)" 'new.db*'
}

@test "a row twice is named with its line" {
    changed card.csv '3{p;}' "out/card.csv:4: card does not take this row: UNIQUE"
}

@test "a changed cell is named with its file and column, and its line as far as it can be told" {
    changed purchase.csv '2s/5680.00/5.68E+03/' "out/purchase.csv:2: amount: '5.68E+03' is in scientific notation"
    changed purchase.csv '2s/2026-01-20/20.1.2026/' "out/purchase.csv:2: day: '20.1.2026' is not a date"
    changed purchase.csv '2s/2026-01-20/2026-02-30/' "out/purchase.csv:2: day: '2026-02-30' does not exist"
    changed purchase.csv '2s/,sale,/,sold,/' "out/purchase.csv:2: kind: 'sold'"
    changed purchase.csv '2s/^S1,/S9,/' "out/purchase.csv:2: store: 'S9' is not in code.csv"
    changed ledger.csv '2s/^[0-9]+,/,/' "out/ledger.csv:2: member: is empty"
    changed batch.csv '2s/[0-9a-f]{4}$/xyz/' "out/batch.csv:2: hash: "
    changed purchase.csv '2s/5680.00/5680.01/' "out/purchase.csv: amount: what stands in this column"
    changed member.csv 's/,13800138001,/,1.38E+10,/' "phone: a spreadsheet took a text for a number"
    has "$err" "out/member.csv:$(find_line out/member.csv 1.38E+10)"
    changed card.csv '2,$s/^[A-Z]+/&0/' "out/card.csv: card: what stands in this column"
}

@test "the order of the rows belongs to it" {
    rm -rf out
    cp -r "$BATS_FILE_TMPDIR/told" out
    { head -n 1 out/bought.csv && sed 1d out/bought.csv | sort -r; } >sorted
    mv sorted out/bought.csv
    refuses 4 "or its order" vip-db import --db=new.db out
}

@test "what a spreadsheet does to the shape of a file is survived" {
    needs_tool python3
    cp -r "$BATS_FILE_TMPDIR/told" out
    # Saved as its own CSV: GB18030 or UTF-8 with a mark, CRLF, dates and amounts of its own, columns
    # in another order; saved as Unicode text: UTF-16 with tabs.
    python3 - out <<'PYTHON'
import csv, glob, sys
for number, path in enumerate(sorted(glob.glob(sys.argv[1] + "/*.csv"))):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for place, name in enumerate(rows[0]):
        for row in rows[1:]:
            if name in ("day", "as_of") and row[place][:1] == "2":
                row[place] = row[place].replace("-", "/")
            elif name == "amount" and row[place].endswith(".00"):
                row[place] = row[place][:-3]
    if "manifest" not in path:
        rows = [row[::-1] for row in rows]
    encoding, delimiter = [("gb18030", ","), ("utf-8-sig", ","), ("utf-16", "\t")][number % 3]
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\r\n",
                   quoting=csv.QUOTE_ALL if number % 2 else csv.QUOTE_MINIMAL).writerows(rows)
PYTHON
    exits 0 vip-db import --db=new.db out
    same "$(dump new.db)" "$(dump "$VIP_DB")"
}

@test "an encoding that holds no such bytes is refused with its line" {
    cp -r "$BATS_FILE_TMPDIR/told" out
    printf '1,\xff\xfe,2\n' >>out/dossier.csv
    refuses 4 "out/dossier.csv:" vip-db import --db=new.db out
    same "$(echo new.db*)" 'new.db*'
}

@test "the list can be changed together with a file: then the audit log knows" {
    one_file "$VIP_DB"
    cp "$VIP_DB" forged.db
    sqlite3 forged.db "DROP TRIGGER ledger_no_update; UPDATE ledger SET points = points + 1000
        WHERE member = 1 AND entry = 1"
    exits 0 vip-db export -q --reveal --db=forged.db forged
    refuses 3 "damaged" vip-db import --db=new.db forged
    has "$err" "chain: "
    same "$(echo new.db*)" 'new.db*'
}

@test "import that is killed leaves no database" {
    skip_if_sanitized "it is slow to start"
    for _ in 1 2 3 4 5; do
        vip-db import -q --db=new.db "$BATS_FILE_TMPDIR/told" &
        kill -KILL $!
        wait $! 2>/dev/null || true
        [ ! -e new.db ] || exits 0 vip-db check -q --db=new.db --as-of=2026-09-02
        rm -f new.db*
    done
}
