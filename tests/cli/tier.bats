#!/usr/bin/env bats
# vip-tier: changes, their evidence, terms, returns, missed nights, grants, explanations (SPEC 7).

load ../helper

# programme TIERS ENTRY [KEEP]: a copy of basic with these tables, in ./programme.
programme() {
    rm -rf programme
    cp -r "$VIP_ROOT/share/programs/basic" programme
    printf 'tier,ladder,rank,name_en,name_zh,card,valid_months,grace_months,on_lapse,discount\n%s\n' \
        "$1" >programme/tiers.csv
    printf 'tier,from_tier,basis,threshold,months,category,brand,store\n%s\n' "$2" >programme/entry.csv
    if [ -n "${3-}" ]; then
        printf 'tier,from_tier,basis,threshold,months,category,brand,store\n%s\n' "$3" >programme/keep.csv
    fi
}

# members DAY NUMBER…
members() {
    local day=$1 number
    shift
    {
        echo member,name,phone,enrolled
        for number; do echo "M$number,会员$number,1380000$((1000 + number)),$day"; done
    } | vip-enroll -q --as-of="$day" >enrolled.csv
}

# buy DAY ROW…: each row is receipt,kind,amount,category,original,member.
buy() {
    local day=$1 row
    shift
    {
        echo date,store,receipt,kind,amount,category,original,member
        for row; do echo "$day,S1,$row"; done
    } | vip-accrue -q --as-of="$day" >posted.csv
}

# tiers DAY [OPTION…]: what vip-tier prints, without its heading.
tiers() {
    local day=$1
    shift
    try vip-tier -q --as-of="$day" -o changes.csv "$@"
    [ "$status" -eq 0 ] || complain "vip-tier failed"
    out=$(tail -n +2 changes.csv)
}

# changes: member, from, to, rule, effective, expires of the rows just printed.
changes() { sed -E 's/"[^"]*"/-/g' <<<"$out" | cut -d, -f1-4,6-; }

member_only='member,,1,Member,会员,physical,,,requalify,'
gold=$member_only$'\ngold,,2,Gold,金卡,physical,,,requalify,'
enrol='member,,enrolment,,,,,'

@test "one receipt lifts at its very figure, and a fen below does not" {
    shop --program=menswear
    members 2026-01-05 1 2
    buy 2026-01-06 R1,sale,4999.99,business,,M1 R2,sale,5000,business,,M2
    tiers 2026-01-06
    same "$out" 'M2,accumulation,elite,upgrade,"receipt S1/R2 of 2026-01-06: 5000.00, needed 5000.00 (entry.csv:3)",2026-01-06,'
}

@test "the columns are those of the contract, and in Chinese with --lang=zh" {
    shop
    exits 0 vip-tier --as-of=2026-01-01
    same "$out" member,from,to,rule,evidence,effective,expires
    exits 0 vip-tier --as-of=2026-01-01 --lang=zh
    hasnt "$out" evidence
}

@test "a second run of one night finds nothing, and --full agrees" {
    programme "$gold" "$enrol
gold,,period,8000,12,,,"
    shop --program=programme
    members 2026-01-05 1 2
    buy 2026-02-01 R1,sale,4000,,,M1 R2,sale,4000,,,M2
    buy 2026-03-01 R3,sale,4000,,,M1 R4,sale,3999.99,,,M2
    tiers 2026-03-01
    same "$out" 'M1,member,gold,upgrade,"8000.00 from 2025-03-02 to 2026-03-01, needed 8000.00, last receipt S1/R3 of 2026-03-01 (entry.csv:3)",2026-03-01,'
    vip-db export -q before
    tiers 2026-03-01
    same "$out" ""
    tiers 2026-03-01 --full
    same "$out" ""
    vip-db export -q after
    same "$(diff -r before after)" ""
    exits 0 vip-db check
}

