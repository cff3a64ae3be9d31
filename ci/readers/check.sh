#!/usr/bin/env bash
# Reads the reports of one run with readers that are not ours, from PyPI and npm, and holds what they count
# against the JSON report: junitparser, Codecov's and TestRail's for JUnit, junit-to-ctrf, and CTRF's own schema.
#
#   bash ci/readers/check.sh [FOLDER]     with run.json, junit.xml, junit-strict.xml, ctrf.json
#
# A reader that cannot be fetched is skipped, and said so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder="${1:-reports/example}"
tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
code=0

if command -v python3 >/dev/null && python3 -m venv "$tools/python" >/dev/null 2>&1 &&
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check -r ci/readers/requirements.txt >/dev/null 2>&1; then
    "$tools/python/bin/python" ci/readers/readers.py "$folder/run.json" "$folder/junit.xml" "$folder/junit-strict.xml" || code=1
else
    echo "skipped: the readers from PyPI are not to be had here"
fi

if command -v npm >/dev/null && cp ci/readers/package.json ci/readers/readers.mjs "$tools/" &&
    npm install --prefix "$tools" --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1; then
    node "$tools/readers.mjs" "$folder/run.json" "$folder/ctrf.json" "$folder/junit.xml" "$folder/junit-strict.xml" || code=1
else
    echo "skipped: the readers from npm are not to be had here"
fi
exit "$code"
