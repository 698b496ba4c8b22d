#!/usr/bin/env bats
# The write-ahead log: how much of it a command leaves to the next one.

load ../helper

setup() {
    fresh
    shop --as-of=2024-01-01
    awk 'BEGIN { print "name,phone,enrolled"
        for (i = 1; i <= 2000; i++) printf "顾客%d,1380000%04d,2024-01-01\n", i, i }' |
        vip-enroll -q --as-of=2024-01-01
    awk 'BEGIN { print "store,receipt,date,amount,member"
        for (i = 1; i <= 90000; i++)
            printf "01%02d,receipt-%08d,2024-03-10,88,M%07d\n", i % 50, i, 1 + i * 37 % 2000 }' > day.csv
    one_file "$VIP_DB"
}

log_bytes() { stat -c %s "$VIP_DB-wal" 2>/dev/null || echo 0; }

# grow BYTES: makes the database as large as that without writing it: pages that nothing refers to.
grow() {
    truncate -s "$1" "$VIP_DB"
    python3 -c 'import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(28)
    file.write((int(sys.argv[2]) // 4096).to_bytes(4, "big"))' "$VIP_DB" "$1"
    same "$(sqlite3 "$VIP_DB" 'PRAGMA page_count')" "$(($1 / 4096))"
}

@test "a short log stays, a long one is copied when the command ends" {
    head -101 day.csv | vip-accrue -q --as-of=2024-03-10
    [ "$(log_bytes)" -gt 0 ] || complain "nothing was left in the log"
    vip-accrue -q --as-of=2024-03-10 day.csv
    same "$(log_bytes)" 0
    vip-db check -q
}

@test "a large database may leave a longer one, which who has nothing to write copies" {
    grow $((1 << 30))
    vip-accrue -q --as-of=2024-03-10 day.csv
    [ "$(log_bytes)" -gt $((8 << 20)) ] || complain "$(log_bytes) bytes were left in the log"
    vip-find M0000042 > before.csv
    vip-expire -q --as-of=2024-03-10
    same "$(log_bytes)" 0
    vip-find M0000042 > after.csv
    cmp before.csv after.csv
}
