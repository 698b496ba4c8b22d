#!/usr/bin/env bats
# The book of the month as those who open it see it: in LibreOffice and, as a page, in Chromium, both
# printed. Skipped where they are not installed.

load ../helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    export VIP_DB=$PWD/shop.db PATH="$VIP_BUILD/tools:$PATH"
    "$VIP_ROOT/tests/busy-shop" "$VIP_ROOT/share"
}

setup() {
    fresh
    export VIP_DB=$BATS_FILE_TMPDIR/shop.db
}

# shows PDF: A4, every figure whole, yuan as yuan, dates as dates, nothing wider than its column.
shows() {
    local text
    has "$(pdfinfo "$1")" "A4"
    text=$(pdftotext -layout "$1" -)
    hasnt "$text" "###"
    has "$text" "VIP月报（2026-09-01 至 2026-09-30）"
    has "$text" "生日会员（2026-10-01 至 2026-10-31）"
    has "$text" "$(vip-report -q -f table contribution --store=春熙店 -p 2026-09 --as-of=2026-09-30 |
        awk 'NR == 4 { print "¥" $1 }')"
    has "$text" 2026-08-31
    hasnt "$text" 46265 # which a spreadsheet calls that day
}

@test "the book of the month in LibreOffice: nothing cut off, no ####, dates and yuan" {
    needs_tool soffice pdftotext pdfinfo
    vip-report -q --lang=zh --book=m.xlsx month -p 2026-09 --as-of=2026-09-30
    timeout 300 soffice "-env:UserInstallation=file://$PWD/profile" --headless --convert-to pdf m.xlsx \
        > soffice.log 2>&1 || skip "soffice cannot run here"
    shows m.pdf
}

@test "the book of the month in Chromium: a page that prints on A4" {
    needs_tool chromium pdftotext pdfinfo
    vip-report -q --lang=zh --book=m.html month -p 2026-09 --as-of=2026-09-30
    timeout 300 chromium --headless --no-sandbox --disable-gpu "--user-data-dir=$PWD/profile" \
        --no-pdf-header-footer "--print-to-pdf=$PWD/m.pdf" "file://$PWD/m.html" > chromium.log 2>&1 ||
        skip "chromium cannot run here"
    [ -s m.pdf ] || skip "chromium printed nothing"
    shows m.pdf
}
