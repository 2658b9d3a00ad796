#!/usr/bin/env bash
# A private PostgreSQL for tests, alive as long as the standard input of this script stays open.
#
# Prints two lines when the cluster answers, then waits:
#   TSUMUGI_TEST_PG=postgres://…      owner role: creates databases and runs migrations; no superuser
#   TSUMUGI_TEST_PG_APP=postgres://…  application role: owns nothing, so that grants and row rights are really tried
# Whoever started it ends it by closing the pipe or by dying; nothing is left behind. Used by ./test and by pg.rs.
# If the cluster cannot start it says why on standard error and ends with 1.
set -euo pipefail
trap '' INT TERM HUP PIPE # The end is the end of input, also when a terminal interrupts the whole group.

fail() {
    echo "test database: $1" >&2
    exit 1
}

# Debian keeps the server programs out of PATH; the newest installed version is taken.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ]; then
    found=$(command -v initdb) || fail "PostgreSQL is not installed (Debian package postgresql)."
    bin=$(dirname "$(readlink -f "$found")")
fi
[ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || fail "initdb or pg_ctl is missing in $bin (Debian package postgresql)."

dir=$(mktemp -d)
stop() {
    [ ! -f "$dir/data/postmaster.pid" ] || as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    cd / && rm -rf "$dir"
}
trap stop EXIT

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    user=nobody
    ! id postgres >/dev/null 2>&1 || user=postgres
    chown "$user" "$dir"
    if command -v runuser >/dev/null; then
        as() { runuser -u "$user" -- "$@"; }
    else
        as() { su -s /bin/sh "$user" -c "$(printf '%q ' "$@")"; }
    fi
else
    as() { "$@"; }
fi
cd "$dir"

as "$bin/initdb" -D "$dir/data" -U postgres -A trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 </dev/null ||
    fail "initdb failed: $(tail -n 5 "$dir/initdb.log")"

settings="-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
settings+=" -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir"
started=
for _ in 1 2 3 4 5 6 7 8; do # A port may be taken; another is drawn.
    port=$((20000 + RANDOM % 12000))
    if as "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -o "$settings -p $port" -w -t 60 start >/dev/null 2>&1 </dev/null; then
        started=yes
        break
    fi
    grep -q "Address already in use" "$dir/data/log" || break
done
[ -n "$started" ] || fail "PostgreSQL did not start: $(tail -n 5 "$dir/data/log" 2>/dev/null)"

# The owner may end sessions of the application role, or it could not drop a test's database.
as "$bin/psql" -q -X -h "$dir" -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 >"$dir/roles.log" 2>&1 <<'SQL' ||
CREATE ROLE tsumugi_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS;
CREATE ROLE tsumugi_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
GRANT tsumugi_app TO tsumugi_owner;
SQL
    fail "the roles could not be made: $(tail -n 5 "$dir/roles.log")"

echo "TSUMUGI_TEST_PG=postgres://tsumugi_owner@127.0.0.1:$port/postgres"
echo "TSUMUGI_TEST_PG_APP=postgres://tsumugi_app@127.0.0.1:$port/postgres"
cat >/dev/null || true
