#!/usr/bin/env bash
# Looks at HTML reports as a person would, in headless Chromium: accessibility (axe-core), filters, deep
# links, copy buttons, no network, no errors, and the page without scripts.
#
#   bash ci/browser/check.sh [FILE.html…]     default: the committed examples
#
# Without Chromium, node or npm it says that it skipped, and ends with 0.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

skip() {
    echo "skipped: $1"
    exit 0
}
command -v node >/dev/null || skip "no node here"
command -v npm >/dev/null || skip "no npm here"
browser="${CHROMIUM:-}"
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$browser" ] || browser="$(command -v "$name" || true)"
done
[ -n "$browser" ] || skip "no Chromium here (CHROMIUM names one)"

files=("$@")
[ "${#files[@]}" -gt 0 ] || files=(reports/example/*.html)

tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
cp ci/browser/package.json ci/browser/check.mjs "$tools/"
npm install --prefix "$tools" --silent --no-audit --no-fund --ignore-scripts >/dev/null ||
    skip "the tools could not be fetched from npm"
CHROMIUM="$browser" node "$tools/check.mjs" "${files[@]}"
