#!/usr/bin/env bash
# Runs packs against servers that are not ours, each on the loopback interface: an OAuth 2.0 server from npm, and
# Prometheus from Debian. What a server does differently from its documentation is in the target files of its pack; any
# other violation fails, and so does a known one that no longer occurs. A server that cannot be installed is skipped and
# named; CI_TOOLS=required fails then (tools/install.sh).
#
#   ci/public-apis.sh [PROGRAM] [NAME…]     PROGRAM is `conformance`, else it is built; NAME is oauth or prometheus
#   PUBLIC_API_RUNS=10                      how often each pack is run, to see that no verdict depends on chance [1]
#   PUBLIC_API_PROVE=yes                    also fail if a pack does not notice a mutation; takes up to an hour [no]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=ci/tools/install.sh
source ci/tools/install.sh

failed=0
packs=harness/packs
runs="${PUBLIC_API_RUNS:-1}"
prove="${PUBLIC_API_PROVE:-no}"
work="$(mktemp -d)"
servers=()
trap 'if [ "${#servers[@]}" -gt 0 ]; then kill "${servers[@]}" 2>/dev/null; wait; fi; rm -rf "$work"' EXIT
for name in $(compgen -e CONFORMANCE_ || true); do unset "$name"; done

main() {
    program=""
    if [ -x "${1:-}" ]; then
        program="$(realpath "$1")"
        shift
    else
        cargo build --quiet --bin conformance || exit 2
        program="${CARGO_TARGET_DIR:-target}/debug/conformance"
    fi
    if [ "$#" -eq 0 ]; then set -- oauth prometheus; fi
    local api
    for api in "$@"; do
        case "$api" in
            oauth) run_oauth ;;
            prometheus) run_prometheus ;;
            *) echo "error: unknown server \`$api\`: expected oauth or prometheus" >&2 && exit 2 ;;
        esac
    done
    tell_skipped || exit $?
    exit "$failed"
}

run_oauth() {
    if ! command -v npm >/dev/null || ! node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
        skip "the OAuth 2.0 server needs Node.js 20 or later, with npm"
        return
    fi
    if ! node_tools oauth; then
        skip "oidc-provider, the OAuth 2.0 server, cannot be installed"
        return
    fi
    local port
    port="$(free_port)"
    mkdir -p "$work/oauth"
    serve "$port" /.well-known/openid-configuration "$work/oauth" \
        node "$PWD/$packs/oauth/server.mjs" "$(realpath "$tools/oauth-node")" "$port" || return
    # The made-up clients of server.mjs.
    export CONFORMANCE_ACTOR_SERVICE=basic:service:service-secret
    export CONFORMANCE_ACTOR_OTHER=basic:other:other-secret
    export CONFORMANCE_ACTOR_WEBSITE=basic:website:website-secret
    export CONFORMANCE_ACTOR_ENCODED='basic:encoded:a%3Ab+c%25d%2Be%26f'
    run_pack oauth target.yaml
    prove_pack oauth target.yaml
    unset CONFORMANCE_ACTOR_SERVICE CONFORMANCE_ACTOR_OTHER CONFORMANCE_ACTOR_WEBSITE CONFORMANCE_ACTOR_ENCODED
}

run_prometheus() {
    if ! system_tools prometheus prometheus; then
        skip "Prometheus is not there; CI_INSTALL=yes installs it on Debian"
        return
    fi
    start_prometheus with --web.enable-admin-api || return
    run_pack prometheus target.yaml
    prove_pack prometheus target.yaml
    start_prometheus without || return
    # Other tests have been run already. Those of queries are a sign that this server works.
    run_pack prometheus target-without-admin-api.yaml administration queries
}

start_prometheus() {
    local folder="$work/prometheus-$1" port
    shift
    port="$(free_port)"
    mkdir -p "$folder"
    cp "$packs/prometheus/rules.yaml" "$folder/"
    sed "s/PORT/$port/" "$packs/prometheus/server.yaml" >"$folder/server.yaml"
    serve "$port" /-/ready "$folder" prometheus --config.file=server.yaml --storage.tsdb.path=data \
        --web.listen-address="127.0.0.1:$port" "$@"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# serve PORT PATH FOLDER COMMAND…: starts a server in a folder, and waits until the path answers with 200.
serve() {
    local port="$1" path="$2" folder="$3"
    shift 3
    (cd "$folder" && exec "$@" >"$folder/log" 2>&1) &
    servers+=($!)
    url="http://127.0.0.1:$port"
    for _ in $(seq 300); do
        if curl --silent --fail --output /dev/null "$url$path"; then return 0; fi
        if ! kill -0 "${servers[-1]}" 2>/dev/null; then break; fi
        sleep 0.1
    done
    printf 'FAILED   %s did not start\n%s\n' "$1" "$(tail -n 20 "$folder/log")"
    failed=1
    return 1
}

# run_pack PACK TARGET-FILE [FILTER…]: the started server is at $url.
run_pack() {
    local pack="$1" target="$packs/$1/$2" title="$1 ($2)" code number
    shift 2
    for number in $(seq "$runs"); do
        code=0
        "$program" run --pack "$packs/$pack" --target "$target" --target-url "$url" "$@" >"$work/out" 2>&1 || code=$?
        if [ "$code" -eq 0 ]; then
            printf 'ok       %-46s run %s: %s\n' "$title" "$number" "$(sed -n 's/^  tests *//p' "$work/out")"
        else
            printf 'FAILED   %s: run %s ended with exit code %s\n' "$title" "$number" "$code"
            sed '/\.\.\. ok$/d; /\.\.\. ignored/d' "$work/out"
            failed=1
        fi
    done
}

# prove_pack PACK TARGET-FILE: a survivor must be listed with its reason in schemas/survivors.yaml of the pack.
prove_pack() {
    if [ "$prove" != yes ]; then return 0; fi
    local pack="$packs/$1" target="$packs/$1/$2" code=0
    "$program" prove --proxy --min-score 100 --pack "$pack" --target "$target" --target-url "$url" >"$work/out" 2>&1 ||
        code=$?
    if [ "$code" -eq 0 ]; then
        printf 'ok       %-46s %s\n' "$1 (mutations)" "$(grep '^score' "$work/out")"
    else
        printf 'FAILED   %s: prove ended with exit code %s\n' "$1" "$code"
        cat "$work/out"
        failed=1
    fi
}

main "$@"
