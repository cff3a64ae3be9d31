#!/usr/bin/env bash
# Reads our JUnit and CTRF files back with programs that are not ours: five runs (all well, failing, a target
# that sends every byte, one that cannot be reached, 10,000 tests), both flavours of JUnit, xmllint with the
# strict one's schema, CTRF's own schema, and readers from PyPI and npm. Each must count what the JSON report
# has. What cannot be installed is skipped and named; CI_TOOLS=required fails then (tools/install.sh).
#
#   ci/readers.sh [PROGRAM]      PROGRAM is `conformance`; else it is built
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=ci/tools/install.sh
source ci/tools/install.sh

failed=0
own=ci/tools/readers
work="$(mktemp -d)"
servers=()
trap 'if [ "${#servers[@]}" -gt 0 ]; then kill "${servers[@]}" 2>/dev/null; fi; rm -rf "$work"' EXIT
for name in $(compgen -e CONFORMANCE_); do unset "$name"; done
unset CI

main() {
    program="${1:-}"
    if [ -z "$program" ]; then
        cargo build --quiet --bin conformance || exit 2
        program="${CARGO_TARGET_DIR:-target}/debug/conformance"
    fi
    install
    runs
    for run in well failing babel doubt many; do
        for flavour in junit-wide junit-strict; do read_back "$run" "$flavour"; done
        if [ "${#node_readers[@]}" -gt 0 ]; then
            count "$run.ctrf" "its schema" node "$own/count.mjs" "$tools/readers-node" ctrf "$work/$run.ctrf.json"
        fi
    done
    tell_skipped || exit $?
    exit "$failed"
}

install() {
    has_xmllint=no
    system_tools xmllint libxml2-utils || true
    if command -v xmllint >/dev/null; then has_xmllint=yes; else skip "xmllint is not there"; fi
    python_readers=()
    if python_tools readers; then python_readers+=(junitparser codecov); else skip "junitparser and codecov cannot be installed"; fi
    if python_tools trcli; then python_readers+=(trcli); else skip "trcli cannot be installed"; fi
    node_readers=()
    if command -v npm >/dev/null && node_tools readers; then
        node_readers+=(junit-to-ctrf junit2json)
    else
        skip "junit-to-ctrf and junit2json cannot be installed"
    fi
}

# run NAME CODE FLAG…: a run that must end with CODE, its reports in the work folder.
run() {
    local name="$1" wanted="$2" code=0
    shift 2
    "$program" "$@" --report "json=$work/$name.json" --report "junit=$work/$name.junit-wide.xml" \
        --report "junit-strict=$work/$name.junit-strict.xml" --report "ctrf=$work/$name.ctrf.json" >"$work/$name.log" 2>&1 || code=$?
    if [ "$code" -ne "$wanted" ]; then
        printf 'FAILED   the run %s ended with %s, not %s\n' "$name" "$code" "$wanted"
        tail -n 20 "$work/$name.log"
        exit 1
    fi
}

# serve FILE COMMAND…: starts a server and waits for what it prints first.
serve() {
    local file="$1"
    shift
    "$@" >"$file" 2>/dev/null &
    servers+=($!)
    for _ in $(seq 100); do
        if grep -q 'http://' "$file"; then return 0; fi
        sleep 0.1
    done
    echo "error: $* did not start" >&2
    exit 3
}

runs() {
    run well 0 run
    serve "$work/serve" "$program" serve --mutant token-expired-as-403 --mutant drops-request-id
    (
        # shellcheck disable=SC1091
        source "$work/serve"
        unset CONFORMANCE_ACTOR_READER
        run failing 1 run authentication resources/ envelope/
    ) || exit 1
    serve "$work/babel" python3 "$own/babel.py"
    (
        export CONFORMANCE_ACTOR_WRITER=key:w CONFORMANCE_ACTOR_ADMIN=key:a
        run babel 1 run --target-url "$(cat "$work/babel")" --timeout 5 --no-preflight resources/ authentication envelope/
    ) || exit 1
    run doubt 3 run --target-url http://127.0.0.1:1 envelope/
    python3 "$own/many.py" 10000 "$work/all.json" "$work/failing.json" "$work/babel.json" "$work/doubt.json" || exit 1
    run many 1 merge "$work/all.json"
}

# Above a number of cases, JUnit goes into numbered files.
read_back() {
    local files=("$work/$1.$2"*.xml) reader
    if [ "$has_xmllint" = yes ]; then
        if [ "$2" = junit-strict ]; then
            check "$1.$2" "xmllint, junit-10.xsd" xmllint --noout --huge --schema "$own/junit-10.xsd" "${files[@]}"
        else
            check "$1.$2" xmllint xmllint --noout --huge "${files[@]}"
        fi
    fi
    for reader in ${python_readers[@]+"${python_readers[@]}"}; do
        local home="$tools/readers"
        if [ "$reader" = trcli ]; then home="$tools/trcli"; fi
        count "$1.$2" "$reader" "$home/bin/python" "$own/count.py" "$reader" "${files[@]}"
    done
    for reader in ${node_readers[@]+"${node_readers[@]}"}; do
        count "$1.$2" "$reader" node "$own/count.mjs" "$tools/readers-node" "$reader" "${files[@]}"
    done
}

check() {
    local what="$1" reader="$2" output
    shift 2
    if output="$("$@" 2>&1)"; then
        printf 'ok       %-22s %s\n' "$what" "$reader"
    else
        printf 'FAILED   %-22s %s\n%s\n' "$what" "$reader" "$(tail -n 5 <<<"$output")"
        failed=1
    fi
}

count() {
    local what="$1" reader="$2" counts told
    shift 2
    if counts="$("$@" 2>"$work/error")" && told="$(python3 "$own/compare.py" "$work/${what%%.*}.json" "$counts" 2>&1)"; then
        printf 'ok       %-22s %-14s %s\n' "$what" "$reader" "$told"
    else
        printf 'FAILED   %-22s %s: %s\n' "$what" "$reader" "${told:-$(tail -n 3 "$work/error")}"
        failed=1
    fi
}

main "$@"
