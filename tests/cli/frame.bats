#!/usr/bin/env bats
# What the frame promises around a database: --dry-run, --atomic, --rejects and the summary.
load ../helper

setup() {
    fresh
    shop
    lines 'name,phone,birthday' '王芳,13800001111,1980-11-21' '李雷,13900002222,1981-01-02' >members.csv
    exits 0 vip-enroll -q --as-of=2026-11-01 members.csv
    lines 'store,receipt,date,amount,phone' \
        'S1,R1,2026-11-21,100.50,13800001111' \
        'S1,R2,2026-11-21,12.345,13900002222' >pos.csv
}

accrue() { vip-accrue --as-of=2026-11-22 "$@"; }

# The points that everybody has, as the database says.
points() { vip-db info -f csv | sed -n 's/^points outstanding,//p'; }

@test "a refused row goes to standard error and to the rejects, the others through" {
    exits 1 accrue -r refused.csv pos.csv
    has "$out" ",100.50,100,100,posted,"
    hasnt "$out" R2
    has "$err" "vip-accrue: pos.csv:3: amount: '12.345' has more than two decimals ["
    same "${err##*$'\n'}" "vip-accrue: 2 rows read, 1 accepted, 0 known, 1 refused"
    same "$(head -n 1 refused.csv)" "store,receipt,date,amount,phone,line,reason,detail"
    has "$(sed -n 2p refused.csv)" "S1,R2,2026-11-21,12.345,13900002222,3,"
    same "$(points)" 100
}

@test "mended rejects are posted once, under the line they had" {
    exits 1 accrue -q -r refused.csv pos.csv
    sed 's/,12.345,/,12.34,/' refused.csv >mended.csv
    exits 0 accrue mended.csv
    has "$out" "S1,R2,1,2026-11-21,sale,12.34,12,12,posted,"
    sed 's/,12.345,/,12.34,/' pos.csv >whole.csv
    exits 0 accrue whole.csv
    has "$err" "2 rows read, 0 accepted, 2 known, 0 refused"
    same "$(points)" 112
}

@test "a dry run says everything and keeps nothing" {
    exits 1 accrue --dry-run pos.csv
    has "$out" ",100.50,100,100,posted,"
    has "$err" "1 accepted, 0 known, 1 refused (nothing was kept)"
    same "$(points)" 0
    exits 1 accrue pos.csv
    has "$out" ",100.50,100,100,posted,"
}

@test "--atomic with a refused row keeps nothing and prints nothing" {
    exits 1 accrue --atomic pos.csv
    same "$out" ""
    has "$err" "vip-accrue: nothing was kept"
    same "$(points)" 0
    exits 1 accrue --atomic -o posted.csv pos.csv
    [ ! -e posted.csv ]
    same "$(points)" 0
}

@test "--atomic without one keeps everything and prints it" {
    sed -i.old 's/,12.345,/,12.34,/' pos.csv
    exits 0 accrue --atomic pos.csv
    has "$out" ",100.50,100,100,posted,"
    has "$out" ",12.34,12,12,posted,"
    same "$(points)" 112
}

@test "--atomic with a file that breaks off keeps nothing" {
    printf 'S1,"R3,2026-11-21,7,13800001111\n' >>pos.csv
    sed -i.old '/12.345/d' pos.csv
    exits 4 accrue --atomic pos.csv
    same "$out" ""
    same "$(points)" 0
    exits 4 accrue pos.csv
    same "$(points)" 100
}

@test "-o appears whole, and not when the input breaks off" {
    exits 1 accrue -o posted.csv pos.csv
    same "$out" ""
    has "$(<posted.csv)" ",100.50,100,100,posted,"
    printf 'S1,"R3,2026-11-21,7,13800001111\n' >>pos.csv
    exits 4 accrue -o again.csv pos.csv
    [ ! -e again.csv ]
    same "$(find . -name '*.part')" ""
}

@test "quiet leaves errors and refused rows" {
    exits 1 accrue -q pos.csv
    same "$out" ""
    has "$err" "pos.csv:3: amount:"
    hasnt "$err" "rows read"
}
