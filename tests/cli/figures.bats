#!/usr/bin/env bats
# Reports on the sample shop (2000 members, four months of tills) against the same figures worked out
# by Python from the exported tables.

load ../helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    export VIP_DB=$PWD/shop.db PATH="$VIP_BUILD/tools:$PATH"
    cp -r "$VIP_ROOT/share/programs/menswear" ours
    cp "$VIP_ROOT"/share/samples/menswear/*.csv ours/
    printf '%s\n' class,basis,threshold A,yearly-spend,20000 B,yearly-spend,8000 \
        C,yearly-spend,0.01 S,profit-share,20% > ours/classes.csv
    sample-shop members 2000 > members.csv
    sample-shop sales 2026-06-01 2026-09-30 > pos.csv
    vip-db init -q --program=menswear
    vip-db load -q --effective=2025-11-01 ours
    vip-enroll -q --as-of=2026-09-30 members.csv 2> refused.log || [ $? -eq 1 ]
    vip-accrue -q --as-of=2026-09-30 pos.csv 2> accrued.log || [ $? -eq 1 ]
    vip-tier -q --as-of=2026-08-31
    vip-tier -q --as-of=2026-09-30
    lines member,reason M0000007,lost | vip-enroll -q --suspend --as-of=2026-09-30 -
    vip-db export tables 2> export.log
}

setup() {
    needs_tool python3 sqlite3
    fresh
    export VIP_DB=$BATS_FILE_TMPDIR/shop.db
}

# figures REPORT COLUMNS [OPTION…]: these columns of the report, without headings.
figures() {
    local name=$1 columns=$2
    shift 2
    vip-report -q -f csv -o out.csv "$name" --as-of=2026-09-30 "$@" && sed 1d out.csv | cut -d, -f"$columns"
}

# wanted REPORT [AS-OF [FROM]]: what it should be.
wanted() {
    local name=$1
    shift
    "$VIP_ROOT/tests/report-figures" "$name" "$BATS_FILE_TMPDIR/tables" "${@:-2026-09-30}"
}

@test "dormant: who bought nothing in the six months, or since a day" {
    same "$(figures dormant 1,7-9 --from=2026-09-01)" "$(wanted dormant 2026-09-30 2026-09-01)"
    [ "$(wc -l < out.csv)" -gt 100 ]
    # As it was at the end of August, whoever came in September.
    same "$(figures dormant 1,7-8 --period=2026-08)" \
        "$(wanted dormant 2026-08-31 2026-08-01 | cut -d, -f1-3)"
    [ "$(wc -l < out.csv)" -gt 100 ]
}

@test "dormant: six months when no first day is given" {
    vip-report -q -o a.csv dormant --to=2027-01-31
    vip-report -q -o b.csv dormant --from=2026-08-01 --to=2027-01-31
    same "$(cat a.csv)" "$(cat b.csv)"
    [ "$(wc -l < a.csv)" -gt 100 ]
}

@test "completeness: each field of the form" {
    same "$(figures completeness 1,4-)" "$(wanted completeness)"
    [ "$(wc -l < out.csv)" -eq 12 ]
    # Store by store the counts add up to the whole.
    same "$(figures completeness 2,5,6 --by=store |
        awk -F, '{ n[$1] += $2; k[$1] += $3 } END { for (f in n) print f "," n[f] "," k[f] }' | sort)" \
        "$(wanted completeness | cut -d, -f1-3 | sort)"
}

@test "classes: by what was spent in twelve months" {
    same "$(figures classes 1-)" "$(wanted classes)"
    [ "$(wc -l < out.csv)" -eq 5 ]
    same "$(figures classes 4,6 --by=store | awk -F, '{ n += $1; s += $2 } END { printf "%d %.2f", n, s }')" \
        "$(figures classes 3,5 | awk -F, '{ n += $1; s += $2 } END { printf "%d %.2f", n, s }')"
}

@test "a threshold of a class is met at its very figure" {
    lines member,name,phone,enrolled A,王芳,13800138000,2026-01-01 B,李雷,13900139000,2026-01-01 \
        > members.csv
    export VIP_DB=$PWD/own.db
    cp -r "$VIP_ROOT/share/programs/basic" own
    cp "$VIP_ROOT/share/programs/mall/classes.csv" own/
    shop --program=own
    vip-enroll -q --as-of=2026-01-01 members.csv
    lines member,store,receipt,date,amount A,S,R1,2026-02-01,5000 B,S,R2,2026-02-01,4999.99 > pos.csv
    vip-accrue -q --as-of=2026-02-01 pos.csv
    vip-report -q -o out.csv classes --as-of=2026-12-31
    same "$(cut -d, -f1-3,5 out.csv)" "$(lines class,threshold,members,spend C,5000.00,1,5000.00 \
        D,0.00,1,4999.99)"
    # The first day of the twelve months is the day after this one a year before.
    vip-report -q -o out.csv classes --as-of=2027-01-31
    grep -q '^C,5000.00,1,' out.csv
    vip-report -q -o out.csv classes --as-of=2027-02-01
    same "$(sed 1d out.csv | cut -d, -f1,3)" D,2
}

@test "rfm: scores, segments and their sums" {
    same "$(figures rfm-members 1,6-)" "$(wanted rfm-members)"
    [ "$(wc -l < out.csv)" -gt 1000 ]
    same "$(figures rfm 1-)" "$(wanted rfm)"
    [ "$(wc -l < out.csv)" -gt 8 ]
    same "$(figures rfm 1- --period=2026Q3)" "$(wanted rfm 2026-09-30 2026-07-01)"
    # By score: the same members, cut up.
    same "$(figures rfm 5 --by=r,f,m | awk '{ n += $1 } END { print n }')" \
        "$(figures rfm-members 1 | wc -l | tr -d ' ')"
}

@test "birthdays: next month's" {
    same "$(figures birthdays 1,2,5 | grep -v ',L' | cut -d, -f1,2)" "$(wanted birthdays)"
    [ "$(wc -l < out.csv)" -gt 50 ]
}

@test "birthdays: lunar ones, leap days, and a period over the new year" {
    lines member,name,phone,birthday,enrolled A,甲,13800138001,农历八月十五,2020-01-01 \
        B,乙,13800138002,1992-02-29,2020-01-01 C,丙,13800138003,01-03,2020-01-01 \
        D,丁,13800138004,12-31,2020-01-01 E,戊,13800138005,,2020-01-01 > members.csv
    export VIP_DB=$PWD/own.db
    shop
    vip-enroll -q --as-of=2026-01-01 members.csv
    born() { vip-report -q -o out.csv birthdays "$@" && sed 1d out.csv | cut -d, -f1,2; }
    # Mid-Autumn of 2026 is 25 September, of 2027 15 September.
    same "$(born --period=2026-09)" 2026-09-25,A
    same "$(born --period=2027-09)" 2027-09-15,A
    same "$(born --as-of=2026-08-31)" 2026-09-25,A
    same "$(born --period=2027-02)" 2027-02-28,B
    same "$(born --period=2028-02)" 2028-02-29,B
    same "$(born --from=2026-12-30 --to=2027-01-05)" "$(lines 2026-12-31,D 2027-01-03,C)"
}

@test "reconcile: the tills against the ledger, store by store and month by month" {
    same "$(figures reconcile 1- --by=store,month)" "$(wanted reconcile)"
    [ "$(wc -l < out.csv)" -eq 13 ]
}

@test "reconcile finds a line that was not posted, and an entry without a line" {
    vip-db backup -q broken.db
    export VIP_DB=$PWD/broken.db
    local lost stray
    # The earnings of a line: one loses its entry, the entry of another its line.
    lost=$(sqlite3 broken.db 'SELECT min(points) FROM ledger WHERE kind = 0 AND points > 0')
    stray=$(sqlite3 broken.db 'SELECT max(points) FROM purchase')
    sqlite3 broken.db "DROP TRIGGER ledger_no_delete;
        DELETE FROM ledger WHERE (member, entry) IN
            (SELECT member, entry FROM ledger WHERE kind = 0 AND points = $lost LIMIT 1);
        DELETE FROM purchase WHERE (store, receipt, line) IN
            (SELECT store, receipt, line FROM purchase WHERE points = $stray LIMIT 1);"
    same "$(figures reconcile 7-)" "1,$lost,1,$stray"
    same "$(figures reconcile 5,6 | awk -F, '{ print $1 - $2 }')" $((lost - stray))
}

# figure ITEM: of the monthly report in out.csv, this month and the month before.
figure() { awk -F, -v item="$1" '$2 == item { print $4 "," $5 }' monthly.csv; }

# both REPORT COLUMN [OPTION…]: a figure of a report of one row, in September and in August.
both() {
    local name=$1 column=$2
    shift 2
    printf '%s,%s\n' "$(figures "$name" "$column" --period=2026-09 "$@")" \
        "$(figures "$name" "$column" --period=2026-08 "$@")"
}

@test "monthly: each figure is that of the report of its own, for a month and the one before" {
    local narrow
    for narrow in '' --store=春熙店; do
        vip-report -q -o monthly.csv monthly --period=2026-09 --as-of=2026-09-30 $narrow
        same "$(figure enrolled)" "$(both enrolments 1 $narrow)"
        same "$(figure sales)" "$(both contribution 1 $narrow)"
        same "$(figure member_sales)" "$(both contribution 2 $narrow)"
        same "$(figure share)" "$(both contribution 3 $narrow)"
        same "$(figure receipts)" "$(both contribution 4 $narrow)"
        same "$(figure member_receipts)" "$(both contribution 5 $narrow)"
        same "$(figure buyers)" "$(both contribution 7 $narrow)"
        same "$(figure repeat_buyers)" "$(both repurchase 2 $narrow)"
        same "$(figure repurchase_rate)" "$(both repurchase 3 $narrow)"
        ticket() { figures ticket 1,"$2" --by=buyer --period="$3" $narrow | sed -n "s/^$1,//p"; }
        same "$(figure average_ticket)" "$(ticket member 5 2026-09),$(ticket member 5 2026-08)"
        same "$(figure average_ticket_others)" "$(ticket other 5 2026-09),$(ticket other 5 2026-08)"
        same "$(figure units_per_ticket)" "$(ticket member 6 2026-09),$(ticket member 6 2026-08)"
        asleep() { figures dormant 1 --to="$1" $narrow | wc -l | tr -d ' '; }
        # Suspended members are not to be won back.
        same "$(figure dormant)" "$(asleep 2026-09-30),$(asleep 2026-08-31)"
        same "$(figure birthdays)" "$(figures birthdays 1 --period=2026-10 $narrow | wc -l | tr -d ' '),"
    done
}

@test "monthly: points as in the liability, tiers as in their changes" {
    vip-report -q -o monthly.csv monthly --period=2026-09 --as-of=2026-09-30
    points() {
        figures liability 1-3 --period="$1" | awk -F, -v items="$2" '
            index(" " items " ", " " $1 ($2 == "" ? "" : ":" $2) " ") { n += $3 } END { print n + 0 }'
    }
    same "$(figure issued)" \
        "$(points 2026-09 'earned returned bonus'),$(points 2026-08 'earned returned bonus')"
    same "$(figure outstanding)" "$(points 2026-09 outstanding),$(points 2026-08 outstanding)"
    vip-report -q -o monthly.csv monthly --period=2027-02 --as-of=2027-02-28
    # They end with March.
    same "$(figure expiring)" "$(points 2027-02 expiring:2027-03),"
    [ "$(figure expiring)" != 0, ]
    vip-report -q -o monthly.csv monthly --period=2026-09 --as-of=2026-09-30
    tiers() {
        sqlite3 "$VIP_DB" "SELECT count(*) FROM tier_change WHERE rule = '$2' AND from_tier <> ''
            AND date(effective * 86400, 'unixepoch') LIKE '$1-%'"
    }
    same "$(figure upgrades)" "$(tiers 2026-09 upgrade),$(tiers 2026-08 upgrade)"
    [ "$(tiers 2026-09 upgrade)" -gt 10 ]
}

@test "monthly: gifts, who was won back, changes in per cent" {
    export VIP_DB=$PWD/own.db
    cp -r "$VIP_ROOT/share/programs/basic" own
    lines reward,kind,name_en,cost,value gift,gift,Gift,10,25 > own/rewards.csv
    shop --program=own
    lines member,name,phone,enrolled A,王芳,13800138000,2025-01-01 B,李雷,13900139000,2025-01-01 \
        > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    # A comes after six months and a day, B after six months.
    lines member,store,receipt,date,amount A,S,R1,2026-01-09,100 B,S,R2,2026-01-10,100 \
        A,S,R3,2026-07-10,300 B,S,R4,2026-07-10,100 A,S,R5,2026-08-01,100 > pos.csv
    vip-accrue -q --as-of=2026-08-01 pos.csv
    lines request,member,item,quantity,date G1,A,gift,3,2026-08-02 G2,B,gift,1,2026-08-03 > requests.csv
    vip-redeem -q --as-of=2026-08-03 requests.csv
    lines request,kind,item,member C1,cancel,G2,B > cancel.csv
    vip-redeem -q --as-of=2026-08-03 cancel.csv
    row() { vip-report -q -o out.csv monthly "${@:2}" && grep "^[a-z]*,$1," out.csv | cut -d, -f4-8; }
    same "$(row won_back --period=2026-07)" 1,0,,0,
    same "$(row sales --period=2026-08)" 100.00,400.00,-75.00,,
    same "$(row handed_over --period=2026-08)" 3,,,,
    same "$(row handed_value --period=2026-08)" 75.00,,,,
    same "$(row redeemed --period=2026-08)" 30,0,,,
    same "$(row dormant --as-of=2027-02-02 --period=2027-01)" 1,0,,0,
    # Without a period it is last month's.
    same "$(row sales --as-of=2026-08-20)" 400.00,,,,
}

@test "eligible: the same members, and the same dearest voucher, as are offered it then" {
    sed 1d "$BATS_FILE_TMPDIR/tables/member.csv" | cut -d, -f2 | { echo member; cat; } > everyone.csv
    vip-redeem -q --offers --as-of=2026-10-01 -o offers.csv everyone.csv
    awk -F, '$3 == "voucher-200" { print $1 "," $3 "," $6 "," $9 }' offers.csv | sort > want.csv
    [ "$(wc -l < want.csv)" -gt 100 ]
    same "$(figures eligible 2,7,9,10 | awk -F, '{ print $1 "," $2 "," $4 "," $3 }' | sort)" \
        "$(cat want.csv)"
}

@test "eligible: rebates that fall due with the card year, the dearest rung, and their last points" {
    export VIP_DB=$PWD/own.db
    shop --program=department-store
    lines member,name,phone,enrolled,receipt,spent A,甲,13800138001,2026-01-15,Q1,1000 \
        B,乙,13800138002,2026-01-15,Q2,1000 C,丙,13800138003,2026-02-15,Q3,1000 \
        D,丁,13800138004,2026-01-15,Q4,1000 E,戊,13800138005,2026-01-15,Q5,1000 > members.csv
    vip-enroll -q --as-of=2026-02-15 members.csv
    lines member,store,receipt,date,amount A,S,R1,2026-03-01,8000 B,S,R2,2026-03-01,7999 \
        C,S,R3,2026-03-01,9000 D,S,R4,2026-03-01,16000 E,S,R5,2026-03-01,4999 > pos.csv
    vip-accrue -q --as-of=2026-03-01 pos.csv
    # The card years of all but C end on 15 January 2027, C's a month later.
    vip-report -q -o out.csv eligible --as-of=2026-12-20
    same "$(cut -d, -f1,2,7,9- out.csv)" "$(lines what,member,item,points,cost,value,date \
        due,A,rebate-500,8000,8000,500.00,2027-01-15 due,B,rebate-200,7999,5000,200.00,2027-01-15 \
        due,D,gift-1380,16000,15000,1380.00,2027-01-15)"
    vip-report -q -o out.csv eligible --as-of=2026-12-20 --period=2027-02
    same "$(sed 1d out.csv | cut -d, -f1,2,7)" due,C,rebate-500
    vip-report -q -o out.csv eligible --as-of=2026-12-20 --period=2027-03
    same "$(sed 1d out.csv)" ""
    # And that is what they are offered on the day.
    vip-redeem -q --offers --as-of=2027-01-15 --member=B -o offers.csv
    same "$(sed 1d offers.csv | cut -d, -f3)" rebate-200
}

@test "eligible: the months of a reward, its tiers, points that run out before, open vouchers" {
    export VIP_DB=$PWD/own.db
    cp -r "$VIP_ROOT/share/programs/basic" own
    sed -i.old 's/^points_expire,.*/points_expire,12m/' own/program.csv
    rm own/program.csv.old
    lines reward,kind,name_en,cost,value,months,tier,expires small,voucher,Small,10,5,,,1m \
        spring,voucher,Spring,20,10,'3|4',, nobody,voucher,Nobody,30,15,,!member, > own/rewards.csv
    shop --program=own
    lines member,name,phone,enrolled A,甲,13800138001,2025-01-01 B,乙,13800138002,2025-01-01 > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
    # Those of B run out in January.
    lines member,store,receipt,date,amount A,S,R1,2025-12-01,100 B,S,R2,2025-01-20,25 \
        B,S,R3,2025-12-01,15 > pos.csv
    vip-accrue -q --as-of=2025-12-01 pos.csv
    found() { vip-report -q -o out.csv eligible --as-of=2026-01-10 "$@" && sed 1d out.csv | cut -d, -f1,2,7,9,12; }
    same "$(found)" "$(lines can-have,A,small,100, can-have,B,small,15,)"
    same "$(found --period=2026-03)" "$(lines can-have,A,spring,100, can-have,B,small,15,)"
    same "$(found --period=2026-02..2026-05 --member=A)" can-have,A,spring,100,
    lines request,member,item,date V1,A,small,2026-01-10 > requests.csv
    vip-redeem -q --as-of=2026-01-10 requests.csv
    same "$(found --member=A)" "$(lines can-have,A,small,90, runs-out,A,small,90,2026-02-10)"
}
