# Which Debian packages the lab lacks, and installing them where that is possible.

package_names() { awk '!/^#/ && NF { print $1 }' "$LAB_ROOT/packages.txt"; }

missing_packages() {
  local name
  command -v dpkg-query >/dev/null || fail "the lab needs Debian or a system like it (dpkg was not found)"
  for name in $(package_names); do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done
}

ensure_packages() {
  local missing
  missing=$(missing_packages | xargs)
  [[ -z $missing ]] && return
  say "Missing Debian packages: $missing"
  if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    fail "install them as root with: apt-get install --no-install-recommends $missing"
  fi
  step "apt-get update" apt-get update -q
  # shellcheck disable=SC2086
  step "apt-get install $missing" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing
}
