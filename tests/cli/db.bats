#!/usr/bin/env bats
# vip-db: every verb, and that check finds what was changed behind the ledger's back.
load ../helper

setup() {
    needs_tool sqlite3
    fresh
}

# trade: three members of a new database, with purchases, a return and a missing-points claim.
trade() {
    shop
    lines member,name,phone,enrolled 'M1,张三,13800138000,2026-01-01' \
        'M2,李四,13800138001,2026-01-01' 'M3,王五,13800138002,2026-01-01' >people.csv
    vip-enroll -q --as-of=2026-01-01 people.csv
    lines store,receipt,line,date,amount,member A,R1,1,2026-11-20,120.50,M1 \
        A,R1,2,2026-11-20,30,M1 A,R2,1,2026-11-20,99.90,M2 B,R1,1,2026-11-20,500,M3 \
        B,R9,1,2026-11-20,77, >day.csv
    vip-accrue -q --as-of=2026-11-21 day.csv
    lines store,receipt,line,date,amount,kind,original,member A,T1,1,2026-11-21,60.50,return,R1,M1 \
        A,T2,1,2026-11-21,99.90,return,R2/1, B,R10,1,2026-11-21,10,sale,,M2 >next.csv
    vip-accrue -q --as-of=2026-11-22 next.csv
}

# sql TEXT: changes the database as no command would.
sql() { sqlite3 "$VIP_DB" "$1"; }

