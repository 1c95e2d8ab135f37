# Names, addresses and folders of the lab: the only place where they are chosen.

LAB_NAME=${LAB_NAME:-lab}          # prefix of namespaces and devices, so that two labs can live on one machine
LAB_SUBNET=${LAB_SUBNET:-10.99.0}  # first three numbers of the lab's /24
LAB_DOMAIN=lab.strata.test
LAB_USER=root
LAB_PASSWORD=strata-lab
LAB_KVM_HOSTS=(kvm1 kvm2)
LAB_HOSTS=("${LAB_KVM_HOSTS[@]}" nfs1)
LAB_EXPORTS=(primary secondary readonly squashed denied)
GUEST_BRIDGE=cloudbr0
VIRTUALISATION_FILE=/run/strata-hardware-virtualisation  # yes or no; gone when this machine starts anew

# Chosen once, at `up`; later calls read the choice from the state folder.
load_settings() {
  STATE=$DATA/lab
  LAB_NAME=${ASKED_NAME:-$LAB_NAME} LAB_SUBNET=${ASKED_SUBNET:-$LAB_SUBNET}
  if [[ -r $STATE/choice ]]; then
    # shellcheck disable=SC1091
    source "$STATE/choice"
  fi
  [[ $LAB_NAME =~ ^[a-z][a-z0-9]{0,5}$ ]] || fail "the lab's name must be 1 to 6 lower-case letters and digits, not '$LAB_NAME'"
  [[ $LAB_SUBNET =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]] || fail "--subnet takes three numbers such as 10.99.0, not '$LAB_SUBNET'"
  require_same_choice
  LAB_BRIDGE=$LAB_NAME-br
  OWNER_FILE=/run/strata-lab-$LAB_NAME
  MANAGEMENT_ADDRESS=$LAB_SUBNET.1
}

# The hosts of a lab and what was set up with them hold its addresses: another choice is refused, not passed over.
require_same_choice() {
  if [[ ${ASKED_NAME:-$LAB_NAME} == "$LAB_NAME" && ${ASKED_SUBNET:-$LAB_SUBNET} == "$LAB_SUBNET" ]]; then return; fi
  fail "the lab in $STATE has the name $LAB_NAME and the subnet $LAB_SUBNET, which it keeps: leave out --name and --subnet,
     delete it with its disks and exports first (./strata lab down --purge$(data_option)), or make another one with --data"
}

save_settings() {
  mkdir -p "$STATE"
  printf 'LAB_NAME=%s\nLAB_SUBNET=%s\n' "$LAB_NAME" "$LAB_SUBNET" >"$STATE/choice"
}

host_number() {
  case $1 in
    nfs1) echo 5 ;;
    kvm1) echo 11 ;;
    kvm2) echo 12 ;;
    *) fail "no lab host is called '$1'; there are: ${LAB_HOSTS[*]}" ;;
  esac
}

host_address() { echo "$LAB_SUBNET.$(host_number "$1")"; }
host_mac() { printf '02:5a:%02x:%02x:%02x:%02x\n' $(($(octet 1))) $(($(octet 2))) $(($(octet 3))) "$(host_number "$1")"; }
octet() { cut -d. -f"$1" <<<"$LAB_SUBNET"; }
host_uuid() { printf '57a7a1ab-0000-4000-8000-%012x\n' $((($(octet 1) << 24) | ($(octet 2) << 16) | ($(octet 3) << 8) | $(host_number "$1"))); }
namespace_of() { echo "$LAB_NAME-$1"; }
is_kvm_host() { [[ $1 == kvm* ]]; }
guest_image() { echo "$STATE/guest/strata-guest.qcow2"; }

fail() { printf 'lab: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*"; }

# Prints what is being done and how long it took. The work runs in a shell of its own that stops at the first error.
step() {
  local what=$1 started=$SECONDS status
  shift
  printf '  %s ...' "$what"
  set +e
  (set -e; "$@") >"$STATE/step.log" 2>&1
  status=$?
  set -e
  if ((status != 0)); then
    printf ' failed\n'
    sed 's/^/    /' "$STATE/step.log" >&2
    fail "$what failed"
  fi
  printf ' done (%ds)\n' $((SECONDS - started))
}
