#!/usr/bin/env bats
# What holds for every command: options, help, exit status, where the database is.
load ../helper

commands() {
    local source
    for source in "$VIP_ROOT"/cmd/vip-*.c; do
        basename "$source" .c
    done
}

# plain COMMAND: the words that make a command do its plain work, without reading anything.
plain() {
    case $1 in
        vip-db) echo vip-db info ;;
        vip-find) echo vip-find nobody ;;
        vip-report) echo vip-report tiers ;;
        vip-card) echo vip-card issue empty.csv ;;
        vip-staff) echo vip-staff roster empty.csv ;;
        vip-enroll | vip-accrue | vip-redeem | vip-contact) echo "$1" empty.csv ;;
        *) echo "$1" ;;
    esac
}

@test "every command answers --help and --version without a database" {
    local name
    for name in $(commands); do
        exits 0 "$name" --help
        has "$out" "Usage: $name "
        same "$err" ""
        exits 0 "$name" --version
        same "$err" ""
    done
    [ ! -e "$VIP_DB" ]
}

@test "help and version that cannot be written are an error" {
    local name
    for name in $(commands); do
        status=0
        "$name" --help >/dev/full 2>err || status=$?
        [ "$status" -eq 4 ] || complain "$name --help >/dev/full"
        has "$(<err)" "cannot write to standard output"
    done
}

@test "every command refuses what it does not know, in one line and a hint" {
    local name
    for name in $(commands); do
        exits 2 "$name" --nonsense
        same "$err" "$name: unknown option '--nonsense'
try '$name --help'"
        same "$out" ""
        exits 2 "$name" -f nonsense
        has "$err" "$name: --format: 'nonsense' is none of "
        exits 2 "$name" --as-of=2026-02-30
        has "$err" "$name: --as-of: '2026-02-30' "
        exits 2 "$name" --db
        has "$err" "$name: option '--db' needs an argument: DB"
    done
}

@test "long options may be shortened as far as they stay clear" {
    exits 2 vip-db --re info
    has "$err" "option '--re' is ambiguous: it could be --rejects --reveal"
    exits 0 vip-db --vers
}

@test "without a database every command says so and makes none" {
    local name words
    : >empty.csv
    for name in $(commands); do
        read -ra words <<<"$(plain "$name")"
        exits 3 "${words[@]}"
        has "$err" "$VIP_DB"
        same "$out" ""
        [ ! -e "$VIP_DB" ] || complain "$name made a database"
    done
}

@test "--db comes before VIP_DB, VIP_DB before XDG_DATA_HOME, that before the home" {
    exits 3 vip-db info --db="$PWD/given.db"
    has "$err" "$PWD/given.db"
    exits 3 vip-db info
    has "$err" "$VIP_DB"
    exits 3 env -u VIP_DB XDG_DATA_HOME="$PWD/data" vip-db info
    has "$err" "$PWD/data/vip/vip.db"
    exits 3 env -u VIP_DB XDG_DATA_HOME=relative vip-db info
    has "$err" "$HOME/.local/share/vip/vip.db"
    exits 3 env VIP_DB= vip-db info
    has "$err" "$HOME/.local/share/vip/vip.db"
    exits 3 env -u VIP_DB -u HOME vip-db info
    has "$err" "no database is named: give --db=DB or set VIP_DB"
}

@test "options and operands come in any order, and -- ends the options" {
    shop
    exits 0 vip-db info -f csv
    local first=$out
    exits 0 vip-db -f csv info
    same "$out" "$first"
    exits 2 vip-db -- --help
    has "$err" "'--help' is none of: "
}

@test "a full disk on standard output is an error, for rows as for anything else" {
    shop
    status=0
    vip-db info >/dev/full 2>err || status=$?
    [ "$status" -eq 4 ] || complain "$(<err)"
    has "$(<err)" "No space left on device"
}

@test "a refused name for --rejects is found before anything is done" {
    shop
    printf 'name,phone\n' >a.csv
    refuses 2 "--rejects needs a file" vip-enroll -r - a.csv
    refuses 2 "the same file" vip-enroll -r x.csv -o x.csv a.csv
}

@test "the user's own column names are read, and a mistake in them is an error" {
    shop
    refuses 4 no-such.csv env VIP_HEADERS=no-such.csv vip-db info
}
