#!/usr/bin/env bash
# Checks this repository. It stops at the first stage that fails, with that stage's exit code.
#
#   ci/check.sh --fast   while working: formatting, lints, unit tests, house rules, golden files, the suite, and the
#                        mutants that uncommitted changes can affect
#   ci/check.sh          before a pull request: also the scripts, and every test
#   ci/check.sh --full   as CI runs it: also the check for Windows and macOS, the reports read back by programs that are
#                        not ours, packs against servers that are not ours, and the pages in a browser
#
# Linters and readers come from PyPI and npm. If these are out of reach, the steps that need them are skipped and named;
# with CI_TOOLS=required they fail. The check for Windows and macOS is skipped without their standard libraries; with
# CI_PLATFORMS=required it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
    --fast | --full) extent="${1#--}" ;;
    "") extent=ordinary ;;
    *) echo "error: expected --fast, --full or nothing, found $1" >&2 && exit 2 ;;
esac

# All stages share one folder, and none inherits a target or filters from the caller's shell.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
for name in $(compgen -e CONFORMANCE_ || true); do unset "$name"; done

# Many tests wait for a server or a program, so more of them run at once than there are cores.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-4}"

durations=()
stage() {
    local name="$1"
    shift
    printf '\n==> %s: %s\n' "$name" "$*"
    local begun=$SECONDS code=0
    "$@" || code=$?
    durations+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$name")")
    if [ "$code" -ne 0 ]; then
        durations+=("         failed with exit code $code")
        exit "$code"
    fi
}
tell() {
    if [ "${#durations[@]}" -gt 0 ]; then
        printf '\n'
        printf '%s\n' "${durations[@]}"
    fi
}
trap tell EXIT

# A toolchain without rustfmt or clippy gets them, where rustup is there to fetch them.
component() {
    local command="$1" component="$2"
    if cargo "$command" --version >/dev/null 2>&1; then return; fi
    if command -v rustup >/dev/null && rustup component add "$component"; then return; fi
    echo "error: \`cargo $command\` is missing and cannot be installed here" >&2
    exit 2
}
component fmt rustfmt
component clippy clippy

junit=reports/junit.xml
json=reports/run.json
html=reports/run.html
rm -f "$junit" "$json" "$html"

# Every call of cargo selects the whole workspace, so that dependencies are built once.
test_all=(cargo test --workspace)
suite=("${test_all[@]}" --test conformance -- --report "junit=$junit" --report "json=$json" --report "html=$html")
# The tests of all crates, without the suite itself: it has a stage of its own.
tests=("${test_all[@]}" --exclude conformance)

fast() {
    stage formatting cargo fmt --all --check
    stage lints cargo clippy --workspace --all-targets -- -D warnings
    stage tests "${test_all[@]}" --lib --test house --test malformed --test own_schemas --test pack --test records \
        --test reports
    stage suite "${suite[@]}"
    stage mutants "$CARGO_TARGET_DIR/debug/conformance" prove --changed
}

ordinary() {
    stage scripts bash ci/lint.sh
    stage formatting cargo fmt --all --check
    stage lints cargo clippy --workspace --all-targets -- -D warnings
    stage build cargo build --workspace --tests
    stage tests "${tests[@]}"
    stage suite "${suite[@]}"
}

full() {
    # On a new machine nothing is built again, and nobody debugs: both would only cost time.
    export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
    ordinary
    stage platforms bash ci/platforms.sh
    stage readers bash ci/readers.sh "$CARGO_TARGET_DIR/debug/conformance"
    stage public-apis bash ci/public-apis.sh "$CARGO_TARGET_DIR/debug/conformance"
    stage pages bash ci/browser/check.sh reports/example/*.html "$html"
}

"$extent"
