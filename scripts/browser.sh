#!/usr/bin/env bash
# See that the browser tests find Chromium and a font with Chinese characters; install both by apt-get where allowed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

has_chromium() { [ -x "${IPDASH_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

missing=()
has_chromium || missing+=(chromium)
has_chinese_font || missing+=(fonts-noto-cjk fontconfig)
[ ${#missing[@]} -eq 0 ] && exit 0

apt_install "${missing[@]}" || stop \
    "浏览器测试需要 Chromium 和中文字体。请管理员执行：apt-get install ${missing[*]}；或用环境变量 IPDASH_CHROMIUM 指明已有的 Chromium。" \
    "The browser tests need Chromium and a Chinese font. Have an administrator run: apt-get install ${missing[*]}; or name an installed Chromium in the variable IPDASH_CHROMIUM."
