#!/usr/bin/env bats
# Workbooks, opened again by Python's zipfile and xml alone: what is a number is one.

load ../helper

read_workbook() { "$VIP_ROOT/tests/read-workbook" "$@"; }

# A report whose columns have every type.
every_type() {
    mkdir -p own
    export VIP_REPORTS=$PWD/own
    lines '-- title: Every type | 各种类型' '-- column: a text 文' '-- column: b date 日' \
        '-- column: c count 数' '-- column: d yuan 额' '-- column: e percent 率' \
        '-- column: f ratio 比' '-- column: g number 浮' \
        "SELECT '00123' AS a, 20778 AS b, 1234567 AS c, -123456 AS d, 1234 AS e, 185 AS f, 0.5 AS g" \
        'UNION ALL' \
        "SELECT '=1+1', -30000, 9007199254740993, 0, NULL, NULL, NULL;" > own/types.sql
}

@test "cells are typed: text stays text, numbers and dates are numbers with a format" {
    shop
    every_type
    vip-report -q types -o t.xlsx --as-of=2026-11-21
    same "$(read_workbook t.xlsx)" 'sheet types frozen=A3 filter=A2:G4 charts=0 scales=0
A1 s - b Every type, until 2026-11-21
A2 s - b a
B2 s - b b
C2 s - b c
D2 s - b d
E2 s - b e
F2 s - b f
G2 s - b g
A3 s @ 00123
B3 n yyyy\-mm\-dd 46347
C3 n #,##0 1234567
D3 n "¥"#,##0.00;-"¥"#,##0.00 -1234.56
E3 n 0.00% 0.1234
F3 n #,##0.00 1.85
G3 n - 0.5
A4 s @ =1+1
B4 s @ 1887-11-12
C4 s @ 9007199254740993
D4 n "¥"#,##0.00;-"¥"#,##0.00 0'
}

@test "a report has a chart where its header names one, on the groups that were asked for" {
    shop
    lines store,receipt,date,amount S1,R1,2026-10-01,10 S1,R2,2026-11-01,20 S2,R3,2026-11-02,30 \
        > pos.csv
    vip-accrue -q --as-of=2026-11-21 pos.csv
    vip-report -q contribution --by=month -o m.xlsx
    read_workbook m.xlsx > out.txt
    grep -q '^sheet contribution .* charts=1 ' out.txt
    read_workbook m.xlsx xl/charts/chart1.xml > chart.xml
    has "$(cat chart.xml)" '<c:lineChart>'
    has "$(tr -d '$' < chart.xml)" 'contribution!A3:A4'
    has "$(tr -d '$' < chart.xml)" 'contribution!B3:B4'
    vip-report -q contribution --by=store -o s.xlsx
    read_workbook s.xlsx xl/charts/chart1.xml > chart.xml
    has "$(cat chart.xml)" '<c:barChart>'
    # Two groups: a line by month would show several stores at one place.
    vip-report -q contribution --by=store,month -o sm.xlsx
    read_workbook sm.xlsx | grep -q '^sheet contribution .* charts=0 '
}

@test "a heat map is a matrix on a sheet of its own" {
    shop
    lines member,name,phone,enrolled A,王芳,13800138000,2026-10-01 B,李雷,13900139000,2026-11-01 \
        > members.csv
    vip-enroll -q --as-of=2026-11-21 members.csv
    lines member,store,receipt,date,amount A,S,R1,2026-11-03,10 > pos.csv
    vip-accrue -q --as-of=2026-11-21 pos.csv
    vip-report -q cohort --as-of=2026-11-21 -o c.xlsx
    read_workbook c.xlsx | sed -n '/^sheet retention/,$p' > out.txt
    same "$(cat out.txt)" 'sheet retention frozen=B2 filter=- charts=0 scales=1
A1 s - b retention
B1 s - b 0
C1 s - b 1
A2 s @ 2026-10
B2 n 0.00% 0
C2 n 0.00% 1
A3 s @ 2026-11
B3 n 0.00% 0'
}

@test "a book has a sheet for each report, and a name for each sheet" {
    shop
    lines store,receipt,date,amount S1,R1,2026-10-01,10 > pos.csv
    vip-accrue -q --as-of=2026-11-21 pos.csv
    vip-report -q --book=b.xlsx --period=2026-10 contribution:store contribution:month,store liability tiers
    same "$(read_workbook b.xlsx | grep -o '^sheet.*frozen')" "$(lines 'sheet contribution frozen' \
        'sheet contribution 2 frozen' 'sheet liability frozen' 'sheet tiers frozen')"
    vip-report -q --lang=zh --book=b.xlsx contribution:store --as-of=2026-11-21
    read_workbook b.xlsx > out.txt
    grep -q '^sheet VIP贡献率 ' out.txt
    grep -q '^A1 s - b VIP贡献率（截至 2026-11-21）$' out.txt
    grep -q '^A2 s - b 店铺$' out.txt
}