@test "--full looks at everyone: what was bought, and what is recorded without it" {
    needs_tool python3
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme --as-of=2024-10-01
    # More members than one look holds, all as an enrolment in one night would leave them; then, unseen
    # by any run: purchases that lift, nearly lift and lift on the last day; a tier from nowhere, a tier
    # gone, a wrong date.
    sqlite3 "$VIP_DB" "PRAGMA synchronous = OFF; BEGIN;
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 140000)
        INSERT INTO member (id, member, application, batch) SELECT i, 'M' || i, i, 1 FROM n;
        INSERT INTO account (member, status, enrolled) SELECT id, 1, 20000 + id / 70000 FROM member;
        INSERT INTO tier_state (member, ladder, tier, since, number, run)
        SELECT member, '', 'member', enrolled, 1, enrolled FROM account;
        INSERT INTO code (code, text) VALUES (1, 'S1');
        INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, store, ref, batch)
        SELECT member, entry, 0, 20400, 1, amount, 20400, 1, ref, 1 FROM (
            SELECT 3 AS member, 1 AS entry, 500000 AS amount, 'R1' AS ref UNION ALL
            SELECT 4, 1, 499999, 'R2' UNION ALL
            SELECT 65536, 1, 300000, 'R3' UNION ALL SELECT 65536, 2, 200000, 'R3' UNION ALL
            SELECT 65537, 1, 300000, 'R4' UNION ALL SELECT 65537, 2, 200000, 'R5' UNION ALL
            SELECT 140000, 1, 500000, 'R6');
        UPDATE tier_state SET tier = 'gold' WHERE member = 65538;
        DELETE FROM tier_state WHERE member = 131073;
        UPDATE tier_state SET since = since + 1 WHERE member = 131074;
        UPDATE account SET status = 3 WHERE member = 131075;
        UPDATE tier_state SET tier = 'gold' WHERE member = 131075; COMMIT" >/dev/null
    VIP_PROGRESS_MS=0 terminal vip-tier -f csv --full --as-of=2026-02-01
    has "$out" $'\rvip-tier: members looked at: 65536 rows\e[K'
    has "$out" "140000 members looked at, 5 changes"
    out=$(sed 1d rows.txt)
    same "$(changes)" "M3,member,gold,upgrade,2025-11-08,
M65536,member,gold,upgrade,2025-11-08,
M65538,gold,member,revocation,2026-02-01,
M131073,,member,enrolment,2024-10-05,
M140000,member,gold,upgrade,2025-11-08,"
    same "$(sqlite3 "$VIP_DB" "SELECT since - enrolled FROM tier_state NATURAL JOIN account
        WHERE member = 131074")" 0
    tiers 2026-02-01 --full
    same "$out" ""
}

@test "visits and lifetime spending lift too" {
    programme "$gold"$'\ndiamond,,3,Diamond,钻石,physical,,,requalify,' "$enrol
gold,,visits,3,12,,,
diamond,,lifetime,1000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,1,,,M1
    buy 2026-02-02 R2,sale,1,,,M1
    tiers 2026-02-02
    same "$out" ""
    buy 2026-02-03 R3,sale,1,,,M1
    tiers 2026-02-03
    same "$(changes)" "M1,member,gold,upgrade,2026-02-03,"
    buy 2036-02-03 R4,sale,997,,,M1
    tiers 2036-02-03
    same "$(changes)" "M1,gold,diamond,upgrade,2036-02-03,"
}

@test "a returned purchase takes the tier with it, and says which return it was" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-02-01
    buy 2026-02-10 X1,return,0.01,,R1,M1
    tiers 2026-02-11
    same "$out" "M1,gold,member,revocation,0.01 came back on 2026-02-10: receipt S1/R1 of 2026-02-01,2026-02-10,"
    tiers 2026-02-11 --full
    same "$out" ""
    exits 0 vip-db check
}

@test "a tier ends after its last day: kept, stepped down or closed" {
    programme "$member_only
silver,,2,Silver,银,physical,12,,step-down,
gold,,3,Gold,金,physical,12,,requalify,
guest,other,1,Guest,客,virtual,1,,close," "$enrol
silver,,single,1000,,,,
gold,,single,5000,,,,
guest,,enrolment,,,,," "silver,,period,500,12,,,"
    shop --program=programme
    members 2026-01-31 1 2 3
    buy 2026-02-01 R1,sale,1000,,,M1 R2,sale,1000,,,M2 R3,sale,5000,,,M3
    buy 2026-09-01 R4,sale,500,,,M1 R5,sale,499.99,,,M2
    tiers 2026-02-28
    same "$(changes)" "M1,member,silver,upgrade,2026-02-01,2027-02-01
M2,member,silver,upgrade,2026-02-01,2027-02-01
M3,member,gold,upgrade,2026-02-01,2027-02-01"
    tiers 2026-03-01
    same "$(changes | sort | head -1)" "M1,guest,,lapse,2026-03-01,"
    tiers 2027-02-01
    same "$out" ""
    tiers 2027-02-02
    same "$(changes)" "M1,silver,silver,renewal,2027-02-02,2028-02-01
M2,silver,member,downgrade,2027-02-02,
M3,gold,member,downgrade,2027-02-02,"
    has "$out" "ran out on 2027-02-01; not kept: 499.99 from 2026-02-02 to 2027-02-01, needed 500.00 (keep.csv:2)"
}

