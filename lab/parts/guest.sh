# The guest image, and whether this machine runs it by hardware.

build_guest() { "$LAB_ROOT/guest/build" "$STATE/guest"; }

# /dev/kvm may exist, open, and still hang every guest: so one is started, and must reach user space.
test_hardware_virtualisation() {
  local answer=no image
  image=$(guest_image)
  if [[ -s $VIRTUALISATION_FILE ]]; then return; fi
  if [[ -c /dev/kvm ]] && boots_with kvm "$image" 12; then answer=yes; fi
  echo "$answer" >"$VIRTUALISATION_FILE"
}

# Starts the guest for some seconds without touching its disk. It is killed whatever happens: where /dev/kvm is broken, QEMU may ignore less.
boots_with() {
  local accelerator=$1 image=$2 seconds=$3 log=$STATE/probe.log pid answer=1 tenths=0
  rm -f "$log"
  qemu-system-x86_64 -accel "$accelerator" -m 256 -display none -nodefaults -no-reboot -snapshot \
    -drive "file=$image,format=qcow2,if=virtio" -serial "file:$log" </dev/null 9>&- &
  pid=$!
  record_process probe "$pid"
  while ((tenths++ < seconds * 10)) && kill -0 "$pid" 2>/dev/null; do
    if grep -q 'STRATA-GUEST READY' "$log" 2>/dev/null; then
      answer=0
      break
    fi
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -f "$STATE/run/probe"
  return $answer
}
