#!/usr/bin/env bats
# What somebody changes with the sqlite3 shell, the triggers dropped, vip-db check finds: a changed,
# a removed and an inserted row of each table that points depend on.

load ../helper

setup() {
    needs_tool sqlite3
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    lines reward,kind,name_en,name_zh,cost,value,expires mug,gift,Mug,马克杯,10,20, \
        cash,voucher,Voucher,代金券,20,30,1m > shop/rewards.csv
    lines rule,effect,points,per,when base,earn,1,1, joining,once,25,,enrolment > shop/earn.csv
    shop --program=shop --as-of=2026-01-01
    lines member,name,phone,enrolled 'M1,张三,13800138000,2026-01-01' \
        'M2,李四,13800138001,2026-01-01' | vip-enroll -q --as-of=2026-01-01
    lines store,receipt,date,amount,member A,R1,2026-11-20,120,M1 A,R2,2026-11-20,90,M2 > day.csv
    vip-accrue -q --as-of=2026-11-20 day.csv
    lines request,member,item,quantity q1,M1,mug,2 q2,M1,cash,2 q3,M2,mug,1 q4,M2,cash,1 > requests.csv
    vip-redeem --as-of=2026-11-21 requests.csv > redeemed.csv
    code=$(awk -F, '$2 == "q4" { print $9 }' redeemed.csv)
    lines request,kind,item "u1,voucher,$code" c1,cancel,q3 > more.csv
    vip-redeem -q --as-of=2026-11-22 more.csv
    exits 0 vip-db check --as-of=2026-11-22
    vip-db backup -q sound.db
}

# tampered SQL: the sound database with that done to it, the triggers out of the way.
tampered() {
    rm -f vip.db*
    cp sound.db vip.db
    sqlite3 vip.db "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'" |
        sqlite3 vip.db
    sqlite3 vip.db "$1"
}

# finds CHECK PART SQL: after SQL, vip-db check ends with 3 and says PART under CHECK.
finds() {
    tampered "$3"
    exits 3 vip-db check --as-of=2026-11-22 -f tsv
    out=${out//$'\t'/,}
    grep -q "^$1,damaged,.*$2" <<< "$out" || complain "no '$2' under $1"
}

@test "a sound shop, with everything that is checked" {
    exits 0 vip-db check --as-of=2026-11-22
    same "$(cut -d, -f1,2 <<< "$out" | paste -sd' ')" "check,status file,ok references,ok \
accounts,ok lots,ok stored,ok chain,ok purchases,ok returns,ok days,ok requests,ok vouchers,ok bonuses,ok \
tiers,ok"
    has "$out" '2 bonuses are in the ledger'
}

@test "ledger: changed, removed, inserted" {
    finds chain 'day.csv): ledger entries, lot uses, events or requests of it were changed' \
        "UPDATE ledger SET points = points + 1 WHERE member = 1 AND kind = 0"
    finds chain 'were changed' "UPDATE ledger SET ref = 'R9' WHERE member = 2 AND kind = 0"
    finds chain 'were changed' "UPDATE ledger SET spend_day = 1 WHERE member = 2 AND kind = 0"
    finds chain 'day.csv) wrote 2 ledger entries, 1 are there' \
        "DELETE FROM ledger WHERE member = 2 AND kind = 0"
    finds chain 'entries were inserted' "INSERT INTO ledger (member, entry, kind, day, points,
        amount, spend_day, batch) VALUES (2, 9, 6, 20780, 500, 0, 0, 3);
        UPDATE account SET balance = balance + 500, entries = 9 WHERE member = 2"
}

@test "lot_use: changed, removed, inserted" {
    finds chain 'were changed' "UPDATE lot_use SET points = points - 5 WHERE member = 1"
    finds lots 'M1: the lots have' "DELETE FROM lot_use WHERE member = 1"
    finds chain 'were changed' "DELETE FROM lot_use WHERE member = 1 AND lot = 1"
    finds chain 'were changed' "INSERT INTO lot_use VALUES (1, 2, 1, 3)"
    # Points moved from one lot to another leave every sum as it was.
    finds chain 'were changed' "UPDATE lot_use SET points = points - 1 WHERE member = 1 AND lot = 1
        AND entry = 3; INSERT INTO lot_use VALUES (1, 2, 3, 1)
        ON CONFLICT DO UPDATE SET points = points + 1"
}

@test "batch: changed, removed, inserted" {
    for column in at as_of login command file entries sum hash; do
        finds chain 'batch 3 ' "UPDATE batch SET $column = CASE typeof($column) WHEN 'integer'
            THEN $column + 1 WHEN 'blob' THEN zeroblob(length($column)) ELSE $column || 'x' END
            WHERE batch = 3"
    done
    finds chain 'batches 3 to 3 were removed' "DELETE FROM batch WHERE batch = 3"
    finds chain 'batch 6 ' "INSERT INTO batch SELECT 6, at, as_of, login, command, file, entries,
        sum, hash FROM batch WHERE batch = 5"
}

