#!/usr/bin/env bash
# See that the browser tests find Chromium and a font with Chinese characters; install them by apt-get where allowed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

has_chromium() { [ -x "${IPDASH_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

# Playwright's driver needs this library, which a small Debian lacks.
has_libatomic() { # An ordinary account's path does not name ldconfig.
    local known
    known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || return 0
    [[ $known == *libatomic.so.1* ]]
}

missing=()
has_chromium || missing+=(chromium)
has_chinese_font || missing+=(fonts-noto-cjk fontconfig)
has_libatomic || missing+=(libatomic1)
[ ${#missing[@]} -eq 0 ] && exit 0

apt_install "${missing[@]}" || stop \
    "浏览器测试缺少：${missing[*]}。请管理员执行 apt-get install ${missing[*]}；已有的 Chromium 可用环境变量 IPDASH_CHROMIUM 指明。" \
    "The browser tests lack: ${missing[*]}. Have an administrator run apt-get install ${missing[*]}; a Chromium kept elsewhere can be named in the variable IPDASH_CHROMIUM."
