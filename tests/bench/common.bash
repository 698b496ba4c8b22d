# What the benches share: a folder of their own, copies of databases, times and how they are told.
# To be read by a bench that has set rows, repeat, here and build.
# shellcheck shell=bash
# shellcheck disable=SC2154
work=$(mktemp -d "${TMPDIR:-/tmp}/vip-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export VIP_DB=$work/none LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }

# copy FROM TO: a whole database; what was there before goes, log and all.
copy() {
    rm -f "$2" "$2-wal" "$2-shm"
    cp "$1" "$2"
    sync "$2"
}

now() { echo "${EPOCHREALTIME/[.,]/}"; }

# timed NAME COMMAND…: adds the microseconds of one run to NAME.times.
timed() {
    local name=$1 begin end
    shift
    begin=$(now)
    "$@" >"$name.out" 2>"$name.err" || { say "$name failed:"; cat "$name.err" >&2; exit 1; }
    end=$(now)
    echo $((end - begin)) >>"$name.times"
}

# clocked NAME COMMAND…: the same for what takes a few milliseconds: twenty runs, none by the shell.
clocked() {
    local name=$1
    shift
    [ -x clock ] || "${CC:-cc}" -O2 -std=c11 -D_POSIX_C_SOURCE=200809L -o clock "$here/clock.c"
    ./clock 20 "$@" >>"$name.times"
}

median() { sort -n "$1.times" | awk '{ time[NR] = $1 } END { print time[int((NR + 1) / 2)] }'; }

# report TITLE OURS PEER LIMIT
report() {
    awk -v title="$1" -v ours="$(median "$2")" -v peer="$(median "$3")" -v limit="$4" 'BEGIN {
        printf "%-36s %8.3f s %10.3f s %7.2f %7.2f  %s\n", title, ours / 1e6, peer / 1e6,
            ours / peer, limit, ours / peer <= limit ? "reached" : "missed" }'
}

# weigh NAME COMMAND…: the kilobytes that a run took at most, in the file NAME.
weigh() {
    local name=$1
    shift
    python3 -c 'import resource, subprocess, sys
subprocess.check_call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@" >"$name"
}

# headings TITLE OURS PEER
headings() { printf '%-36s %10s %12s %7s %7s\n' "$@" ratio goal; }

# report_memory TITLE NAME
report_memory() {
    awk -v title="$1" '{ printf "%-36s %8.0f MiB %23s %7d  %s\n", title, $1 / 1024, "", 256,
        $1 < 262144 ? "reached" : "missed" }' "$2"
}
