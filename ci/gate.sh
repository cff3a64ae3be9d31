#!/usr/bin/env bash
# The gate that any CI system can call: one run of the suite (or one shard), or one verdict over the
# reports of several shards. It finds or builds the binary, tries again after an inconclusive run, writes
# the reports, says which rule decided, and ends with the exit code of the binary:
#
#   0  every tested clause is upheld             2  wrong usage, or files that do not load
#   1  the API breaks its contract               3  inconclusive
#
#   ci/gate.sh [run] [FLAG…]           flags of `conformance run`; the target must be named: CONFORMANCE_TARGET_URL or
#                                      CONFORMANCE_TARGET, --target-url or --target; --reference tests the embedded API
#   ci/gate.sh merge FILE|FOLDER…      the shards' JSON reports, in any order
#
# Settings and credentials are CONFORMANCE_… variables, as for the binary (README.md). Secrets are never
# part of a command line. Settings of the gate:
#
#   GATE_BINARY    the program; else `conformance` on PATH; else this checkout is built
#   GATE_REPORTS   the folder for reports [reports]
#   GATE_FORMATS   which reports [json junit html markdown; of a shard: json, which is all that merging needs]
#   GATE_ATTEMPTS  how often a run is started at most while it ends with 3 [2]
#   GATE_PAUSE     seconds before the next attempt [30]
#
# `json` is always written: the rule that decided is read from it, and shards are merged by it.
set -euo pipefail

home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
reports="${GATE_REPORTS:-reports}"
if [ -n "${CONFORMANCE_SHARD:-}" ]; then usual="json"; else usual="json junit html markdown"; fi
formats="${GATE_FORMATS:-$usual}"
attempts="${GATE_ATTEMPTS:-2}"
pause="${GATE_PAUSE:-30}"

say() { printf 'gate: %s\n' "$*" >&2; }

refuse() {
    say "error: $*"
    exit 2
}

main() {
    local command=run
    case "${1:-}" in
        run | merge) command="$1" && shift ;;
        -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}" && exit 0 ;;
    esac
    case "$attempts" in '' | *[!0-9]* | 0) refuse "GATE_ATTEMPTS must be a number of at least 1" ;; esac
    case "$pause" in '' | *[!0-9]*) refuse "GATE_PAUSE must be a number of seconds" ;; esac
    if [ "$command" = merge ] && [ $# -eq 0 ]; then
        refuse "merge: name the shards' JSON reports, or folders of them"
    fi
    if [ "$command" = run ]; then need_target "$@"; fi
    find_binary
    mkdir -p "$reports"
    order_reports
    local code=0
    if [ "$command" = merge ]; then
        attempts=1
        try 1 merge "$@" || code=$?
    else
        try_again run "$@" || code=$?
    fi
    tell "$code"
    hand_over "$code"
    exit "$code"
}

# If a secret is not set, the gate must not test the embedded reference and report PASSED for the wrong API.
need_target() {
    local word
    for word in "$@"; do
        case "$word" in --target-url | --target-url=?* | --target | --target=?* | --reference) return 0 ;; esac
    done
    case "${CONFORMANCE_REFERENCE:-}" in '' | 0 | n | no | f | false | off) ;; *) return 0 ;; esac
    if [ -n "${CONFORMANCE_TARGET_URL:-}${CONFORMANCE_TARGET:-}" ]; then return 0; fi
    refuse "no target: set CONFORMANCE_TARGET_URL or CONFORMANCE_TARGET, or say --reference to test the embedded reference API"
}

# A failing build is not a verdict: exit code 3.
find_binary() {
    if [ -n "${GATE_BINARY:-}" ]; then
        binary="$GATE_BINARY"
    elif command -v conformance >/dev/null; then
        binary="$(command -v conformance)"
    elif command -v cargo >/dev/null && [ -f "$home/Cargo.toml" ]; then
        say "building the binary from $home"
        if ! cargo build --quiet --release --locked --manifest-path "$home/Cargo.toml" --bin conformance >&2; then
            say "error: the binary cannot be built"
            exit 3
        fi
        binary="${CARGO_TARGET_DIR:-$home/target}/release/conformance"
    else
        refuse "no program \`conformance\`: set GATE_BINARY, put it on PATH, or install Rust to build it here"
    fi
    [ -x "$binary" ] || refuse "$binary cannot be executed"
    say "using $("$binary" --version) ($binary)"
}

# The files of a shard carry its name, so that one folder can hold those of all shards.
stem() {
    if [ -n "${CONFORMANCE_SHARD:-}" ]; then
        printf 'shard-%s' "$(printf '%s' "$CONFORMANCE_SHARD" | tr -c 'A-Za-z0-9\n' '-')"
    else
        printf 'run'
    fi
}

