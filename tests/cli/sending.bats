#!/usr/bin/env bats
# The senders of share/examples, against senders that only write down what they are given.
# shellcheck disable=SC2016 # what is to be sent as it stands

load ../helper

examples=$VIP_ROOT/share/examples
today=$(date +%Y-%m-%d)

# A shop with four birthdays today; texts and e-mails go to those who consent.
setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" mine
    lines kind,anchor,offset,channel,template,tier,consent,lacks \
        birthday,birthday,0d,sms,birthday,,sms, birthday,birthday,0d,email,letter,,none, > mine/reminders.csv
    mkdir mine/templates
    printf '{name}，生日快乐 "50%%" \\o/ $HOME!' > mine/templates/birthday.zh.txt
    printf '{name}：\n生日快乐\\n' > mine/templates/letter.zh.txt
    shop --program=mine
    lines member,name,phone,email,birthday,consultant,enrolled,consent_sms \
        "A,王芳,13800138000,fang@example.cn,${today#*-},顾丽,2025-01-01,yes" \
        "B,李雷,13900139000,,${today#*-},陈晨,2025-01-01,yes" \
        "C,韩梅,13700137000,mei@example.cn,${today#*-},顾丽,2025-01-01,no" > members.csv
    vip-enroll -q members.csv
    export PATH=$PWD/bin:$PATH SMS_URL=https://sms.example/send SMS_HEADERS=$PWD/headers
    export MAIL_FROM=shop@example.cn SENDMAIL=fake-sendmail
    mkdir bin
    # B's number is dead.
    cat > bin/curl <<'END'
#!/bin/sh
echo "$@" >>arguments
cat >request
cat request >>requests
! grep -q 13900139000 request || { echo 'curl: (22) 404' >&2; exit 22; }
END
    cat > bin/fake-sendmail <<'END'
