#!/usr/bin/env bash
# `make test`: sets up what tests need, then runs them on SQLite and on a throw-away PostgreSQL.
# Arguments go to pytest. What cannot run is skipped with its reason; with CI=true that is a failure (tests/conftest.py).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
CHROMIUM=$(scripts/chromium.sh || true)
export CHROMIUM CI="${CI:-}"

workers=(--numprocesses "${TEST_WORKERS:-auto}" --dist loadfile)
for argument in "$@"; do
    case $argument in -n* | --numprocesses* | --pdb | *.py | *::*) workers=() ;; esac
done
exec scripts/postgres.sh .venv/bin/pytest "${workers[@]}" "$@"
