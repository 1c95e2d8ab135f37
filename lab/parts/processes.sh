# Which processes belong to the lab, proven by start time or namespace before any signal is sent.

# Ticks after boot at which a process started; field 22 of /proc/PID/stat, counted after the name, which may hold spaces.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

record_process() { printf '%s %s\n' "$2" "$(start_time "$2")" >"$STATE/run/$1"; }

# Prints the pid recorded under a name when that very process still lives.
recorded_process() {
  local pid started
  [[ -r $STATE/run/$1 ]] || return 1
  read -r pid started <"$STATE/run/$1" || return 1
  [[ -n $started && $(start_time "$pid") == "$started" ]] || return 1
  echo "$pid"
}

# The first process of a host, as seen from outside; all others of the host end with it.
host_init() {
  local outer
  outer=$(recorded_process "$1") || return 1
  pgrep -P "$outer" | head -n1 | grep .
}

# Runs a command inside a host, in all of its namespaces.
inside() {
  local host=$1 init
  shift
  init=$(host_init "$host") || fail "$host is not running"
  nsenter -t "$init" -n -m -u -p -- "$@"
}

# Ends a host at once, like pulling its plug. Whatever is left in its network namespace is the lab's by definition.
end_host() {
  local pid pids waited=0
  if pid=$(recorded_process "$1"); then
    kill -KILL "$pid" 2>/dev/null || true
  fi
  while pids=$(ip netns pids "$(namespace_of "$1")" 2>/dev/null) && [[ -n $pids ]]; do
    # shellcheck disable=SC2086
    kill -KILL $pids 2>/dev/null || true
    sleep 0.1
    ((++waited < 100)) || fail "processes of $1 do not end: $pids"
  done
  rm -f "$STATE/run/$1"
}