@test "a book is whole or not there" {
    shop
    refuses 1 "there is no report 'nothing'" vip-report --book=b.xlsx contribution nothing
    refuses 2 "cannot be narrowed by --tier" vip-report --book=b.xlsx repurchase contribution --tier=member
    refuses 2 "is no group of liability" vip-report --book=b.xlsx contribution:store liability:store
    refuses 2 "both name a file" vip-report --book=b.xlsx -o c.xlsx contribution
    refuses 2 "goes without -f" vip-report --book=b.xlsx -f csv contribution
    refuses 4 "cannot write" vip-report --book=/dev/full contribution
    [ ! -e b.xlsx ] && [ ! -e c.xlsx ]
    same "$(ls "$TMPDIR")" ""
}

@test "every command writes workbooks, to a file or a pipe, and never half of one" {
    shop
    lines member,name,phone A,王芳,13800138000 > members.csv
    vip-enroll -q -o e.xlsx members.csv
    read_workbook e.xlsx > out.txt
    grep -q '^sheet vip-enroll frozen=A2 ' out.txt
    grep -q '^A2 s @ A$' out.txt
    vip-find -f xlsx --lang=zh A > f.xlsx
    read_workbook f.xlsx > out.txt
    grep -q '^A1 s - b 会员号$' out.txt
    grep -q '^F2 n #,##0 0$' out.txt
    refuses 2 "has no --output-encoding" vip-find -f xlsx -E GBK A
    refuses 2 "--excel is a profile of csv" vip-find -f xlsx --excel A
    refuses 4 "cannot write" vip-find -o /dev/full -f xlsx A
    lines member,store,receipt,date,amount A,S,R1,2026-11-03,ten > bad.csv
    exits 1 vip-accrue --atomic -o a.xlsx bad.csv
    [ ! -e a.xlsx ]
    same "$(ls "$TMPDIR")" ""
}

@test "columns are as wide as what is in them: a Chinese character takes two places" {
    shop
    lines member,name,phone A,欧阳诸葛司马上官,13800138000 > members.csv
    vip-enroll -q -o e.xlsx members.csv
    # member, card, name: eight characters are sixteen places and a little more
    read_workbook e.xlsx xl/worksheets/sheet1.xml | grep -o '<col min="3"[^/]*' > col.txt
    width=$(sed 's/.*width="\([0-9]*\).*/\1/' col.txt)
    [ "$width" -ge 19 ]
    [ "$width" -le 22 ]
}

@test "more rows than a sheet holds go on with the next" {
    skip_if_sanitized "a million rows"
    shop
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- title: Many | 多' '-- column: n count 数' \
        'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1048580)' \
        'SELECT n AS n FROM r;' > own/many.sql
    vip-report -q many -o m.xlsx
    read_workbook m.xlsx xl/workbook.xml > book.xml
    has "$(cat book.xml)" 'name="many"'
    has "$(cat book.xml)" 'name="many 2"'
    # two lines of headings on each
    same "$(read_workbook m.xlsx xl/worksheets/sheet2.xml | grep -o '<row ' | wc -l | tr -d ' ')" 8
}

@test "a chart begins at zero, unless something in it is below; what follows a number keeps off it" {
    shop
    lines store,receipt,date,amount S1,R1,2026-11-01,1000 S2,R2,2026-11-01,990 | vip-accrue -q --as-of=2026-11-21
    vip-report -q contribution --by=store -o c.xlsx --as-of=2026-11-21
    has "$("$VIP_ROOT/tests/read-workbook" c.xlsx xl/charts/chart1.xml)" '<c:min val="0"/>'
    lines store,receipt,date,amount,kind S3,R3,2026-11-02,50,return |
        vip-accrue -q --blind-returns --as-of=2026-11-21
    vip-report -q contribution --by=store -o c.xlsx --as-of=2026-11-21
    hasnt "$("$VIP_ROOT/tests/read-workbook" c.xlsx xl/charts/chart1.xml)" '<c:min'
    # Weeks are days on the axis, too.
    vip-report -q contribution --by=week -o w.xlsx --as-of=2026-11-21
    "$VIP_ROOT/tests/read-workbook" w.xlsx xl/charts/chart1.xml | grep -q 'c:numFmt formatCode="yyyy'
    # A number to the right of its column and a text to the left of the next would run together.
    mkdir own
    lines '-- column: n count 数' '-- column: t text 文' '-- column: d date 日' \
        "SELECT 7 AS n, 'x' AS t, 20000 AS d;" > own/row.sql
    VIP_REPORTS=$PWD/own vip-report -q row -o r.xlsx --as-of=2026-11-21
    same "$("$VIP_ROOT/tests/read-workbook" r.xlsx xl/styles.xml | grep -o 'indent="1"' | sort | uniq -c | tr -d ' ')" \
        '2indent="1"'
}
