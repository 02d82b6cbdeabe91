#!/usr/bin/env bash
# System packages: `packages.sh run` for the app, `packages.sh test` for the tests as well.
#
# Looks for what is needed, not for package names, so that it also works where packages are called differently; only
# when something is missing does it call apt-get. Not root: one sentence, exit 1 (the app) or 0 (the tests skip).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh

purpose=${1:-run}
release=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}" || true)
libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
missing=()

library() { [[ $libraries == *"$1"* ]] || missing+=("$2"); }
command_of() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }

# Liberation 1 lacks 50 Vietnamese letters; Liberation 2 has all. scripts/fonts.py counts them afterwards.
font_package() {
    case $release in
        "debian 11"* | "debian 12"* | "ubuntu 20"* | "ubuntu 22"*) echo fonts-liberation2 ;;
        *) echo fonts-liberation ;; # version 2 itself
    esac
}
vietnamese_font() {
    compgen -G "/usr/share/fonts/*/liberation2/LiberationSerif-Regular.*" >/dev/null && return
    if [[ $(font_package) == fonts-liberation ]]; then
        compgen -G "/usr/share/fonts/*/liberation*/LiberationSerif-Regular.*" >/dev/null && return
    fi
    return 1
}

library libpango-1.0.so.0 libpango-1.0-0
library libpangoft2-1.0.so.0 libpangoft2-1.0-0
library libharfbuzz-subset.so.0 libharfbuzz-subset0
vietnamese_font || missing+=("$(font_package)")
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing+=("$(basename "$("$PYTHON" -c 'import os, sys; print(os.path.realpath(sys.executable))')")-venv")

for_tests=()
if [[ $purpose == test ]]; then
    needed=("${missing[@]}")
    missing=()
    command_of pdffonts poppler-utils
    [[ -f /usr/share/hunspell/vi_VN.dic ]] || missing+=(hunspell-vi)
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command_of initdb postgresql
    if ! scripts/chromium.sh >/dev/null; then
        if [[ $release == ubuntu* ]]; then
            echo "Ubuntu's chromium package is a snap that cannot be driven from here: install Google Chrome or set" \
                "CHROMIUM=/path/to/a/browser, or the browser tests are skipped." >&2
        else
            missing+=(chromium)
        fi
    fi
    for_tests=("${missing[@]}")
    missing=("${needed[@]}")
fi

all=("${missing[@]}" "${for_tests[@]}")
((${#all[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install what Debian calls ${all[*]}: this machine has no apt-get." >&2
elif [[ $(id -u) != 0 ]]; then
    echo "Please install system packages first: sudo apt-get install --no-install-recommends ${all[*]}" >&2
else
    echo "Installing system packages: ${all[*]}"
    export DEBIAN_FRONTEND=noninteractive
    options=(-qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if { apt-get "${options[@]}" update &&
        apt-get "${options[@]}" install -y --no-install-recommends "${all[@]}"; } >"$log" 2>&1 </dev/null; then
        exit 0
    fi
    tail -n 20 "$log" >&2
    echo "apt-get could not install ${all[*]}; its last words are above." >&2
fi
((${#missing[@]} == 0)) # what only the tests need is their affair: they skip, or fail in CI
