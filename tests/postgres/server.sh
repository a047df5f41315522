#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# server.sh start|stop DIR - a throw-away PostgreSQL server for the tests.
#   start  makes a cluster below DIR, starts it on a Unix socket only, and writes its URI into DIR/uri
#   stop   stops it and removes DIR
# Exit 77 where no PostgreSQL is installed. Running start again replaces what an interrupted run left.
set -eu
action=${1:?start or stop} dir=${2:?folder}

bin=
for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5nr) /usr/local/pgsql/bin; do
    if [ -x "$candidate/initdb" ]; then bin=$candidate; break; fi
done
if [ -z "$bin" ]; then
    echo "SKIPPED: no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    exit 77
fi

# PostgreSQL refuses to run as root.
as() {
    if [ "$(id -u)" != 0 ]; then "$@"; return; fi
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env -u PGDATA HOME="$home" LC_ALL=C TZ=UTC "$@"
}

stop() {
    [ -e "$dir/home" ] || return 0
    home=$(cat "$dir/home")
    if [ -d "$home/data" ]; then (cd "$home" && as "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1) || true; fi
    case $home in */tushu-postgres.*) rm -rf "$home" ;; esac
    rm -rf "$dir"
}

start() {
    stop
    mkdir -p "$dir"
    # A short path that the other user may enter: a socket's name holds 107 bytes, a build folder may be longer.
    home=$(mktemp -d "${TMPDIR:-/tmp}/tushu-postgres.XXXXXX")
    echo "$home" >"$dir/home"
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$home"
        if id postgres >/dev/null 2>&1; then chown postgres "$home"; else chown nobody "$home"; fi
    fi
    # A Chinese collation as the database's default: a column that forgot COLLATE "C" sorts visibly wrong.
    (cd "$home" && as "$bin/initdb" -D "$home/data" -U tushu --auth=trust -E UTF8 --locale=C.UTF-8 \
        --locale-provider=icu --icu-locale=zh --no-sync >"$home/initdb.log" 2>&1) ||
    { rm -rf "$home/data"; (cd "$home" && as "$bin/initdb" -D "$home/data" -U tushu --auth=trust -E UTF8 --locale=C.UTF-8 \
        --no-sync >"$home/initdb.log" 2>&1); } || { cat "$home/initdb.log"; exit 1; }
    cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
unix_socket_permissions = 0777
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 50
shared_buffers = 64MB
autovacuum = on
CONF
    (cd "$home" && as "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 start >/dev/null) ||
        { cat "$home/server.log"; exit 1; }
    (cd "$home" && as "$bin/createdb" -h "$home" -U tushu tushu)
    escaped=$(printf %s "$home" | sed 's:/:%2F:g')
    echo "postgresql://tushu@/tushu?host=$escaped" >"$dir/uri.new"
    mv "$dir/uri.new" "$dir/uri"
}

case $action in
start) start ;;
stop) stop ;;
*) echo "server.sh start|stop DIR"; exit 64 ;;
esac
