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
#   SMS_LOG     a folder for what came of the messages (default: sms, beside the database)
#   SMS_TRIES   how often a request is repeated, with growing pauses (3)
#
# What was given and not sent, as after a crash: vip-remind --again=unsent --reveal -f tsv | send-sms.sh
# Ends with 1 when messages failed; vip-remind offers them again on another day.
set -eu
: "${SMS_URL:?is where the gateway is: see the head of send-sms.sh}"
# shellcheck source=share/examples/sending.sh
. "$(dirname "$0")/sending.sh"

refuse() {
    case $1 in
        '' | *[!0-9+]*) echo 'no whole number: see vip-remind --reveal' ;;
    esac
}

# quoted TEXT: as curl reads it in a list of options, where no other user sees it as in a command.
quoted() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

send() {
    {
        printf 'url = "%s"\n' "$(quoted "$SMS_URL")"
        [ -z "${SMS_HEADERS-}" ] || printf 'header = "@%s"\n' "$(quoted "$SMS_HEADERS")"
        printf 'data-urlencode = "id=%s"\n' "$(quoted "$1")"
        printf 'data-urlencode = "to=%s"\n' "$(quoted "$2")"
        printf 'data-urlencode = "text=%s"\n' "$(quoted "$(printf '%b' "$3")")"
    } | curl --silent --show-error --fail --max-time 20 --retry "${SMS_TRIES:-3}" \
        --retry-connrefused --config - --output /dev/null
}

sending sms phone sms-gateway "${SMS_LOG-}"
