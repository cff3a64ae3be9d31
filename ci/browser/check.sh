#!/usr/bin/env bash
# Looks at HTML pages as a person would, in headless Chromium: accessibility (axe-core), filters, deep links,
# copy buttons, no network, no errors, and the page without scripts. What cannot be installed is skipped and
# named; CI_TOOLS=required fails then (../tools/install.sh).
#
#   bash ci/browser/check.sh [FILE.html…]     default: the committed examples
#
#   CHROMIUM   the browser, if it is not on PATH under a usual name
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=ci/tools/install.sh
source ci/tools/install.sh

files=("$@")
[ "${#files[@]}" -gt 0 ] || files=(reports/example/*.html)

browser() {
    if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM" && return; fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name"; then return; fi
    done
    return 1
}

system_tools chromium chromium || true
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    skip "the pages in a browser: no node or npm here"
elif ! found="$(browser)"; then
    skip "the pages in a browser: no Chromium here (CHROMIUM names one)"
elif ! node_tools browser; then
    skip "the pages in a browser: axe-core and playwright-core cannot be installed"
else
    cp ci/browser/check.mjs "$tools/browser-node/"
    CHROMIUM="$found" node "$tools/browser-node/check.mjs" "${files[@]}"
fi
tell_skipped