#!/bin/sh
echo "$@" >>arguments
cat >"mail-$(ls mail-* 2>/dev/null | wc -l)"
END
    chmod +x bin/*
}

# outcomes: "member channel outcome" of what vip-contact knows.
outcomes() {
    sqlite3 -separator ' ' "$VIP_DB" "SELECT m.member, c.channel, c.outcome FROM contact AS c
        JOIN member AS m ON m.id = c.member ORDER BY 1, 2"
}

@test "text messages go out as they are, and what came of them is known" {
    vip-remind -q --mark --reveal -f tsv -o given.tsv
    exits 1 "$examples/send-sms.sh" < given.tsv
    has "$err" "1 sent, 1 failed"
    same "$(outcomes)" "$(lines 'A sms sent' 'B sms failed')"
    same "$(sed -n 's/^data-urlencode = //p' requests | head -n 3)" "$(lines \
        "\"id=A/birthday:0d:$today\"" '"to=13800138000"' \
        '"text=王芳，生日快乐 \"50%\" \\o/ $HOME!"')"
    has "$(cat requests)" "header = \"@$PWD/headers\""
    has "$(cat arguments)" '--retry 3'
    # No number and no text where other users see it.
    hasnt "$(cat arguments)" 138
    hasnt "$(cat arguments)" 生日
    # Told again it is known, and the folder is the owner's alone.
    local log=(sms/*.tsv)
    exits 0 vip-contact "${log[0]}"
    has "$err" "2 known"
    same "$(stat -c %a "${log[0]}")" 600
    same "$(ls -A sms)" "${log[0]#sms/}"
    # What failed is offered again.
    same "$(vip-remind -f csv --as-of="$(date -d tomorrow +%Y-%m-%d)" 2>/dev/null | sed 1d | cut -d, -f1,2)" B,birthday
}

@test "masked numbers are sent to nobody" {
    vip-remind -f tsv --mark 2>/dev/null > given.tsv
    exits 1 "$examples/send-sms.sh" < given.tsv
    [ ! -e requests ]
    same "$(outcomes)" "$(lines 'A sms failed' 'B sms failed')"
    exits 1 "$examples/send-mail.sh" < given.tsv
    same "$(ls mail-* 2>/dev/null)" ''
}

@test "rows without the columns are refused before anything is sent" {
    vip-remind -f csv --mark --reveal 2>/dev/null > given.csv
    refuses 2 "no column channel" "$examples/send-sms.sh" < given.csv
    refuses 2 "no column channel" "$examples/send-mail.sh" < given.csv
    [ ! -e requests ]
    refuses 2 "SMS_URL" env -u SMS_URL "$examples/send-sms.sh" < given.csv
    refuses 2 "MAIL_FROM" env -u MAIL_FROM "$examples/send-mail.sh" < given.csv
}

@test "e-mails go out through sendmail, in UTF-8" {
    vip-remind -q --mark --reveal -f tsv -o given.tsv
    MAIL_SUBJECT=生日快乐 exits 0 "$examples/send-mail.sh" < given.tsv
    has "$err" "2 sent, 0 failed"
    same "$(outcomes)" "$(lines 'A email sent' 'C email sent')"
    same "$(cat arguments)" "$(lines -t -t)"
    python3 - <<'END'
import email, email.policy
mail = email.message_from_bytes(open('mail-0', 'rb').read(), policy=email.policy.default)
assert not mail.defects, mail.defects
assert mail['To'] == 'fang@example.cn' and mail['From'] == 'shop@example.cn', mail['To']
assert mail['Subject'] == '生日快乐', mail['Subject']
assert mail.get_content() == '王芳：\n生日快乐\\n', repr(mail.get_content())
END
}

@test "each consultant gets a workbook of the days ahead" {
    printf '# who\taddress\n顾丽\tgu@example.cn\n陈晨\tchen@example.cn\n' > consultants.tsv
    vip-remind -f json --consultant=顾丽 --ahead=7 2>/dev/null | wc -l > wanted
    exits 0 "$examples/work-lists.sh" consultants.tsv
    python3 - "$(cat wanted)" <<'END'
import email, email.policy, io, re, sys, zipfile
mail = email.message_from_bytes(open('mail-0', 'rb').read(), policy=email.policy.default)
assert mail['To'] == 'gu@example.cn' and mail['Subject'].startswith('回访名单 '), mail['Subject']
assert mail.get_filename().endswith('.xlsx')
book = zipfile.ZipFile(io.BytesIO(mail.get_content()))
sheet = book.read('xl/worksheets/sheet1.xml').decode()
assert len(re.findall('<row ', sheet)) == int(sys.argv[1]) + 1, sheet
END
    same "$(ls mail-*)" "$(lines mail-0 mail-1)"
    printf '顾\tx@example.cn\n' > consultants.tsv
    refuses 1 "nobody looks after" "$examples/work-lists.sh" consultants.tsv
}

@test "a sender that is killed has told what it sent, and sends it no second time" {
    vip-remind -q --mark --reveal -f tsv -o given.tsv
    # Whoever sends to B is killed before anything is known of it; A's is out by then.
    lines '#!/bin/sh' 'cat >request' 'cat request >>requests' \
        'if grep -q 13900139000 request && [ ! -e killed ]; then : >killed; kill -9 "$PPID"; fi' > bin/curl
    exits 137 "$examples/send-sms.sh" < given.tsv
    same "$(outcomes)" ''
    exits 0 "$examples/send-sms.sh" < given.tsv
    same "$(outcomes)" "$(lines 'A sms sent' 'B sms sent')"
    same "$(grep -c to=13800138000 requests)" 1
    # Nothing is left beside the two logs.
    same "$(find sms -type f | wc -l) $(find sms -name '*.tsv' | wc -l)" '2 2'
}

@test "the morning sends what the nights gave, once, and makes up for mornings that were missed" {
    vip-remind -q --mark
    exits 1 "$examples/morning.sh"
    same "$(outcomes)" "$(lines 'A email sent' 'A sms sent' 'B sms failed' 'C email sent')"
    : > requests
    exits 0 "$examples/morning.sh"
    same "$(cat requests)" ''
    # B's new number is not tried before a night has given it again.
    local tomorrow
    tomorrow=$(date -d tomorrow +%Y-%m-%d)
    lines member,phone B,13900139001 | vip-enroll -q --update
    same "$(vip-remind -f csv --again=unsent 2>/dev/null | sed 1d)" ''
    vip-remind -q --mark --as-of="$tomorrow"
    same "$(vip-remind -f csv --again=unsent --as-of="$tomorrow" 2>/dev/null | sed 1d | cut -d, -f1,2)" B,birthday
    # Without a gateway only e-mails go out; without either there is nothing to do.
    exits 0 env -u SMS_URL -u MAIL_FROM "$examples/morning.sh"
}

@test "lines and units for the night and the morning are as cron and systemd read them" {
    local unit line
    # Five fields and a command; % is a newline to cron unless it is escaped.
    while read -r line; do
        [[ $line =~ ^[A-Z_]+=[^[:space:]]+$ || $line =~ ^([0-9*/,-]+[[:space:]]+){5}[/v] ]] || complain "$line"
        [[ $line != *[^\\]%* ]] || complain "$line"
    done < <(grep -v '^#\|^$' "$examples/crontab")
    while read -r line; do
        [ -x "$examples/${line##*/}" ] || complain "$line"
    done < <(grep -o '/usr/local/share/vip/examples/[a-z.-]*' "$examples/crontab")
    needs_tool systemd-analyze
    for unit in "$VIP_ROOT"/share/systemd/*; do
        sed "s,/usr/local/share/vip/examples,$examples," "$unit" > "${unit##*/}"
        case $unit in
            *.timer) grep -qx Persistent=true "$unit" || complain "$unit" ;;
        esac
    done
    exits 0 systemd-analyze verify --man=no ./*.service ./*.timer
    same "$out$err" ''
}
