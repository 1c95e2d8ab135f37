// What is asked of a host to learn what it is: one script, one round trip. Missing software leaves its section empty.

/**
 * `$1` boundary of sections, `$2` virsh's command that lists machines. Everything that may hang has a time limit of its own.
 */
export const inspectionScript = `section() { printf '\\n%s %s\\n' "$boundary" "$1"; }
boundary=$1
section hostname; uname -n
section fqdn; timeout -k 1 5 hostname --fqdn 2>/dev/null
section arch; uname -m
section uid; id -u
section os; cat /etc/os-release 2>/dev/null
section cpu; lscpu 2>/dev/null
section mhz; grep -m 1 -i '^cpu mhz' /proc/cpuinfo
section processors; getconf _NPROCESSORS_ONLN
section memory; grep MemTotal /proc/meminfo
section libvirt; timeout -k 1 10 virsh -q -c qemu:///system version --daemon 2>/dev/null
section machines; timeout -k 1 10 virsh -c qemu:///system "$2" 2>/dev/null
section qemu
for qemu in qemu-system-"$(uname -m)" /usr/libexec/qemu-kvm qemu-kvm; do
  if command -v "$qemu" >/dev/null; then "$qemu" --version 2>/dev/null; break; fi
done
section bridges
for link in /sys/class/net/*/bridge; do
  [ -d "$link" ] || continue
  link=\${link%/bridge}
  echo "\${link##*/} $(cat "$link/addr_assign_type") $(ls "$link/brif" | tr '\\n' ' ')"
done
section timesync
timeout -k 1 5 timedatectl show -p NTPSynchronized --value 2>/dev/null
pgrep -x 'chronyd|ntpd|openntpd|systemd-timesyn' >/dev/null 2>&1 && echo running
section nfs; command -v mount.nfs
section address; echo "$SSH_CONNECTION"
section addresses; ip -o addr show 2>/dev/null
section selinux; command -v getenforce >/dev/null && getenforce
section apparmor; cat /sys/module/apparmor/parameters/enabled 2>/dev/null
grep -s libvirtd /sys/kernel/security/apparmor/profiles
exit 0`;

/**
 * Prints `yes` when a guest runs under hardware virtualisation, else `no` and why. The CPU's flag and a /dev/kvm that opens are not enough: nested
 * KVM may hang or crawl. The guest is a boot sector that writes one byte to QEMU's debug-exit device, which ends QEMU with (0x31 << 1) | 1 = 99;
 * it takes a quarter of a second where KVM works. A yes holds until the host boots again; a no may come from a busy moment and is asked anew after
 * ten minutes.
 */
export const virtualisationProbe = `[ "$(id -u)" = 0 ] || { echo 'no: needs root'; exit 0; }
grep -q -m 1 -w -E 'vmx|svm' /proc/cpuinfo || { echo 'no: the CPU shows neither vmx nor svm'; exit 0; }
[ -c /dev/kvm ] || { echo 'no: there is no /dev/kvm'; exit 0; }
known=/run/strata/virtualisation-$(cat /proc/sys/kernel/random/boot_id)
if [ -s "$known" ] && { grep -q '^yes' "$known" || [ -n "$(find "$known" -mmin -10)" ]; }; then exec cat "$known"; fi
for qemu in qemu-system-x86_64 /usr/libexec/qemu-kvm qemu-kvm ''; do
  [ -n "$qemu" ] || { echo 'no: QEMU is missing'; exit 0; }
  command -v "$qemu" >/dev/null && break
done
mkdir -p -m 700 /run/strata || exit 1
sector=$(mktemp /run/strata/probe.XXXXXX) || exit 1
trap 'rm -f "$sector"' EXIT
{ printf '\\272\\001\\005\\260\\061\\356\\364\\353\\375'; head -c 501 /dev/zero; printf '\\125\\252'; } > "$sector"
timeout -k 1 3 "$qemu" -accel kvm -m 16 -nodefaults -display none -no-reboot -device isa-debug-exit,iobase=0x501,iosize=1 \\
  -drive "file=$sector,format=raw,if=floppy,readonly=on" >/dev/null 2>&1 </dev/null
status=$?
case $status in
  99) echo yes ;;
  *) echo "no: a probe guest under KVM ended with status $status" ;;
esac > "$known.new"
mv "$known.new" "$known"
cat "$known"`;
