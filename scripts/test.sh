#!/usr/bin/env bash
# `make test`: sets up what tests need, then runs them on SQLite and on a throw-away PostgreSQL.
# Arguments go to pytest. What cannot run is skipped with its reason; with CI=true that is a failure (tests/conftest.py).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
CHROMIUM=$(scripts/chromium.sh || true)
export CHROMIUM CI="${CI:-}"

# In memory where there is room: databases are made and thrown away some thousand times.
if [[ -z ${TMPDIR:-} && -w /dev/shm && $(df --output=avail -k /dev/shm | tail -n 1) -gt 3000000 ]]; then
    export TMPDIR=/dev/shm
fi

workers=(--numprocesses "${TEST_WORKERS:-auto}" --dist loadfile --no-loadscope-reorder) # in the order of tests/conftest.py
for argument in "$@"; do
    case $argument in -n* | --numprocesses* | --pdb | *.py | *::*) workers=() ;; esac
done
exec scripts/postgres.sh .venv/bin/pytest "${workers[@]}" "$@"
