#!/usr/bin/env bash
# What the harness costs: requests per second with every check on, compared with a bare client, and the CPU time of a
# request by stage, against the
# reference API in a process of its own. A release build; once that is there, it takes under a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# In one command and for the whole workspace: another selection would build the dependencies again.
cargo build --release --workspace --bin conformance --example throughput
built="${CARGO_TARGET_DIR:-target}/release"

served="$(mktemp)"
"$built/conformance" serve --listen 127.0.0.1:0 >"$served" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$served"' EXIT

# The last line that it prints is its address.
for _ in $(seq 100); do
    if grep -q '^export CONFORMANCE_TARGET_URL=' "$served"; then break; fi
    sleep 0.1
done
if ! grep -q '^export CONFORMANCE_TARGET_URL=' "$served"; then
    echo "error: the reference API did not start" >&2
    exit 3
fi
# shellcheck disable=SC1090
source "$served"

"$built/examples/throughput"
