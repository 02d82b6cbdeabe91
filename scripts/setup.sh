#!/usr/bin/env bash
# Everything a fresh machine needs: `setup.sh run` for the app, `setup.sh test` for the tests as well.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
scripts/packages.sh "$purpose"
scripts/venv.sh "$purpose"
if [[ ! -f .venv/.fonts-complete ]]; then # counted once; a package that goes missing is noticed by packages.sh
    .venv/bin/python scripts/fonts.py
    touch .venv/.fonts-complete
fi
