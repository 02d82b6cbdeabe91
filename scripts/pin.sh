#!/usr/bin/env bash
# `make pin`: requirements*.in -> requirements*.txt, exact and hashed, good for every Python from 3.11 on.
# uv is only the tool for this; it gets a .venv of its own under .cache and is not needed to run or to test.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh

if [[ ! -x .cache/uv/bin/uv ]]; then
    "$PYTHON" -m venv .cache/uv
    .cache/uv/bin/pip install --quiet --disable-pip-version-check uv
fi
for name in requirements requirements-dev; do
    .cache/uv/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command "make pin" "$@" "$name.in" -o "$name.txt"
done
git --no-pager diff --stat -- 'requirements*.txt' || true
