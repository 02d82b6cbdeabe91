#!/usr/bin/env bash
# `make check`: every check runs, and the first line that fails does not hide the next.
set -uo pipefail
cd "$(dirname "$0")/.."

scripts/venv.sh test || exit 1
failed=()
step() {
    local name=$1
    shift
    "$@" || failed+=("$name")
}
step format .venv/bin/ruff format --check --quiet .
step lint .venv/bin/ruff check --quiet .
step types .venv/bin/mypy
step architecture .venv/bin/pytest -q --no-header -p no:cacheprovider tests/test_architecture.py
if ((${#failed[@]})); then
    echo "Not right yet: ${failed[*]}." >&2
    exit 1
fi
echo "Format, lint, types and architecture are right."