@test "grace: three months more to keep a tier" {
    programme "gold,,1,Gold,金,physical,12,3,close," "gold,,single,5000,,,," "gold,,period,1000,12,,,"
    shop --program=programme
    {
        echo member,name,phone,enrolled,receipt,spent,store
        lines M1,王芳,13800000001,2026-01-05,Q1,5000,S1 M2,李四,13800000002,2026-01-05,Q2,5000,S1
    } | vip-enroll -q --as-of=2026-01-05
    tiers 2027-01-06
    same "$(changes)" "M1,gold,gold,grace,2027-01-06,2027-04-05
M2,gold,gold,grace,2027-01-06,2027-04-05"
    buy 2027-04-05 R1,sale,1000,,,M1
    tiers 2027-04-06
    same "$(changes)" "M1,gold,gold,renewal,2027-04-05,2028-01-05
M2,gold,,lapse,2027-04-06,"
}

@test "the purchase given at enrolment counts once, also when the till sends it" {
    programme "vip,,1,VIP,贵宾,physical,,,close,
gold,,2,Gold,金,physical,,,close," "vip,,single,1000,,,,
gold,,lifetime,1999.99,,,,"
    shop --program=programme
    lines member,name,phone,enrolled,receipt,spent,store M1,王芳,13800000001,2026-01-05,Q1,1000,S1 |
        vip-enroll -q --as-of=2026-01-05 -o enrolled.csv
    has "$(cat enrolled.csv)" ",vip,"
    tiers 2026-01-05
    same "$out" ""
    buy 2026-01-05 Q1,sale,1000,,,M1
    tiers 2026-01-05
    same "$out" ""
    buy 2026-01-06 R2,sale,999.99,,,M1
    tiers 2026-01-06
    same "$(changes)" "M1,vip,gold,upgrade,2026-01-06,"
}

# A year of purchases and returns for nine members, a night's file each: days are 7 apart.
nights() {
    awk 'BEGIN {
        srand(5)
        for (night = 0; night < 52; night++)
            for (m = 1; m <= 9; m++) {
                r = rand()
                if (r < 0.5)
                    printf "%d R%d-%d,sale,%d,,,M%d\n", night, night, m, 200 + rand() * rand() * 2500, m
                if (r < 0.15) {
                    later = night + 1 + int(rand() * 6)
                    if (later < 52)
                        printf "%d X%d-%d,return,%d,,R%d-%d,M%d\n", later, night, m, 100 + rand() * 90, night, m, m
                }
            }
    }' | sort -n -s -k1,1
}

play() { # play EVERY [NEXT…]: the year with vip-tier every so many nights; NEXT=DAY: programmes of later
    local every=$1 night day rows next
    shift
    programme "$member_only
silver,,2,Silver,银,physical,3,1,step-down,
gold,,3,Gold,金,physical,2,,requalify," "$enrol
silver,,period,3000,2,,,
gold,,single,1500,,,,
gold,member,visits,7,2,,," "gold,,card-year,4000,,,,
silver,,visits,7,3,,,"
    rm -f "$VIP_DB"*
    shop --program=programme
    members 2026-01-01 1 2 3 4 5 6 7 8 9
    for next; do vip-db load -q "${next%=*}" --effective="${next#*=}" --as-of=2026-01-01; done
    for night in $(seq 0 51); do
        day=$(date -u -d "2026-01-02 +$((night * 7)) days" +%F)
        mapfile -t rows < <(sed -n "s/^$night //p" nights.txt)
        [ "${#rows[@]}" -eq 0 ] || buy "$day" "${rows[@]}"
        [ $((night % every)) -ne $((every - 1)) ] || vip-tier -q --as-of="$day" >/dev/null
    done
    vip-db export -q "dump-$every"
}

same_history() { # of play 1 and play 13, but for the runs and their batches
    local without='{ NF -= 2; print }'
    same "$(awk -F, -v OFS=, "$without" dump-1/tier_change.csv)" \
        "$(awk -F, -v OFS=, "$without" dump-13/tier_change.csv)"
    without='{ NF--; print }'
    same "$(awk -F, -v OFS=, "$without" dump-1/tier_state.csv)" \
        "$(awk -F, -v OFS=, "$without" dump-13/tier_state.csv)"
}

