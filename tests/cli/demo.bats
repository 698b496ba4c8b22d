#!/usr/bin/env bats
# The sample shop, the demo, and the nights of share/examples/nightly.sh.
load ../helper

PATH=$VIP_BUILD/tools:$PATH
nightly=$VIP_ROOT/share/examples/nightly.sh

# A shop of 2000 members with a year of till lines, as it stands on the evening of 14 November 2026;
# the nights of the week after are still to come.
setup_file() {
    export SHOP=$BATS_FILE_TMPDIR/shop.db
    cd "$BATS_FILE_TMPDIR" || return
    cp -r "$VIP_ROOT/share/programs/menswear" ours
    cp "$VIP_ROOT"/share/samples/menswear/*.csv ours/
    sample-shop members 2000 > members.csv
    sample-shop sales 2025-11-15 2026-11-14 > year.csv
    export VIP_DB=$SHOP
    vip-db init -q --program=ours
    vip-enroll -q --as-of=2026-11-14 members.csv 2>refused.txt || [ $? -eq 1 ]
    vip-accrue -q --as-of=2026-11-14 year.csv
    vip-expire -q --as-of=2026-11-14
    vip-tier --as-of=2026-11-14 | vip-card issue -q --as-of=2026-11-14
    vip-remind -q --as-of=2026-11-14 --mark
    local day
    for day in 15 16 17 18 19 20 21; do
        sample-shop sales "2026-11-$day" "2026-11-$day" > "pos-2026-11-$day.csv"
    done
}

setup() {
    fresh
    export VIP_IN=$PWD/in VIP_OUT=$PWD/out VIP_TRIES=2 VIP_PAUSE=0
    mkdir in
    vip-db restore -q "$SHOP"
}

# tills DAY…: their files have come in.
tills() {
    local day
    for day; do
        cp "$BATS_FILE_TMPDIR/pos-2026-11-$day.csv" in/
    done
}

# night DAY: the night's run, which must go well.
night() { exits 0 "$nightly" "--as-of=2026-11-$1"; }

# listed NAME: the rows of the night's lists of that name: cards by number, contacts by member and key.
listed() {
    case $1 in
        cards) awk 'FNR > 1' out/2026-11-22/cards-*.csv | cut -d, -f1,2 | sort -u ;;
        contacts) awk 'FNR > 1' out/2026-11-22/contacts-*.csv | cut -d, -f1,4 | sort ;;
    esac
}

# everything FOLDER: all tables, but for when a batch was written and the chain over that.
everything() {
    vip-db export -q "$1"
    rm -f "$1"/{batch,event,manifest}.csv
}

# fail_once COMMAND STATUS [after]: the next call of COMMAND ends with STATUS, having done nothing, or
# having done its work but for what follows it.
fail_once() {
    mkdir -p fake
    lines '#!/bin/sh' "[ -e fake/failed ] && exec '$VIP_BUILD/bin/$1' \"\$@\"" \
        'touch fake/failed' "${3:+"'$VIP_BUILD/bin/$1' \"\$@\""}" "exit $2" > "fake/$1"
    chmod +x "fake/$1"
    PATH=$PWD/fake:$PATH
}

@test "the generator gives the same bytes everywhere" {
    same "$(sample-shop members 2000 | cksum)" "4060785980 263725"
    same "$(sample-shop sales 2025-11-15 2026-11-14 | cksum)" "3080006487 2995191"
}

@test "a day has the same lines by itself as within its year" {
    local day
    for day in 2025-11-15 2026-02-14 2026-11-11; do
        same "$(sample-shop sales $day $day | sed 1d)" "$(grep ",$day " "$BATS_FILE_TMPDIR/year.csv")"
    done
}

@test "every phone and ID number of the sample is its own, and goes into GB18030" {
    sample-shop members 5000 > many.csv
    # 12 of the 5012 are faults, two of which take the first member's phone.
    same "$(sed 1d many.csv | cut -d, -f2 | sort -u | wc -l)" 5010
    same "$(sed 1d many.csv | cut -d, -f5 | grep . | sort | uniq -d)" ""
    iconv -f UTF-8 -t GB18030 many.csv | iconv -f GB18030 -t UTF-8 | cmp - many.csv
}

@test "what the generator cannot make is refused" {
    refuses 2 "usage" sample-shop
    refuses 2 "usage" sample-shop members
    refuses 2 "is not a number" sample-shop members many
    refuses 2 "does not exist" sample-shop sales 2026-02-30 2026-03-01
}

@test "the demo: every step, and the night again changes nothing" {
    VIP_DB='' exits 0 "$VIP_ROOT/share/samples/demo.sh" "$PWD/shop"
    has "$out" "2,005 rows read, 2,000 accepted, 0 known, 5 refused"
    has "$out" "27,870 rows read, 27,870 accepted, 0 known, 0 refused"
    has "$out" "$ vip-tier --as-of=2026-11-14 | vip-card issue"
    has "$out" "[wrong-tier]"
    has "$out" "会员贡献率"
    has "$out" "running the night again changes nothing: true"
    hasnt "$out" "damaged"
    [ -s shop/contacts.csv ]
    same "$(iconv -f GB18030 -t UTF-8 shop/members.csv | wc -l)" 2006
    # Tiers moved, and points, cards and rewards were given.
    same "$(cut -d, -f3 shop/tiers.csv | sort -u)" "$(lines "" diamond elite knight to)"
    refuses 1 "exists" "$VIP_ROOT/share/samples/demo.sh" "$PWD/shop"
}

@test "a night: till lines, tiers, cards, contacts; the same night again changes nothing" {
    tills 15 16
    night 17
    same "$(ls out/2026-11-17/in)" "$(lines pos-2026-11-15.csv pos-2026-11-16.csv)"
    same "$(ls in)" ""
    [ -s out/2026-11-17/contacts-1.csv ]
    same "$(cat out/last-night)" 2026-11-17
    everything before
    cp out/2026-11-17/in/*.csv in/
    night 17
    everything after
    exits 0 diff -r before after
    # The list of the first run is not overwritten, and nobody is contacted twice.
    [ -s out/2026-11-17/contacts-1.csv ]
    [ ! -e out/2026-11-17/contacts-2.csv ]
}

@test "a shop with its year goes out as CSV and comes in again as it was" {
    needs_tool sqlite3
    tills 15 16
    night 15
    night 16
    vip-db export -q --reveal tables
    exits 0 vip-db import -q --db=again.db tables
    exits 0 cmp <(sqlite3 "$VIP_DB" .dump) <(sqlite3 again.db .dump)
}

@test "nights that were missed end as if each had been run" {
    local day
    for day in 16 17 18 19 20 21 22; do
        tills "$((day - 1))"
        night "$day"
    done
    everything each
    grep -q lapse each/tier_change.csv
    grep -q upgrade each/tier_change.csv

    rm -r in out vip.db*
    setup
    tills 15
    night 16
    tills 16 17 18 19 20 21
    night 22
    everything missed
    exits 0 diff -r each missed
    exits 0 vip-db check
}

@test "a night that is killed anywhere is made good by the next run" {
    tills 15 16 17 18 19 20 21
    night 22
    everything whole
    local command when cards contacts
    cards=$(listed cards)
    contacts=$(listed contacts)
    for command in vip-accrue vip-expire vip-tier vip-report vip-card vip-remind; do
        for when in '' after; do
            rm -rf in out vip.db* fake part
            setup
            tills 15 16 17 18 19 20 21
            (
                fail_once "$command" 137 $when
                refuses 137 "$command ended with status 137" "$nightly" --as-of=2026-11-22
                [ ! -e out/last-night ]
                night 22
            )
            everything part
            exits 0 diff -r whole part
            # Every card and every contact is on a list, once.
            same "$(listed cards)" "$cards"
            same "$(listed contacts)" "$contacts"
        done
    done
}

@test "refused rows are kept and the night goes on" {
    tills 15
    lines 店铺,小票号,日期,金额,手机号 春熙店,X1,2026-11-15,12.345,13800138000 > in/pos-2026-11-15b.csv
    refuses 1 "rows were refused" "$nightly" --as-of=2026-11-16
    grep -q '^春熙店,X1,.*,amount' out/2026-11-16/refused-1.csv ||
        grep -q '^春熙店,X1,.*,bad-cell' out/2026-11-16/refused-1.csv
    [ ! -e out/2026-11-16/refused-2.csv ]
    same "$(cat out/last-night)" 2026-11-16
    same "$(ls in)" ""
}

@test "a busy database is tried again, and again only so often" {
    fail_once vip-expire 75
    night 16
    lines '#!/bin/sh' 'exit 75' > fake/vip-expire
    refuses 75 "stays busy" "$nightly" --as-of=2026-11-17
    same "$(cat out/last-night)" 2026-11-16
}

@test "no database stops the night" {
    rm vip.db
    tills 15
    refuses 3 "vip-accrue ended with status 3" "$nightly" --as-of=2026-11-16
    same "$(ls in)" pos-2026-11-15.csv
    [ ! -e out/last-night ]
    refuses 2 "usage" "$nightly" --as-of=tomorrow
}

@test "the day after, at the ends of months and of leap years" {
    local day
    # shellcheck disable=SC1090 # the function alone
    . <(sed -n '/^next_day()/,/^}/p' "$nightly")
    for day in 2026-02-28 2028-02-28 2028-02-29 2100-02-28 2026-08-08 2026-09-30 2026-12-31; do
        same "$(next_day $day)" "$(date -u -d "$day + 1 day" +%Y-%m-%d)"
    done
}
