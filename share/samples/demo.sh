#!/bin/sh
# demo.sh [FOLDER]: a sample shop, all through: a programme, its members, a year of till lines, the
# nightly work, the counter, reports. `./bootstrap demo` runs it from the source tree.
#
# Each pipeline is printed before it runs, to be copied. Everything is made in FOLDER, which must not
# be there yet and stays; without one, in a scratch folder that is removed.
set -eu
export LC_ALL=C.UTF-8 TZ=Asia/Shanghai
unset VIP_HEADERS VIP_REPORTS VIP_BUSY_MS

share=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -gt 0 ]; then
    folder=$1
    mkdir "$folder"
    folder=$(cd "$folder" && pwd)
else
    folder=$(mktemp -d "${TMPDIR:-/tmp}/vip-demo.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
cd "$folder"
ln -s "$share" share
export VIP_DB="$folder/vip.db"

newline='
'
bold='' faint='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') faint=$(printf '\033[2m') plain=$(printf '\033[0m')
fi

# say LINE…: what comes now, and why.
say() {
    printf '\n'
    printf "$faint# %s$plain\\n" "$@"
}

# type_out LINES: as they would stand on a terminal.
type_out() {
    printf '%s\n' "$1" | sed "s/^/$bold> /; 1s/> /\$ /; s/\$/$plain/"
}

# run [STATUS] <<'END': pipelines, each printed before it runs; a line that ends in | or a here
# document goes on. The last must end with STATUS (0 when none is given), the others with 0.
run() {
    wanted=${1:-0} status=0 lines='' within=''
    while IFS= read -r line; do
        lines=$lines${lines:+$newline}$line
        case $line in
            *"<<'ROWS'"*) within=yes ;;
            ROWS) within='' ;;
        esac
        case $within$line in
            yes* | *'|') continue ;;
        esac
        [ "$status" -eq 0 ] || break
        type_out "$lines"
        eval "$lines" 2>&1 </dev/null || status=$?
        lines=''
    done
    [ "$status" -eq "$wanted" ] || {
        echo "demo.sh: exit status $status, expected $wanted" >&2
        exit 1
    }
}

say 'A shop with three stores: 2000 applications and a year of till lines, as Excel and the tills' \
    'bring them: Chinese headings, GB18030.'
run <<'END'
sample-shop members 2000 | iconv -f UTF-8 -t GB18030 > members.csv
sample-shop sales 2025-11-15 2026-11-14 | iconv -f UTF-8 -t GB18030 > pos-year.csv
sample-shop sales 2026-11-15 2026-11-21 | iconv -f UTF-8 -t GB18030 > pos-week.csv
wc -l members.csv pos-*.csv
END

say 'The programme: all policy is a folder of tables. Ours is the preset menswear with our own words' \
    'for categories and brands, points that end each March, and gifts.'
run <<'END'
cp -r share/programs/menswear ours
cp share/samples/menswear/*.csv ours/
cat ours/rewards.csv
vip-db init --program=menswear
vip-db load --effective=2025-11-15 ours
END

say 'Enrol them. A bad row is refused with its line and reason, the others go through (status 1).'
run 1 <<'END'
vip-enroll --as-of=2026-11-14 -r refused.csv -f table -o enrolled.txt members.csv
END
run <<'END'
head -n 5 enrolled.txt
END

say 'The year: every line becomes points; strangers count for the reports only.'
run <<'END'
vip-accrue --as-of=2026-11-14 -f table -o posted.txt pos-year.csv
head -n 5 posted.txt
END

say 'What has run out: the points of 2025 ended with March.'
run <<'END'
vip-expire --as-of=2026-11-14 -f table -o expired.txt
head -n 5 expired.txt
END

say 'Tiers are recalculated; whoever rose gets a card.'
run <<'END'
vip-tier --as-of=2026-11-14 | vip-card issue --as-of=2026-11-14 -f table -o cards.txt
head -n 5 cards.txt
vip-tier --as-of=2026-11-14 --explain=M0000012 -f table
END

say 'A week later, one night makes up for seven: post, message, expire, tiers and cards, and who is' \
    'to be contacted today, each once.'
run <<'END'
vip-accrue --as-of=2026-11-22 pos-week.csv |
    vip-remind --as-of=2026-11-22 --kind=points-posted --mark -o messages.csv -
vip-expire --as-of=2026-11-22 -f table -o expired.txt
head -n 3 expired.txt
vip-tier --as-of=2026-11-22 -o tiers.csv
vip-card issue --as-of=2026-11-22 -f table -o cards.txt tiers.csv
awk 'NR == 1 || / issued/' cards.txt | head -n 5
vip-remind --as-of=2026-11-22 --mark -o contacts.csv
cut -d, -f2,3,5-7,10 contacts.csv | grep -E '^(birthday|follow-up)' | head -n 4
END

say 'At the counter: who is this, what can she have, and three requests, one of which is refused.'
run <<'END'
vip-find -f table 郑嘉雨
vip-redeem --as-of=2026-11-22 --offers --member=M0000013 -f table
END
run 1 <<'END'
cat > requests.csv <<'ROWS'
请求号,会员号,项目,数量,店铺,经办人
D-1001,M0000013,belt,1,太古里店,孙凯
D-1002,M0000013,voucher-200,1,太古里店,孙凯
D-1003,M0000001,belt,1,太古里店,唐蕾
ROWS
vip-redeem --as-of=2026-11-22 -f table requests.csv
END

say 'Four reports of many (vip-report --list); --excel or -o november.csv for a spreadsheet.'
run <<'END'
vip-report contribution --period=2026-11 --as-of=2026-11-22 --by=store --lang=zh -f table
vip-report repurchase --as-of=2026-11-22 --by=store -f table
vip-report tier-moves --period=2026-11 --as-of=2026-11-22 -f table | head -n 9
vip-report liability --as-of=2026-11-22 -f table
END

say 'Running the night again changes nothing: every table is what it was.'
run <<'END'
vip-db export before
vip-accrue --as-of=2026-11-22 -q pos-week.csv
vip-expire --as-of=2026-11-22
vip-tier --as-of=2026-11-22 | vip-card issue --as-of=2026-11-22
vip-remind --as-of=2026-11-22 --mark -q
vip-db export after
diff -r before after && echo 'running the night again changes nothing: true'
vip-db check -f table
END

if [ $# -gt 0 ]; then
    say "The shop stays in $folder; look around:"
    printf 'export VIP_DB=%s\nvip-report --list\n' "$VIP_DB"
fi
