#!/usr/bin/env bats
# vip-remind --format=ics: calendars as of RFC 5545, read back by another's parser.

load ../helper

# people: a shop with two consultants; texts that need escapes, folds and many bytes.
people() {
    cp -r "$VIP_ROOT/share/programs/basic" mine
    mkdir mine/templates
    printf '{name}；亲爱的会员，值此生日之际，我们全体同仁祝您生日快乐，万事如意，身体健康，阖家幸福！\n凭此信息可享受本月生日特惠; a,b\\c 😀。' \
        > mine/templates/birthday.zh.txt
    shop --program=mine
    lines member,name,phone,birthday,store,consultant,enrolled,consent_sms \
        'A,"王,芳;x",13800138000,1980-11-21,0101,顾丽,2025-01-01,yes' \
        B,李雷,13900139000,1980-11-22,0101,陈晨,2025-01-01,yes > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
}

# parser: the Python that has the library, in $python; skips where none has.
parser() {
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import icalendar' 2>/dev/null && return
    done
    skip "icalendar for Python 3 is not installed"
}

# events FILE: "uid|day|stamp|summary|place" of each, by the library, then its description.
events() {
    "$python" - "$1" <<'END'
import icalendar, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
assert calendar['VERSION'] == '2.0' and calendar['PRODID']
for event in calendar.walk('VEVENT'):
    assert not event.errors, event.errors
    print(event['UID'], event['DTSTART'].dt, event['DTSTAMP'].dt.isoformat(), event['SUMMARY'],
          event.get('LOCATION', ''), event['CATEGORIES'].to_ical().decode(), sep='|')
    print(event['DESCRIPTION'])
END
}

@test "a calendar is read by a library as it was meant" {
    people
    parser
    exits 0 vip-remind --kind=birthday --ahead=1 --as-of=2026-11-21 -o out.ics
    same "$(events out.ics)" "$(lines \
        "birthday:0d:2026-11-21/A@vip|2026-11-21|2026-11-21T00:00:00+00:00|王,芳;x · birthday · sms|0101|birthday" \
        "王,芳;x；亲爱的会员，值此生日之际，我们全体同仁祝您生日快乐，万事如意，身体健康，阖家幸福！ 凭此信息可享受本月生日特惠; a,b\\c 😀。" \
        "138****8000" \
        "birthday:0d:2026-11-22/B@vip|2026-11-22|2026-11-22T00:00:00+00:00|李雷 · birthday · sms|0101|birthday" \
        "李雷；亲爱的会员，值此生日之际，我们全体同仁祝您生日快乐，万事如意，身体健康，阖家幸福！ 凭此信息可享受本月生日特惠; a,b\\c 😀。" \
        "139****9000")"
}

@test "lines end in CRLF, have 75 octets at most and cut no character" {
    people
    vip-remind --format=ics --kind=birthday --ahead=1 --as-of=2026-11-21 > out.ics
    python3 - out.ics <<'END'
import sys
data = open(sys.argv[1], 'rb').read()
lines = data.split(b'\r\n')
assert lines.pop() == b'' and b'\n' not in b''.join(lines) and b'\r' not in b''.join(lines)
assert max(map(len, lines)) <= 75, max(map(len, lines))
assert sum(line.startswith(b' ') for line in lines) >= 4, 'nothing was folded'
assert min(len(a) for a, b in zip(lines, lines[1:]) if b.startswith(b' ')) >= 72
for line in lines:
    line.decode('utf-8')
END
}

@test "the same list gives the same bytes, whenever it is asked" {
    people
    vip-remind --format=ics --kind=birthday --ahead=2 --as-of=2026-11-20 > a.ics
    vip-remind --format=ics --kind=birthday --ahead=1 --as-of=2026-11-21 > b.ics
    vip-remind --format=ics --kind=birthday --ahead=1 --as-of=2026-11-21 > c.ics
    cmp b.ics c.ics
    cmp a.ics b.ics
}

@test "a day without contacts is a valid calendar without events" {
    people
    parser
    exits 0 vip-remind --format=ics --as-of=2026-12-01 -o out.ics
    same "$(events out.ics)" ''
    same "$(grep -c BEGIN: out.ics)" 3
}

@test "one calendar for each consultant" {
    people
    exits 0 vip-remind -f csv --consultant=陈晨 --kind=birthday --ahead=1 --as-of=2026-11-21
    same "$(sed 1d <<<"$out" | cut -d, -f1)" B
    vip-remind --format=ics --consultant=顾丽 --kind=birthday --ahead=1 --as-of=2026-11-21 > out.ics
    same "$(grep -c '^UID' out.ics)" 1
    refuses 1 "nobody looks after" vip-remind --consultant=顾 --as-of=2026-11-21
    refuses 2 "goes without rows and --mark" vip-remind --consultant=顾丽 --mark
}

@test "what is no list of days, or not in UTF-8, is no calendar" {
    people
    refuses 2 "no column due" vip-find -o out.ics 王
    refuses 2 "it is UTF-8" vip-remind --format=ics -E GB18030
    [ ! -e out.ics ]
}
