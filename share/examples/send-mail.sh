#!/bin/sh
# send-mail.sh: sends the e-mails among the contacts on standard input through sendmail, or msmtp, and
# tells vip-contact what came of each. The other channels are passed over.
#
#   vip-remind --mark --reveal -f tsv | send-mail.sh
#
# Settings, from the environment:
#   MAIL_FROM     the sender: needed
#   MAIL_SUBJECT  the subject of all of them (default: VIP)
#   MAIL_LOG      a folder for what came of them (default: email, beside the database)
#   SENDMAIL      what takes a message with -t on standard input: sendmail (the default), msmtp
#
# Ends with 1 when messages failed; vip-remind offers them again on another day.
set -eu
: "${MAIL_FROM:?is the sender: see the head of send-mail.sh}"
# shellcheck source=share/examples/sending.sh
. "$(dirname "$0")/sending.sh"

refuse() {
    case $1 in
        *'*'* | *[[:space:],\;\<\>]* | -* | *@*@*) echo 'no whole address: see vip-remind --reveal' ;;
        ?*@?*) ;;
        *) echo 'no address' ;;
    esac
}

send() {
    {
        printf 'From: %s\nTo: %s\n' "$MAIL_FROM" "$2"
        printf 'Subject: =?UTF-8?B?%s?=\n' "$(printf '%s' "${MAIL_SUBJECT:-VIP}" | base64 | tr -d '\n')"
        printf 'Message-ID: <%s@vip>\n' "$(printf '%s' "$1" | base64 | tr -d '\n=' | tr '+/' '-_')"
        printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n'
        printf 'Content-Transfer-Encoding: base64\n\n'
        printf '%b' "$3" | base64
    } | "${SENDMAIL:-sendmail}" -t
}

sending email email sendmail "${MAIL_LOG-}"
