#!/usr/bin/env bats
# The words that say why a row was refused: those of the man pages are those of the code, and each is
# met by a test.
load ../helper

# page COMMAND: the reasons on its man page.
page() {
    sed -n '/^\.Ss \(Why a request is refused\|Reasons for which rows are refused\)/,/^\.El/p' \
        "$VIP_ROOT/share/man/$1.1" | sed -n 's/^\.It Li //p' | tr -d ',' | tr ' ' '\n' | grep . | sort -u
}

# code FILE…: the reasons with which these files refuse a row, as far as they are written there.
code() {
    (cd "$VIP_ROOT" && cat "$@") | tr '\n' ' ' | grep -oE 'vip_refuse\([^;]*' |
        sed -E 's/^vip_refuse\([^,]*,([^,]*),.*/\1/' | grep -oE '"[a-z-]+"' | tr -d '"' | sort -u
}

# What reads rows, and finds members, for all of them.
common='cmd/common/input.c cmd/common/requests.c lib/table/reader.c lib/db/member.c'

# documented COMMAND FILE…: every reason of these files is on the man page.
documented() {
    local missing
    # shellcheck disable=SC2086 # a list of files
    missing=$(comm -23 <(code $common "${@:2}") <(page "$1"))
    [ -z "$missing" ] || complain "not on the page of $1: $missing"
}

@test "every reason of a refusal is on the man page" {
    documented vip-redeem cmd/vip-redeem.c lib/rules/redeem.c lib/db/redeem.c lib/db/redeemer.c \
        lib/db/desk_taken.c
    documented vip-accrue cmd/vip-accrue.c cmd/vip-accrue/by_hand.c lib/rules/earn.c \
        lib/rules/pay.c lib/db/purchase.c lib/db/known.c lib/db/sale.c lib/db/return.c \
        lib/db/desk_points.c
    # Stored value: spent by the one, paid in by the other.
    missing=$(comm -23 <(code lib/db/desk_stored.c lib/db/stored.c) \
        <({ page vip-redeem && page vip-accrue; } | sort -u))
    [ -z "$missing" ] || complain "on neither page: $missing"
}

# met COMMAND TEST…: every reason on its page is one of the code, and one of these tests, by their
# names in tests/cli, has a row refused with it.
met() {
    local name=$1 word
    shift
    [ "$(page "$name" | wc -l)" -ge 20 ] || complain "$name: reasons were not found on the page"
    cd "$VIP_ROOT/tests/cli" || complain
    for word in $(page "$name"); do
        grep -rqF "\"$word\"" "$VIP_ROOT/lib" "$VIP_ROOT/cmd" || complain "$name: $word is no reason"
        grep -qE "^ *(refused|denied) $word |\[$word\]|for word in.* $word\b" "${@/%/.bats}" ||
            complain "$name: no test is refused with $word"
    done
}

@test "every reason on a man page is one of the code, and a test is refused with it" {
    met vip-redeem redeem stored
    met vip-accrue accrue adjust transfer stored
}
