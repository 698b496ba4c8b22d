#!/usr/bin/env bats
# The floors of the house: who may include whom. The checker is tried on planted breaches first.
load ../helper

setup() {
    fresh
    mkdir -p lib/base lib/table lib/rules lib/db cmd/common cmd/vip-planted
    lines '#include "lib/base/error.h"' '#include <stdio.h>' >lib/base/error.c
    lines '#include "lib/table/reader.h"' '#include "lib/base/error.h"' '#include <csv.h>' \
        '#include <iconv.h>' >lib/table/reader.c
    lines '#include "lib/base/money.h"' '#include "lib/rules/lots.h"' >lib/rules/lots.c
    lines '#include "lib/rules/lots.h"' '#include "sql.h"' '#include <sqlite3.h>' >lib/db/sqlite.c
    lines '#include "cmd/common/command.h"' '#include "lib/vip.h"' >cmd/vip-x.c
}

# breach FILE WHY INCLUDE: that include as line 4 of FILE is found, there.
breach() {
    printf '/* planted */\n\n\n%s\n' "$3" >"$1"
    refuses_out "$1:4:" "$2"
    rm "$1"
}

refuses_out() {
    exits 1 "$VIP_ROOT/tools/check-floors" "$BATS_TEST_TMPDIR"
    has "$out" "$1"
    has "$out" "$2"
}

@test "the sources keep to their floors" {
    exits 0 "$VIP_ROOT/tools/check-floors" "$VIP_ROOT"
    same "$out" ""
}

@test "a tree without a breach passes, an empty one does not" {
    exits 0 "$VIP_ROOT/tools/check-floors" "$BATS_TEST_TMPDIR"
    mkdir empty
    refuses 2 "no sources" "$VIP_ROOT/tools/check-floors" "$BATS_TEST_TMPDIR/empty"
}

@test "a room that reaches up or across is found" {
    breach lib/base/planted.c "lib/base includes lib/table" '#include "lib/table/reader.h"'
    breach lib/base/planted.h "lib/base includes lib/db" '  #  include "lib/db/engine.h"'
    breach lib/table/planted.c "lib/table includes lib/rules" '#include "lib/rules/lots.h"'
    breach lib/rules/planted.c "lib/rules includes lib/table" '#include "lib/table/reader.h"'
    breach lib/rules/planted.h "lib/rules includes lib/db" '#include <lib/db/engine.h>'
    breach lib/db/planted.c "lib/db includes cmd/common" '#include "cmd/common/command.h"'
    breach cmd/common/planted.c "cmd/common includes cmd" '#include "cmd/vip-accrue.h"'
    breach cmd/vip-planted.c "cmd includes cmd" '#include "cmd/vip-accrue.h"'
    breach cmd/vip-planted/part.c "cmd includes cmd" '#include "cmd/vip-accrue/parts.h"'
}

@test "a command may be in parts, its own" {
    lines '#include "cmd/vip-planted/parts.h"' | tee "$BATS_TEST_TMPDIR/cmd/vip-planted.c" \
        > "$BATS_TEST_TMPDIR/cmd/vip-planted/part.c"
    exits 0 "$VIP_ROOT/tools/check-floors" "$BATS_TEST_TMPDIR"
}

@test "a library's header in a room that is not its own is found" {
    breach cmd/vip-planted.c "sqlite3.h, which belongs to lib/db" '#include <sqlite3.h>'
    breach lib/rules/planted.c "sqlite3.h, which belongs to lib/db" '#include <sqlite3.h>'
    breach lib/db/planted.c "csv.h, which belongs to lib/table" '#include <csv.h>'
    breach lib/base/planted.c "iconv.h, which belongs to lib/table" '#include "iconv.h"'
    breach cmd/vip-planted.c "xlsxwriter.h, which belongs to lib/table" '#include <xlsxwriter.h>'
    breach cmd/vip-planted.c "sql.h, which belongs to lib/db" '#include "sql.h"'
}

@test "rules that could look at a clock, a file or a random number are found" {
    breach lib/rules/planted.c "lib/rules is pure" '#include <time.h>'
    breach lib/rules/planted.c "lib/rules is pure" '#include <unistd.h>'
    breach lib/rules/planted.c "lib/rules is pure" '#include <sodium.h>'
}

@test "an include that is not written from the root is found" {
    breach lib/base/planted.c "from the root" '#include "error.h"'
    breach lib/base/planted.c "from the root" '#include "../db/engine.h"'
    breach lib/base/planted.c "from the root" '#include "lib/base/../db/engine.h"'
    breach lib/base/planted.c "cannot be read" '#include HEADER'
}
