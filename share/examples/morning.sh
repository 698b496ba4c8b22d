#!/bin/sh
# morning.sh: sends what the nights have listed, by text message and e-mail, for cron or a systemd timer.
#
# What was given in the last seven days and of which nothing is known goes out, so that a morning that
# was missed, or broke off, is made up for by the next one; no member gets more than one marketing
# message a day. The nights' own lists are masked: here the numbers are asked for whole.
#
# Settings, from the environment: VIP_DB; SMS_URL and what else send-sms.sh reads; MAIL_FROM and what
# else send-mail.sh reads. Without SMS_URL no text messages are sent, without MAIL_FROM no e-mails.
# Ends with 0, 1 (messages failed: they are offered again) or the status of vip-remind.
set -eu
umask 077
PATH=$PATH:/usr/local/bin
here=$(dirname "$0")
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
trap 'exit 143' HUP INT TERM
status=0

vip-remind --again=unsent --reveal -f tsv >"$rows"
[ -z "${SMS_URL-}" ] || "$here/send-sms.sh" <"$rows" || status=1
[ -z "${MAIL_FROM-}" ] || "$here/send-mail.sh" <"$rows" || status=1
exit "$status"
