#!/usr/bin/env bash
# Type-checks the program for Windows and macOS, where this toolchain has their standard library; it says so where it
# has not. CI_PLATFORMS=required then fails with exit code 3. `rustup target add x86_64-pc-windows-gnu
# aarch64-apple-darwin` installs both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${CI_PLATFORMS:=optional}" in
    optional | required) ;;
    *) echo "error: CI_PLATFORMS is \`optional\` or \`required\`" >&2 && exit 2 ;;
esac

# Always the same folder: build scripts run again when the path of the compiler changes.
stand_ins="${CARGO_TARGET_DIR:-$PWD/target}/stand-ins"

# One dependency has parts in C. Nothing is linked here, so empty files do for its objects, and no compiler or SDK of
# the other system is needed. The build scripts of this machine's own programs are not concerned.
make_stand_ins() {
    mkdir -p "$stand_ins"
    cat >"$stand_ins/cc" <<'SCRIPT'
#!/usr/bin/env bash
while [ $# -gt 0 ]; do
    case "$1" in
        -o) : >"$2" && shift ;;
        [-/]Fo*) : >"${1#?Fo}" ;;
    esac
    shift
done
SCRIPT
    cat >"$stand_ins/ar" <<'SCRIPT'
#!/usr/bin/env bash
for word in "$@"; do
    case "$word" in *.a | *.lib) : >"${word#[-/][oO][uU][tT]:}" ;; esac
done
SCRIPT
    chmod +x "$stand_ins/cc" "$stand_ins/ar"
    export TARGET_CC="$stand_ins/cc" TARGET_AR="$stand_ins/ar"
}

# Whether this toolchain has the standard library of a target.
has_std() {
    local folder
    folder="$(rustc --print target-libdir --target "$1" 2>/dev/null)" || return 1
    compgen -G "$folder/libstd-*" >/dev/null
}

missing=0
# check SYSTEM TARGET…: checks for the first target that is there.
check() {
    local system="$1" target
    shift
    for target in "$@"; do
        if has_std "$target"; then
            echo "$system: cargo check --target $target"
            cargo check --workspace --locked --target "$target"
            return
        fi
    done
    echo "SKIPPED  $system: no standard library for $* in this toolchain" >&2
    missing=1
}

make_stand_ins
check Windows x86_64-pc-windows-gnu x86_64-pc-windows-msvc
check macOS aarch64-apple-darwin x86_64-apple-darwin

if [ "$missing" -ne 0 ] && [ "$CI_PLATFORMS" = required ]; then
    echo "error: CI_PLATFORMS=required, and a standard library is missing" >&2
    exit 3
fi
