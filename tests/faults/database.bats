#!/usr/bin/env bats
# What can be wrong with a database: each with a message that says what to do, the right exit
# status, and the database left as it was.
load ../helper

setup() {
    needs_tool sqlite3
    fresh
    lines member,name,phone,enrolled 'M1,张三,13800138000,2026-01-01' \
        'M2,李四,13800138001,2026-01-01' >people.csv
    lines store,receipt,date,amount,member A,R1,2026-11-20,120.50,M1 A,R2,2026-11-20,99.90,M2 \
        >day.csv
}

# open_shop: a database with members and a day of purchases.
open_shop() {
    shop
    vip-enroll -q --as-of=2026-01-01 people.csv
    vip-accrue -q --as-of=2026-11-21 day.csv
    lines store,receipt,date,amount,member A,R3,2026-11-21,50,M1 >more.csv
}

# Runs in each kind of command: one that reads, one that writes, and vip-db itself.
all_refuse() {
    refuses 3 "$1" vip-find 13800138000
    refuses 3 "$1" vip-accrue --as-of=2026-11-21 day.csv
    refuses 3 "$1" vip-db info
    refuses 3 "$1" vip-db check
    refuses 3 "$1" vip-db load menswear --effective=2027-01-01
    refuses 3 "$1" vip-db backup copy.db
    refuses 3 "$1" vip-db export out
    refuses 3 "$1" vip-db audit
    same "$out" ""
    [ ! -e copy.db ] && [ ! -e out ]
}

# needs_mounts: skips, saying so, where a test may not mount a file system of its own.
needs_mounts() {
    [ "$(id -u)" -eq 0 ] || skip "mounting needs root"
    unshare -m true 2>/dev/null || skip "mounting is not allowed here"
}

@test "no database: says where, and how to make one" {
    all_refuse "no database at $VIP_DB: make one with 'vip-db init', or name it with --db"
    [ ! -e vip.db ]
}

@test "a text file is not a database, and stays as it is" {
    lines 'dear diary,' 'today I sold a coat and a hat and a pair of gloves to one customer' >vip.db
    cp vip.db before
    all_refuse "not a vip database"
    exits 0 cmp vip.db before
}

@test "an empty file is not a database, and stays empty" {
    : >vip.db
    all_refuse "not a vip database"
    [ ! -s vip.db ]
}

@test "a database of another program is refused, and not changed by a byte" {
    sqlite3 vip.db 'CREATE TABLE member (name); INSERT INTO member VALUES (1)'
    cp vip.db before
    all_refuse "it belongs to another program"
    refuses 3 "it belongs to another program" vip-db migrate
    exits 0 cmp vip.db before
    same "$(echo vip.db*)" vip.db
}

@test "a newer schema is refused: install that version" {
    open_shop
    sqlite3 vip.db 'PRAGMA user_version = 2'
    local before
    before=$(sqlite3 vip.db .dump)
    all_refuse "newer version of vip (schema 2, this one knows 1): install that version"
    refuses 3 "newer version of vip" vip-db migrate
    same "$(sqlite3 vip.db .dump)" "$before"
}

@test "an older schema is refused with the way out; a migration that fails changes nothing" {
    open_shop
    sqlite3 vip.db 'PRAGMA user_version = 0'
    local before
    before=$(sqlite3 vip.db .dump)
    all_refuse "run 'vip-db migrate'"
    refuses 3 "already exists" vip-db migrate
    same "$(sqlite3 vip.db .dump)" "$before"
}

@test "a folder is not a database file" {
    mkdir vip.db
    all_refuse "is a folder, not a database file"
    refuses 3 "is a folder" vip-db init
}

@test "a database that may not be read" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    open_shop
    chmod 000 vip.db
    all_refuse "cannot read database"
}