# finds CHECK PART: vip-db check ends with 3 and names, under that check, something with PART.
finds() {
    exits 3 vip-db check --as-of=2026-11-22 -f tsv
    out=${out//$'\t'/,}
    grep -q "^$1,damaged,.*$2" <<<"$out" || complain "no '$2' under $1"
    has "$err" "vip-db restore"
}

# ---- init ----

@test "init makes a database with the programme basic, for its owner only" {
    umask 000
    exits 0 vip-db init
    has "$err" "programme 'basic'"
    same "$(stat -c %a vip.db)" 600
    same "$(sql 'SELECT vip FROM (SELECT name AS vip FROM program_version)')" basic
    same "$(sql 'SELECT effective FROM program_version')" "-25567"
    exits 0 vip-db check -q
    same "$out$err" ""
}

@test "a second init is refused and changes nothing" {
    shop
    local before
    before=$(sql .dump)
    refuses 3 "exists already" vip-db init --program=menswear
    same "$(sql .dump)" "$before"
}

@test "init makes the folder of the default path, private, and no other" {
    unset VIP_DB
    exits 0 vip-db init
    same "$(stat -c %a .local/share/vip)" 700
    [ -f .local/share/vip/vip.db ]
    XDG_DATA_HOME=$PWD/data exits 0 vip-db init
    [ -f data/vip/vip.db ]
    refuses 3 "no/such/vip2.db" vip-db init --db=no/such/vip2.db
    [ ! -e no ]
}

@test "init takes any preset, a folder, and a first day" {
    local preset
    for preset in department-store menswear outdoor fashion photo-studio restaurant mall; do
        exits 0 vip-db init --db=$preset.db --program=$preset
        has "$(vip-db info --db=$preset.db)" "programme,$preset from 1900-01-01"
    done
    cp -R "$VIP_ROOT/share/programs/menswear" mine
    exits 0 vip-db init --program=mine/ --effective=2026-01-01
    has "$(vip-db info)" "programme,mine from 2026-01-01"
}

@test "init with a programme that is not there, or wrong, leaves no file" {
    refuses 2 "expected one of basic department-store" vip-db init --program=nonesuch
    cp -R "$VIP_ROOT/share/programs/basic" mine
    echo 'points_expire,sometimes' >>mine/program.csv
    refuses 2 "mine/program.csv:" vip-db init --program=./mine
    same "$(echo vip.db*)" 'vip.db*'
}

@test "init --dry-run checks everything and leaves nothing" {
    exits 0 vip-db init -n
    has "$err" "nothing was kept"
    same "$(echo vip.db*)" 'vip.db*'
}

@test "an operand or option that a verb has no use for is refused, and a name is a name" {
    shop
    refuses 2 "backup: the name of the FILE is empty" vip-db backup ''
    refuses 2 "export: '-' is a stream" vip-db export -
    refuses 2 "restore: '-' is a stream" vip-db restore - --force
    refuses 2 "--force is for backup, restore, not for info" vip-db info --force
    refuses 2 "--from is for audit, not for check" vip-db check --from=2026-01-01
    refuses 2 "--effective is for load, init, not for audit" vip-db audit --effective=2026-01-01
    refuses 2 "--program is for init" vip-db load basic --effective=2027-01-01 --program=basic
    local name
    for name in 'a b.db' 'a%s.db' 'file:x.db' 'x?mode=ro.db' ./-; do
        exits 0 vip-db backup "$name"
        exits 0 vip-db check -q --db="$name"
        exits 0 vip-db init --db="${name}2"
        exits 0 vip-db info --db="${name}2"
    done
}

# ---- load ----

@test "load adds a version from its day on, and again changes nothing" {
    shop
    exits 0 vip-db load menswear --effective=2026-06-01
    has "$(vip-db info)" "programme,menswear from 2026-06-01"
    local before
    before=$(sql .dump)
    exits 0 vip-db load menswear --effective=2026-06-01
    has "$err" "known already"
    same "$(sql .dump)" "$before"
}

@test "a version that has not begun can be replaced" {
    shop
    vip-db load -q menswear --effective=2027-01-01
    exits 0 vip-db load outdoor --effective=2027-01-01
    hasnt "$(vip-db info)" menswear
    has "$(vip-db info)" "programme,outdoor from 2027-01-01"
}

@test "load --dry-run checks everything and keeps nothing" {
    shop
    local before
    before=$(sql .dump)
    exits 0 vip-db load menswear --effective=2027-01-01 --dry-run
    has "$err" "nothing was kept"
    same "$(sql .dump)" "$before"
    refuses 2 "expected one of" vip-db load nonesuch --effective=2027-01-01 --dry-run
}

@test "load never reaches into the past of what was posted" {
    trade
    local before
    before=$(sql .dump)
    refuses 2 "2026-11-21 is in the past of what was already posted" \
        vip-db load menswear --effective=2026-11-21
    same "$(sql .dump)" "$before"
    exits 0 vip-db load menswear --effective=2026-11-22
}

@test "load names file, line and column of a mistake" {
    shop
    cp -R "$VIP_ROOT/share/programs/menswear" mine
    sed -i.old '2s/^\([^,]*\),[^,]*/\1,often/' mine/entry.csv
    rm mine/entry.csv.old
    refuses 2 "mine/entry.csv:2:" vip-db load mine --effective=2027-01-01
    hasnt "$(vip-db info)" mine
}

@test "load reads tables of any encoding, once it is named; what an open spreadsheet leaves is none" {
    shop
    cp -R "$VIP_ROOT/share/programs/menswear" mine
    mkdir -p mine/templates
    lines '{name}您好' >mine/templates/birthday.zh.txt
    for file in mine/*.csv mine/templates/*; do
        iconv -f UTF-8 -t UTF-16LE "$file" >part
        mv part "$file"
    done
    : >'mine/.~lock.tiers.csv#'
    : >"mine/~\$tiers.csv"
    refuses 4 "--input-encoding" vip-db load mine --effective=2027-01-01
    hasnt "$(vip-db info)" mine
    exits 0 vip-db load -e UTF-16LE mine --effective=2027-01-01
    same "$(sql "SELECT value FROM program_cell WHERE sheet = 'templates/birthday.zh.txt'
        AND effective > 0")" '{name}您好'
    refuses 2 "nonesuch: is neither a folder nor a preset: expected one of basic" \
        vip-db load nonesuch --effective=2027-01-01
}

@test "load wants to know what and from when on" {
    shop
    refuses 2 "give --effective" vip-db load menswear
    refuses 2 "expected DIR|NAME" vip-db load --effective=2027-01-01
    refuses 2 "'outdoor' is one operand too many" vip-db load menswear outdoor --effective=2027-01-01
}

@test "a preset's name beside a folder of that name means the preset, and says so" {
    shop
    cp -R "$VIP_ROOT/share/programs/outdoor" menswear
    exits 0 vip-db load menswear --effective=2027-01-01
    has "$err" "write ./menswear"
    same "$(sql "SELECT value FROM program_cell WHERE effective > 0 AND sheet = 'program.csv'
                 AND line = 2 AND position = 1")" \
        "$(sed -n '2s/^[^,]*,//p' "$VIP_ROOT/share/programs/menswear/program.csv")"
}

# ---- info, audit ----

@test "info counts what is there" {
    trade
    exits 0 vip-db info
    same "$(head -n 1 <<<"$out")" name,value
    has "$out" $'\nschema,1\n'
    # With what is in the log beside the file yet.
    has "$out" $'\nbytes,'"$(($(sql 'PRAGMA page_count') * $(sql 'PRAGMA page_size')))"$'\n'
    has "$out" $'\nmembers,3\n'
    has "$out" $'\npurchase lines,8\n'
    has "$out" $'\npurchase lines of members,7\n'
    has "$out" $'\nfirst purchase,2026-11-20\n'
    has "$out" $'\nlast purchase,2026-11-21\n'
    has "$out" "last batch file,next.csv"
    has "$out" $'\npoints outstanding,'"$(sql 'SELECT sum(points) FROM ledger')"$'\n'
}

@test "audit prints batches and events, and takes a range of days" {
    trade
    exits 0 vip-db audit
    same "$(head -n 1 <<<"$out")" \
        batch,at,as_of,login,command,file,entries,what,member,detail
    grep -q '^1,[^,]*Z,[^,]*,[^,]*,vip-db,basic,0,load,,basic effective 1900-01-01$' <<<"$out"
    grep -q ',2026-11-21,[^,]*,vip-accrue,day.csv,4,' <<<"$out"
    exits 0 vip-db audit --from=2199-01-01
    same "$out" batch,at,as_of,login,command,file,entries,what,member,detail
    exits 0 vip-db audit --to=2000-01-01
    same "$out" batch,at,as_of,login,command,file,entries,what,member,detail
    refuses 2 "behind --to" vip-db audit --from=2026-01-02 --to=2026-01-01
}

@test "audit --member tells of each entry who wrote it, when, and from which line" {
    cp -r "$VIP_ROOT/share/programs/basic" folder
    lines reward,kind,name_en,name_zh,cost,value,expires,witness mug,gift,Mug,马克杯,10,20,,yes \
        >folder/rewards.csv
    sed -i 's/^points_expire,.*/points_expire,6m/' folder/program.csv
    vip-db init -q --program=folder
    lines member,name,phone,enrolled 'M1,张三,13800138000,2026-01-01' \
        'M2,李四,13800138001,2026-01-01' | vip-enroll -q --as-of=2026-01-01
    lines store,receipt,line,date,amount,member A,R1,1,2026-01-20,120.50,M1 \
        A,R2,1,2026-01-20,9,M2 A,R1,2,2026-01-20,30,M1 A,R3,1,2026-01-20,40, >day.csv
    vip-accrue -q --as-of=2026-01-20 day.csv
    lines request,member,item,by,witness '' q1,M1,mug,王店长,李导购 >requests.csv
    vip-redeem -q --as-of=2026-01-21 requests.csv
    lines store,receipt,line,date,amount,member A,R3,1,2026-01-20,40,M1 |
        vip-accrue -q --as-of=2026-01-22
    vip-expire -q --as-of=2026-12-01
    exits 0 vip-db audit --member=M1
    same "$(cut -d, -f1-7,10,12- <<<"$out")" "$(lines \
        'entry,day,what,points,store,ref,line,as_of,command,file,file_line,by,witness' \
        1,2026-01-20,earn,120,A,R1,1,2026-01-20,vip-accrue,day.csv,2,, \
        2,2026-01-20,earn,30,A,R1,2,2026-01-20,vip-accrue,day.csv,4,, \
        3,2026-01-21,redeem,-10,,q1,,2026-01-21,vip-redeem,requests.csv,3,王店长,李导购 \
        '4,2026-01-20,earn,40,A,R3,1,2026-01-22,vip-accrue,standard input,,,' \
        5,2026-07-21,expire,-180,,,,2026-12-01,vip-expire,,,,)"
    login=$(sqlite3 vip.db 'SELECT login FROM batch WHERE batch = 1')
    same "$(cut -d, -f11 <<<"$out" | sort -u)" "$(lines login "$login" | sort)"
    exits 0 vip-db audit --member=M1 --from=2199-01-01
    same "$(wc -l <<<"$out")" 1
    exits 1 vip-db audit --member=M9
    # What a merged record brought with it was written when it was written.
    lines from,to,reason M1,M2,twice | vip-enroll -q --merge --as-of=2026-12-02
    exits 0 vip-db audit --member=M2
    grep -q '^4,2026-01-20,earn,30,A,R1,2,.*,day.csv,4,,$' <<<"$out"
}

@test "the days of audit begin at local midnight" {
    shop
    local at
    at=$(sql 'SELECT at FROM batch')
    for TZ in Asia/Shanghai UTC America/New_York; do
        local day
        day=$(date -d "$at" +%F)
        exits 0 vip-db audit --from="$day" --to="$day"
        has "$out" load
        exits 0 vip-db audit --to="$(date -d "$day - 1 day" +%F)"
        hasnt "$out" load
    done
}

# ---- check ----

@test "check finds a healthy shop healthy" {
    trade
    exits 0 vip-db check --as-of=2026-11-22
    same "$(cut -d, -f1,2 <<<"$out" | paste -sd' ')" "check,status file,ok references,ok \
accounts,ok lots,ok stored,ok chain,ok purchases,ok returns,ok days,ok requests,ok vouchers,ok \
bonuses,ok tiers,ok"
    same "$err" ""
    has "$out" "8 lines agree"
    has "$out" "2 returns agree"
}

@test "a changed ledger entry is found, and its batch named" {
    trade
    sql "DROP TRIGGER ledger_no_update; UPDATE ledger SET points = points + 1000 WHERE member = 3"
    finds chain "vip-accrue day.csv): ledger entries, lot uses, events or requests of it were changed"
    grep -q '^accounts,damaged,member M3: the balance is 500, the ledger gives 1500$' <<<"$out"
}

@test "a change that moves no points is found too" {
    trade
    sql "DROP TRIGGER ledger_no_update; UPDATE ledger SET expires = day + 1 WHERE member = 2"
    finds chain "were changed"
    trade_again
    sql "DROP TRIGGER ledger_no_update; UPDATE ledger SET category = 1 WHERE member = 2"
    finds chain "were changed"
}

trade_again() {
    rm -f vip.db*
    trade
}

@test "a removed ledger entry is found" {
    trade
    sql "DROP TRIGGER ledger_no_delete; DELETE FROM ledger WHERE member = 1 AND entry = 1"
    finds chain "day.csv) wrote 4 ledger entries, 3 are there: entries were removed"
    has "$out" "accounts,damaged,member M1: ledger entry 1 is missing"
}

@test "an inserted ledger entry is found, even with the account adjusted to it" {
    trade
    sql "INSERT INTO ledger SELECT member, entry + 1, kind, day, 100, 0, spend_day, available,
             expires, store, ref, line, category, brand, batch FROM ledger WHERE member = 3;
         UPDATE account SET balance = balance + 100, entries = entries + 1 WHERE member = 3"
    finds chain "4 ledger entries, 5 are there: entries were inserted"
}

@test "a ledger entry of a batch that never was is found" {
    trade
    sql "INSERT INTO ledger VALUES (3, 2, 6, 20000, 5, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL,
             NULL, 99)"
    finds chain "member M3: ledger entry 2 names batch 99, which is not there"
}