@test "nights that were missed are caught up: the same history as night by night" {
    nights >nights.txt
    play 1
    play 13
    same_history
    for rule in upgrade renewal downgrade revocation grace correction; do
        has "$(cat dump-1/tier_change.csv)" "$rule"
    done
    # Nor does anybody who looks at an earlier day find anything to be written.
    for day in 2026-02-03 2026-04-20 2026-08-01 2026-11-22 2026-12-25; do
        tiers "$day" --full
        same "$out" ""
        exits 0 vip-db check --as-of="$day"
    done
}

@test "nights that were missed across new versions are caught up in order" {
    nights >nights.txt
    programme "$member_only
silver,,2,Silver,银,physical,2,,requalify,
platinum,,3,Platinum,白金,physical,2,,step-down," "$enrol
silver,,single,1800,,,,
platinum,silver,period,4000,3,,," "platinum,,visits,4,2,,,"
    mv programme second
    programme "$member_only
silver,,2,Silver,银,physical,1,1,requalify,
gold,,3,Gold,金,physical,,,requalify," "$enrol
silver,,visits,5,2,,,
gold,silver,period,5000,3,,," "silver,,period,500,1,,,"
    mv programme third
    play 1 second=2026-05-03 third=2026-06-20
    play 13 second=2026-05-03 third=2026-06-20
    same_history
    # Each version gave what was its own, from its day on.
    same "$(sqlite3 "$VIP_DB" "SELECT to_tier, min(effective) >= unixepoch('2026-05-03') / 86400,
            max(effective) < unixepoch('2026-06-20') / 86400
        FROM tier_change WHERE rule = 'upgrade' GROUP BY to_tier ORDER BY to_tier")" \
        "$(lines 'gold|0|0' 'platinum|1|1' 'silver|0|0')"
    tiers 2026-12-25 --full
    same "$out" ""
    exits 0 vip-db check --as-of=2026-12-25
}

@test "a line that came late is one correcting change" {
    programme "$gold"$'\ndiamond,,3,Diamond,钻石,physical,12,,close,' "$enrol
gold,,period,5000,12,,,
diamond,,single,9000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,3000,,,M1
    buy 2026-03-01 R2,sale,3000,,,M1
    tiers 2026-03-01
    same "$(changes)" "M1,member,gold,upgrade,2026-03-01,"
    lines date,store,receipt,amount,member 2026-01-20,S1,R0,2000,M1 |
        vip-accrue -q --as-of=2026-03-02
    tiers 2026-03-02
    same "$out" "" # the same tier, without end
    lines date,store,receipt,amount,member 2026-02-20,S1,R5,9000,M1 |
        vip-accrue -q --as-of=2026-03-05
    tiers 2026-03-05
    same "$(changes)" "M1,gold,diamond,upgrade,2026-02-20,2027-02-20"
    lines date,store,receipt,amount,member 2026-02-10,S1,R6,9000,M1 |
        vip-accrue -q --as-of=2026-03-06
    tiers 2026-03-06
    same "$(changes)" "M1,diamond,diamond,correction,2026-03-06,2027-02-10"
    tiers 2026-03-06 --full
    same "$out" ""
    exits 0 vip-db check
}

@test "a run for a past day does not undo what a later one found" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-02-01
    exits 0 vip-tier --as-of=2026-01-20 --full
    same "$out" member,from,to,rule,evidence,effective,expires
    has "$err" "1 member left alone"
    exits 0 vip-tier --as-of=2026-01-20 --explain=M1
    has "$out" "M1,,gold,entry.csv:3,single,2026-01-20,2026-01-20,0.00,5000.00,5000.00,no"
}

@test "a run for a past day does not give back what a later one took" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-02-01
    buy 2026-03-01 X1,return,5000,,R1,M1
    tiers 2026-03-01
    same "$(changes)" "M1,gold,member,revocation,2026-03-01,"
    exits 0 vip-tier -f csv --as-of=2026-02-10 --full
    same "$out" member,from,to,rule,evidence,effective,expires
    has "$err" "1 member left alone"
    exits 0 vip-db check --as-of=2026-02-10
}

@test "a run for a past day leaves what lies ahead of it for a later one" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-01-31
    same "$out" ""
    tiers 2026-02-01
    same "$(changes)" "M1,member,gold,upgrade,2026-02-01,"
}

