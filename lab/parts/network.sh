# The lab's bridge, and one network namespace with one cable per host.

require_free_network() {
  local other
  if [[ -r $OWNER_FILE ]]; then
    other=$(<"$OWNER_FILE")
    if [[ $other != "$STATE" && -d $other ]]; then
      fail "a lab called '$LAB_NAME' exists with its state in $other; end it with: lab/lab down --data ${other%/lab}
     or give this one another name and range, which it keeps: lab/lab up --data ${STATE%/lab} --name lab2 --subnet 10.98.0"
    fi
  fi
  if ip -4 -o address show | awk '{ print $2, $4 }' | grep -v "^$LAB_BRIDGE " | grep -q " ${LAB_SUBNET//./\\.}\."; then
    fail "this machine already uses addresses in $LAB_SUBNET.0/24; choose another range with --subnet"
  fi
}

make_bridge() {
  echo "$STATE" >"$OWNER_FILE"
  ip link show "$LAB_BRIDGE" >/dev/null 2>&1 || ip link add "$LAB_BRIDGE" type bridge forward_delay 0
  ip link set "$LAB_BRIDGE" address "02:5a:$(printf '%02x:%02x:%02x' "$(octet 1)" "$(octet 2)" "$(octet 3)"):01" up
  ip address replace "$MANAGEMENT_ADDRESS/24" dev "$LAB_BRIDGE"
}

make_cable() {
  local host=$1 namespace
  namespace=$(namespace_of "$host")
  ip netns add "$namespace"
  ip link add "$LAB_NAME-$host" type veth peer name eth0 netns "$namespace"
  ip link set "$LAB_NAME-$host" master "$LAB_BRIDGE" up
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set eth0 up
  if is_kvm_host "$host"; then
    # A pinned address: otherwise the bridge takes the lowest MAC of its ports, which may be that of a guest.
    ip -n "$namespace" link add "$GUEST_BRIDGE" type bridge forward_delay 0
    ip -n "$namespace" link set "$GUEST_BRIDGE" address "$(host_mac "$host")" up
    ip -n "$namespace" link set eth0 master "$GUEST_BRIDGE"
    ip -n "$namespace" address add "$(host_address "$host")/24" dev "$GUEST_BRIDGE"
  else
    ip -n "$namespace" link set eth0 address "$(host_mac "$host")"
    ip -n "$namespace" address add "$(host_address "$host")/24" dev eth0
  fi
  ip -n "$namespace" route add default via "$MANAGEMENT_ADDRESS"
}

remove_cable() {
  local namespace
  namespace=$(namespace_of "$1")
  ip link delete "$LAB_NAME-$1" 2>/dev/null || true
  if [[ -e /run/netns/$namespace ]]; then
    ip netns delete "$namespace"
  fi
}

remove_bridge() {
  ip link delete "$LAB_BRIDGE" 2>/dev/null || true
  rm -f "$OWNER_FILE"
}