@test "a changed lot use is found" {
    trade
    sql "DROP TRIGGER lot_use_no_update; UPDATE lot_use SET points = points - 1 WHERE member = 1"
    finds chain "were changed"
    has "$out" "lots,damaged,member M1: the lots have"
}

@test "a changed row of the audit log is found" {
    trade
    sql "DROP TRIGGER batch_no_update; UPDATE batch SET login = 'nobody' WHERE batch = 2"
    finds chain "batch 2 .*: its row in the audit log, or the one before, was changed"
}

@test "a removed batch and a removed event are found" {
    trade
    sql "INSERT INTO event (batch, what) VALUES (1, 'note'), (1, 'note');
         DROP TRIGGER event_no_delete; DELETE FROM event WHERE what = 'load';
         DROP TRIGGER batch_no_delete; DELETE FROM batch WHERE batch = 2"
    finds chain "batches 2 to 2 were removed"
    has "$out" "chain,damaged,1 events of the audit log were removed"
}

@test "kept sums that do not agree with the ledger are found, each by its name" {
    trade
    sql "UPDATE account SET balance = balance + 5, entries = 9, spent = spent - 1,
             first_purchase = first_purchase - 1, last_purchase = NULL, next_expiry = 30000
         WHERE member = 3"
    finds accounts "member M3: the balance is 505, the ledger gives 500"
    has "$out" "member M3: the last entry is 9, the ledger gives 1"
    has "$out" "member M3: what was spent (fen) is 49999, the ledger gives 50000"
    has "$out" "member M3: the first purchase is 2026-11-19"
    has "$out" "member M3: the last purchase is none"
    has "$out" "member M3: the next end of points is 2052-02-20, the ledger gives none"
    hasnt "$out" "chain,damaged"
}

