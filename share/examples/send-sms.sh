#!/bin/sh
# send-sms.sh: sends the text messages among the contacts on standard input through a gateway, and
# tells vip-contact what came of each. The other channels are passed over.
#
#   vip-remind --mark --reveal -f tsv | send-sms.sh
#
# Settings, from the environment:
#   SMS_URL     where the gateway takes POST requests with the fields id, to and text. The id is that
#               of the reminder: a gateway that knows it sends nothing twice
#   SMS_HEADERS a file of request headers, such as "Authorization: Bearer …", that only its owner reads
#   SMS_LOG     a folder for what came of the messages (default: beside the database)
#   SMS_TRIES   how often a request is repeated, with growing pauses (3)
#
# What was given and not sent, as after a crash: vip-remind --again=DATE --reveal -f tsv | send-sms.sh
# Ends with 1 when messages failed; vip-remind offers them again on another day.
set -eu
umask 077
: "${SMS_URL:?is where the gateway is: see the head of send-sms.sh}"
folder=${SMS_LOG:-$(dirname "${VIP_DB:-${XDG_DATA_HOME:-$HOME/.local/share}/vip/vip.db}")/sms}
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
                print "send-sms.sh: the rows have no column " name[i] > "/dev/stderr"
                exit 2
            }
            next
        }
        { for (i = 1; i <= count; i++) printf "%s%s", $place[name[i]], i < count ? "\037" : "\n" }'
}

# quoted TEXT: as curl reads it in a list of options, where no other user sees it as in a command.
quoted() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# send ID PHONE TEXT: the text has \\ for backslashes, as tab-separated rows do.
send() {
    {
        printf 'url = "%s"\n' "$(quoted "$SMS_URL")"
        [ -z "${SMS_HEADERS-}" ] || printf 'header = "@%s"\n' "$(quoted "$SMS_HEADERS")"
        printf 'data-urlencode = "id=%s"\n' "$(quoted "$1")"
        printf 'data-urlencode = "to=%s"\n' "$(quoted "$2")"
        printf 'data-urlencode = "text=%s"\n' "$(quoted "$(printf '%b' "$3")")"
    } | curl --silent --show-error --fail --max-time 20 --retry "${SMS_TRIES:-3}" \
        --retry-connrefused --config - --output /dev/null 2>"$answer"
}

tab=$(printf '\t')
columns channel member key phone message >"$rows"
{
    printf 'member\tkey\tdate\tby\tchannel\toutcome\tnote\n'
    while IFS=$(printf '\037') read -r channel member key phone message; do
        [ "$channel" = sms ] || continue
        outcome=sent note=''
        case $phone in
            '' | *[!0-9+]*) outcome=failed note="no whole number: see vip-remind --reveal" ;;
            *)
                send "$member/$key" "$phone" "$message" || {
                    outcome=failed
                    note=$(tr '\t\n\134' '  /' <"$answer")
                }
                ;;
        esac
        printf '%s\t%s\t%s\tsms-gateway\tsms\t%s\t%s\n' "$member" "$key" "$today" "$outcome" "$note"
    done <"$rows"
} >"$log"

failed=$(grep -c "${tab}sms${tab}failed${tab}" "$log") || :
sent=$(grep -c "${tab}sms${tab}sent${tab}" "$log") || :
# What came of them is on disk; told twice, it is known.
vip-contact -q "$log"
echo "send-sms.sh: $sent sent, $failed failed; see $log" >&2
[ "$failed" -eq 0 ]
