#!/bin/sh
# For ssh's KnownHostsCommand: says that it knows a host by the key it shows, when that is the pinned one.
# usage: known-host.sh PINNED SHOWN HOST TYPE KEY, the first two as SHA256:…
[ "$1" = "$2" ] && echo "$3 $4 $5"
exit 0