@test "purchases that do not agree with their ledger entries are found" {
    trade
    sql "UPDATE purchase SET points = points + 1 WHERE receipt = 'R1' AND line = 2"
    finds purchases "store A receipt R1 line 2: ledger entry 2 is not what it earned"
    trade_again
    sql "DELETE FROM purchase WHERE receipt = 'R10'"
    finds purchases "member M2: ledger entry 3 is of receipt R10 line 1"
    trade_again
    sql "UPDATE purchase SET points = -1 WHERE receipt = 'T1'"
    finds purchases "store A return T1 line 1 took back -1 points, the ledger -60"
}

@test "returns that do not agree with what they came from are found" {
    trade
    sql "UPDATE purchase SET returned = returned + 1 WHERE receipt = 'R1' AND line = 1"
    finds returns "store A receipt R1:"
    trade_again
    sql "UPDATE purchase SET returned_points = 0 WHERE receipt = 'R2'"
    finds returns "store A receipt R2:"
    trade_again
    sql "UPDATE purchase SET returned = 7000 WHERE receipt = 'R9'"
    finds returns "store B receipt R9:"
}

@test "points claimed later, part of them returned before, agree" {
    trade
    lines store,receipt,line,date,amount,kind,original,member B,T9,1,2026-11-22,7.70,return,R9, >b.csv
    vip-accrue -q --as-of=2026-11-22 b.csv
    lines store,receipt,line,date,amount,member B,R9,1,2026-11-20,77,M3 >claim.csv
    vip-accrue -q --as-of=2026-11-22 claim.csv
    lines store,receipt,line,date,amount,kind,original,member B,T10,1,2026-11-22,30,return,R9,M3 >c.csv
    vip-accrue -q --as-of=2026-11-22 c.csv
    exits 0 vip-db check --as-of=2026-11-22
    has "$out" "4 returns agree"
}

