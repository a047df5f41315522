#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contract.sh BIN SOURCE - what every command of the suite promises alike:
# help in two languages, --version, 64 for an unknown option, 74 for lost output, and a man page that
# names exactly the options of --help.
bin=$1 source=$2
export LC_ALL=C
unset TUSHU_CONFIG LANG LC_MESSAGES
cd "$(mktemp -d)" || exit 1
failures=0 checks=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
check() { checks=$((checks + 1)); }

options_of() { grep -oE -- '--[a-z][a-z0-9-]*' | sort -u; }

examine() { # program words...
    name=$(echo "$*" | tr ' ' '-')
    check; "$bin/$@" --help >help.en 2>err || fail "$* --help: exit $?"
    [ -s err ] && fail "$* --help writes to standard error"
    check; "$bin/$@" --lang zh --help >help.zh 2>/dev/null || fail "$* --lang zh --help: exit $?"
    LC_ALL=zh_CN.UTF-8 "$bin/$@" --help >help.locale 2>/dev/null
    check; cmp -s help.zh help.locale || fail "$*: --lang zh and a Chinese locale differ"
    check; cmp -s help.en help.zh && fail "$* --help has no Chinese"
    check; grep -q '^  tushu' help.en || fail "$* --help has no example"
    check; "$bin/$@" --no-such-option >/dev/null 2>err; code=$?
    [ $code = 64 ] || fail "$* --no-such-option: exit $code, not 64"
    check; grep -q 'no-such-option' err || fail "$*: the error does not name the option"
    check; "$bin/$@" --help >/dev/full 2>/dev/null; code=$?
    [ $code = 74 ] || fail "$* --help >/dev/full: exit $code, not 74"
    check; "$bin/$@" --version | grep -q "^$1 [0-9]" || fail "$* --version"
    check
    if [ ! -e "$source/man/$name.1.scd" ]; then fail "no man page man/$name.1.scd"; return; fi
    page=page # with its includes joined, as page.cmake does it
    while IFS= read -r line; do
        case $line in "@include "*) cat "$source/man/include/${line#@include }.scd" ;; *) printf '%s\n' "$line" ;; esac
    done <"$source/man/$name.1.scd" >$page
    options_of <help.en | grep -v -e '^--lang$' -e '^--config$' -e '^--log-format$' -e '^--quiet$' \
        -e '^--summary$' -e '^--help$' -e '^--version$' >in.help
    sed 's/\\//g' "$page" | options_of | grep -v -e '^--lang$' -e '^--config$' -e '^--log-format$' \
        -e '^--quiet$' -e '^--summary$' -e '^--help$' -e '^--version$' >in.page
    check; missing=$(comm -23 in.help in.page | tr '\n' ' ')
    [ -z "$missing" ] || fail "man/$name.1.scd does not name: $missing"
    check; extra=$(comm -13 in.help in.page | tr '\n' ' ')
    [ -z "$extra" ] || fail "man/$name.1.scd names what --help does not: $extra"
    check; grep -q '^# EXIT STATUS' "$page" || fail "man/$name.1.scd has no EXIT STATUS"
    for section in NAME SYNOPSIS DESCRIPTION EXAMPLES; do
        check; [ $section = NAME ] || grep -q "^# $section" "$page" || fail "man/$name.1.scd has no $section"
    done
}

for program in "$bin"/tushu "$bin"/tushu-*; do
    [ -x "$program" ] || continue
    program=$(basename "$program")
    check; "$bin/$program" >/dev/null 2>&1; code=$?
    [ $code = 64 ] || fail "$program without a command: exit $code, not 64"
    commands=$("$bin/$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p')
    [ -n "$commands" ] || fail "$program --help lists no commands"
    for command in $commands; do examine "$program" "$command"; done
done
echo "$checks checks, $failures failures"
[ $checks -gt 0 ] && [ $failures = 0 ]
