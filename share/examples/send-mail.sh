#!/bin/sh
# send-mail.sh: sends the e-mails among the contacts on standard input through sendmail, or msmtp, and
# tells vip-contact what came of each. The other channels are passed over.
#
#   vip-remind --mark --reveal -f tsv | send-mail.sh
#
# Settings, from the environment:
#   MAIL_FROM     the sender: needed
#   MAIL_SUBJECT  the subject of all of them (default: VIP)
#   MAIL_LOG      a folder for what came of them (default: beside the database)
#   SENDMAIL      what takes a message with -t on standard input: sendmail (the default), msmtp
set -eu
umask 077
: "${MAIL_FROM:?is the sender: see the head of send-mail.sh}"
folder=${MAIL_LOG:-$(dirname "${VIP_DB:-${XDG_DATA_HOME:-$HOME/.local/share}/vip/vip.db}")/mail}
today=$(date +%Y-%m-%d)
mkdir -p "$folder"
log=$folder/$today-$$.tsv
answer=$folder/.answer-$$ rows=$folder/.rows-$$
trap 'rm -f "$answer" "$rows"' EXIT

# columns NAME…: those columns of tab-separated rows, parted by a character that no text has.
columns() {
    awk -F '\t' -v names="$*" 'BEGIN { count = split(names, name, " ") }
        NR == 1 {
            for (i = 1; i <= NF; i++) place[$i] = i
            for (i = 1; i <= count; i++) if (!(name[i] in place)) {
                print "send-mail.sh: the rows have no column " name[i] > "/dev/stderr"
                exit 2
            }
            next
        }
        { for (i = 1; i <= count; i++) printf "%s%s", $place[name[i]], i < count ? "\037" : "\n" }'
}

# send ID ADDRESS TEXT: the text has \n for newlines and \\ for backslashes, as tab-separated rows do.
send() {
    {
        printf 'From: %s\nTo: %s\n' "$MAIL_FROM" "$2"
        printf 'Subject: =?UTF-8?B?%s?=\n' "$(printf '%s' "${MAIL_SUBJECT:-VIP}" | base64 | tr -d '\n')"
        printf 'Message-ID: <%s@vip>\n' "$(printf '%s' "$1" | base64 | tr -d '\n=' | tr '+/' '-_')"
        printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n'
        printf 'Content-Transfer-Encoding: base64\n\n'
        printf '%b' "$3" | base64
    } | "${SENDMAIL:-sendmail}" -t 2>"$answer"
}

tab=$(printf '\t')
columns channel member key email message >"$rows"
{
    printf 'member\tkey\tdate\tby\tchannel\toutcome\tnote\n'
    while IFS=$(printf '\037') read -r channel member key email message; do
        [ "$channel" = email ] || continue
        outcome=sent note=''
        case $email in
            *'*'* | *[[:space:],\;\<\>]* | -* | *@*@*) outcome=failed note="no whole address: see vip-remind --reveal" ;;
            ?*@?*)
                send "$member/$key" "$email" "$message" || {
                    outcome=failed
                    note=$(tr '\t\n\134' '  /' <"$answer")
                }
                ;;
            *) outcome=failed note="no address" ;;
        esac
        printf '%s\t%s\t%s\tsendmail\temail\t%s\t%s\n' "$member" "$key" "$today" "$outcome" "$note"
    done <"$rows"
} >"$log"

failed=$(grep -c "${tab}email${tab}failed${tab}" "$log") || :
sent=$(grep -c "${tab}email${tab}sent${tab}" "$log") || :
vip-contact -q "$log"
echo "send-mail.sh: $sent sent, $failed failed; see $log" >&2
[ "$failed" -eq 0 ]