@test "a blind return is no damage, even when its original comes later" {
    trade
    lines store,receipt,line,date,amount,kind,original,member B,T9,1,2026-11-22,7.70,return,R77,M3 \
        B,T8,1,2026-11-22,7.70,return,,M3 >b.csv
    vip-accrue -q --blind-returns --as-of=2026-11-22 b.csv
    lines store,receipt,line,date,amount,member B,R77,1,2026-11-22,50,M3 >late.csv
    vip-accrue -q --as-of=2026-11-22 late.csv
    exits 0 vip-db check --as-of=2026-11-22
}

@test "a debt is no damage" {
    trade
    lines store,receipt,line,date,amount,member C,R5,1,2026-11-22,80,M3 >a.csv
    vip-accrue -q --as-of=2026-11-22 a.csv
    lines store,receipt,line,date,amount,kind,original,member B,T3,1,2026-11-22,900,return,,M3 >b.csv
    vip-accrue -q --blind-returns --as-of=2026-11-22 b.csv
    same "$(sql 'SELECT balance FROM account WHERE member = 3')" -320
    exits 0 vip-db check --as-of=2026-11-22
    lines store,receipt,line,date,amount,member C,R6,1,2026-11-22,400,M3 >c.csv
    vip-accrue -q --as-of=2026-11-22 c.csv
    same "$(sql 'SELECT balance FROM account WHERE member = 3')" 80
    exits 0 vip-db check --as-of=2026-11-22
}

