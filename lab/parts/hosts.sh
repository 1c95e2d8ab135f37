# The disks of the hosts (folders that outlive `down`), their start and their readiness.

# Names in /etc/hosts of every host and of the NFS server.
hosts_file() {
  local host
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n'
  printf '%s management.%s management\n' "$MANAGEMENT_ADDRESS" "$LAB_DOMAIN"
  for host in "${LAB_HOSTS[@]}"; do
    printf '%s %s.%s %s\n' "$(host_address "$host")" "$host" "$LAB_DOMAIN" "$host"
  done
}

make_login_key() {
  mkdir -p "$STATE/ssh"
  chmod 700 "$STATE/ssh"
  [[ -r $STATE/ssh/id_ed25519 ]] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$STATE/ssh/id_ed25519"
}

# A copy of this machine's /etc without its secrets: what a fresh host of the same distribution would have.
make_disk() {
  local host=$1 disk=$STATE/hosts/$1
  if [[ ! -e $disk/complete ]]; then
    rm -rf "$disk"
    mkdir -p "$disk"/{mnt,root/.ssh,var-log/libvirt/qemu,var-lib-libvirt,var-lib-nfs,var-tmp,local,opt}
    cp -a /etc "$disk/etc"
    rm -f "$disk/etc/resolv.conf"
    rm -rf "$disk"/etc/ssh/ssh_host_* "$disk"/etc/{shadow-,gshadow-,machine-id} "$disk"/etc/ssl/private/*
    rm -f "$disk"/etc/libvirt/qemu/networks/autostart/*
    ssh-keygen -q -t ed25519 -N '' -C "$host" -f "$disk/etc/ssh/ssh_host_ed25519_key"
    ssh-keygen -q -t rsa -b 2048 -N '' -C "$host" -f "$disk/etc/ssh/ssh_host_rsa_key"
    host_uuid "$host" | tr -d - >"$disk/etc/machine-id"
    printf 'root:%s:20000:0:99999:7:::\nsshd:*:20000:0:99999:7:::\n' "$(openssl passwd -6 "$LAB_PASSWORD")" >"$disk/etc/shadow"
    [[ -d /var/lib/libvirt ]] && cp -a /var/lib/libvirt/. "$disk/var-lib-libvirt/"
    [[ -d /var/lib/nfs ]] && cp -a /var/lib/nfs/. "$disk/var-lib-nfs/"
    configure_login "$disk"
    if is_kvm_host "$host"; then configure_libvirt "$disk" "$host"; fi
    touch "$disk/complete"
  fi
  hosts_file >"$disk/etc/hosts"
  echo '# The lab has no name server; see /etc/hosts.' >"$disk/etc/resolv.conf"
  echo "$host.$LAB_DOMAIN" >"$disk/etc/hostname"
  grep -qxF "$(<"$STATE/ssh/id_ed25519.pub")" "$disk/root/.ssh/authorized_keys" 2>/dev/null ||
    cat "$STATE/ssh/id_ed25519.pub" >>"$disk/root/.ssh/authorized_keys"
  chmod 700 "$disk/root" "$disk/root/.ssh"
}

configure_login() {
  rm -f "$1"/etc/ssh/sshd_config.d/*.conf
  cat >"$1/etc/ssh/sshd_config" <<'CONFIG'
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_rsa_key
PermitRootLogin yes
PasswordAuthentication yes
UsePAM no
UseDNS no
Subsystem sftp /usr/lib/openssh/sftp-server
CONFIG
}

configure_libvirt() {
  cat >"$1/etc/libvirt/qemu.conf" <<'CONFIG'
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
stdio_handler = "file"
CONFIG
  # Hosts with one uuid count as one host, and libvirt refuses to migrate between them.
  cat >"$1/etc/libvirt/libvirtd.conf" <<CONFIG
host_uuid = "$(host_uuid "$2")"
log_filters = "3:qemu 3:libvirt 4:util"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
CONFIG
}

# The recorded process is the parent of the host's first process, which ends together with it.
start_host() {
  local host=$1 namespace
  namespace=$(namespace_of "$host")
  (
    record_process "$host" "$BASHPID"
    exec setsid ip netns exec "$namespace" unshare --mount --uts --pid --fork --kill-child=KILL --propagation private \
      "$LAB_ROOT/host/init" "$host" "$STATE" "$LAB_ROOT" "$LAB_DOMAIN" "$(kernel_lacks_nfs && echo userspace || echo kernel)" "$(hardware_virtualisation)"
  ) </dev/null >"$STATE/hosts/$host/console.log" 2>&1 &
  disown
}

kernel_lacks_nfs() { ! grep -qw nfs /proc/filesystems && ! modprobe -q nfs 2>/dev/null; }

# yes, no or untested; see guest.sh
hardware_virtualisation() { cat "$VIRTUALISATION_FILE" 2>/dev/null || echo untested; }

host_answers() {
  if is_kvm_host "$1"; then
    inside "$1" virsh -c qemu:///system list >/dev/null 2>&1 && (exec 3<>"/dev/tcp/$(host_address "$1")/22") 2>/dev/null
  else
    showmount -e "$(host_address "$1")" >/dev/null 2>&1
  fi
}

wait_for_host() {
  local host=$1 waited=0
  until (host_answers "$host"); do
    if ((++waited > 150)) || { ((waited > 10)) && ! host_init "$host" >/dev/null; }; then
      tail -n 40 "$STATE/hosts/$host/console.log" "$STATE/hosts/$host"/var-log/{libvirtd,sshd,ganesha}.{out,log} 2>/dev/null || true
      return 1
    fi
    sleep 0.2
  done
}
