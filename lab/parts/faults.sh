# Faults on purpose: real refusals, silence, frozen servers and lost power. `up` starts without any.

fault_usage() {
  cat <<'TEXT'
lab/lab fault KIND [HOST]
  close-ssh HOST   the ssh port refuses connections (reset), also those that exist
  drop-ssh HOST    the ssh port is silent, also for connections that exist
  open-ssh HOST    undoes both
  stop-nfs         the NFS server ends: connections are refused; the host nfs1 stays
  freeze-nfs       the NFS server stays there but answers nothing
  start-nfs        undoes both
  reject-nfs HOST  a firewall before this host refuses the NFS ports
  drop-nfs HOST    a firewall before this host drops what goes to the NFS ports
  open-nfs HOST    undoes both
  unplug HOST      the network cable is out; machines go on running
  plug HOST        undoes it
  stop-libvirt HOST, start-libvirt HOST   the hypervisor service
  power-off HOST   the plug is pulled: all of the host's processes and machines end at once
  power-on HOST    the host starts, with empty memory and the disk it had
TEXT
}

fault() {
  local kind=${1:-help} host=${2:-nfs1} need_host='fault needs a host: kvm1, kvm2 or nfs1'
  case $kind in
    help) fault_usage; return ;;
    stop-nfs | freeze-nfs | start-nfs) host=nfs1 ;;
    *) [[ $# -eq 2 ]] || fail "$need_host" ;;
  esac
  host_number "$host" >/dev/null
  case $kind in
    close-ssh) set_rules "$host" ssh "tcp dport 22 reject with tcp reset" ;;
    drop-ssh) set_rules "$host" ssh "tcp dport 22 drop" ;;
    open-ssh) clear_rules "$host" ssh ;;
    stop-nfs) inside nfs1 sh -c 'touch /run/ganesha.off && pkill -KILL -x ganesha.nfsd || true' ;;
    freeze-nfs) inside nfs1 pkill -STOP -x ganesha.nfsd ;;
    start-nfs)
      inside nfs1 sh -c 'rm -f /run/ganesha.off; pkill -CONT -x ganesha.nfsd || true'
      wait_for_host nfs1
      ;;
    reject-nfs) set_rules "$host" nfs "tcp dport { 111, 2049 } reject with icmp type admin-prohibited" ;;
    drop-nfs) set_rules "$host" nfs "tcp dport { 111, 2049 } drop" ;;
    open-nfs) clear_rules "$host" nfs ;;
    unplug) ip link set "$LAB_NAME-$host" down ;;
    plug) ip link set "$LAB_NAME-$host" up ;;
    stop-libvirt) inside "$host" sh -c 'touch /run/libvirtd.off && pkill -x libvirtd' ;;
    start-libvirt)
      inside "$host" rm -f /run/libvirtd.off
      wait_for_host "$host"
      ;;
    power-off)
      end_host "$host"
      remove_cable "$host"
      ;;
    power-on)
      if host_init "$host" >/dev/null; then fail "$host runs"; fi
      end_host "$host"
      remove_cable "$host"
      make_cable "$host"
      start_host "$host"
      wait_for_host "$host"
      ;;
    *) fault_usage >&2; exit 2 ;;
  esac
}

# ssh faults stand before the host's own ports, NFS faults before what it sends out.
set_rules() {
  local host=$1 table=lab_$2 rule=$3 hook=input
  [[ $2 == nfs ]] && hook=output
  clear_rules "$host" "$2"
  inside "$host" nft -f - <<TEXT
table inet $table {
  chain faults { type filter hook $hook priority -200; $rule; }
}
TEXT
}

clear_rules() { inside "$1" nft delete table inet "lab_$2" 2>/dev/null || true; }