@test "tiers that are not what their history says are found" {
    trade
    sql "INSERT OR REPLACE INTO tier_state VALUES (3, 'x', 'gold', 20000, NULL, 1, 20000)"
    finds tiers "member M3: holds 'gold'"
    trade_again
    sql "INSERT INTO tier_change VALUES (3, 'x', 2, 'silver', 'gold', 'upgrade', '', 20000, NULL,
             20000, 1)"
    finds tiers "member M3: change 2 begins at 'silver'"
}

@test "a reference into nothing is found" {
    trade
    sql "INSERT INTO event (batch, what) VALUES (77, 'x')"
    finds references "event row"
}

@test "twenty findings of a kind are enough" {
    shop
    {
        echo member,name,phone,enrolled
        for i in {100..140}; do echo "M$i,会员$i,13800138$i,2026-01-01"; done
    } >people.csv
    vip-enroll -q --as-of=2026-01-01 people.csv
    sql "UPDATE account SET balance = 7"
    finds accounts "and 21 more"
    same "$(grep -c '^accounts,damaged,member' <<<"$out")" 20
}

@test "what check found goes whole into a file too" {
    trade
    sql "UPDATE account SET balance = 7 WHERE member = 3"
    exits 3 vip-db check --as-of=2026-11-22 -o found.csv
    has "$(cat found.csv)" 'accounts,damaged,"member M3'
    has "$(cat found.csv)" "tiers,ok"
}

# ---- backup, restore ----

@test "a backup is a whole copy, private, readable in place, without a log" {
    trade
    local before
    before=$(sql .dump)
    umask 000
    exits 0 vip-db backup copy.db
    same "$(stat -c %a copy.db)" 600
    same "$(echo copy.db*)" copy.db
    same "$(sqlite3 copy.db .dump)" "$before"
    exits 0 vip-db check --as-of=2026-11-22 --db=copy.db
    same "$(sql .dump)" "$before"
}

@test "a backup while another writes holds what was committed" {
    trade
    coproc WRITER { sqlite3 -batch vip.db; }
    local holder=$WRITER_PID
    lines 'BEGIN IMMEDIATE; UPDATE account SET balance = 7777;' '.system echo held' >&"${WRITER[1]}"
    read -r -u "${WRITER[0]}"
    exits 0 vip-db backup copy.db
    lines "ROLLBACK;" .quit >&"${WRITER[1]}"
    wait "$holder"
    same "$(sqlite3 copy.db 'SELECT count(*) FROM account WHERE balance = 7777')" 0
    exits 0 vip-db check --as-of=2026-11-22 --db=copy.db
}

@test "backup and restore overwrite nothing unless told to" {
    trade
    echo precious >copy.db
    refuses 3 "exists already" vip-db backup copy.db
    same "$(cat copy.db)" precious
    exits 0 vip-db backup --force copy.db
    refuses 3 "--force" vip-db restore copy.db
    refuses 2 "is the database itself" vip-db backup --force vip.db
    refuses 2 "is the database itself" vip-db restore --force ./vip.db
    refuses 3 "is a folder" vip-db backup --force .
    exits 0 vip-db check -q --as-of=2026-11-22
}

@test "backup and restore --dry-run try everything and keep nothing" {
    trade
    exits 0 vip-db backup -n copy.db
    same "$(echo copy*)" 'copy*'
    vip-db backup -q copy.db
    sql "UPDATE account SET balance = 7"
    local before
    before=$(sql .dump)
    exits 0 vip-db restore -n --force copy.db
    same "$(sql .dump)" "$before"
    same "$(echo vip.db.part*)" 'vip.db.part*'
}

@test "restore brings back what was, and its audit log says so" {
    trade
    vip-db backup -q copy.db
    sql "DELETE FROM account"
    exits 0 vip-db restore --force copy.db
    exits 0 vip-db check -q --as-of=2026-11-22
    has "$(vip-db audit)" ",restore,,copy.db"
    same "$(stat -c %a vip.db)" 600
    same "$(sql 'PRAGMA journal_mode')" wal
    rm vip.db*
    exits 0 vip-db restore copy.db
    exits 0 vip-db check -q --as-of=2026-11-22
}

