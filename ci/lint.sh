#!/usr/bin/env bash
# Lints what is no Rust: shell scripts, and the recipes for CI systems, each by its published schema or
# linter. Tools come from PyPI once, into the build folder; CI_TOOLS=required fails where one is missing
# (tools/install.sh).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# shellcheck source=ci/tools/install.sh
source ci/tools/install.sh

failed=0
recipes=ci/recipes

# lint TITLE COMMAND…: runs a linter and goes on, so that all complaints are seen at once.
lint() {
    local title="$1" output
    shift
    if [ ! -x "$1" ]; then
        skip "$title ($(basename "$1") is not there)"
    elif output="$("$@" 2>&1)"; then
        printf 'ok       %s\n' "$title"
    else
        printf 'FAILED   %s\n%s\n' "$title" "$output"
        failed=1
    fi
}

# The lint must be able to fail: a shortened form of the recipe with a known mistake has to be refused.
notices() {
    local title="$1" wrong="$2" file
    shift 2
    if [ ! -x "$1" ]; then return 0; fi
    file="$(mktemp -d)/$(basename "${*: -1}")"
    sed "$wrong" "${*: -1}" >"$file"
    if cmp -s "$file" "${*: -1}"; then
        printf 'FAILED   %s: the mistake to be noticed could not be made\n' "$title" && failed=1
    elif "${@:1:$#-1}" "$file" >/dev/null 2>&1; then
        printf 'FAILED   %s: a mistake goes unnoticed\n' "$title" && failed=1
    fi
    rm -r "$(dirname "$file")"
}

both() {
    local title="$1" wrong="$2"
    shift 2
    lint "$title" "$@"
    notices "$title" "$wrong" "$@"
}

if ! python_tools lint; then
    echo "the linters of ci/tools/lint.txt cannot be installed; is PyPI within reach?" >&2
fi
bin="$tools/lint/bin"
schema() { both "$1 (schema)" "$2" "$bin/check-jsonschema" "${@:3}"; }

mapfile -t scripts < <(find ci .ci -name '*.sh' -o -path '.ci/run' | sort)
lint "shell scripts (shellcheck)" "$bin/shellcheck" --external-sources "${scripts[@]}"
notices "shell scripts (shellcheck)" 's/cat "\(.*\)" >>/cat \1 >>/' "$bin/shellcheck" --external-sources ci/gate.sh

schema "GitHub workflow" 's/runs-on:/run-on:/' \
    --builtin-schema vendor.github-workflows "$recipes/github/workflow.yml"
schema "GitHub nightly run" 's/runs-on:/run-on:/' \
    --builtin-schema vendor.github-workflows "$recipes/github/nightly.yml"
schema "GitHub action" 's/using: composite/using: compost/' \
    --builtin-schema vendor.github-actions "$recipes/github/action.yml"
schema "GitHub release" 's/runs-on:/run-on:/' \
    --builtin-schema vendor.github-workflows "$recipes/github/release.yml"
both "GitHub workflow (zizmor)" 's/@[0-9a-f]\{40\}/@main/' \
    "$bin/zizmor" --offline --no-progress --quiet "$recipes/github/workflow.yml"
both "GitHub nightly run (zizmor)" 's/@[0-9a-f]\{40\}/@main/' \
    "$bin/zizmor" --offline --no-progress --quiet "$recipes/github/nightly.yml"
both "GitHub release (zizmor)" 's/@[0-9a-f]\{40\}/@main/' \
    "$bin/zizmor" --offline --no-progress --quiet "$recipes/github/release.yml"
both "GitHub action (zizmor)" 's/merge "[$]GATE_MERGE"/merge "$\{\{ inputs.merge \}\}"/' \
    "$bin/zizmor" --offline --no-progress --quiet "$recipes/github/action.yml"
for recipe in action release; do
    both "scripts in github/$recipe.yml (shellcheck)" 's/if \[/if [[[/' \
        "$bin/python" ci/tools/scripts.py "$bin/shellcheck" "$recipes/github/$recipe.yml"
done
schema "GitLab" 's/parallel: 4/parallel: many/' \
    --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$recipes/gitlab.yml"
# Azure's schema has patterns that only regular expressions without Unicode rules can read.
schema "Azure Pipelines" 's/dependsOn:/dependOn:/' --regex-variant nonunicode \
    --builtin-schema vendor.azure-pipelines --data-transform azure-pipelines "$recipes/azure-pipelines.yml"
both "Kubernetes (API schema)" 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' \
    "$bin/kubernetes-validate" -k 1.33 --strict --quiet "$recipes/kubernetes.yaml"
both "Containerfile (hadolint)" 's/^WORKDIR .*/WORKDIR here/' \
    "$bin/hadolint" "$recipes/Containerfile"
both "Jenkinsfile (syntax)" 's/pipeline {/pipeline {{/' \
    "$bin/python" ci/tools/groovy.py "$recipes/Jenkinsfile"

tell_skipped || exit $?
exit "$failed"
