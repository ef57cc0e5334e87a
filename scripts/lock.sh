#!/usr/bin/env bash
# Write the lock files from pyproject.toml: every version with its hashes, for any system and Python >= 3.11, and
# no index address, so that each machine's own package source is used. Options (--upgrade) go through to uv.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # compile OUTPUT SOURCE…
    local output=$1
    shift
    .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" "$@" -o "requirements/$output.lock"
}

compile installer requirements/installer.in "$@"
compile run pyproject.toml requirements/build.in "$@"
# The tests run on the very versions that are deployed.
compile dev pyproject.toml --extra dev -c requirements/run.lock "$@"
