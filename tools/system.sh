#!/bin/sh
# What the tests need from the system: Chromium, Chinese fonts, PostgreSQL, ps. As root on Debian it is installed;
# otherwise what is missing is named, and the tests that need it are skipped loudly (with LIREN_NO_SKIP=1: it fails).
set -u
missing=""
have() { command -v "$1" >/dev/null 2>&1; }
have chromium || have chromium-browser || have google-chrome || [ -x "${LIREN_CHROMIUM:-}" ] || missing="$missing chromium"
have fc-list || missing="$missing fontconfig"
fc-list 2>/dev/null | grep -qi 'cjk' || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || missing="$missing postgresql"
have ps || missing="$missing procps"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "Installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends $missing >/dev/null && exit 0
    echo "Could not be installed:$missing" >&2
fi
echo "NOT INSTALLED:$missing. The tests that need them will be SKIPPED. As root on Debian: apt-get install$missing" >&2
[ "${LIREN_NO_SKIP:-}" != 1 ]
