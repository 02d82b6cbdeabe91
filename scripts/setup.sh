#!/usr/bin/env bash
# Everything a fresh machine needs: `setup.sh run` for the app, `setup.sh test` for the tests as well.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
scripts/packages.sh "$purpose"
fresh=yes
[[ -f .venv/.made-from-requirements.txt ]] && cmp -s requirements.txt .venv/.made-from-requirements.txt && fresh=no
scripts/venv.sh "$purpose"
[[ $fresh == no ]] || .venv/bin/python scripts/fonts.py
