#!/usr/bin/env bash
# Two checkers that are not Python's, over every page a desk can reach: the Nu HTML Checker, and HTML CodeSniffer (the rules that
# pa11y runs by default). Fetched by npm into .cache; needs npm and a Java of 17 or later. `checkers.sh tests/… -k …` for some.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in npm java; do
    command -v "$tool" >/dev/null || { echo "This needs $tool: apt-get install npm default-jre-headless" >&2; exit 1; }
done
folder=$PWD/.cache/checkers
npm install --prefix "$folder" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
    vnu-jar@26.9.27 @pa11y/html_codesniffer@2.6.0 >&2
export VNU_JAR=$folder/node_modules/vnu-jar/build/dist/vnu.jar
export HTMLCS=$folder/node_modules/@pa11y/html_codesniffer/build/HTMLCS.js
CHROMIUM=$(scripts/chromium.sh) exec .venv/bin/pytest -q "${@:-tests/browser/test_checkers.py}"
