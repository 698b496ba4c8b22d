# The steps in which the stories of the presets are told. A story begins with `load story`; the
# members have names (member=Chen), every step says its day, and a step that does not come out as
# it says ends the test.
#
#   opens PRESET DAY                        a database of the preset
#   joins TIER DAY MEMBER [COLUMN=VALUE…]   an application is accepted, and has this tier
#   turned_away REASON DAY MEMBER […]       an application is refused for this reason
#   earns POINTS DAY MEMBER AMOUNT […]      a receipt earns so many points
#   brings_back POINTS DAY MEMBER AMOUNT RECEIPT […]  a return takes back so many points
#   takes POINTS DAY MEMBER ITEM […]        a reward (or kind=benefit…) is had for so many points
#   denied REASON DAY MEMBER ITEM […]       a redemption is refused for this reason
#   pays_in STORED DAY MEMBER AMOUNT        a top-up, after which so much is stored
#   night DAY [CHANGE…]                     vip-expire, vip-tier and vip-card as cron runs them:
#                                           these changes (member,from,to,rule,effective,expires),
#                                           members in any order
#   sound DAY                               a full recalculation finds nothing new, checks are clean

# shellcheck disable=SC2154 # status, out and err are set by try
# shellcheck source=tests/helper.bash
load ../helper

# sheet COLUMN=VALUE…: a heading and one row.
sheet() {
    local pair heading='' row=''
    for pair; do
        heading+=,${pair%%=*}
        row+=,\"${pair#*=}\"
    done
    lines "${heading#,}" "${row#,}"
}

# cell COLUMN: of the last row in $out, which is TSV.
cell() {
    awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i }
        { last = $c } END { if (NR > 1) print last }' <<<"$out"
}

opens() {
    shop --program="$1" --as-of="$2"
    told=0
}

# applies DAY MEMBER [COLUMN=VALUE…]
applies() {
    local day=$1 member=$2
    shift 2
    told=$((told + 1))
    sheet "member=$member" "name=$member" "phone=$((13800138000 + told))" birthday=1990-05-20 \
        "enrolled=$day" "$@" | keep_last >application.csv
    try vip-enroll -f tsv --as-of="$day" application.csv
}

# A column given twice counts as given last: a step names only what matters to it.
keep_last() {
    awk -F, 'NR == 1 { n = split($0, name, ",") } NR == 2 {
        for (i = 1; i <= n; i++) value[name[i]] = $i
        for (i = 1; i <= n; i++) if (!(name[i] in seen)) {
            seen[name[i]] = 1
            heading = heading "," name[i]; row = row "," value[name[i]]
        }
        print substr(heading, 2); print substr(row, 2)
    }'
}

joins() {
    local tier=$1
    shift
    applies "$@"
    [ "$status" -eq 0 ] || complain "was turned away: $*"
    same "$(cell tier)" "$tier"
}

turned_away() {
    local reason=$1
    shift
    applies "$@"
    [ "$status" -eq 1 ] || complain "was not turned away: $*"
    has "$err" "[$reason]"
}

# buys DAY MEMBER AMOUNT [COLUMN=VALUE…]; the receipts of a story are R1, R2… unless named.
buys() {
    local day=$1 member=$2 amount=$3
    shift 3
    told=$((told + 1))
    sheet "member=$member" "date=$day" "amount=$amount" store=S1 "receipt=R$told" "$@" |
        keep_last >receipt.csv
    try vip-accrue -f tsv --as-of="$day" receipt.csv
}

earns() {
    local points=$1
    shift
    buys "$@"
    [ "$status" -eq 0 ] || complain "was not posted: $*"
    same "$(cell points)" "$points"
}

brings_back() {
    local points=$1 day=$2 member=$3 amount=$4 receipt=$5
    shift 5
    earns "$((-points))" "$day" "$member" "$amount" kind=return "original=$receipt" "$@"
}

# asks DAY MEMBER ITEM [COLUMN=VALUE…]
asks() {
    local day=$1 member=$2 item=$3
    shift 3
    told=$((told + 1))
    sheet "request=Q$told" "member=$member" "item=$item" "date=$day" "$@" | keep_last >request.csv
    try vip-redeem -f tsv --as-of="$day" request.csv
}

takes() {
    local points=$1
    shift
    asks "$@"
    [ "$status" -eq 0 ] || complain "was denied: $*"
    same "$(cell points)" "$((-points))"
}

denied() {
    local reason=$1
    shift
    asks "$@"
    [ "$status" -eq 1 ] || complain "was not denied: $*"
    has "$err" "[$reason]"
}

# pays_in STORED DAY MEMBER AMOUNT
pays_in() {
    told=$((told + 1))
    sheet "request=T$told" "member=$3" "amount=$4" by=Li >topup.csv
    try vip-accrue --topup -f tsv --as-of="$2" topup.csv
    [ "$status" -eq 0 ] || complain "was not paid in: $*"
    same "$(cell stored)" "$1"
}

# balance MEMBER POINTS: what the till sees.
balance() {
    exits 0 vip-find -f tsv "$1"
    same "$(cell points)" "$2"
}

by_member() { sort -s -t, -k1,1; }

# night DAY [CHANGE…]; what ran out is in expired.csv, the new cards in cards.csv.
night() {
    local day=$1
    shift
    exits 0 vip-expire -f csv -o expired.csv --as-of="$day"
    exits 0 vip-tier -f csv -o changes.csv --as-of="$day"
    same "$(sed -E '1d; s/"[^"]*"/-/g' changes.csv | cut -d, -f 1-4,6- | by_member)" \
        "$([ $# -eq 0 ] || lines "$@" | by_member)"
    exits 0 vip-card issue -f csv -o cards.csv --as-of="$day" changes.csv
}

# reminded DAY KIND [MEMBER…]: who is to be contacted that day.
reminded() {
    local day=$1 kind=$2
    shift 2
    exits 0 vip-remind -f csv --kind="$kind" --as-of="$day"
    same "$(sed 1d <<<"$out" | cut -d, -f1 | sort -u | tr '\n' ' ')" "$(printf '%s ' "$@" | sed 's/^ $//')"
}

sound() {
    exits 0 vip-tier -f csv --full --as-of="$1"
    same "$out" member,from,to,rule,evidence,effective,expires
    exits 0 vip-db check --as-of="$1"
}