@test "a run for a past day sees what was posted by then, and no more" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1 2
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-02-01
    # The till of the other store was read nine days late, with a return that went with it.
    {
        echo date,store,receipt,kind,amount,original,member
        lines 2026-02-01,S2,R2,sale,5000,,M2 2026-02-03,S1,X1,return,1,R1,M1
    } | vip-accrue -q --as-of=2026-02-10
    tiers 2026-02-09
    same "$out" ""
    exits 0 vip-tier --as-of=2026-02-09 --explain=M2
    has "$out" "M2,,gold,entry.csv:3,single,2026-02-09,2026-02-09,0.00,5000.00"
    tiers 2026-02-10
    same "$out" "M1,gold,member,revocation,1.00 came back on 2026-02-03: receipt S1/R1 of 2026-02-01,2026-02-10,
M2,member,gold,upgrade,\"receipt S2/R2 of 2026-02-01: 5000.00, needed 5000.00 (entry.csv:3)\",2026-02-01,"
    tiers 2026-02-10 --full
    same "$out" ""
    exits 0 vip-db check --as-of=2026-02-10
}

@test "--dry-run prints what would be and keeps nothing" {
    programme "$gold" "$enrol
gold,,single,5000,,,,"
    shop --program=programme
    members 2026-01-05 1
    buy 2026-02-01 R1,sale,5000,,,M1
    tiers 2026-02-01 --dry-run
    same "$(changes)" "M1,member,gold,upgrade,2026-02-01,"
    tiers 2026-02-01
    same "$(changes)" "M1,member,gold,upgrade,2026-02-01,"
}

@test "--dry-run --program shows who would move under a draft, and how many from where to where" {
    programme "$gold" "$enrol
gold,,lifetime,5000,,,,"
    shop --program=programme
    members 2026-01-05 1 2 3 4
    buy 2026-02-01 R1,sale,4000,,,M1 R2,sale,5000,,,M2 R3,sale,9000,,,M3 R4,sale,4500,,,M4
    tiers 2026-02-01
    programme "$gold
diamond,,3,Diamond,钻石,physical,12,,requalify," "$enrol
gold,,lifetime,4000,,,,
diamond,,lifetime,9000,,,,"
    vip-db export -q before
    exits 0 vip-tier -f csv --dry-run --program=programme --as-of=2026-02-10
    out=$(sed 1d <<<"$out")
    same "$(changes)" "M1,member,gold,upgrade,2026-02-10,
M3,gold,diamond,upgrade,2026-02-10,2027-02-10
M4,member,gold,upgrade,2026-02-10,"
    same "$err" "vip-tier: from                 to                      changes
vip-tier: gold                 diamond                       1
vip-tier: member               gold                          2
vip-tier: 4 members looked at, 3 changes (nothing was kept)"
    # What would be is what is, once it is loaded.
    vip-db export -q after
    same "$(diff -r before after)" ""
    vip-db load -q programme --effective=2026-02-10 --as-of=2026-02-10
    tiers 2026-02-10
    same "$(changes)" "M1,member,gold,upgrade,2026-02-10,
M3,gold,diamond,upgrade,2026-02-10,2027-02-10
M4,member,gold,upgrade,2026-02-10,"
}

@test "a draft is judged like a programme, and is for --dry-run alone" {
    shop
    refuses 2 "give --dry-run too" vip-tier --program=menswear
    refuses 2 "does not go with --explain" vip-tier --dry-run --program=menswear --explain=M1
    refuses 2 "nonsense: is neither a folder nor a preset" vip-tier --dry-run --program=nonsense
    programme "$gold" "gild,,single,5000,,,,"
    refuses 2 "programme/entry.csv:2: tier: 'gild'" vip-tier --dry-run --program=programme
    exits 0 vip-tier -q --dry-run --program=menswear --as-of=2026-02-10
    same "$err" ""
}

@test "a new version of the programme is applied to everyone once" {
    programme "$gold" "$enrol
gold,,lifetime,5000,,,,"
    shop --program=programme
    members 2026-01-05 1 2
    buy 2026-02-01 R1,sale,4000,,,M1 R2,sale,5000,,,M2
    tiers 2026-02-01
    same "$(changes)" "M2,member,gold,upgrade,2026-02-01,"
    programme "$gold" "$enrol
gold,,lifetime,4000,,,,"
    vip-db load -q programme --effective=2026-03-01 --as-of=2026-02-02
    tiers 2026-02-28
    same "$out" ""
    tiers 2026-03-01
    same "$(changes)" "M1,member,gold,upgrade,2026-03-01,"
    vip-db export -q before
    tiers 2026-03-01
    same "$out" ""
    vip-db export -q after
    same "$(diff -r before after)" ""
}

