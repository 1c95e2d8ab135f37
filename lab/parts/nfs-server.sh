# Exports and configuration of the lab's NFS server.

make_exports() {
  local disk=$STATE/hosts/nfs1 name number=0
  for name in "${LAB_EXPORTS[@]}"; do
    mkdir -p "$STATE/exports/$name"
  done
  chmod 755 "$STATE"/exports/*
  {
    cat <<'CONFIG'
NFS_CORE_PARAM { Protocols = 3, 4; mount_path_pseudo = true; Enable_NLM = false; Enable_RQUOTA = false; }
NFSV4 { Grace_Period = 5; Lease_Lifetime = 10; Graceless = true; }
CONFIG
    for name in "${LAB_EXPORTS[@]}"; do
      number=$((number + 1))
      cat <<CONFIG
EXPORT {
  Export_Id = $number; Path = $STATE/exports/$name; Pseudo = /export/$name;
  $(access_of "$name")
  Squash = $([[ $name == squashed ]] && echo root_squash || echo no_root_squash);
  SecType = sys; Protocols = 3, 4; Transports = TCP, UDP;
  FSAL { Name = VFS; }
}
CONFIG
    done
  } >"$disk/ganesha.conf"
}

# What an export allows: `denied` is for one address that no host has.
access_of() {
  case $1 in
    readonly) echo 'Access_Type = RO;' ;;
    denied) echo 'Access_Type = NONE; CLIENT { Clients = 192.0.2.1; Access_Type = RW; }' ;;
    *) echo 'Access_Type = RW;' ;;
  esac
}
