# What the bats files share. A test file begins with `load ../helper`.
#
# The programs come from $VIP_BUILD (default: build); every test has its own scratch folder, its own
# database (not made yet) and a fixed clock zone, locale and home.

VIP_ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
VIP_BUILD=${VIP_BUILD:-$VIP_ROOT/build}
case $VIP_BUILD in
    /*) ;;
    *) VIP_BUILD=$VIP_ROOT/$VIP_BUILD ;;
esac
PATH=$VIP_BUILD/bin:$PATH
export VIP_ROOT VIP_BUILD PATH

export TZ=Asia/Shanghai LC_ALL=C.UTF-8
unset VIP_HEADERS VIP_REPORTS VIP_BUSY_MS VIP_PROGRESS_MS XDG_DATA_HOME POSIXLY_CORRECT NO_COLOR

# bats runs this before each test; a file with a setup of its own calls `fresh` in it.
setup() { fresh; }

fresh() {
    export VIP_DB=$BATS_TEST_TMPDIR/vip.db HOME=$BATS_TEST_TMPDIR
    cd "$BATS_TEST_TMPDIR" || return
}

# try CMD…: runs it; its status, standard output and standard error are in $status, $out and $err.
try() {
    status=0
    "$@" >"$BATS_TEST_TMPDIR/.out" 2>"$BATS_TEST_TMPDIR/.err" || status=$?
    out=$(<"$BATS_TEST_TMPDIR/.out")
    err=$(<"$BATS_TEST_TMPDIR/.err")
}

# complain TEXT…: what bats shows when a check fails.
complain() {
    printf '%s\n' "$@" "status: ${status-}" "out: ${out-}" "err: ${err-}" >&2
    return 1
}

# exits STATUS CMD…: CMD ends with exactly STATUS.
exits() {
    local wanted=$1
    shift
    try "$@"
    [ "$status" -eq "$wanted" ] || complain "expected status $wanted from: $*"
}

# refuses STATUS REASON CMD…: CMD ends with STATUS and says REASON on standard error: the fixed word
# in brackets where a row was refused ("[too-few-points]"), or any part of the message.
refuses() {
    local wanted=$1 reason=$2
    shift 2
    exits "$wanted" "$@"
    [[ $err == *"$reason"* ]] || complain "expected '$reason' on standard error from: $*"
}

# has TEXT PART, hasnt TEXT PART: whether TEXT holds PART.
has() { [[ $1 == *"$2"* ]] || complain "no '$2' in: $1"; }
hasnt() { [[ $1 != *"$2"* ]] || complain "'$2' in: $1"; }

# same TEXT TEXT: equal, or the difference is shown.
same() { [ "$1" = "$2" ] || complain "$(diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"))"; }

# lines TEXT…: writes each as a line; `lines a b > file.csv`.
lines() { printf '%s\n' "$@"; }

# shop [ARGUMENT…]: a fresh database of the programme basic (or as the arguments say).
shop() { vip-db init -q "$@"; }

# needs_tool NAME…: skips the test, saying so, where one of them is not installed.
needs_tool() {
    local name
    for name; do
        command -v "$name" >/dev/null || skip "$name is not installed"
    done
}

# skip_if_sanitized WHY: skips where the build carries sanitizers, which change memory and limits.
skip_if_sanitized() {
    case $VIP_BUILD in
        */asan) skip "$1" ;;
    esac
}

# one_file FILE: the database is all in FILE, nothing in the log beside it, so that it can be copied.
one_file() { sqlite3 "$1" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null && rm -f "$1"-wal "$1"-shm; }

# dump_database FILE: every table as CSV, in the order of its primary key, without what tells one run
# from another that did the same: batch numbers, the time, sums and hashes of the batches, and the
# days in `bought` that a later purchase has overtaken, which depend on what came in one batch.
dump_database() {
    # The columns of a table, those of its key first, become one SELECT for each table.
    sqlite3 "$1" "
        SELECT printf('.print \"-- %s\"' || char(10) || 'SELECT DISTINCT %s FROM \"%s\" ORDER BY %s;',
            name, columns, name, columns)
        FROM (SELECT m.name,
                (SELECT group_concat('\"' || c.name || '\"')
                 FROM (SELECT name FROM pragma_table_info(m.name)
                       WHERE name <> 'batch' AND NOT (m.name = 'batch' AND
                           name IN ('at', 'entries', 'sum', 'hash'))
                       ORDER BY pk = 0, pk, cid) AS c) AS columns
              FROM sqlite_master AS m
              WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'bought')
        ORDER BY name;" >"$1.dump.sql" &&
        sqlite3 -header -csv "$1" <"$1.dump.sql" && rm -f "$1.dump.sql"
}

# terminal CMD…: CMD with standard error on a terminal of its own; what stands there is in $out.
terminal() {
    out=$(python3 -c 'import os, pty, sys
keep = os.dup(1)
def rows_elsewhere():
    os.dup2(os.open("rows.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
pid, screen = pty.fork()
if pid == 0:
    rows_elsewhere()
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        part = os.read(screen, 4096)
    except OSError:
        break
    if not part:
        break
    os.write(keep, part)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@")
}
