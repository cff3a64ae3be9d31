# Sourced by lint.sh, readers.sh and browser/check.sh: tools from PyPI and npm, installed once into the build folder.
#
# CI_TOOLS=optional (the default): what cannot be installed is skipped, and said so at the end, since a registry
# that is down says nothing about a change. CI_TOOLS=required: it fails with exit code 3, as before a release.
# shellcheck shell=bash

case "${CI_TOOLS:=optional}" in
    optional | required) ;;
    *) echo "error: CI_TOOLS is \`optional\` or \`required\`" >&2 && exit 2 ;;
esac
tools="${CARGO_TARGET_DIR:-$PWD/target}/ci-tools"
skipped=()
# A registry that does not answer must not hold up the gate.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_RETRIES="${PIP_RETRIES:-2}" PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-30}"
longest=300

bounded() {
    if command -v timeout >/dev/null; then timeout "$longest" "$@"; else "$@"; fi
}

skip() {
    skipped+=("$1")
    printf 'SKIPPED  %s\n' "$1" >&2
}

# python_tools NAME: a virtual environment with what tools/NAME.txt lists; made anew when the list changes.
python_tools() {
    local wanted="ci/tools/$1.txt" folder="$tools/$1"
    if cmp -s "$wanted" "$folder/installed"; then return 0; fi
    rm -rf "$folder"
    mkdir -p "$tools"
    if python3 -m venv "$folder" && bounded "$folder/bin/pip" install --quiet --requirement "$wanted"; then
        cp "$wanted" "$folder/installed"
        return 0
    fi
    rm -rf "$folder"
    return 1
}

# node_tools NAME: the packages of tools/NAME/package.json, under the versions of its lock file.
node_tools() {
    local wanted="ci/tools/$1" folder="$tools/$1-node"
    if cmp -s "$wanted/package-lock.json" "$folder/installed"; then return 0; fi
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$folder/"
    if (cd "$folder" && bounded npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
        cp "$wanted/package-lock.json" "$folder/installed"
        return 0
    fi
    rm -rf "$folder"
    return 1
}

# system_tools COMMAND PACKAGE: a program of the system, installed only where the caller said so by CI_INSTALL=yes,
# as on a machine that is thrown away afterwards: nobody's own machine is changed.
system_tools() {
    if command -v "$1" >/dev/null; then return 0; fi
    if [ "${CI_INSTALL:-no}" != yes ] || ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then return 1; fi
    if [ ! -e "$tools/lists" ]; then
        mkdir -p "$tools"
        bounded apt-get update --quiet=2 >/dev/null 2>&1 || return 1
        touch "$tools/lists"
    fi
    DEBIAN_FRONTEND=noninteractive bounded apt-get install --quiet=2 --yes --no-install-recommends "$2" >/dev/null 2>&1
}

# What was skipped, once more at the end, and what that means.
tell_skipped() {
    if [ "${#skipped[@]}" -eq 0 ]; then return 0; fi
    printf '\n%d skipped, for want of tools:\n' "${#skipped[@]}" >&2
    printf '  %s\n' "${skipped[@]}" >&2
    if [ "$CI_TOOLS" = required ]; then
        echo "error: CI_TOOLS=required, and tools are missing" >&2
        return 3
    fi
}
