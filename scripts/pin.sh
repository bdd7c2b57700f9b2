#!/usr/bin/env bash
# Chooses the releases that constraints/*.txt name, from pyproject.toml, for every platform and Python.
# The files hold names, versions and hashes; no address: which index serves them is each machine's affair.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v uv >/dev/null || { echo "uv is needed: pip install uv" >&2; exit 1; }

pin() { # pin OUTPUT ARGUMENTS...
    local output=$1
    shift
    uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file "$output" "$@"
    if grep -nE '://|file:|/' "$output"; then
        echo "$output names an address or a path." >&2
        exit 1
    fi
}

pin constraints/dev.txt --all-extras --group dev
pin constraints/demo.txt --extra flask --extra sqlalchemy --group build --constraint constraints/dev.txt
pin constraints/fuzz.txt --group fuzz --constraint constraints/dev.txt
# yattag has no wheel, and only a report that we do not use needs it.
pin constraints/mutants.txt --group mutants --constraint constraints/dev.txt --no-emit-package yattag
