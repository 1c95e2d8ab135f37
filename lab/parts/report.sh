# What the lab tells people and programs about itself.

write_known_hosts() {
  local host
  for host in "${LAB_HOSTS[@]}"; do
    printf '%s %s\n' "$(host_address "$host")" "$(cut -d' ' -f1,2 "$STATE/hosts/$host/etc/ssh/ssh_host_ed25519_key.pub")"
  done >"$STATE/ssh/known_hosts"
}

log_in() {
  local host=$1
  shift
  host_number "$host" >/dev/null
  host_init "$host" >/dev/null || fail "$host is not running; start the lab with: ./strata lab up$(data_option)"
  exec ssh -i "$STATE/ssh/id_ed25519" -o UserKnownHostsFile="$STATE/ssh/known_hosts" -o LogLevel=ERROR "$LAB_USER@$(host_address "$host")" "$@"
}

is_whole() {
  local host
  [[ -r $OWNER_FILE && $(<"$OWNER_FILE") == "$STATE" && -s $STATE/ssh/known_hosts ]] || return 1
  for host in "${LAB_HOSTS[@]}"; do
    host_init "$host" >/dev/null && (host_answers "$host") || return 1
  done
}

print_status() {
  local host state status=0
  for host in "${LAB_HOSTS[@]}"; do
    if ! host_init "$host" >/dev/null; then
      state='not running' status=1
    elif ! (host_answers "$host"); then
      state='running, but its services do not answer' status=1
    elif is_kvm_host "$host"; then
      state="up, $(inside "$host" virsh -c qemu:///system list --name | grep -c .) machines" || true
    else
      state="up, exports $(showmount --no-headers -e "$(host_address "$host")" | awk '{ print $1 }' | xargs)"
    fi
    printf '%-5s %-12s %s\n' "$host" "$(host_address "$host")" "$state"
  done
  return $status
}

print_env() {
  cat <<TEXT
LAB_STATE=$STATE
LAB_BRIDGE=$LAB_BRIDGE
LAB_MANAGEMENT_ADDRESS=$MANAGEMENT_ADDRESS
LAB_NETMASK=255.255.255.0
LAB_GATEWAY=$MANAGEMENT_ADDRESS
LAB_KVM1_ADDRESS=$(host_address kvm1)
LAB_KVM1_NAME=kvm1.$LAB_DOMAIN
LAB_KVM2_ADDRESS=$(host_address kvm2)
LAB_KVM2_NAME=kvm2.$LAB_DOMAIN
LAB_USER=$LAB_USER
LAB_PASSWORD=$LAB_PASSWORD
LAB_SSH_KEY=$STATE/ssh/id_ed25519
LAB_KNOWN_HOSTS=$STATE/ssh/known_hosts
LAB_NFS_SERVER=$(host_address nfs1)
LAB_NFS_PRIMARY=/export/primary
LAB_NFS_SECONDARY=/export/secondary
LAB_NFS_READONLY=/export/readonly
LAB_NFS_SQUASHED=/export/squashed
LAB_NFS_DENIED=/export/denied
LAB_EXPORTS_FOLDER=$STATE/exports
LAB_POD_START=$LAB_SUBNET.100
LAB_POD_END=$LAB_SUBNET.149
LAB_GUEST_START=$LAB_SUBNET.150
LAB_GUEST_END=$LAB_SUBNET.249
LAB_GUEST_BRIDGE=$GUEST_BRIDGE
LAB_GUEST_IMAGE=$(guest_image)
LAB_HARDWARE_VIRTUALISATION=$(hardware_virtualisation)
TEXT
}

# What commands about this lab need beside their name: nothing for the default folder.
data_option() { [[ $DATA == "$(realpath -m "$LAB_ROOT/../var")" ]] || printf ' --data %s' "$DATA"; }

print_wizard_values() {
  cat <<TEXT

The lab is up. What to type when you set up a zone:
  Zone           basic, any name; DNS and internal DNS: $MANAGEMENT_ADDRESS
  Pod            gateway $MANAGEMENT_ADDRESS, netmask 255.255.255.0, reserved addresses $LAB_SUBNET.100 to $LAB_SUBNET.149
  Guest range    gateway $MANAGEMENT_ADDRESS, netmask 255.255.255.0, addresses $LAB_SUBNET.150 to $LAB_SUBNET.249
  Cluster        hypervisor KVM
  Hosts          $(host_address kvm1) and $(host_address kvm2), user $LAB_USER, password $LAB_PASSWORD
  Primary        nfs://$(host_address nfs1)/export/primary
  Secondary      nfs://$(host_address nfs1)/export/secondary
  Guest image    $(guest_image)
  Virtualisation $([[ $(hardware_virtualisation) == yes ]] && echo "by hardware" || echo "emulated: this machine's /dev/kvm is missing or does not run guests")
Log in to a host: ./strata lab ssh$(data_option) kvm1    The same by script: lab/first-vm$(data_option)    End: ./strata lab down$(data_option)
TEXT
}
