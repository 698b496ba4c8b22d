#!/bin/sh
# nightly.sh [--as-of=DATE]: the work of a night, for cron or a systemd timer, soon after midnight.
#
# Reads   $VIP_IN/members-*.csv   applications
#         $VIP_IN/pos-*.csv       till lines; pos-2026-11-21.csv waits for the night after its day
#         $VIP_IN/requests-*.csv  redemptions
# Writes  $VIP_OUT/DATE/          enrolled, cards and contacts, refused rows, and what was read
#         $VIP_OUT/night.log      what the commands said
#
# Nights that were missed are made up for, one after the other, each with its own date. Running a
# night twice changes nothing. After a crash run it again: what is done is known to the database.
#
# A command that ends with
#   1        refused rows: they are kept in refused-N.csv, and the night goes on
#   75       found the database busy: it is tried again
#   another  stops the night; the next one begins with it
# The script ends with 0, 1 (rows were refused) or the status that stopped it, and says so on
# standard error, which cron mails.
#
# Settings, from the environment: VIP_DB, VIP_IN, VIP_OUT (default: beside the database), VIP_BACKUPS
# (a folder: back the database up there), VIP_TRIES and VIP_PAUSE (5 times, 60 seconds apart).
set -eu
umask 077
PATH=$PATH:/usr/local/bin

VIP_DB=${VIP_DB:-${XDG_DATA_HOME:-$HOME/.local/share}/vip/vip.db}
export VIP_DB
in=${VIP_IN:-$(dirname "$VIP_DB")/in}
nights=${VIP_OUT:-$(dirname "$VIP_DB")/out}
log=$nights/night.log
done_until=$nights/last-night
refused=no

say() {
    echo "$(date '+%Y-%m-%d %H:%M:%S') $*" >>"$log"
}

stop() { # STATUS WORD…
    status=$1
    shift
    say "stopped: $*"
    echo "nightly.sh: $*; see $log" >&2
    exit "$status"
}

# ---- dates ----

digits() { # 2026-11-21: 20261121
    echo "$1" | tr -d -
}

before() { # DATE DATE
    [ "$(digits "$1")" -lt "$(digits "$2")" ]
}

next_day() { # DATE
    year=${1%%-*} month=${1#*-} day=${1##*-}
    month=${month%-*}
    month=${month#0} day=$((${day#0} + 1))
    case $month in
        2) last=$((28 + (year % 4 == 0 && year % 100 != 0 || year % 400 == 0))) ;;
        4 | 6 | 9 | 11) last=30 ;;
        *) last=31 ;;
    esac
    [ "$day" -le "$last" ] || day=1 month=$((month + 1))
    [ "$month" -le 12 ] || month=1 year=$((year + 1))
    printf '%s-%02d-%02d\n' "$year" "$month" "$day"
}

# ---- one command ----

# new_file NAME: a name in the night's folder that is not taken. A file is never written twice: the
# list of contacts of an earlier try must not be lost, for each contact is given once.
new_file() {
    number=1
    while [ -e "$out/$1-$number.csv" ]; do
        number=$((number + 1))
    done
    echo "$out/$1-$number.csv"
}

# remove_empty FILE…: those with no row below the headings.
remove_empty() {
    for file; do
        if [ -f "$file" ] && [ "$(head -n 2 "$file" | wc -l)" -lt 2 ]; then
            rm -f "$file"
        fi
    done
}

# run NAME COMMAND…: its rows go to a new file of that name.
run() {
    name=$1
    shift
    tries=1
    while :; do
        rows=$(new_file "$name")
        status=0
        "$@" >"$rows" 2>>"$log" || status=$?
        say "$1: status $status"
        remove_empty "$rows"
        case $status in
            0) return ;;
            1)
                refused=yes
                return
                ;;
            75)
                [ "$tries" -lt "${VIP_TRIES:-5}" ] || stop 75 "$1: the database stays busy"
                tries=$((tries + 1))
                sleep "${VIP_PAUSE:-60}"
                ;;
            *) stop "$status" "night of $night: $1 ended with status $status" ;;
        esac
    done
}

# take KIND NAME COMMAND…: the files of that kind; what was read moves to the night's folder.
take() {
    kind=$1 list=$2
    shift 2
    for input in "$in/$kind"-*.csv; do
        [ -f "$input" ] || continue
        date=$(basename "$input" | sed -n 's/.*\([0-9]\{4\}-[0-9]\{2\}-[0-9]\{2\}\).*/\1/p')
        [ -z "$date" ] || before "$date" "$night" || continue
        rejects=$(new_file refused)
        run "$list" "$@" --as-of="$night" -r "$rejects" "$input"
        remove_empty "$rejects"
        mkdir -p "$out/in"
        mv "$input" "$out/in/"
    done
}

# ---- a night ----

work() {
    night=$1
    out=$nights/$night
    mkdir -p "$out"
    say "night of $night"
    take members enrolled vip-enroll
    take pos posted vip-accrue -q
    take requests redeemed vip-redeem
    run expired vip-expire --as-of="$night"
    run tiers vip-tier -q --as-of="$night"
    # Who rose is asked for anew: had the last try been killed here, vip-tier would not say it again.
    vip-report tier-changes --from="$night" --to="$night" -o "$out/tiers.csv" 2>>"$log" ||
        stop $? "night of $night: vip-report ended with status $?"
    run cards vip-card issue --as-of="$night" "$out/tiers.csv"
    run contacts vip-remind --as-of="$night" --mark
    [ -z "${VIP_BACKUPS-}" ] || run backup vip-db backup --force "$VIP_BACKUPS/vip-$night.db"
    echo "$night" >"$done_until.part"
    mv "$done_until.part" "$done_until"
}

as_of=$(date +%Y-%m-%d)
case ${1-} in
    '') ;;
    --as-of=[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]) as_of=${1#*=} ;;
    *)
        echo 'usage: nightly.sh [--as-of=YYYY-MM-DD]' >&2
        exit 2
        ;;
esac

mkdir -p "$in" "$nights"
if [ -f "$done_until" ]; then
    missed=$(next_day "$(cat "$done_until")")
    while before "$missed" "$as_of"; do
        work "$missed"
        missed=$(next_day "$missed")
    done
fi
work "$as_of"

if [ "$refused" = yes ]; then
    echo "nightly.sh: rows were refused: see refused-*.csv in $nights" >&2
    exit 1
fi
