#!/usr/bin/env bash
# `make run`: from a fresh clone to a served app. PORT (8000), DATA (instance), DEMO=no for no demo world.
#
# Set-up, migrations and content first; then gunicorn with the job worker beside it. Ctrl-C or TERM stops both, exit 0;
# when one of them dies by itself the other is stopped too, exit 1.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh

port=${PORT:-8000}
bind=${BIND:-127.0.0.1}
data=${DATA:-${DATA_DIR:-instance}}

if [[ ! $port =~ ^[0-9]+$ ]] || ((port < 1 || port > 65535)); then
    echo "PORT must be a number from 1 to 65535, not “$port”." >&2
    exit 1
fi
if ! "$PYTHON" -c '
import socket, sys
with socket.socket() as door:
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((sys.argv[1], int(sys.argv[2])))
' "$bind" "$port" 2>/dev/null; then
    echo "Port $port of $bind cannot be used (taken, or not allowed): try make run PORT=$((port < 65535 ? port + 1 : 8000))." >&2
    exit 1
fi

scripts/setup.sh run

if ! mkdir -p "$data" 2>/dev/null || [[ ! -w $data ]]; then
    echo "The data folder $data cannot be written to: change its owner, or choose another with make run DATA=folder." >&2
    exit 1
fi
DATA_DIR=$(cd "$data" && pwd)
export DATA_DIR BIND=$bind PYTHONUNBUFFERED=1
[[ -n ${TRUSTED_HOSTS:-} ]] || export SITE_URL=${SITE_URL:-http://$bind:$port} # what the QR codes point to
phrases=$DATA_DIR/demo-sign-in.txt
# The people of the demo have no second phone: there a second factor is offered; without the demo world it is required.
[[ ${DEMO:-yes} == no ]] || export SECOND_FACTOR=${SECOND_FACTOR:-offered}

umask 077 # what lies in the data folder is about people
flask=(.venv/bin/flask --app wsgi)
"${flask[@]}" db upgrade
if [[ ${DEMO:-yes} != no && ! -s $phrases ]]; then # before the content: the world publishes it in 2021, as history would have it
    "${flask[@]}" demo | tee "$phrases.new"
    [[ -s $phrases.new ]] && mv "$phrases.new" "$phrases" || rm -f "$phrases.new"
fi
"${flask[@]}" courses publish || echo "Going on with the courses as they were last published." >&2

stopping=no
server='' worker=''
trap 'stopping=yes' INT TERM HUP

.venv/bin/gunicorn wsgi:app --bind "$bind:$port" --workers "${WORKERS:-2}" --worker-class gthread --threads 4 \
    --timeout 60 --graceful-timeout 10 --no-control-socket --log-level warning &
server=$!
"${flask[@]}" jobs work &
worker=$!

answers() { (exec 3<>"/dev/tcp/$bind/$port") 2>/dev/null; }
for ((tenths = 0; tenths < 300; tenths++)); do
    [[ $stopping == yes ]] || answers && break
    kill -0 "$server" 2>/dev/null && kill -0 "$worker" 2>/dev/null || break
    sleep 0.1
done
if [[ $stopping == no ]] && kill -0 "$server" 2>/dev/null; then
    echo
    echo "  Open http://$bind:$port  (data in $DATA_DIR)"
    [[ -s $phrases ]] && echo "  Sign-in phrases of the demo world: $phrases"
    echo "  Ctrl-C stops the server and the job worker."
    echo
fi

[[ $stopping == yes ]] || wait -n "$server" "$worker" || true # ends on a signal, or when either of the two ends

kill -TERM "$server" "$worker" 2>/dev/null || true
for ((tenths = 0; tenths < 150; tenths++)); do
    kill -0 "$server" 2>/dev/null || kill -0 "$worker" 2>/dev/null || break
    sleep 0.1
done
kill -KILL "$server" "$worker" 2>/dev/null || true
wait 2>/dev/null || true
if [[ $stopping == yes ]]; then
    echo "Stopped."
    exit 0
fi
echo "The server or the job worker ended by itself; its last words are above. Both are stopped." >&2
exit 1
