#!/usr/bin/env bats
# The presets' tables open cleanly in a spreadsheet: any reader of CSV finds the same cells as ours,
# and no cell is one that a spreadsheet would run, or turn into a number or a date.
load ../helper

presets() { (cd "$VIP_ROOT/share/programs" && printf '%s\n' *); }

# cells FOLDER: sheet, line, column, cell as Python's csv reads them.
cells() {
    python3 - "$1" <<'PYTHON'
import csv, glob, os, sys
out = csv.writer(sys.stdout, lineterminator="\n")
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        heading = next(reader)
        for row in reader:
            assert len(row) == len(heading), (path, reader.line_num)
            for name, cell in zip(heading, row):
                out.writerow([os.path.basename(path), reader.line_num, name, cell])
PYTHON
}

@test "there are the eight presets" {
    same "$(presets)" "$(lines basic department-store fashion mall menswear outdoor photo-studio restaurant)"
}

@test "Python's csv reads the same cells as vip-db load" {
    needs_tool python3 sqlite3
    local preset
    for preset in $(presets); do
        rm -f "$VIP_DB"*
        shop --program="$preset"
        cells "$VIP_ROOT/share/programs/$preset" | sort >theirs.csv
        sqlite3 -csv "$VIP_DB" "SELECT sheet, line, heading, value FROM program_cell" |
            tr -d '\r' | sort >raw.csv
        python3 -c 'import csv, sys
csv.writer(sys.stdout, lineterminator="\n").writerows(csv.reader(sys.stdin))' <raw.csv | sort >ours.csv
        [ -s ours.csv ]
        same "$(grep -v '^templates' ours.csv)" "$(<theirs.csv)"
    done
}

@test "no cell is a formula, a date or a long number to a spreadsheet" {
    needs_tool python3
    local preset
    for preset in $(presets); do
        cells "$VIP_ROOT/share/programs/$preset"
    done >all.csv
    python3 - <<'PYTHON'
import csv, re
for sheet, line, name, cell in csv.reader(open("all.csv", encoding="utf-8")):
    where = f"{sheet}:{line}: {name}: {cell!r}"
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell), "formula: " + where
    assert not re.fullmatch(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?", cell) or "." in cell, "date: " + where
    assert not re.fullmatch(r"\d+[eE]\d+|\d{12,}|0\d+", cell), "number: " + where
PYTHON
}

@test "a table that a spreadsheet saved, with BOM, CRLF and quotes, is the same programme" {
    needs_tool python3 sqlite3
    local preset=menswear
    cp -r "$VIP_ROOT/share/programs/$preset" saved
    python3 - <<'PYTHON'
import csv, glob
for path in glob.glob("saved/*.csv"):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
PYTHON
    shop --program="$preset"
    sqlite3 "$VIP_DB" "SELECT * FROM program_cell" >plain
    rm "$VIP_DB"*
    shop --program=saved
    sqlite3 "$VIP_DB" "SELECT * FROM program_cell" >after
    cmp plain after
}

@test "LibreOffice opens each table and saves the same cells" {
    needs_tool soffice
    skip_if_sanitized 'nothing of ours runs here'
    local preset table
    mkdir tables saved
    for preset in $(presets); do
        for table in "$VIP_ROOT/share/programs/$preset"/*.csv; do
            cp "$table" "tables/$preset--${table##*/}"
        done
    done
    # As by a double click: comma, quotes, UTF-8, numbers and dates recognized. Through its own format,
    # so that cells are what they became.
    soffice "-env:UserInstallation=file://$PWD/profile" --headless --convert-to ods \
        --infilter=CSV:44,34,76,1,,0,false,true,false --outdir sheets tables/*.csv >log 2>&1
    soffice "-env:UserInstallation=file://$PWD/profile" --headless \
        --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false' \
        --outdir saved sheets/*.ods >>log 2>&1
    diff -r tables saved
}

@test "each preset has its part of vip-presets(7)" {
    same "$(sed -n 's/^\.Ss //p' "$VIP_ROOT/share/man/vip-presets.7" | sort)" "$(presets)"
}
