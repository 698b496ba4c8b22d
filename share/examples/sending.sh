# shellcheck shell=sh
# sending.sh: what send-sms.sh and send-mail.sh share; read by them, not run. From the rows on standard
# input it takes those of one channel, has each sent, and tells vip-contact what came of it.
#
# Whoever reads this file defines
#   refuse ADDRESS        says why nothing can be sent there, or nothing when it can
#   send ID ADDRESS TEXT  sends one, with what went wrong on standard error; TEXT is as tab-separated
#                         rows have it: \n for newlines, \\ for backslashes
# and calls: sending CHANNEL COLUMN BY FOLDER, where COLUMN has the addresses and BY is whom vip-contact
# names. The log of a run is a file in FOLDER, or in one of the channel's name beside the database.
set -eu
umask 077
tab=$(printf '\t')

# columns NAME…: those columns of tab-separated rows, parted by a character that no text has.
columns() {
    awk -F '\t' -v names="$*" -v script="$(basename "$0")" 'BEGIN { count = split(names, name, " ") }
        NR == 1 {
            for (i = 1; i <= NF; i++) place[$i] = i
            for (i = 1; i <= count; i++) if (!(name[i] in place)) {
                print script ": the rows have no column " name[i] > "/dev/stderr"
                exit 2
            }
            next
        }
        { for (i = 1; i <= count; i++) printf "%s%s", $place[name[i]], i < count ? "\037" : "\n" }'
}

# tell PART: vip-contact learns what a log says; told twice, it is known.
tell() {
    vip-contact -q "$1" && mv "$1" "${1%.part}"
}

# tell_rest FOLDER: what runs that were killed have sent is told now. Its members and keys are in $sent,
# so that nothing of it is sent again.
tell_rest() {
    for part in "$1"/*.tsv.part; do
        [ -e "$part" ] || continue
        run=${part%.tsv.part}
        if kill -0 "${run##*-}" 2>/dev/null; then continue; fi
        # A line that was cut short was sent: its outcome is not known, and it is offered once more.
        awk -F '\t' 'NF == 7' "$part" >"$part.whole" && mv "$part.whole" "$part"
        rm -f "$1/.answer-${run##*-}" "$1/.rows-${run##*-}" "$1/.sent-${run##*-}"
        awk -F '\t' 'NR > 1 && $6 == "sent" { print $1 "\t" $2 }' "$part" >>"$sent"
        tell "$part" || echo "$(basename "$0"): $part is not told yet" >&2
    done
}

send_rows() { # CHANNEL BY
    printf 'member\tkey\tdate\tby\tchannel\toutcome\tnote\n'
    while IFS=$(printf '\037') read -r channel member key address message; do
        [ "$channel" = "$1" ] || continue
        if [ -s "$sent" ] && grep -qxF "$member$tab$key" "$sent"; then continue; fi
        outcome=failed note=$(refuse "$address")
        if [ -z "$note" ]; then
            if send "$member/$key" "$address" "$message" 2>"$answer"; then
                outcome=sent
            else
                note=$(tr '\t\n\134' '  /' <"$answer")
            fi
        fi
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$member" "$key" "$today" "$2" "$channel" "$outcome" "$note"
    done <"$rows"
}

sending() { # CHANNEL COLUMN BY FOLDER
    folder=${4:-$(dirname "${VIP_DB:-${XDG_DATA_HOME:-$HOME/.local/share}/vip/vip.db}")/$1}
    today=$(date +%Y-%m-%d)
    mkdir -p "$folder"
    answer=$folder/.answer-$$ rows=$folder/.rows-$$ sent=$folder/.sent-$$
    trap 'rm -f "$answer" "$rows" "$sent"' EXIT
    trap 'exit 143' HUP INT TERM
    : >"$sent"
    columns channel member key "$2" message >"$rows"
    tell_rest "$folder"
    log=$folder/$today-$$.tsv
    send_rows "$1" "$3" >"$log.part"
    failed=$(grep -c "${tab}$1${tab}failed${tab}" "$log.part") || :
    done=$(grep -c "${tab}$1${tab}sent${tab}" "$log.part") || :
    tell "$log.part"
    echo "$(basename "$0"): $done sent, $failed failed; see $log" >&2
    [ "$failed" -eq 0 ]
}
