#!/usr/bin/env bats
# Reports on a shop in which everything happened (tests/busy-shop) against the same figures worked out
# by Python from the exported tables. figures.bats has the others.

load ../helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    export VIP_DB=$PWD/shop.db PATH="$VIP_BUILD/tools:$PATH"
    "$VIP_ROOT/tests/busy-shop" "$VIP_ROOT/share"
    vip-db export -q --reveal tables
}

setup() {
    needs_tool python3
    fresh
    export VIP_DB=$BATS_FILE_TMPDIR/shop.db
}

# agrees REPORT COLUMNS LEAST [OPTION…]: these columns of September are what Python says, in whatever
# order, and LEAST rows at least.
agrees() {
    local name=$1 columns=$2 least=$3
    shift 3
    vip-report -q -f csv -o out.csv "$name" --as-of=2026-09-30 --period=2026-09 "$@"
    sed 1d out.csv | cut -d, -f"$columns" | sort > got.csv
    "$VIP_ROOT/tests/report-figures" "$name" "$BATS_FILE_TMPDIR/tables" 2026-09-30 2026-09-01 | sort > want.csv
    same "$(cat got.csv)" "$(cat want.csv)"
    [ "$(wc -l < got.csv)" -ge "$least" ]
}

@test "contribution, repurchase and ticket" {
    agrees contribution 1- 3 --by=store,month
    agrees repurchase 1- 3 --by=store,month
    agrees ticket 1- 6 --by=buyer,store
}

@test "enrolments, and new cards against targets" {
    agrees enrolments 1- 3 --by=store
    agrees recruitment 1- 3 --by=store
}

@test "tiers, moves between them, changes" {
    agrees tiers 1- 4
    agrees tier-moves 1- 8
    agrees tier-changes 1,5-7 2000
    # Nobody is lost between the moves and the numbers.
    vip-report -q -o moves.csv tier-moves -p 2026-09 --as-of=2026-09-30
    vip-report -q -o tiers.csv tiers -p 2026-09 --as-of=2026-09-30
    same "$(awk -F, 'NR > 1 { n[$1 "," $3] += $4 } END { for (k in n) if (n[k]) print k "," n[k] }' moves.csv | sort)" \
        "$(awk -F, 'NR > 1 && $6 { print $1 "," $2 "," $6 }' tiers.csv | sort)"
}

@test "cohort: retention of those who enrolled in the period" {
    agrees cohort 1- 1
    vip-report -q -o out.csv cohort --as-of=2026-09-30
    "$VIP_ROOT/tests/report-figures" cohort "$BATS_FILE_TMPDIR/tables" 2026-09-30 > want.csv
    same "$(sed 1d out.csv)" "$(cat want.csv)"
    [ "$(wc -l < want.csv)" -eq 15 ]
}

@test "liability: how the points came to what they are, and when they run out" {
    agrees liability 1- 8
    vip-report -q -o out.csv liability -p 2026-09 --as-of=2026-09-30
    same "$(awk -F, '/^(opening|earned|returned|bonus|redeemed|cancelled|expired)/ { n += $3 } END { print n }' out.csv)" \
        "$(awk -F, '/^closing/ { print $3 }' out.csv)"
}

@test "statement: the running balance of who has most entries" {
    local member
    "$VIP_ROOT/tests/report-figures" statement "$BATS_FILE_TMPDIR/tables" 2026-09-30 > want.csv
    member=$(head -n 1 want.csv)
    vip-report -q -o out.csv statement --member="$member" --as-of=2026-09-30
    same "$(sed 1d out.csv | cut -d, -f1-4,7,8)" "$(sed 1d want.csv)"
    [ "$(wc -l < want.csv)" -gt 10 ]
    vip-report -q -f csv -o dossier.csv dossier --member="$member" --as-of=2026-09-30
    same "$(grep '^account,points,' dossier.csv | cut -d, -f3)" "$(tail -n 1 want.csv | cut -d, -f6)"
}

@test "stored: what came in, went and came back" {
    agrees stored 1,4-6,8-11 60
}

@test "gifts with both signatures, and birthday privileges that were let pass" {
    agrees gifts 1-4,7-10,14- 20
    vip-report -q -f csv -o out.csv privilege-audit --as-of=2026-09-30 --period=2026-09
    # Lunar birthdays are held against the calendar elsewhere.
    awk -F, 'NR > 1 && !($1 == "outside-month" && $6 ~ /^L/)' out.csv | cut -d, -f1-4,8,10,11 | sort > got.csv
    "$VIP_ROOT/tests/report-figures" privilege-audit "$BATS_FILE_TMPDIR/tables" 2026-09-30 | sort > want.csv
    same "$(cat got.csv)" "$(cat want.csv)"
    [ "$(cut -d, -f1 got.csv | sort -u | wc -l)" -eq 4 ]
}

@test "commission to the fen, and the bonus for enrolments" {
    agrees commission 1-6,8- 12
    same "$(cut -d, -f1,4,9 out.csv | awk -F, 'NR > 1 { n[$1 " " $2] += 100 * $3 }
        END { for (k in n) { split(k, part, " "); print 100 * part[2] - n[k] } }' | sort -u)" 0
    agrees incentives 1- 100 --by=member
}

@test "contacts, complaints, reasons to stay away, satisfaction" {
    agrees contacts 1-3,7 12
    agrees complaints 1,2,4,5,7,8,11- 20
    agrees churn 1- 5
    agrees satisfaction 1- 3 --by=store
}