@test "a version that was loaded late counts from its day, and touches nothing before it" {
    local last=$member_only$'\ngold,,2,Gold,金卡,physical,1,,requalify,'
    programme "$last" "$enrol
gold,,lifetime,5000,,,,"
    shop --program=programme
    members 2026-01-05 1 2 3 4
    buy 2026-02-01 R1,sale,4000,,,M1 R2,sale,5000,,,M2 R3,sale,3000,,,M3
    tiers 2026-02-01
    for night in 2026-02-15 2026-02-20 2026-02-28; do
        tiers "$night"
        same "$out" ""
    done
    # Loaded on the last day of February for its middle: nothing was posted since.
    programme "$last" "$enrol
gold,,lifetime,4000,,,,"
    vip-db load -q programme --effective=2026-02-15 --as-of=2026-02-28
    tiers 2026-02-28
    same "$(changes)" "M1,member,gold,upgrade,2026-02-15,2026-03-15"
    tiers 2026-02-28
    same "$out" ""
    # What a run has told since is not touched any more: neither what it gave nor what ran out.
    refuses 2 "in the past of what was already posted (the last on 2026-02-15)" \
        vip-db load menswear --effective=2026-02-15 --as-of=2026-02-28
    tiers 2026-03-02
    same "$(changes)" "M2,gold,gold,renewal,2026-03-02,2026-04-01"
    refuses 2 "(the last on 2026-03-02)" vip-db load menswear --effective=2026-03-02 --as-of=2026-03-03
    # A line of before the version, that comes after it, is judged by the rules of its own day.
    lines date,store,receipt,amount,member 2026-02-10,S1,R9,4999.99,M4 2026-02-14,S1,R10,0.01,M4 |
        vip-accrue -q --as-of=2026-03-03
    tiers 2026-03-03
    same "$(changes)" "M4,member,gold,upgrade,2026-02-14,2026-03-14"
    exits 0 vip-db check --as-of=2026-03-03
}

@test "a version that is loaded anew for its day is applied to everyone anew" {
    programme "$gold" "$enrol
gold,,lifetime,5000,,,,"
    shop --program=programme
    members 2026-01-05 1 2 3
    buy 2026-02-01 R1,sale,4000,,,M1 R2,sale,3000,,,M2 R3,sale,2000,,,M3
    programme "$gold" "$enrol
gold,,lifetime,4500,,,,"
    vip-db load -q programme --effective=2026-03-01 --as-of=2026-02-02
    tiers 2026-03-01
    same "$out" ""
    # A slip, mended before anything came of it.
    programme "$gold" "$enrol
gold,,lifetime,4000,,,,"
    vip-db load -q programme --effective=2026-03-01 --as-of=2026-03-01
    tiers 2026-03-01
    same "$(changes)" "M1,member,gold,upgrade,2026-03-01,"
    # A third one for a day between them and tonight; and one before the first that nobody saw.
    programme "$gold" "$enrol
gold,,lifetime,3000,,,,"
    vip-db load -q programme --effective=2026-04-01 --as-of=2026-03-01
    programme "$gold" "$enrol
gold,,lifetime,2000,,,,"
    vip-db load -q programme --effective=2026-05-01 --as-of=2026-03-01
    tiers 2026-05-02
    same "$(changes)" "M2,member,gold,upgrade,2026-04-01,
M3,member,gold,upgrade,2026-05-01,"
    exits 0 vip-db check --as-of=2026-05-02
}

