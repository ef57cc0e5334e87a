#!/usr/bin/env bash
# Make .venv hold what a purpose needs: "run" (the dashboard) or "dev" (the tests too).
# Done once for each state of the lock files: the second call ends within milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

purpose=${1:?run or dev}
venv=.venv
lock=requirements/$purpose.lock

stamp() { # stamp PURPOSE: the file that says .venv holds it; the folder counts, since .venv records absolute paths.
    local state
    state=$({ cat "requirements/$1.lock" requirements/installer.lock pyproject.toml; pwd; } | cksum | tr -d ' ')
    echo "$venv/installed-$1-$state"
}

find_python() { # Print the first Python on the path that is 3.11 or newer.
    local name
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

make_venv() { # Create .venv; on Debian the venv module is a package of its own.
    local python
    python=$(find_python) || stop "需要 Python 3.11 或更高版本，例如：apt-get install python3" \
        "Python 3.11 or newer is needed, for example: apt-get install python3"
    "$python" -m venv --clear "$venv" >/dev/null 2>&1 && return 0
    apt_install python3-venv && "$python" -m venv --clear "$venv" && return 0
    rm -rf "$venv"
    stop "无法创建虚拟环境。请管理员执行：apt-get install python3-venv，然后重试。" \
        "The virtual environment cannot be made. Have an administrator run: apt-get install python3-venv, then try again."
}

pip() { "$venv/bin/python" -m pip --disable-pip-version-check -qq "$@"; }

pip_setting() { # pip_setting NAME: what pip is told by its files or the environment, nothing where it is not.
    "$venv/bin/python" -m pip config list 2>/dev/null | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | tail -n 1
}

install_fast() { # uv takes seconds where pip takes a minute; it does not read pip's index by itself, so it is told.
    [ -z "$(pip_setting no-index)" ] || return 1
    pip install --require-hashes -r requirements/installer.lock || return 1
    local index
    index=$(pip_setting index-url)
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    "$venv/bin/uv" pip install -q --python "$venv/bin/python" --compile-bytecode --require-hashes -r "$lock"
}

install_slowly() {
    say "改用 pip 安装，约需一分钟。" "Installing with pip instead, which takes about a minute."
    pip install --require-hashes -r "$lock"
}

install() { # The locked requirements, then the project itself: editable, without network or build isolation.
    say "正在安装依赖（按哈希锁定，首次约需一分钟）……" "Installing requirements (locked by hash; up to a minute the first time) ..."
    { install_fast || install_slowly; } && pip install --no-index --no-build-isolation --no-deps -e . &&
        compile_own
}

compile_own() { # Where Python is told not to write bytecode, each start of a command would compile everything.
    "$venv/bin/python" -m compileall -q analytics dashboard sample_data >/dev/null
}

[ -e "$(stamp "$purpose")" ] && exit 0
# What the tests need includes what the dashboard needs.
[ "$purpose" = run ] && [ -e "$(stamp dev)" ] && exit 0

"$venv/bin/python" -c 'import pip' 2>/dev/null || make_venv
install || stop "依赖安装失败。离线服务器请见 docs/deploy.md。" "Installing failed. For a server without network see docs/deploy.md."
rm -f "$venv/installed-$purpose-"*
touch "$(stamp "$purpose")"
