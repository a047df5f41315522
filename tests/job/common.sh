# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of the runner: BIN WORK.
set -u
PATH=$1:$PATH work=$2
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
export LC_ALL=C
unset TUSHU_CONFIG TUSHU_DATA LANG LC_MESSAGES SOURCE_DATE_EPOCH
failures=0 checks=0
slot=2019-12-31
check() { # WHAT COMMAND...
    checks=$((checks + 1))
    what=$1
    shift
    "$@" || { echo "FAILED: $what: $*"; failures=$((failures + 1)); }
}
code_is() { # EXPECTED COMMAND...: the command's standard error goes to err
    expected=$1
    shift
    "$@" >out 2>err
    code=$?
    [ $code = "$expected" ] || { echo "exit $code, not $expected"; tail -5 err; return 1; }
}
has() { grep -qE -- "$1" "$2"; }
lacks() { ! grep -qE -- "$1" "$2"; }
# Live processes (no zombies) whose arguments hold a word that only this test uses.
living() { ps -eo stat=,args= | grep -v '^Z' | grep -F -- "$1" | grep -v -e grep -e 'ps -eo' | grep -c . || true; }
none_lives() { [ "$(living "$1")" = 0 ] || { ps -eo pid,ppid,stat,args | grep -F -- "$1" | grep -v grep; return 1; }; }
soon() { # COMMAND...: true within five seconds
    for _ in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    "$@"
}
finish() {
    echo "$checks checks, $failures failures"
    [ $failures = 0 ]
    exit
}