@test "--explain shows each rule ahead, what is reached and what is missing" {
    shop --program=restaurant
    lines member,name,phone,enrolled,receipt,spent,store M1,王芳,13800000001,2026-01-05,Q1,200,S1 |
        vip-enroll -q --as-of=2026-01-05
    buy 2026-01-05 Q1,sale,200,,,M1
    buy 2026-02-01 R1,sale,2800,,,M1
    vip-tier -q --as-of=2026-02-02
    exits 0 vip-tier --as-of=2026-02-02 --explain=M1
    same "$(cut -d, -f-12 <<<"$out")" "member,ladder,tier,rule,basis,window_from,window_to,reached,threshold,missing,met,deadline
M1,,silver,keep.csv:2,period,2026-02-02,2027-02-01,0.00,3000.00,3000.00,no,2027-02-01
M1,,silver,keep.csv:3,visits,2026-02-02,2027-02-01,0,12,12,no,2027-02-01
M1,,gold,entry.csv:6,period,2025-02-03,2026-02-02,3000.00,10000.00,7000.00,no,2027-01-04
M1,,gold,entry.csv:7,visits,2025-02-03,2026-02-02,2,30,28,no,2027-01-04"
    refuses 1 "M9" vip-tier --as-of=2026-02-02 --explain=M9,M1
    has "$out" "M1,,gold"
}

@test "--explain says it in words that a clerk can read out, in both languages" {
    shop --program=menswear
    members 2026-01-05 1
    buy 2026-01-06 R1,sale,7999.99,,,M1
    exits 0 vip-tier -f tsv --as-of=2026-02-01 --explain=M1
    same "$(cut -f 13 <<<"$out" | sed -n '2,6p')" "$(lines \
        'For Elite: one receipt of 5000.00 yuan or more, of category business, of brand other than second' \
        'For Elite: one receipt of 3000.00 yuan or more, of category leather or golf, of brand other than second' \
        'For Elite: 0.01 yuan more by 2027-01-05, of brand other than second; so far 7999.99 yuan of 8000.00 yuan in 12 months' \
        'For Diamond: 12000.01 yuan more by 2027-01-05, of brand other than second; so far 7999.99 yuan of 20000.00 yuan in 12 months; only from Elite' \
        'For Diamond: one receipt of 15000.00 yuan or more, of brand other than second')"
    exits 0 vip-tier -f tsv --as-of=2026-02-01 --lang=zh --explain=M1
    same "$(cut -f 13 <<<"$out" | sed -n '1,2p;4p')" "$(lines 说明文字 \
        '升级到精英卡：一次消费满5000.00元，品类business，品牌非second。' \
        '升级到精英卡：2027年1月5日（含）前再消费0.01元，品牌非second；已有7999.99元，共需8000.00元（12个月内）。')"
    # The day that is named is the last on which a fen is enough.
    buy 2027-01-05 R2,sale,0.01,,,M1
    tiers 2027-01-05
    same "$(changes)" "M1,accumulation,elite,upgrade,2027-01-05,"
}

@test "--explain says how long a tier lasts that is kept already, and what else it takes" {
    programme "$member_only
gold,,2,Gold,金卡,physical,12,,requalify,
black,,3,Black,黑卡,physical,,,requalify," "$enrol
gold,,single,1000,,,,MAY|JUNE
black,gold,visits,3,12,!gift,,MAY" "gold,,card-year,2000,,,,"
    shop --program=programme
    members 2026-01-05 1
    lines date,store,receipt,amount,member 2026-02-01,MAY,R1,1000,M1 2026-03-01,S1,R2,1000,M1 |
        vip-accrue -q --as-of=2026-03-01
    exits 0 vip-tier -f tsv --as-of=2026-03-01 --explain=M1
    same "$(cut -f 11-13 <<<"$out" | sed 1d)" "$(lines \
        $'yes\t2027-02-01\tGold is kept beyond 2027-02-01: 2000.00 yuan so far, 2000.00 yuan needed' \
        $'no\t2027-01-31\tFor Black: 2 visits more by 2027-01-31, of category other than gift, at store MAY; so far 1 visit of 3 visits in 12 months')"
    exits 0 vip-tier -f tsv --as-of=2026-03-01 --lang=zh --explain=M1
    same "$(cut -f 13 <<<"$out" | sed 1d)" "$(lines \
        '金卡已可保级（现有效期至2027年2月1日）：已有2000.00元，需2000.00元。' \
        '升级到黑卡：2027年1月31日（含）前再来2次，品类非gift，店铺MAY；已有1次，共需3次（12个月内）。')"
    lines date,store,receipt,kind,amount,original,member 2026-03-02,S1,X1,return,0.01,R2,M1 |
        vip-accrue -q --as-of=2026-03-02
    exits 0 vip-tier -f tsv --as-of=2026-03-02 --explain=M1
    same "$(cut -f 13 <<<"$out" | sed -n 2p)" \
        'To keep Gold: 0.01 yuan more by 2027-02-01; so far 1999.99 yuan of 2000.00 yuan'
}

