#!/usr/bin/env bats
# What README.md says is true: its first pipeline runs, and what it names is there.
# shellcheck disable=SC2016,SC2013 # backquotes of Markdown; words are wanted
load ../helper

@test "the README's first pipeline runs, and once is as good as twice" {
    ln -s "$VIP_BUILD" build
    sed -n '/^```sh$/,/^```$/p' "$VIP_ROOT/README.md" | sed '/^```/d' > first.sh
    exits 0 sh -eu first.sh
    has "$out" "M0000001,K000001,王芳,accumulation,enrolled,"
    has "$out" "累计6078分"
    has "$out" "M0000001,K000003,王芳,elite,2026-11-21,,issued,"
    has "$out" "春熙店  5,808.00      5,680.00       97.80"
    VIP_DB=$PWD/shop.db vip-db export -q before
    sed '/vip-db init/d' first.sh > again.sh
    exits 0 sh -eu again.sh
    VIP_DB=$PWD/shop.db vip-db export -q after
    exits 0 diff -r before after
}

@test "its table of commands is what there is, and so is NEWS" {
    same "$(grep -o '^| `vip-[a-z]*`' "$VIP_ROOT/README.md" | tr -d '|` ' | sort)" \
        "$(basename -s .c -a "$VIP_ROOT"/cmd/vip-*.c | sort)"
    local command program
    for command in "$VIP_ROOT"/cmd/vip-*.c; do
        grep -q "^- .$(basename "$command" .c).:" "$VIP_ROOT/NEWS.md"
    done
    for program in "$VIP_ROOT"/share/programs/*/; do
        grep -q "\`$(basename "$program")\`" "$VIP_ROOT/README.md"
    done
}

@test "the files and make targets that it names are there" {
    local name
    for name in $(grep -oE '\b(share|tests|tools|cmd|lib)/[a-z/_-]*[a-z]\.?[a-z0-9]*' "$VIP_ROOT/README.md"); do
        [ -e "$VIP_ROOT/$name" ] || complain "README.md names $name"
    done
    for name in $(grep -oE '(make|bootstrap) [a-z]+' "$VIP_ROOT/README.md" | grep -v 'make it' | cut -d' ' -f2); do
        grep -qE "^([a-z]+ )*$name( [a-z]+)*:" "$VIP_ROOT/Makefile" || complain "README.md names make $name"
    done
}
