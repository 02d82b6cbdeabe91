#!/usr/bin/env bash
# Prints the path of a Chromium that Playwright can drive; fails when there is none.
# CHROMIUM=/path chooses one. Ubuntu's /usr/bin/chromium-browser is a script that starts a snap: not taken.
set -euo pipefail

for candidate in "${CHROMIUM:-}" chromium google-chrome-stable google-chrome; do
    [[ -n $candidate ]] && path=$(command -v "$candidate") || continue
    [[ $(readlink -f "$path") == *snap* ]] && continue
    grep -qsa '/snap/bin' "$path" && [[ $(wc -c <"$path") -lt 20000 ]] && continue
    echo "$path"
    exit 0
done
exit 1
