#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare.sh PRESET [tests] - install what is missing on Debian 12, then build into build/.
# Called by samples/run and tests/run; safe to repeat; installs nothing that is there.
set -eu
preset=$1
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

# package: what it is for
build_packages="
g++: the compiler
cmake: the build
ninja-build: the build
ccache: makes a second build quick
pkg-config: finds libraries
gettext: compiles the Chinese messages
scdoc: writes the manual pages
libcli11-dev: command lines
libfmt-dev: text formatting
libyaml-cpp-dev: job specs and definitions
libpugixml-dev: XML
libcurl4-openssl-dev: HTTP and mail
libpqxx-dev: PostgreSQL
libsqlite3-dev: the default store
libicu-dev: Unicode and GB 18030
libyaz-dev: MARC-8 with East Asian characters
zlib1g-dev: .gz input
libzstd-dev: .zst input
liblzma-dev: .xz input
libssl-dev: SHA-256 and HMAC
libsimdjson-dev: reads JSON records
nlohmann-json3-dev: reads small JSON files
libxlsxwriter-dev: workbooks
libkainjow-mustache-dev: HTML templates
libhowardhinnant-date-dev: time zones
tzdata: time zones"
test_packages="
catch2: unit tests
postgresql: the tests start a server of their own
mandoc: checks the manual pages
libxml2-utils: checks XML and HTML output
yaz: a second reader of MARC files, and the yardstick of the benchmarks
libmarc-record-perl: a third reader of MARC files
xz-utils: makes compressed test input
zstd: makes compressed test input
xlsx2csv: reads workbooks back
clang-format-14: checks the layout of the code"

wanted=$build_packages
[ "${2:-}" = tests ] && wanted="$wanted$test_packages"
if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    names=$(echo "$wanted" | sed -n 's/^\([a-z0-9.+-]*\):.*/\1/p')
    for name in $names; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || missing="$missing $name"
    done
    if [ -n "$missing" ]; then
        echo "Installing from Debian:"
        for name in $missing; do echo "$wanted" | sed -n "s/^\($name\): \(.*\)/  \1 - \2/p"; done
        sudo=""
        if [ "$(id -u)" != 0 ]; then
            command -v sudo >/dev/null 2>&1 || { echo "not root and no sudo: install these packages and run again" >&2; exit 69; }
            sudo=sudo
        fi
        log=$(mktemp)
        # shellcheck disable=SC2086  # one word a package
        if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y \
            --no-install-recommends $missing; } >"$log" 2>&1; then
            tail -20 "$log" >&2
            echo "the installation failed; its log is $log" >&2
            exit 69
        fi
        rm -f "$log"
    fi
else
    echo "this is not Debian: make sure that these are installed:" >&2
    echo "$wanted" | sed -n 's/^\([a-z0-9.+-]*\): \(.*\)/  \1 - \2/p' >&2
fi

configure() { # CMAKE ARGUMENTS: quiet unless it fails
    mkdir -p build
    cmake "$@" >build/configure.log 2>&1 || { tail -30 build/configure.log >&2; exit 70; }
}
[ -e build/build.ninja ] || configure --preset "$preset"
# samples/run builds without the tests; tests/run adds them to the same folder.
if [ "${2:-}" = tests ] && grep -q '^TUSHU_TESTS:.*=OFF' build/CMakeCache.txt; then configure -DTUSHU_TESTS=ON build; fi
echo "Building into build/ ..."
if ! ninja -C build >build/build.log 2>&1; then
    grep -E 'error|FAILED|CMake Error' -A 4 build/build.log | head -60 >&2
    echo "the build failed; its log is build/build.log" >&2
    exit 70
fi
