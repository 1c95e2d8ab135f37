# The guest image, and whether this machine runs it by hardware.

build_guest() { "$LAB_ROOT/guest/build" "$STATE/guest"; }

# /dev/kvm may exist, open, and still hang every guest: so one is started, and must reach user space.
test_hardware_virtualisation() {
  local answer=no image
  image=$(guest_image)
  # The answer holds until this machine starts anew.
  if [[ $STATE/hardware-virtualisation -nt /proc/1 ]]; then return; fi
  if [[ -c /dev/kvm ]] && boots_with kvm "$image" 15; then answer=yes; fi
  echo "$answer" >"$STATE/hardware-virtualisation"
}

# Starts the guest for some seconds without touching its disk.
boots_with() {
  local accelerator=$1 image=$2 seconds=$3 log=$STATE/probe.log pid answer=1
  timeout --kill-after=2 "$seconds" qemu-system-x86_64 -accel "$accelerator" -m 256 -display none -nodefaults -no-reboot -snapshot \
    -drive "file=$image,format=qcow2,if=virtio" -serial "file:$log" </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if grep -q 'STRATA-GUEST READY' "$log" 2>/dev/null; then
      answer=0
      kill "$pid" 2>/dev/null || true
    fi
    sleep 0.2
  done
  wait "$pid" || true
  return $answer
}