@test "event: changed, removed, inserted" {
    lines member,reason,by M2,quarrel,Li | vip-enroll -q --suspend --as-of=2026-11-22
    rm sound.db && vip-db backup -q sound.db
    finds chain 'vip-enroll .*events or requests of it were changed' \
        "UPDATE event SET what = 'resume' WHERE what = 'suspend'"
    finds chain 'vip-enroll .*events or requests of it were changed' \
        "UPDATE event SET member = 1 WHERE what = 'suspend'"
    finds chain 'vip-db .*events or requests of it were changed' \
        "UPDATE event SET detail = 'other' WHERE what = 'load'"
    finds chain 'vip-enroll .*events or requests of it were changed' \
        "DELETE FROM event WHERE what = 'suspend'"
    finds chain '1 events of the audit log were removed' "DELETE FROM event WHERE what = 'load'"
    finds chain 'vip-enroll .*events or requests of it were changed' \
        "INSERT INTO event SELECT event + 1, batch, member, what, detail FROM event WHERE member = 2"
    finds chain 'event 3 names batch 99, which is not there' \
        "INSERT INTO event SELECT 3, 99, member, what, detail FROM event WHERE member = 2"
}

@test "redemption: changed, removed, inserted" {
    for column in item quantity value day store receipt done_by witness voucher source_line; do
        finds chain 'requests.csv): .*requests of it were changed' \
            "UPDATE redemption SET $column = CASE typeof($column) WHEN 'integer' THEN $column + 1
                WHEN 'null' THEN 1 ELSE $column || 'x' END WHERE request = 'q2'"
    done
    finds requests "request 'q1' of member M1: -10 points, its ledger entry says -20" \
        "UPDATE redemption SET points = -10 WHERE request = 'q1'"
    finds requests "request 'q1' of member M2: -20 points, its ledger entry" \
        "UPDATE redemption SET member = 2 WHERE request = 'q1'"
    finds requests "'q1' that does not call it its own" "DELETE FROM redemption WHERE request = 'q1'"
    finds requests "request 'q1' is cancelled, but no request did it" \
        "UPDATE redemption SET state = 1 WHERE request = 'q1'"
    finds requests "request 'q3' is not cancelled, although 1 requests say so" \
        "UPDATE redemption SET state = 0 WHERE request = 'q3'"
    finds chain 'were changed' "INSERT INTO redemption SELECT 'q9', member, kind, item, quantity,
        amount, guests, 0, value, day, store, receipt, done_by, witness, NULL, NULL, 0, batch, 9, NULL, NULL
        FROM redemption WHERE request = 'q1'"
    finds requests "'q9' names batch 99, which is not there" "INSERT INTO redemption SELECT 'q9',
        member, kind, item, quantity, amount, guests, 0, value, day, store, receipt, done_by,
        witness, NULL, NULL, 0, 99, 9, NULL, NULL FROM redemption WHERE request = 'q1'"
}

@test "reward_taken: changed, removed, inserted" {
    finds requests "reward 'mug': 3 are noted as handed out, 2 by the requests" \
        "UPDATE reward_taken SET quantity = 3 WHERE reward = 'mug'"
    finds requests "reward 'mug': 0 are noted as handed out, 2 by the requests" \
        "DELETE FROM reward_taken WHERE reward = 'mug'"
    finds requests "reward 'cup': 1 are noted as handed out, 0 by the requests" \
        "INSERT INTO reward_taken VALUES ('cup', 1)"
}

@test "voucher: changed, removed, inserted" {
    finds vouchers 'is open, but a request used it' "UPDATE voucher SET state = 0 WHERE state = 1"
    finds vouchers "used the voucher $code, which does not say so" \
        "UPDATE voucher SET state = 0, used = NULL WHERE state = 1"
    finds vouchers 'is used, but no request used it' "UPDATE voucher SET state = 1 WHERE state = 0"
    finds vouchers 'is void, but its request was not cancelled' \
        "UPDATE voucher SET state = 3 WHERE state = 0"
    finds vouchers "request 'q2' issued .*, of which 1 are there" \
        "DELETE FROM voucher WHERE voucher = (SELECT min(voucher) FROM voucher WHERE request = 'q2')"
    finds vouchers 'is open, but no request issued it' "INSERT INTO voucher
        SELECT 'AAAA-BBBB-CCCC', member, reward, value, issued, expires, 0, request, NULL
        FROM voucher WHERE request = 'q4'"
}

@test "bonus: removed, so that it would be given again; inserted" {
    finds bonuses 'member M1: 0 bonuses are noted as given, 1 are in the ledger' \
        "DELETE FROM bonus WHERE member = 1"
    finds bonuses 'member M2: 2 bonuses are noted as given, 1 are in the ledger' \
        "INSERT INTO bonus VALUES (2, 'first', '')"
}
