# Sourced by the scripts beside it: a Python environment with the driver, and programs from Debian.
# After `setup EXTRA`, $python is the environment's Python. Nothing is done twice.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/build/venv
python=$venv/bin/python

say() {
    printf '%s\n' "$*" >&2
}

# setup EXTRA: EXTRA is one of pyproject.toml's, or nothing. Installs the files that requirements/ names by their hashes.
setup() {
    local extra=${1:-} lock stamp base
    lock=$root/requirements/${extra:-driver}.txt
    stamp=$venv/.installed-${extra:-plain}-$(cat "$root/pyproject.toml" "$lock" | sha256sum | cut -c1-16)
    [ -e "$stamp" ] && return
    # pip of an environment that was copied or moved is another environment's.
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        base=$(find_python) || { install_debian python3 python3-venv && base=$(find_python); } || {
            say "Python 3.11 or newer with its venv module is needed: install python3-venv of Debian 12 or newer."
            return 1
        }
        say "Setting up $venv with $("$base" --version)"
        "$base" -m venv --clear "$venv"
    fi
    say "Installing the driver${extra:+ with its extra $extra}"
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
    # With the locked setuptools; pip would fetch another for an isolated build.
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable "$root"
    touch "$stamp"
}

# The newest Python on PATH that is new enough and can make environments.
find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$name"
        return
    done
    return 1
}

# need PROGRAM PACKAGE: install the Debian package unless the program is there.
need() {
    command -v "$1" >/dev/null || install_debian "$2"
}

install_debian() {
    local run=()
    if [ "$(id -u)" != 0 ]; then
        run=(sudo)
        command -v sudo >/dev/null || { say "Run as root: apt-get install $*"; return 1; }
    fi
    say "Installing $* with apt-get"
    "${run[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
