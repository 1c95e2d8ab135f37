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
  Protocols = 3, 4; Transports = TCP, UDP;
  FSAL { Name = VFS; }
}
CONFIG
    done
  } >"$disk/ganesha.conf"
}

# What an export allows. `denied` is listed but lets nobody in who comes without Kerberos; this server hides exports that are closed by address.
access_of() {
  case $1 in
    readonly) echo 'Access_Type = RO; SecType = sys;' ;;
    denied) echo 'Access_Type = RW; SecType = krb5;' ;;
    *) echo 'Access_Type = RW; SecType = sys;' ;;
  esac
}
