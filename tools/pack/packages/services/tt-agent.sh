#!/bin/sh
# Purge: ends the VMs of the state folder, removes their networks and the folder.
set -e
state=/var/lib/tt

# Whether a process belongs to the state folder: QEMU runs in it, dnsmasq names files in it.
is_ours() {
  case $(readlink "/proc/$1/cwd" 2>/dev/null) in $state/*) return 0 ;; esac
  tr '\0' '\n' 2>/dev/null < "/proc/$1/cmdline" | grep -q "=$state/"
}

our_processes() {
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    case $(basename "$(readlink "$folder/exe" 2>/dev/null)") in
      qemu-system-* | dnsmasq) if is_ours "$pid"; then echo "$pid"; fi ;;
    esac
  done
}

if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
if [ "$1" = purge ] && [ -d $state ]; then
  for pid in $(our_processes); do kill -TERM "$pid" 2>/dev/null || true; done
  tries=0
  while [ -n "$(our_processes)" ] && [ $tries -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  for pid in $(our_processes); do kill -KILL "$pid" 2>/dev/null || true; done
  # Bridges and taps are called tt, a letter, and the four digits of the agent; so is its table.
  for bridge in $state/network/ttb*; do
    [ -d "$bridge" ] || continue
    tag=$(basename "$bridge" | cut -c4-7)
    for link in /sys/class/net/tt?"$tag"*; do
      if [ -e "$link" ]; then ip link delete "$(basename "$link")" || true; fi
    done
    nft list tables 2>/dev/null | grep "tt_$tag\$" | while read -r _ family table; do
      nft delete table "$family" "$table" || true
    done
  done
  rm -rf $state
  rmdir /etc/tt 2>/dev/null || true
fi