@test "restore takes the place of a damaged database, its log too" {
    trade
    vip-db backup -q copy.db
    echo rubbish >vip.db
    echo rubbish >vip.db-wal
    exits 0 vip-db restore --force copy.db
    exits 0 vip-db check -q --as-of=2026-11-22
}

@test "restore waits for nobody who has the database open: 75, nothing changed" {
    trade
    vip-db backup -q copy.db
    coproc READER { sqlite3 -batch vip.db; }
    local holder=$READER_PID
    lines 'BEGIN; SELECT count(*) FROM member;' '.system echo held' >&"${READER[1]}"
    read -r -u "${READER[0]}"
    VIP_BUSY_MS=50 refuses 75 "in use" vip-db restore --force copy.db
    lines "COMMIT;" .quit >&"${READER[1]}"
    wait "$holder"
    hasnt "$(vip-db audit)" restore
}

@test "restore takes no file that is not ours or not whole" {
    trade
    vip-db backup -q copy.db
    local before
    before=$(sql .dump)
    refuses 3 "no database at nowhere.db" vip-db restore --force nowhere.db
    echo text >text.db
    refuses 3 "not a vip database" vip-db restore --force text.db
    sqlite3 other.db 'CREATE TABLE t (x)'
    refuses 3 "belongs to another program" vip-db restore --force other.db
    local size
    size=$(stat -c %s copy.db)
    head -c 4096 /dev/zero | tr '\0' 'x' |
        dd of=copy.db bs=1 seek=$((size / 2 / 4096 * 4096)) conv=notrunc 2>dd.log
    exits 3 vip-db restore --force copy.db
    same "$(sql .dump)" "$before"
    same "$(echo vip.db.part*)" 'vip.db.part*'
}

# ---- migrate, export ----

@test "migrate has nothing to do at this version, and says so" {
    shop
    exits 0 vip-db migrate
    has "$err" "schema 1, the newest that there is: nothing to do"
}

@test "export writes every table as CSV, in order, whole" {
    trade
    exits 0 vip-db export out
    same "$(stat -c %a out)" 700
    same "$(cd out && printf '%s\n' *.csv)" "$(sql "SELECT name || '.csv' FROM sqlite_schema
        WHERE type = 'table' UNION SELECT 'manifest.csv' ORDER BY 1")"
    local table
    for table in $(sql "SELECT name FROM sqlite_schema WHERE type = 'table'"); do
        same "$table $(($(sqlite3 :memory: -cmd '.mode csv' -cmd ".import out/$table.csv t" \
            'SELECT count(*) FROM t' 2>/dev/null || echo 0)))" \
            "$table $(sql "SELECT count(*) FROM $table")"
        same "$(head -n 1 "out/$table.csv")" \
            "$(sql "SELECT group_concat(name) FROM pragma_table_info('$table')")"
    done
    same "$(sed 1d out/manifest.csv | cut -d, -f2,3)" "$(sql "SELECT m.name || ',' || c.name
        FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
        ORDER BY m.rowid, c.cid")"
    exits 0 vip-db export again/
    exits 0 diff -r out again
    grep -q '^A,R1,1,2026-11-20,sale,120.50,1.00,1,1,120,,' out/purchase.csv
    grep -q '^1,1,earn,2026-11-20,120,120.50,2026-11-20,' out/ledger.csv
}

@test "export masks people unless --reveal, which the audit log remembers" {
    trade
    exits 0 vip-db export out
    has "$(cat out/member.csv)" '138****8000'
    hasnt "$(cat out/*.csv)" 13800138000
    hasnt "$(vip-db audit)" reveal
    exits 0 vip-db export --reveal open
    has "$(cat open/member.csv)" 13800138000
    has "$(vip-db audit)" ",reveal,,export"
}

@test "export fills an empty folder and touches no other" {
    trade
    mkdir out used
    echo mine >used/file
    exits 0 vip-db export out
    [ -s out/member.csv ]
    refuses 2 "not an empty folder" vip-db export used
    same "$(ls used)" file
    refuses 4 "no/such" vip-db export no/such/folder
    same "$(echo ./*.part*)" './*.part*'
}
