# What ./strata says about itself: all commands, or one of them in detail. Sourced by ./strata.

usage() {
  cat <<'TEXT'
Usage: ./strata COMMAND [OPTIONS]

Run a cloud
  up [--lab] [--port N] [--listen ADDR]   install what is missing, build, start; --lab adds real hosts on this machine
  demo                                    a zone with two simulated hosts and a running machine on them
  down [--all]                            stop the management server and its database (--all: the lab too)
  status                                  what runs, where, since when
  logs [-f] [--before N]                  the management server's log
  reset [--yes]                           empty the database; machines on hosts are listed, not destroyed
  keys [--json]                           the administrator's API endpoint and keys, ready for a client's environment

Look after it
  doctor [--json] [TARGET…]               check this server; USER@HOST[:PORT] checks a host, nfs://SERVER/PATH an export
  verify [--json]                         compare database, hosts and storage; changes nothing
  template install FILE|URL …             put a template on secondary storage
  systemvm build|status|install|upgrade   the template that system VMs and virtual routers are made from
  systemvm ssh NAME [COMMAND…]            a shell in one of them

Work on it
  lab up|down|status|ssh HOST             the lab: real hypervisor hosts and an NFS server in namespaces
  test                                    every suite on this machine; ends with "N passed, N failed"

./strata help COMMAND tells more about one of them. Every command that concerns an installation takes --data DIR (default: var/ in this
folder).
TEXT
}

usage_of() {
  case "$1" in
    up)
      cat <<'TEXT'
Usage: ./strata up [--lab] [--port N] [--listen ADDR] [--data DIR]

Starts what does not run of an installation: its database, its management server. It may be repeated at any time: a part that has died
is started again, a server of older code or with other options is restarted.

  --lab           also two KVM hosts and an NFS server on this machine, and a first virtual machine on them
  --port N        where the API listens (8080 at first; the choice is remembered)
  --listen ADDR   on which address (127.0.0.1 at first; 0.0.0.0 is all of them; remembered)
  --data DIR      the folder of the installation (default: var/ in this folder)

With STRATA_DATABASE_URL in the environment it uses that database instead of one of its own.
TEXT
      ;;
    demo)
      cat <<'TEXT'
Usage: ./strata demo [--data DIR]

Builds, through the API, a zone named "simulated" with two simulated hosts, storage and a template, and starts a machine in it. The
server must run (./strata up). What exists already is kept, so it may be repeated.
TEXT
      ;;
    down)
      cat <<'TEXT'
Usage: ./strata down [--all] [--data DIR]

Stops the management server and its database. Machines on hosts go on running; jobs under way resume at the next start.

  --all   stops the lab as well, and with it its machines
TEXT
      ;;
    status)
      cat <<'TEXT'
Usage: ./strata status [--data DIR]

Shows each part of the installation. The exit code is 3 when the server or its database does not run.
TEXT
      ;;
    logs)
      cat <<'TEXT'
Usage: ./strata logs [-f] [--before N] [--data DIR]

Shows the management server's log since its last start.

  -f, --follow   go on with what is written
  --before N     the Nth start before that one; five are kept
TEXT
      ;;
    reset)
      cat <<'TEXT'
Usage: ./strata reset [--yes] [--data DIR]

Empties the database, after asking. Machines and disks on hosts stay and are listed. The user admin has the password "password" again.

  --yes   does not ask
TEXT
      ;;
    keys)
      cat <<'TEXT'
Usage: ./strata keys [--json] [--data DIR]

Prints the API endpoint and the keys of the user admin as variables of the environment:   eval "$(./strata keys)"
TEXT
      ;;
    doctor)
      cat <<'TEXT'
Usage: ./strata doctor [--json] [--data DIR] [TARGET…]

Checks the management server and its database, or each TARGET:

  USER@HOST[:PORT]     a host, before or after it is added
  nfs://SERVER/PATH    an export: it is mounted, and a file is written and removed

A host's password is asked for on the terminal, or taken from STRATA_HOST_PASSWORD. Without either, or with an empty one, the management
key must do. The exit code is 1 when a check has failed.
TEXT
      ;;
    verify)
      cat <<'TEXT'
Usage: ./strata verify [--json] [--data DIR]

Compares the database with what hosts and storage hold and prints each difference with what to do. It changes nothing. The exit code is 1
when there are differences.
TEXT
      ;;
    template)
      cat <<'TEXT'
Usage: ./strata template install FILE|URL --secondary nfs://SERVER/PATH --name NAME --os-type TYPE [OPTIONS] [--data DIR]

Checks a qcow2 image, copies it to a secondary storage and registers it as a template for everyone.

  --secondary URL     the secondary storage, as it was added
  --os-type TYPE      a name from listOsTypes, such as "Other Linux (64-bit)"
  --hypervisor KIND   KVM or Simulator; without it that of the zone's hosts
  --checksum SUM      the MD5, SHA-1, SHA-256 or SHA-512 sum that the file must have
  --format FORMAT     what the file is, when its name does not tell; only qcow2 is taken
  --max-gib N         the largest download (default 50)
TEXT
      ;;
    systemvm)
      cat <<'TEXT'
Usage: ./strata systemvm build [--fresh] [--data DIR]
       ./strata systemvm status [--data DIR]
       ./strata systemvm install --secondary nfs://SERVER/PATH [FILE|URL] [--data DIR]
       ./strata systemvm upgrade [--template-only] [--data DIR]
       ./strata systemvm ssh NAME [COMMAND…] [--data DIR]

build     makes the template from Debian packages (about a minute, as root); what is up to date is kept
          --fresh   builds again, with the packages that Debian has now
status    whether it is built, from which sources, its version and SHA-256
install   puts it, or the FILE or what the URL gives (qcow2, also as gz or bz2), on a secondary storage and makes it the current one
          -m FOLDER        the storage is mounted there already
          -f FILE, -u URL  as FILE and URL
          -h kvm           the hypervisor; there is no other
          -F               removes the system VM templates of other versions that nothing uses
upgrade   puts the built one on every secondary storage, then replaces system VMs and routers of older versions one by one
          --template-only  leaves the machines as they are
ssh       logs in to a system VM or router, such as s-1-VM, through its host
TEXT
      ;;
    lab) exec "$STRATA_ROOT/lab/lab" --help ;;
    *) usage ;;
  esac
}
