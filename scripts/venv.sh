#!/usr/bin/env bash
# .venv with what is pinned: `venv.sh run` for the app, `venv.sh test` for the tests as well.
# Quick when nothing changed: a stamp inside .venv remembers the checksums of the files it was made from.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh

purpose=${1:-run}
files=(requirements.txt)
[[ $purpose == test ]] && files+=(requirements-dev.txt)

up_to_date() {
    [[ -x .venv/bin/python ]] || return 1
    local file
    for file in "${files[@]}"; do
        [[ -f .venv/.made-from-$file ]] && cmp -s "$file" ".venv/.made-from-$file" || return 1
    done
}

up_to_date && exit 0

mkdir -p .cache
exec 9>.cache/venv.lock
flock 9 # two commands started together must not make it twice
up_to_date && exit 0

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$PYTHON" -m venv --clear .venv
fi
echo "Installing Python packages into .venv: ${files[*]}"
wanted=()
for file in "${files[@]}"; do
    rm -f ".venv/.made-from-$file"
    wanted+=(-r "$file")
done
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 5 \
    --require-hashes --only-binary :all: "${wanted[@]}"
for file in "${files[@]}"; do
    cp "$file" ".venv/.made-from-$file"
done
