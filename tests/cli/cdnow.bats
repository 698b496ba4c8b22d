#!/usr/bin/env bats
# vip-accrue on real purchases: 18 months of a CD shop, 69,659 lines of 23,570 customers. What each
# member should have is worked out from the file by awk alone, and what is in the database is read by
# sqlite3 alone.
load ../helper

CDNOW=$VIP_ROOT/../shared/data/cdnow/purchases.csv

# Two databases for all tests of the file: whoever ever bought enrolled on the day of the first
# purchase; and all purchases posted to that.
setup_file() {
    [ -e "$CDNOW" ] && command -v sqlite3 >/dev/null || return 0
    cd "$BATS_FILE_TMPDIR" || return
    export VIP_DB=$PWD/enrolled.db
    awk -F, 'BEGIN { print "member,name,phone,enrolled" }
        NR > 1 && (!($1 in first) || $2 < first[$1]) {
            if (!($1 in first)) order[++count] = $1
            first[$1] = $2
        }
        END {
            for (i = 1; i <= count; i++)
                printf "%s,Customer %s,138%08d,%s\n", order[i], order[i], i, first[order[i]]
        }' "$CDNOW" >members.csv
    awk -F, 'BEGIN { print "store,receipt,date,quantity,amount,member" }
        NR > 1 { printf "CD,R%06d,%s,%s,%s,%s\n", NR - 1, $2, $3, $4, $1 }' "$CDNOW" >purchases.csv
    vip-db init -q --program=basic &&
        vip-enroll -q --as-of=1998-07-01 members.csv &&
        one_file enrolled.db && cp enrolled.db posted.db &&
        VIP_DB=posted.db vip-accrue --as-of=1998-07-01 -o posted.csv purchases.csv 2>posted.log &&
        VIP_DB=posted.db vip-tier -q --as-of=1998-07-01 && one_file posted.db
}

setup() {
    fresh
    [ -e "$CDNOW" ] || skip "../shared/data/cdnow is not here"
    needs_tool sqlite3
    cp "$BATS_FILE_TMPDIR"/{enrolled.db,posted.db,purchases.csv} .
}

@test "23,570 customers and their 69,659 purchases are posted, and the database is sound" {
    same "$(<"$BATS_FILE_TMPDIR/posted.log")" \
        'vip-accrue: 69,659 rows read, 69,659 accepted, 0 known, 0 refused'
    same "$(wc -l <"$BATS_FILE_TMPDIR/posted.csv")" 69660
    same "$(sqlite3 posted.db 'SELECT count(*) FROM member')" 23570
    same "$(sqlite3 posted.db 'SELECT count(*), sum(amount) FROM purchase')" '69659|250031563'
    exits 0 vip-db check --db=posted.db
}

@test "every member has the points, balance, yearly spend and tier that the file gives" {
    awk -F, 'NR > 1 {
            split($4, part, ".")
            points[$1] += part[1]
            spent[$1, substr($2, 1, 4)] += part[1] * 100 + part[2]
            if (!($1 in first) || $2 < first[$1]) first[$1] = $2
            if ($2 > last[$1]) last[$1] = $2
            lines[$1]++
        }
        END {
            for (m in points)
                printf "%s|%d|%d|%d|%d|%d|%s|%s|member|%s\n", m, points[m], points[m],
                    spent[m, 1997], spent[m, 1998], lines[m], first[m], last[m], first[m]
        }' "$CDNOW" | sort >expected
    sqlite3 posted.db "
        SELECT m.member, a.balance, sum(l.points),
            sum(CASE WHEN strftime('%Y', l.spend_day * 86400, 'unixepoch') = '1997'
                THEN l.amount ELSE 0 END),
            sum(CASE WHEN strftime('%Y', l.spend_day * 86400, 'unixepoch') = '1998'
                THEN l.amount ELSE 0 END),
            count(*), date(a.first_purchase * 86400, 'unixepoch'),
            date(a.last_purchase * 86400, 'unixepoch'),
            (SELECT t.tier || '|' || date(t.since * 86400, 'unixepoch')
             FROM tier_state AS t WHERE t.member = m.id)
        FROM member AS m JOIN account AS a ON a.member = m.id JOIN ledger AS l ON l.member = m.id
        GROUP BY m.id ORDER BY m.member" >found
    same "$(wc -l <expected)" 23570
    cmp expected found || complain "$(diff expected found | head -20)"
}