@test "a read-only folder: each command says what it needs, and nothing is lost" {
    needs_mounts
    mkdir disk
    VIP_DB=$PWD/disk/vip.db open_shop
    export VIP_DB=$PWD/disk/vip.db
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount --bind disk disk && mount -o remount,bind,ro disk || exit 99
        vip-accrue --as-of=2026-11-21 more.csv; echo "accrue $?"
        vip-db load menswear --effective=2027-01-01; echo "load $?"
        vip-db init --db=disk/new.db; echo "init $?"'
    [ "$status" -ne 99 ] || skip "mounting is not allowed here"
    has "$output" "accrue 3"
    has "$output" "load 3"
    has "$output" "init 3"
    [[ $output =~ (must be writable by you|read-only for you) ]] || complain "$output"
    has "$output" "cannot create database disk/new.db"
    exits 0 vip-db check -q
    exits 0 vip-accrue -q --as-of=2026-11-21 more.csv
}

@test "a full disk: 4, make room, and everything is as it was before" {
    needs_mounts
    mkdir disk
    {
        echo store,receipt,date,amount,member
        for i in {1..20000}; do echo "A,receipt-number-$i,2026-11-21,10,M1"; done
    } >big.csv
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount -t tmpfs -o size=1m none disk || exit 99
        export VIP_DB=$PWD/disk/vip.db
        vip-db init -q && vip-enroll -q --as-of=2026-01-01 people.csv &&
            vip-accrue -q --as-of=2026-11-21 day.csv || exit 98
        vip-accrue -q --as-of=2026-11-21 big.csv; echo "accrue $?"
        head -c 2m /dev/zero >disk/rest 2>err
        vip-db backup -q disk/copy.db; echo "backup $?"
        echo "left: $(cd disk && echo *copy*)"; rm disk/rest
        mount -o remount,size=64m disk
        vip-db check -q; echo "check $?"
        vip-accrue -q --as-of=2026-11-21 big.csv; echo "again $?"
        vip-db check -q; echo "whole $?"
        sqlite3 "$VIP_DB" "SELECT balance FROM account WHERE member = 1"'
    [ "$status" -ne 99 ] || skip "mounting is not allowed here"
    has "$output" "make room on the disk and run the command again"
    has "$output" "accrue 4"
    has "$output" "backup 4"
    has "$output" "left: *copy*"
    has "$output" "check 0"
    has "$output" "again 0"
    has "$output" "whole 0"
    has "$output" $'\n200120'
}

@test "init on a full disk leaves nothing behind" {
    needs_mounts
    mkdir disk
    run unshare -m sh -c 'mount -t tmpfs -o size=64k none disk || exit 99
        vip-db init --db=disk/vip.db; echo "init $?"; ls -A disk | wc -l'
    [ "$status" -ne 99 ] || skip "mounting is not allowed here"
    has "$output" "init 4"
    has "$output" $'\n0'
}

@test "export, import and restore on a full disk leave nothing behind" {
    needs_mounts
    mkdir disk
    {
        echo member,name,phone,enrolled
        for i in {1..3000}; do echo "M$i,张三,$((13900130000 + i)),2026-01-01"; done
    } >people.csv
    open_shop
    vip-db export -q --reveal told
    vip-db backup -q copy.db
    run unshare -m sh -c 'mount -t tmpfs -o size=300k none disk || exit 99
        vip-db export disk/out; echo "export $?"
        vip-db import --db=disk/new.db told; echo "import $?"
        vip-db restore --db=disk/new.db copy.db; echo "restore $?"
        ls -A disk | wc -l'
    [ "$status" -ne 99 ] || skip "mounting is not allowed here"
    has "$output" "export 4"
    has "$output" "import 4"
    has "$output" "restore 4"
    has "$output" "make room on the disk"
    has "$output" "No space left on device"
    has "$output" $'\n0'
    # In a folder that cannot be written, the same.
    run unshare -m sh -c 'mount --bind disk disk && mount -o remount,bind,ro disk || exit 99
        vip-db export disk/out; echo "export $?"
        vip-db import --db=disk/new.db told; echo "import $?"'
    has "$output" "export 4"
    has "$output" "import 3"
    has "$output" "Read-only file system"
}

