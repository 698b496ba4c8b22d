#!/usr/bin/env bats
# Pages: whole documents that load nothing, say what the rows say, and draw what a workbook draws.

load ../helper

# Every tag closed, no script, nothing from elsewhere; then the text of each cell on a line, and how
# many of what was drawn.
read_page() {
    python3 - "$1" << 'END'
import sys
from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    open, cells, seen = [], [], Counter()

    def handle_starttag(self, tag, attributes):
        self.seen[tag] += 1
        assert tag not in ("script", "link", "img", "iframe"), tag
        assert not [a for a in attributes if a[0] in ("src", "href")], attributes
        if tag not in ("meta", "line", "rect", "polyline"):
            self.open.append(tag)
        if tag in ("td", "th", "h2", "title"):
            self.cells.append("")

    def handle_startendtag(self, tag, attributes):
        self.seen[tag] += 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th", "h2", "title"):
            self.cells[-1] += data


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
assert not page.open, page.open
print(*page.cells, sep="\n")
print({tag: page.seen[tag] for tag in ("section", "svg", "polyline", "rect")})
END
}

sales() {
    shop
    lines member,name,phone,enrolled A,王芳,13800138000,2026-10-01 > members.csv
    vip-enroll -q --as-of=2026-10-01 members.csv
    lines member,store,receipt,date,amount 'A,"<b>&""S1",R1,2026-10-01,1000' ,S2,R2,2026-11-01,2000.50 \
        > pos.csv
    vip-accrue -q --as-of=2026-11-21 pos.csv
}

@test "a page has the title, the headings and the values with their units" {
    sales
    vip-report -q contribution --by=store -o c.html --as-of=2026-11-21 --lang=zh
    same "$(read_page c.html | sed -n '1,6p;11,18p')" "$(lines 'VIP贡献率（截至 2026-11-21）' \
        'VIP贡献率（截至 2026-11-21）' 店铺 净销售额 会员净销售额 会员贡献率 \
        '<b>&"S1' ¥1,000.00 ¥1,000.00 100.00% 1 1 100.00% 1)"
    grep -q '<html lang="zh">' c.html
    # Two stores, two figures each, and the two names of the figures.
    has "$(read_page c.html)" "'svg': 1, 'polyline': 0, 'rect': 6"
}

@test "a book of a page has a section for each report: lines, bars, a coloured matrix" {
    sales
    vip-report -q --book=b.html contribution:month contribution:store cohort liability --as-of=2026-11-21
    read_page b.html > out.txt
    has "$(cat out.txt)" "{'section': 4, 'svg': 2, 'polyline': 2, 'rect': 8}"
    # Of October's one, all bought in that month and none in the next.
    grep -q '<td>2026-10</td><td class="n" style="background:#63be7b">100.00%</td><td class="n" style="background:#ffffff">0.00%</td>' b.html
}

@test "the VIP month is one book: figures, shops, weeks, tiers, and next month's birthdays" {
    sales
    vip-report --book=m.html month --as-of=2026-11-21 2> periods.txt
    has "$(read_page m.html)" "'section': 12,"
    # It is last month's, but for the birthdays, which count from its end.
    same "$(grep -c '2026-10-01 to 2026-10-31$' periods.txt)" 11
    same "$(tail -n 1 periods.txt)" 'vip-report: Birthdays, 2026-11-01 to 2026-11-30'
    same "$(read_page m.html | grep '^The VIP month' | sort -u)" 'The VIP month in figures, 2026-10-01 to 2026-10-31'
    vip-report --book=m.xlsx month -p 2026-02 --as-of=2026-11-21 2> periods.txt
    same "$(grep -c '2026-02-01 to 2026-02-28$' periods.txt)" 11
    same "$(tail -n 1 periods.txt)" 'vip-report: Birthdays, 2026-03-01 to 2026-03-31'
    same "$("$VIP_ROOT/tests/read-workbook" m.xlsx | grep -c '^sheet')" 12
    refuses 2 "month is a book of several reports" vip-report month
    exits 0 vip-report --describe=month
    has "$out" "  contribution, by store"
    has "$out" "  birthdays, next-month"
}

@test "books of one's own: a line for each report, with its groups and its period" {
    sales
    mkdir own
    export VIP_REPORTS=$PWD/own
    lines '-- title: Ours | 本店' '-- period: 2026-10' '' contribution:store '  tiers@2026-09 ' \
        '-- not this one' contribution > own/ours.book
    vip-report --book=o.html ours liability@last-year --as-of=2026-11-21 2> periods.txt
    same "$(cut -d, -f2- periods.txt)" "$(lines ' 2026-10-01 to 2026-10-31' ' 2026-09-01 to 2026-09-30' \
        ' 2026-10-01 to 2026-10-31' ' 2025-01-01 to 2025-12-31')"
    exits 0 vip-report --list
    has "$out" "ours,Ours,$PWD/own/ours.book"
    lines 'contribution:colour' > own/ours.book
    refuses 2 "'colour' is no group" vip-report --book=o.html ours
    lines 'nothing' > own/ours.book
    refuses 1 "there is no report 'nothing'" vip-report --book=o.html ours
    refuses 2 "is not a period" vip-report --book=o.html tiers@never
}

@test "any command writes pages; they are UTF-8, and whole or not there" {
    sales
    vip-find -q -o f.html A
    grep -q '<td>王芳</td>' f.html
    refuses 2 "a page has no --output-encoding" vip-find -o g.html -E GBK A
    refuses 1 "there is no report" vip-report --book=g.html contribution nothing
    refuses 2 "goes without -f" vip-report --book=g.html -f csv contribution
    [ ! -e g.html ]
    # -f says what it is, whatever its name.
    vip-report -q --book=x.html -f xlsx contribution --as-of=2026-11-21
    "$VIP_ROOT/tests/read-workbook" x.html | grep -q '^sheet contribution '
    vip-report -q --book=none.html contribution --period=2020
    read_page none.html > out.txt
}

@test "a table of many columns has smaller letters, so that nothing is cut off on A4" {
    sales
    vip-report -q contribution --by=store,month -o c.html --as-of=2026-11-21
    grep -qx '<table>' c.html
    vip-report -q stored -o s.html --as-of=2026-11-21
    grep -qx '<table style="font-size: 6.3pt">' s.html
}
