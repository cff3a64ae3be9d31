#!/usr/bin/env bash
# Type-checks everything here, tests included, with the oldest Rust that Cargo.toml allows (`rust-version`). rustup
# installs that toolchain; where it cannot, the script says so. CI_PLATFORMS=required then fails with exit code 3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${CI_PLATFORMS:=optional}" in
    optional | required) ;;
    *) echo "error: CI_PLATFORMS is \`optional\` or \`required\`" >&2 && exit 2 ;;
esac

# The number is written once for all crates.
oldest="$(sed -n 's/^rust-version = "\([0-9.]*\)"$/\1/p' Cargo.toml)"
if [ -z "$oldest" ]; then
    echo "error: Cargo.toml has no line \`rust-version = \"…\"\`" >&2 && exit 2
fi

# Only rustup's cargo understands `+1.91`.
has_toolchain() {
    command -v rustup >/dev/null || return 1
    rustup run "$oldest" cargo --version >/dev/null 2>&1 && return
    rustup toolchain install "$oldest" --profile minimal --no-self-update
}

if ! has_toolchain; then
    echo "SKIPPED  Rust $oldest: rustup is missing, or cannot install it" >&2
    if [ "$CI_PLATFORMS" = required ]; then
        echo "error: CI_PLATFORMS=required, and Rust $oldest is missing" >&2
        exit 3
    fi
    exit 0
fi
echo "Rust $oldest: cargo check --workspace --all-targets"
rustup run "$oldest" cargo check --workspace --all-targets --locked