@test "damaged pages are found and named, and nothing more is done to them" {
    open_shop
    vip-db backup -q good.db
    local size
    size=$(stat -c %s good.db)
    # each page but the first, in a copy of its own
    local page found=0
    for ((page = 1; page < size / 4096; page += 7)); do
        cp good.db bad.db
        head -c 4096 /dev/zero | tr '\0' 'Z' |
            dd of=bad.db bs=4096 seek=$page conv=notrunc 2>dd.log
        cp bad.db before.db
        try vip-db check --db=bad.db --as-of=2026-11-21
        [ "$status" -eq 3 ] || complain "page $page was not missed"
        has "$err" "restore"
        cmp bad.db before.db
        found=$((found + 1))
    done
    [ "$found" -gt 5 ]
}

@test "a file cut short is damaged" {
    open_shop
    vip-db backup -q bad.db
    truncate -s -8192 bad.db
    exits 3 vip-db check --db=bad.db --as-of=2026-11-21
    has "$err" "restore"
}

@test "while another command writes, a second one waits and then goes on" {
    open_shop
    coproc WRITER { sqlite3 -batch vip.db; }
    local holder=$WRITER_PID
    lines 'BEGIN IMMEDIATE;' '.system echo held' >&"${WRITER[1]}"
    read -r -u "${WRITER[0]}"
    vip-accrue -q --as-of=2026-11-21 more.csv 2>err &
    local second=$!
    lines "ROLLBACK;" .quit >&"${WRITER[1]}"
    wait "$holder"
    wait "$second"
    same "$(cat err)" ""
    same "$(sqlite3 vip.db 'SELECT balance FROM account WHERE member = 1')" 170
}

@test "held beyond the timeout, it gives up with 75, nothing was changed" {
    open_shop
    local before
    before=$(sqlite3 vip.db .dump)
    coproc WRITER { sqlite3 -batch vip.db; }
    local holder=$WRITER_PID
    lines 'BEGIN IMMEDIATE;' '.system echo held' >&"${WRITER[1]}"
    read -r -u "${WRITER[0]}"
    export VIP_BUSY_MS=50
    refuses 75 "another command holds it; nothing was changed, try again" \
        vip-accrue --as-of=2026-11-21 more.csv
    hasnt "$out" posted
    refuses 75 "try again" vip-db load menswear --effective=2027-01-01
    exits 0 vip-db info
    exits 0 vip-find 13800138000
    lines "ROLLBACK;" .quit >&"${WRITER[1]}"
    wait "$holder"
    same "$(sqlite3 vip.db .dump)" "$before"
}

@test "a timeout that is no number of milliseconds is wrong usage" {
    open_shop
    VIP_BUSY_MS=soon refuses 2 "VIP_BUSY_MS: 'soon'" vip-db info
    VIP_BUSY_MS=-1 refuses 2 "VIP_BUSY_MS" vip-db info
    VIP_BUSY_MS=0 exits 0 vip-db info
}

@test "eight commands at once: every row is posted, once" {
    open_shop
    local i pids=()
    for i in {1..8}; do
        lines store,receipt,date,amount,member "A,X$i,2026-11-21,10,M2" \
            "A,SAME,2026-11-21,1,M2" >"$i.csv"
        vip-accrue -q --as-of=2026-11-21 "$i.csv" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i"; done
    same "$(sqlite3 vip.db 'SELECT balance FROM account WHERE member = 2')" $((99 + 80 + 1))
    exits 0 vip-db check -q --as-of=2026-11-21
}

@test "the ledger and the audit log refuse change, from any program" {
    open_shop
    local table
    for table in ledger lot_use batch event tier_change; do
        [ "$table" != lot_use ] || sqlite3 vip.db 'INSERT INTO lot_use VALUES (1, 1, 1, 0)'
        [ "$(sqlite3 vip.db "SELECT count(*) FROM $table")" -gt 0 ] || complain "$table is empty"
        refuses 19 "can only be added to" sqlite3 vip.db "DELETE FROM $table"
        refuses 19 "can only be added to" sqlite3 vip.db \
            "UPDATE $table SET $([ "$table" = event ] && echo what || echo "${table/lot_use/points}" |
                sed 's/^ledger$/points/; s/^batch$/login/; s/^tier_change$/rule/') = 9"
    done
}