@test "what vip-accrue printed is what the file gives, line by line" {
    awk -F, 'BEGIN { print "member,store,receipt,line,date,kind,amount,points,balance,status,reason" }
        NR > 1 {
            split($4, part, ".")
            balance[$1] += part[1]
            printf "%s,CD,R%06d,1,%s,sale,%s,%d,%d,posted,\n", $1, NR - 1, $2, $4, part[1],
                balance[$1]
        }' "$CDNOW" >expected
    cut -d, -f 2 --complement "$BATS_FILE_TMPDIR/posted.csv" >found
    cmp expected found || complain "$(diff expected found | head -20)"
}

@test "the file again is all known and changes nothing" {
    local before
    before=$(sqlite3 posted.db .dump | cksum)
    exits 0 vip-accrue --db=posted.db --as-of=1998-07-02 -o again.csv purchases.csv
    same "$err" 'vip-accrue: 69,659 rows read, 0 accepted, 69,659 known, 0 refused'
    same "$(cut -d, -f 11 again.csv | sort | uniq -c | tr -s ' ')" "$(lines ' 69659 known' ' 1 status')"
    same "$(sqlite3 posted.db .dump | cksum)" "$before"
}

# accrue_killed ROW DELAY: posts in batches of 2,000 rows and is killed DELAY seconds after row ROW
# was seen on standard output; `seen` then holds what was printed.
accrue_killed() {
    local pid
    mkfifo printed
    vip-accrue --db=killed.db --as-of=1998-07-01 --batch=2000 -f csv purchases.csv >printed 2>/dev/null &
    pid=$!
    awk -v row="$1" -v delay="$2" -v pid="$pid" '{ print >"seen" }
        NR == row + 1 { system("sleep " delay "; kill -9 " pid) }' <printed
    status=0
    wait "$pid" || status=$?
    rm printed
}

# Each of the ten moments lies in a tenth of its own of the new rows: at a random row, and from there
# a random part of a batch's time on, so that it may fall into reading, posting, committing or
# printing on a machine of any speed. VIP_SEED repeats a run.
@test "killed at ten random moments and run again, it ends as if it had never been killed" {
    local seed=${VIP_SEED:-$(date +%s)} started ended i row delay kills=0
    echo "VIP_SEED=$seed"
    RANDOM=$seed
    cp enrolled.db whole.db
    cp enrolled.db killed.db
    started=$(date +%s%N)
    vip-accrue --db=whole.db --as-of=1998-07-01 --batch=2000 -f csv purchases.csv >/dev/null
    ended=$(date +%s%N)
    for i in {0..9}; do
        row=$((i * 6700 + RANDOM % 6700))
        delay=$(awk -v whole="$((ended - started))" -v part="$((RANDOM % 1000))" \
            'BEGIN { printf "%.6f", whole / 1e9 / 35 * part / 1000 }')
        echo "moment $i: row $row and $delay s"
        accrue_killed "$row" "$delay"
        [ "$status" -ne 137 ] || kills=$((kills + 1))
        # What was acknowledged on standard output is on disk.
        sqlite3 killed.db "SELECT receipt FROM purchase" | sort >on-disk
        sed 1d seen | cut -d, -f 4 | grep -x 'R[0-9]\{6\}' | sort | comm -23 - on-disk >lost
        [ ! -s lost ] || complain "printed, but not on disk: $(head -3 lost)"
    done
    same "$kills" 10
    exits 0 vip-accrue -q --db=killed.db --as-of=1998-07-01 --batch=2000 purchases.csv
    dump_database whole.db >whole
    dump_database killed.db >killed
    cmp whole killed || complain "$(diff whole killed | head -20)"
    has "$(head -c 2000 whole)" '-- account'
    [ "$(wc -l <whole)" -gt 200000 ] || complain 'the dump is too short to say anything'
    exits 0 vip-db check --db=killed.db
}