@test "--near lists who lacks little, with what is missing and until when" {
    programme "$gold" "$enrol
gold,,period,10000,12,,,
gold,,visits,10,12,,,"
    shop --program=programme
    members 2026-01-05 1 2 3 4
    buy 2026-02-01 R1,sale,9000,,,M1 R2,sale,8999.99,,,M2 R3,sale,10000,,,M3
    tiers 2026-02-01
    exits 0 vip-tier -f csv --as-of=2026-02-02 --near=10%
    same "$(sed 1d <<<"$out")" "M1,,gold,entry.csv:3,period,2025-02-03,2026-02-02,9000.00,10000.00,1000.00,no,2027-01-31,For Gold: 1000.00 yuan more by 2027-01-31; so far 9000.00 yuan of 10000.00 yuan in 12 months"
    exits 0 vip-tier -f csv --as-of=2026-02-02 --near=10.01%
    same "$(sed 1d <<<"$out" | cut -d, -f1,10)" "$(lines M1,1000.00 M2,1000.01)"
    lines member,reason,by M1,asked,Li | vip-enroll -q --suspend --as-of=2026-02-02
    exits 0 vip-tier -f csv --as-of=2026-02-02 --near=10
    same "$(sed 1d <<<"$out")" ""
    # What has left the window is no longer near.
    exits 0 vip-tier -f csv --as-of=2027-02-01 --near=100%
    same "$(sed 1d <<<"$out")" ""
    for share in '' 0 101% 10%% x; do refuses 2 "is not a share" vip-tier --near="$share"; done
}

@test "--grant: a floor until its day, above which rules may lift" {
    programme "$gold"$'\ndiamond,,3,Diamond,钻石,physical,1,,requalify,' "$enrol
diamond,,single,9000,,,,"
    shop --program=programme
    members 2026-01-05 1 2
    lines member,tier,until,reason,by 'M1,gold,2026-12-31,long friend,boss' \
        'M2,gold,,opened our shop,boss' >grants.csv
    tiers 2026-01-06 --grant grants.csv
    same "$out" "M1,member,gold,grant,gold granted by boss until 2026-12-31: long friend,2026-01-06,2026-12-31
M2,member,gold,grant,gold granted by boss without end: opened our shop,2026-01-06,"
    exits 0 vip-tier --as-of=2026-01-06 --grant grants.csv
    has "$err" "2 rows read, 0 accepted, 2 known, 0 refused"
    buy 2026-02-01 R1,sale,9000,,,M1
    tiers 2026-02-01
    same "$(changes)" "M1,gold,diamond,upgrade,2026-02-01,2026-03-01"
    tiers 2027-01-01
    same "$(changes)" "M1,diamond,gold,downgrade,2026-03-02,2026-12-31
M1,gold,member,downgrade,2027-01-01,"
    tiers 2027-01-01 --full
    same "$out" ""
    exits 0 vip-db check
}

@test "--grant refuses, row by row, and the others go through" {
    shop
    members 2026-01-05 1
    lines member,tier,until,reason,by M1,gold,,x,boss M7,member,,x,boss M1,member,2025-01-01,x,boss \
        M1,member,,,boss M1,member,,x, M1,member,soon,x,boss M1,member,,x,boss M1,member,,y,boss >grants.csv
    exits 1 vip-tier --as-of=2026-01-06 --grant -r rejects.csv - <grants.csv
    has "$err" "8 rows read, 1 accepted, 0 known, 7 refused"
    same "$(awk -F, 'NR > 1 { print $(NF - 1) == "" ? $NF : $0 }' rejects.csv | wc -l)" 7
    for reason in no-such-tier no-such-member until-past missing-field bad-cell conflict; do
        has "$(cat rejects.csv)" "$reason"
    done
    exits 0 vip-db check
}

@test "what is called wrongly is said, and nothing is read without being asked" {
    shop
    refuses 2 "rows are read with --grant only" vip-tier rows.csv
    refuses 2 "--grant and --explain are two jobs" vip-tier --grant --explain=M1
    refuses 2 "--explain and --near are two jobs" vip-tier --near=10% --explain=M1
    refuses 2 "--full does not go with --near" vip-tier --full --near=10%
    refuses 2 "does not go with --explain" vip-tier --full --explain=M1
    exits 0 vip-tier --as-of=2026-01-01 <<<"not a table"
}

@test "without a database: status 3" {
    exits 3 vip-tier
}
