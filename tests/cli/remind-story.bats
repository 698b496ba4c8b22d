#!/usr/bin/env bats
# Once and only once across nights, in a random history: a shop whose nights are missed, doubled, run for
# days that are over, run three at a time and killed gives in the end what one gives that runs each.
# VIP_SEED=N plays another one.

load ../helper

DAYS=45 MEMBERS=25

# as DAY: its date, in days from the first.
as() { date -ud "2026-01-20 + $1 days" +%Y-%m-%d; }

# tell CHANGE: the programme menswear, changed; members with birthdays solar and lunar, and each day's
# purchases in pos-DAY.csv.
tell() {
    local i day number=0
    for ((day = -1; day < DAYS; day++)); do
        dates[day + 1]=$(as "$day")
    done
    cp -r "$VIP_ROOT/share/programs/menswear" mine
    "$1"
    lines member,name,phone,email,birthday,store,consultant,enrolled,receipt,spent,consent_sms,consent_call > members.csv
    for ((i = 0; i < MEMBERS; i++)); do
        printf 'M%d,某,138%08d,m%d@example.cn,%s%02d-%02d,S,顾丽,2026-01-01,Q%d,5000,yes,%s\n' "$i" "$i" "$i" \
            "$( ((RANDOM % 3)) || echo L)" $((1 + RANDOM % 4)) $((1 + RANDOM % 28)) "$i" \
            "$( ((RANDOM % 2)) && echo yes)" >> members.csv
    done
    for ((day = 0; day < DAYS; day++)); do
        for ((i = RANDOM % 5; i > 0; i--)); do
            echo "S,R$((++number)),${dates[day + 1]},$((50 + RANDOM % 6000)),M$((RANDOM % MEMBERS))"
        done > rows
        [ ! -s rows ] || { lines store,receipt,date,amount,member; cat rows; } > "pos-$day.csv"
    done
}

# play NIGHT: the story, with NIGHT DAY after each day; what was given is printed.
play() {
    local day
    rm -f vip.db*
    vip-db init -q --program=mine --as-of=2026-01-01
    vip-enroll -q --as-of=2026-01-01 members.csv
    night -1
    for ((day = 0; day < DAYS; day++)); do
        [ ! -e "pos-$day.csv" ] || vip-accrue -q --as-of="${dates[day + 1]}" "pos-$day.csv"
        vip-tier -q --as-of="${dates[day + 1]}"
        "$1" "$day"
    done
    night $((DAYS - 1))
    # What is said of the moment is not caught up: who is near a tier at each purchase.
    sqlite3 "$VIP_DB" "SELECT m.member, r.key FROM reminder AS r JOIN member AS m ON m.id = r.member
        WHERE r.kind <> 'near-tier' ORDER BY 1, 2"
}

night() { vip-remind -q --mark --as-of="${dates[$1 + 1]}"; }

odd_night() {
    local which=$((RANDOM % 10)) before=$((RANDOM % (1 + $1))) one two
    case $which in
        0 | 1 | 2 | 3) return ;;
        4) night "$before" ;;
        5) timeout -s KILL "0.00$((1 + RANDOM % 9))" vip-remind -q --mark --as-of="${dates[$1 + 1]}" || : ;;
        6)
            night "$1" &
            one=$!
            night "$1" &
            two=$!
            night "$1"
            wait "$one" "$two"
            ;;
        7) night "$1" && night "$1" ;;
        *) night "$1" ;;
    esac
}

# without_consent: nobody needs one, so that no contact moves.
without_consent() { sed -i 's/,\(sms\|call\),\([0-9%]*\)$/,none,\2/' mine/reminders.csv; }

with_quiet_days() { echo 'quiet_days,sunday|02-14' >> mine/program.csv; }

# given OPTION…: "member,key" of each row of a list.
given() { vip-remind -f csv "$@" 2>/dev/null | sed 1d | cut -d, -f1,4; }

# announced_night DAY: what is listed without --mark, and by a dry run, is what is given, and stays listed.
announced_night() {
    local day=--as-of=${dates[$1 + 1]}
    given "$day" > plain
    given "$day" --mark --dry-run > dry
    given "$day" --mark > real
    cmp plain real || complain "$day"
    cmp dry real || complain "$day"
    same "$(sort real | uniq -d)" ''
    given "$day" > plain
    cmp plain real || complain "$day"
}

@test "what a list shows is what the night gives, and what it has given" {
    local dates=()
    RANDOM=${VIP_SEED:-8}
    tell with_quiet_days
    play announced_night > all
    [ "$(wc -l < all)" -gt 150 ]
    # And of the days ahead, when nothing comes between.
    given --as-of="$(as "$DAYS")" --ahead=20 | sort > ahead
    for ((day = DAYS; day <= DAYS + 20; day++)); do
        given --as-of="$(as "$day")" --mark
    done | sort > nights
    [ "$(wc -l < nights)" -gt 20 ]
    diff ahead nights
}

@test "nights that are missed, doubled, late, crowded and killed: each reminder once, and none lost" {
    local dates=()
    RANDOM=${VIP_SEED:-6}
    tell without_consent
    play night > each
    play odd_night > odd
    [ "$(wc -l < each)" -gt 200 ]
    diff each odd
    exits 0 vip-db check -q
}
