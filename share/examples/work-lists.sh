#!/bin/sh
# work-lists.sh FILE: mails each consultant a workbook with the contacts of the coming days.
#
# Each line of FILE is a consultant as the database knows them, a tab, and their e-mail address; lines
# that begin with # are passed over. Consultants with nothing to do get no mail.
#
# Settings, from the environment:
#   MAIL_FROM   the sender: needed
#   WORK_DAYS   how many days ahead (7)
#   SENDMAIL    what takes a message with -t on standard input: sendmail (the default), msmtp
set -eu
umask 077
: "${MAIL_FROM:?is the sender: see the head of work-lists.sh}"
[ $# -eq 1 ] || {
    echo 'usage: work-lists.sh FILE' >&2
    exit 2
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

list() { # CONSULTANT OPTION…
    name=$1
    shift
    vip-remind --consultant="$name" --ahead="${WORK_DAYS:-7}" --reveal --lang=zh "$@" 2>>"$scratch/messages"
}

mail() { # ADDRESS: the workbook
    printf 'From: %s\nTo: %s\nSubject: =?UTF-8?B?%s?=\nMIME-Version: 1.0\n' "$MAIL_FROM" "$1" \
        "$(printf '回访名单 %s' "$(date +%Y-%m-%d)" | base64 | tr -d '\n')"
    printf 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\n'
    printf 'Content-Disposition: attachment; filename="contacts-%s.xlsx"\n' "$(date +%Y-%m-%d)"
    printf 'Content-Transfer-Encoding: base64\n\n'
    base64 "$scratch/list.xlsx"
}

while IFS=$(printf '\t') read -r consultant address; do
    case $consultant in '' | '#'*) continue ;; esac
    if ! list "$consultant" -o "$scratch/list.csv" || ! list "$consultant" -o "$scratch/list.xlsx"; then
        cat "$scratch/messages" >&2
        status=1
        continue
    fi
    [ "$(head -n 2 "$scratch/list.csv" | wc -l)" -gt 1 ] || continue
    mail "$address" | "${SENDMAIL:-sendmail}" -t || {
        echo "work-lists.sh: $consultant: not sent to $address" >&2
        status=1
    }
done <"$1"
exit "$status"
