# Sourced. Sets PYTHON to a Python of 3.11 or later, or stops with one sentence.

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
    if new_enough "$candidate"; then
        PYTHON=$candidate
        export PYTHON
        return 0
    fi
done
echo "Python 3.11 or later is needed: install it, then say where it is with make run PYTHON=/path/to/python3." >&2
exit 1
