#!/bin/sh
# Finds a Python of 3.11 or newer and hands over to setup_dev.py: setup.sh run|test|package
# PYTHON=... names the interpreter; otherwise the existing .venv, then what is on the PATH.
set -eu
cd "$(dirname "$0")/.."

# True when "$1" starts, is new enough and can make virtual environments.
suitable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-.venv/bin/python python3 python3.13 python3.12 python3.11}; do
        if suitable "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then sudo "$@"
    else return 1
    fi
}

# Debian 12 and later have a python3 that is new enough; Ubuntu 22.04 has python3.11 beside it.
install_python() {
    command -v apt-get >/dev/null || return 1
    for name in python3 python3.12 python3.11; do
        as_root apt-get install -y "$name" "$name-venv" >&2 || {
            as_root apt-get update >&2 && as_root apt-get install -y "$name" "$name-venv" >&2
        } || continue
        find_python >/dev/null && return 0
    done
    return 1
}

python=$(find_python) || { install_python && python=$(find_python); } || {
    echo "Lumbre needs Python 3.11 or newer with its venv module, and found none." >&2
    echo "Install it (on Debian and Ubuntu: apt-get install python3 python3-venv), or name one:" >&2
    echo "make PYTHON=/path/to/python3 ..." >&2
    exit 1
}
exec "$python" packaging/setup_dev.py "$@"
