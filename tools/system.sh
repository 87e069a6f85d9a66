#!/bin/sh
# What the tests need from the system: Chromium, Chinese fonts, PostgreSQL. As root on Debian it is installed;
# otherwise what is missing is named, and the tests that need it are skipped loudly.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi 'cjk' || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends $missing >/dev/null
    exit $?
fi
echo "NOT INSTALLED:$missing. The tests that need them will be SKIPPED. As root on Debian: apt-get install$missing" >&2
exit 0
