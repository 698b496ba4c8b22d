#!/usr/bin/env bats
# shellcheck disable=SC2016 # what stand-ins do is for them to expand
#
# bootstrap on machines that lack this or that: the machine is a folder of stand-ins for programs.
load ../helper

setup() {
    fresh
    mkdir here
    cp "$VIP_ROOT/bootstrap" here/
    mkdir machine
    local name
    for name in sh env dirname id cat grep; do
        ln -s "$(command -v "$name")" machine/
    done
    stand_in make 'echo "make $*"'
    stand_in nproc 'echo 3'
    for name in bats prove python3 sqlite3 clang-tidy cppcheck shellcheck mandoc; do
        stand_in "$name" 'exit 0'
    done
    # a compiler that finds the headers named in ./headers
    stand_in cc 'while read -r _ header; do grep -qxF "$header" headers && exit; exit 1; done'
    lines '<stdio.h>' '<sqlite3.h>' '<csv.h>' '<xlsxwriter.h>' '<sodium.h>' '<cmocka.h>' >here/headers
}

stand_in() {
    lines '#!/bin/sh' "$2" >"machine/$1"
    chmod +x "machine/$1"
}

boot() { env -u CC PATH="$PWD/machine" ./here/bootstrap "$@"; }

@test "with everything there it only runs make" {
    stand_in apt-get 'echo "apt-get $*"; exit 9'
    exits 0 boot demo
    same "$out" "make -j 3 demo"
    same "$err" ""
    exits 0 boot check
    same "$out" "make check"
}

@test "what is missing comes through apt-get, and only that" {
    lines '<stdio.h>' '<sqlite3.h>' '<xlsxwriter.h>' '<cmocka.h>' >here/headers
    stand_in id 'echo 0'
    stand_in apt-get 'echo "apt-get $*"; case $1 in install) echo "<csv.h>"; echo "<sodium.h>" ;; esac >>headers'
    exits 0 boot
    has "$err" "apt-get install -q -y --no-install-recommends libcsv-dev libsodium-dev"
    same "$out" "make -j 3"
}

@test "without being root it takes sudo, and without sudo it says what to do" {
    lines '<stdio.h>' '<sqlite3.h>' '<csv.h>' '<xlsxwriter.h>' >here/headers
    stand_in id 'echo 1000'
    stand_in apt-get 'echo "<sodium.h>" >>headers'
    refuses 1 "as root: apt-get install libsodium-dev" boot
    stand_in sudo 'echo "sudo $*" >&2; exec "$@"'
    exits 0 boot
    has "$err" "sudo env DEBIAN_FRONTEND=noninteractive"
}

@test "elsewhere it names what to install" {
    lines '<stdio.h>' >here/headers
    rm machine/bats
    refuses 1 "please install these" boot check
    has "$err" "https://sqlite.org"
    has "$err" "https://github.com/bats-core/bats-core"
    same "$out" ""
}

@test "what only tests need is not asked for to build" {
    rm machine/bats machine/clang-tidy machine/prove
    lines '<stdio.h>' '<sqlite3.h>' '<csv.h>' '<xlsxwriter.h>' '<sodium.h>' >here/headers
    exits 0 boot all
    same "$out" "make -j 3 all"
}

@test "an installation that does not help ends it" {
    lines '<stdio.h>' >here/headers
    stand_in id 'echo 0'
    stand_in apt-get 'exit 0'
    refuses 1 "still missing" boot
    stand_in apt-get 'exit 100'
    exits 100 boot
    same "$out" ""
}
