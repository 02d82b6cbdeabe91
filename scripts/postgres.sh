#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL behind TEST_POSTGRES_URL: `postgres.sh pytest tests/people`.
#
# The cluster lives in a temporary folder, listens on a Unix socket there and nowhere else, never syncs to disk, and is
# gone afterwards. Nothing of an installed PostgreSQL is touched. PostgreSQL refuses to run as root, so then it runs as
# postgres or nobody. Where it cannot be had the command runs without TEST_POSTGRES_URL, and the tests say they skip.
set -euo pipefail

if [[ -n ${TEST_POSTGRES_URL:-} ]]; then
    exec "$@"
fi

binaries=$(compgen -G "/usr/lib/postgresql/*/bin/initdb" | sort -V | tail -n 1 | xargs -r dirname || true)
[[ -n $binaries ]] || binaries=$(dirname "$(command -v initdb || echo .)")
if [[ ! -x $binaries/initdb ]]; then
    echo "No PostgreSQL server on this machine: its tests will say that they skip." >&2
    exec "$@"
fi

as=()
folder=$(mktemp -d "${TMPDIR:-/tmp}/lms-pg.XXXXXX")
if [[ $(id -u) == 0 ]]; then
    owner=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$owner" "$folder"
    as=(runuser -u "$owner" --)
fi

command_pid=''
stop() {
    trap - EXIT INT TERM HUP
    if [[ -n $command_pid ]]; then
        kill -TERM "$command_pid" 2>/dev/null && wait "$command_pid" || true
    fi
    (cd / && "${as[@]}" "$binaries/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop) >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM HUP

settings=(
    -c "unix_socket_directories=$folder" -c listen_addresses= -c max_connections=200
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0
    -c shared_buffers=64MB -c autovacuum=off -c logging_collector=off
    ${POSTGRES_SETTINGS:-} # more of the same: "-c work_mem=64MB"
)
start() {
    cd / # the folder we are in may be closed to that user
    "${as[@]}" "$binaries/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 \
        --no-locale --no-sync &&
        "${as[@]}" "$binaries/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait --timeout=60 \
            --options="${settings[*]}" start &&
        "${as[@]}" "$binaries/createdb" --host="$folder" --username=postgres lms_test
}
if said=$(start 2>&1); then
    export TEST_POSTGRES_URL="postgresql+psycopg://postgres@/lms_test?host=$folder"
else
    printf '%s\n' "$said" >&2
    cat "$folder/log" >&2 2>/dev/null || true
    echo "PostgreSQL did not start; its last words are above. Its tests will say that they skip." >&2
fi

"$@" <&0 & # a background command would otherwise read from /dev/null
command_pid=$!
code=0
wait "$command_pid" || code=$?
command_pid=''
exit "$code"
