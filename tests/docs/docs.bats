#!/usr/bin/env bats
# What is documented is what is parsed: man pages and completions against the option tables.
load ../helper

# The commands there are: one source file each.
commands() {
    local source
    for source in "$VIP_ROOT"/cmd/vip-*.c; do
        basename "$source" .c
    done
}

@test "the checked-in man pages and completions are what the option tables give now" {
    mkdir -p now/share
    cp -R "$VIP_ROOT/share/man" now/share/
    exits 0 "$VIP_ROOT/tools/generate-docs" "$VIP_BUILD/bin" now
    exits 0 diff -r "$VIP_ROOT/share/man" now/share/man
    exits 0 diff -r "$VIP_ROOT/completions" now/completions
}

@test "a page or a completion that has drifted is found" {
    local name
    name=$(commands | head -n 1)
    mkdir -p now/share
    cp -R "$VIP_ROOT/share/man" now/share/
    sed -i.old '/^\.It Fl /s/db/database/' "now/share/man/$name.1"
    rm "now/share/man/$name.1.old"
    exits 1 diff -r "$VIP_ROOT/share/man" now/share/man
    exits 0 "$VIP_ROOT/tools/generate-docs" "$VIP_BUILD/bin" now
    exits 0 diff -r "$VIP_ROOT/share/man" now/share/man
    echo 'complete -F _gone vip-gone' >now/completions/bash/vip-gone
    exits 1 diff -r "$VIP_ROOT/completions" now/completions
}

@test "a page without its marks, or no page at all, is an error" {
    local name
    name=$(commands | head -n 1)
    mkdir -p now/share
    cp -R "$VIP_ROOT/share/man" now/share/
    sed -i.old '/options: end/d' "now/share/man/$name.1"
    refuses 1 "expected one line" "$VIP_ROOT/tools/generate-docs" "$VIP_BUILD/bin" now
    rm "now/share/man/$name.1"
    refuses 1 "is missing" "$VIP_ROOT/tools/generate-docs" "$VIP_BUILD/bin" now
}

@test "each command has a man page with every section" {
    local name section
    for name in $(commands); do
        for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
            grep -qx "\.Sh $section" "$VIP_ROOT/share/man/$name.1" || complain "$name: no $section"
        done
        grep -qx "\.Nm $name" "$VIP_ROOT/share/man/$name.1" || complain "$name: no .Nm"
    done
}

@test "the pages of the whole are there" {
    local page
    for page in vip.7 vip-rows.5 vip-programme.5; do
        [ -s "$VIP_ROOT/share/man/$page" ] || complain "$page is missing"
    done
}

@test "vip(7) names each command" {
    local name
    for name in $(commands); do
        grep -q "^\.It Xr $name 1" "$VIP_ROOT/share/man/vip.7" || complain "vip.7: no $name"
    done
}

@test "every page that a page refers to is there, or is no page of ours" {
    local page name section
    for page in "$VIP_ROOT"/share/man/*.[1-9]; do
        while read -r _ name section _; do
            case $name in
                vip | vip-*) [ -e "$VIP_ROOT/share/man/$name.$section" ] ||
                    complain "${page##*/}: $name($section) is not there" ;;
            esac
        done < <(sed -n 's/^\.It Xr/.Xr/; /^\.Xr/p' "$page")
    done
}

@test "mandoc has nothing to warn of" {
    needs_tool mandoc
    exits 0 mandoc -T lint -W warning "$VIP_ROOT"/share/man/*.[1-9]
    same "$out" ""
}

@test "the options in --help are those of the man page" {
    local name
    for name in $(commands); do
        exits 0 "$name" --help
        diff <(sed -n '/^Verbs:/,/^$/d; s/^ \{2,6\}\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' <<<"$out" | sort) \
            <(sed -n '/options: begin/,/options: end/s/^\.It Fl.* Fl \([a-z-]*\).*/\1/p' \
                "$VIP_ROOT/share/man/$name.1" | sort) ||
            complain "$name: --help and its page differ"
        has "$out" "Usage: $name "
        has "$out" "Exit status:"
    done
}

@test "--version names the command and the version" {
    local name
    for name in $(commands); do
        exits 0 "$name" --version
        [[ $out =~ ^$name\ \(vip\)\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || complain "version of $name"
    done
}

@test "bash, zsh and fish find no fault in the completions" {
    local name
    for name in $(commands); do
        bash -n "$VIP_ROOT/completions/bash/$name"
        ! command -v zsh >/dev/null || zsh -n "$VIP_ROOT/completions/zsh/_$name"
        ! command -v fish >/dev/null || fish -n "$VIP_ROOT/completions/fish/$name.fish"
    done
}

# complete WORD…: what bash offers for the last word.
complete_words() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    "_${1//-/_}" 2>/dev/null
    printf '%s\n' "${COMPREPLY[@]}"
}

@test "bash completes options, choices and verbs" {
    # shellcheck disable=SC1091
    source "$VIP_ROOT/completions/bash/vip-db"
    same "$(complete_words vip-db --dry)" "--dry-run"
    same "$(complete_words vip-db --lang)" "--lang="
    same "$(complete_words vip-db --format = j)" "json"
    same "$(complete_words vip-db --format =)" "csv
tsv
json
table
xlsx"
    same "$(complete_words vip-db -f ta)" "table"
    same "$(complete_words vip-db ini)" "init"
}
