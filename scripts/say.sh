# Sourced by the other scripts: every line a person reads comes in Chinese and in English.

say() { # say ZH EN: one message on the terminal.
    printf '%s\n%s\n' "$1" "$2" >&2
}

stop() { # stop ZH EN: a message, then the end.
    say "$@"
    exit 1
}

apt_runner() { # Print what to put before apt-get where it may run without a question; fail where it may not.
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -eq 0 ]; then
        echo env
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo sudo -n env
    else
        return 1
    fi
}

apt_install() { # apt_install PACKAGE…: install quietly; fail where this account may not, or apt-get could not.
    local runner log
    runner=$(apt_runner) || return 1
    log=$(mktemp)
    say "正在用 apt-get 安装：$*" "Installing by apt-get: $*"
    # $runner is several words on purpose.
    # shellcheck disable=SC2086
    if $runner apt-get -o DPkg::Lock::Timeout=300 update -qq >"$log" 2>&1 &&
        $runner DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends \
            "$@" >>"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}
