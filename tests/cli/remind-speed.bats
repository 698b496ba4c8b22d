#!/usr/bin/env bats
# A night's reminders cost what is due, not what is kept: for each anchor the instructions of a list
# are counted with some members, and with thirty times as many of whom nothing more is due.

load ../helper

setup() {
    fresh
    skip_if_sanitized "sanitizers count instructions of their own"
    needs_tool perf
    perf stat -x, -e instructions:u true 2>&1 | grep -q '^[0-9]' || skip "perf counts nothing here"
}

# day DATE: its number.
day() { echo "$(($(date -ud "$1" +%s) / 86400))"; }

# fill MEMBERS: a database of so many, of whom the first 360 have something due on 1 July 2027, in
# groups of 40 by what it is; the others have as much of everything, years ago or years ahead.
fill() {
    vip-db init -q --program=mine --as-of=2020-01-01
    vip-db load -q --effective=2027-07-31 --as-of=2027-06-30 mine
    sqlite3 "$VIP_DB" "PRAGMA synchronous = OFF; BEGIN;
        CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
            SELECT i, CASE WHEN i <= 360 THEN (i - 1) / 40 END AS g, 1 + i % 28 AS some, i % 300 AS many FROM n;
        INSERT INTO code (code, text) VALUES (101, '0101'), (102, '顾丽');
        INSERT INTO member (id, member, application, name, phone, email, birthday, birth_month, birth_day,
                store, consultant, consent_sms, consent_call, batch)
            SELECT i, printf('M%07d', i), 'a' || i, '某', printf('138%08d', i), i || '@example.cn',
                CASE WHEN g = 0 THEN '1980-07-01' ELSE printf('1980-12-%02d', some) END,
                CASE WHEN g = 0 THEN 7 ELSE 12 END, CASE WHEN g = 0 THEN 1 ELSE some END, 101, 102, 1, 1, 1 FROM n;
        INSERT INTO account (member, status, enrolled, last_purchase, first_purchase, entries, balance, spent, next_expiry)
            SELECT i, 1, CASE WHEN g = 1 THEN $(day 2027-06-01) ELSE $(day 2020-01-01) + many END,
                CASE g WHEN 2 THEN $(day 2027-06-28) WHEN 3 THEN $(day 2027-06-30) WHEN 4 THEN $(day 2027-06-24)
                    WHEN 5 THEN $(day 2027-07-01) WHEN 6 THEN $(day 2027-01-01) ELSE $(day 2021-01-01) + many END,
                $(day 2020-01-01), 1, 6000, 95000,
                CASE WHEN g = 7 THEN $(day 2027-08-01) ELSE $(day 2028-01-01) + many END FROM n;
        INSERT INTO bought SELECT last_purchase, member FROM account;
        INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, available, expires, store, ref, batch)
            SELECT member, 1, 0, last_purchase, 6000, 95000, last_purchase, 0, next_expiry, 101, 'R', 1 FROM account;
        INSERT INTO card (card, member, state, virtual, tier, issued, expires, batch)
            SELECT printf('K%07d', i), i, 1, 0, 'vip', 1, CASE g WHEN 0 THEN $(day 2027-06-01)
                WHEN 1 THEN $(day 2027-08-01) ELSE $(day 2029-01-01) + some END, 1 FROM n;
        INSERT INTO voucher (voucher, member, reward, value, issued, expires, state, request)
            SELECT 'V' || i, i, 'x', 5000, 1, CASE WHEN g = 2 THEN $(day 2027-08-01)
                ELSE $(day 2029-01-01) + many END, 0, 'r' || i FROM n;
        INSERT INTO tier_state (member, ladder, tier, since, number, run)
            SELECT i, '', CASE WHEN g = 3 THEN 'star' ELSE 'vip' END, 1, 1, 1 FROM n;
        INSERT INTO tier_change (member, ladder, number, from_tier, to_tier, rule, evidence, effective, run, batch)
            SELECT i, '', 1, 'vip', 'star', 'upgrade', '', 1, CASE WHEN g = 4 THEN $(day 2027-07-01)
                ELSE $(day 2021-01-01) + many END, 1 FROM n;
        INSERT INTO complaint (complaint, member, opened, step, closed, batch)
            SELECT 'C' || i, i, 1, 6, CASE WHEN g = 5 THEN $(day 2027-06-24) ELSE $(day 2021-01-01) + many END, 1 FROM n;
        INSERT INTO unreached SELECT i, CASE g WHEN 8 THEN 3 ELSE 2 END, CASE g WHEN 8 THEN $(day 2027-07-01)
            ELSE $(day 2021-01-01) + many END FROM n;
        INSERT INTO reminder (member, key, kind, due, channel, marketing, marked, again, outcome, facts, batch)
            SELECT i, 'news:0d:20' || y || '-12-01', 'news', 1, 'sms', 0, $(day 2021-01-01) + many,
                CASE WHEN g = 7 AND y = 21 THEN $(day 2027-07-01) END,
                CASE WHEN g = 7 AND y = 21 THEN 'no-answer' WHEN i > 360 THEN 'sent' END, '', 1
            FROM n JOIN (SELECT 21 AS y UNION ALL SELECT 22) ON 1;
        UPDATE reminder SET marked = $(day 2027-07-01) WHERE member BETWEEN 1 AND 40 AND key LIKE '%:2021-%';
        COMMIT; PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
}

# count OPTION…: instructions of a list, in thousands; its rows are in the file rows.
count() {
    perf stat -x, -e instructions:u -o counted vip-remind -f csv --as-of=2027-07-01 -o rows "$@" 2>/dev/null
    echo "$(($(sed -n 's/^\([0-9]*\),.*/\1/p' counted) / 1000))"
}

@test "each anchor costs what is due" {
    cp -r "$VIP_ROOT/share/programs/department-store" mine
    echo 'star,,2,Star,星,physical,12,,requalify,' >> mine/tiers.csv
    echo 'star,,period,1000,12,,,' >> mine/entry.csv
    grep -v '^holiday\|^programme-change' mine/reminders.csv > some
    lines 'holiday,holiday,0d,sms,holiday,star,sms,' 'programme-change,effective,30d before,sms,programme-change,star,none,' >> some
    cp some mine/reminders.csv
    lines 'name,date' '建党节,7月1日' > mine/holidays.csv
    local size kind
    for size in 2000 60000; do
        rm -f vip.db*
        fill "$size"
        for kind in birthday follow-up points-posted points-expiring voucher-expiring card-expiring tier-change \
            near-tier dormant holiday dossier complaint programme-change; do
            echo "$kind $(count --kind=$kind) $(($(wc -l < rows) - 1))"
        done > "cost-$size"
        echo "again $(count --again=2027-07-01) $(($(wc -l < rows) - 1))" >> "cost-$size"
        echo "all $(count) $(($(wc -l < rows) - 1))" >> "cost-$size"
    done
    # The same rows; and any table that is read through for want of an index costs twice as much.
    paste -d' ' cost-2000 cost-60000 | awk '$3 < 40 || $3 != $6 || $5 > 1.25 * $2 { print; bad = 1 } END { exit bad }'
}