file_of() {
    case "$1" in
        json) printf '%s/%s.json' "$reports" "$(stem)" ;;
        junit | junit-strict) printf '%s/%s.%s.xml' "$reports" "$(stem)" "$1" ;;
        html) printf '%s/%s.html' "$reports" "$(stem)" ;;
        markdown) printf '%s/%s.md' "$reports" "$(stem)" ;;
        ctrf | gitlab) printf '%s/%s.%s.json' "$reports" "$(stem)" "$1" ;;
        *) printf '%s/%s.%s.txt' "$reports" "$(stem)" "$1" ;;
    esac
}

# Deletes reports of an earlier run. The program deletes numbered JUnit files itself.
order_reports() {
    orders=()
    local format
    for format in $formats; do
        rm -f "$(file_of "$format")"
        orders+=(--report "$format=$(file_of "$format")")
    done
    case " $formats " in
        *" json "*) ;;
        *) rm -f "$(file_of json)" && orders+=(--report "json=$(file_of json)") ;;
    esac
}

try() {
    local attempt="$1" code=0
    shift
    "$binary" "$@" "${orders[@]}" || code=$?
    say "attempt $attempt of $attempts ended with $code"
    return "$code"
}

# Only an inconclusive run is repeated. A violation stays a violation.
try_again() {
    local attempt=1 code
    while :; do
        code=0
        try "$attempt" "$@" || code=$?
        if [ "$code" -ne 3 ] || [ "$attempt" -ge "$attempts" ]; then return "$code"; fi
        if [ -f "$(file_of json)" ]; then
            cp "$(file_of json)" "$reports/$(stem).attempt-$attempt.json.txt"
        fi
        attempt=$((attempt + 1))
        say "inconclusive; trying again in $pause s"
        sleep "$pause"
    done
}

# The number after a member's name in the report's `summary`, or nothing.
count() {
    awk -v name="\"$1\":" '/^  "summary": \{/ { inside = 1 } inside && $1 == name { gsub(/,/, "", $2); print $2; exit }' \
        "$(file_of json)"
}

# Which violated clauses fail the run, and how many known deviations are out of date.
broken() {
    awk '
        $1 == "\"strict\":" { strict = $2 ~ /true/ }
        /^      "name": "deviations::/ { stale = 1 }
        /^      "verdict":/ { failed = $2 ~ /failed/; if (failed && stale) deviations++; stale = 0 }
        $1 == "\"clause\":" { clause = $2; gsub(/[",]/, "", clause) }
        $1 == "\"level\":" && failed && clause != "" && (strict || $2 ~ /MUST/) && !seen[clause]++ {
            printf "%s%s", (any++ ? ", " : "violated: "), clause
        }
        /^      "exchanges":/ { failed = 0; clause = "" }
        END { if (deviations) printf "%sknown deviations out of date: %d", (any ? "; " : ""), deviations }
    ' "$(file_of json)"
}

# What the report is about, as its member `target` says.
tested() {
    local target=""
    if [ -f "$(file_of json)" ]; then target="$(sed -n 's/^  "target": "\(.*\)",$/\1/p' "$(file_of json)" | head -n 1)"; fi
    printf '%s' "${target:-nothing}"
}

rule() {
    case "$1" in
        0) printf 'every tested clause is upheld, or its violation is a known deviation' ;;
        1) if [ -f "$(file_of json)" ]; then broken; else printf 'a clause is violated'; fi ;;
        2) printf 'wrong usage, or files that do not load: nothing was sent' ;;
        3) printf 'inconclusive: a test without a verdict, nothing checked, a missing shard, or a report that could not be written' ;;
        *) printf 'the program ended abnormally: no verdict' ;;
    esac
}

tell() {
    local code="$1" verdict format name counts=""
    case "$code" in 0) verdict=PASSED ;; 1) verdict=FAILED ;; 2) verdict=REFUSED ;; *) verdict=INCONCLUSIVE ;; esac
    say "rule     $(rule "$code")"
    if [ -f "$(file_of json)" ]; then
        for name in passed warned skipped failed inconclusive; do counts="$counts${counts:+, }$(count "$name") $name"; done
        say "tests    $counts"
    fi
    for format in $formats; do
        if [ -f "$(file_of "$format")" ]; then say "report   $(file_of "$format")"; fi
    done
    say "verdict  $verdict, exit code $code; tested: $(tested)"
}

# Writes outputs for later steps and the job summary of GitHub Actions. A shard writes no summary; the merged run does.
hand_over() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then printf 'exit-code=%s\n' "$1" >>"$GITHUB_OUTPUT"; fi
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -z "${CONFORMANCE_SHARD:-}" ] && [ -f "$(file_of markdown)" ]; then
        cat "$(file_of markdown)" >>"$GITHUB_STEP_SUMMARY"
    fi
}

main "$@"
