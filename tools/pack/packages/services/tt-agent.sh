# What becomes of the agent when its package is installed, upgraded and removed: functions of sh, called by the scripts of each kind of package
# (tools/pack/packages/service-scripts.ts). $purge_with is the command that deletes everything there.
state=/var/lib/tt

# Starts the agent. Whoever installs is asked nothing.
installed() {
  has_systemd || return 0
  systemctl daemon-reload
  systemctl enable tt-agent.service
  if systemctl start tt-agent.service; then
    echo 'TT runs. A link for the first person: tt-agent invite'
  else
    echo 'TT is installed, but did not start. The reason: journalctl -u tt-agent' >&2
  fi
}

# Starts the new agent in place of the old one. VMs run on meanwhile.
upgraded() {
  has_systemd || return 0
  systemctl daemon-reload
  systemctl is-active --quiet tt-agent.service || return 0
  # A configuration that this version refuses must not end the agent that runs.
  if ! tt-agent config check /etc/tt/agent.yaml; then
    echo 'The agent of the older version runs on. Correct the file, then: systemctl restart tt-agent' >&2
  elif ! systemctl restart tt-agent.service; then
    echo 'The new agent did not start; VMs run on. The reason: journalctl -u tt-agent' >&2
  fi
}

# Ends the agent before it is removed. An upgrade replaces it while it runs.
removing() {
  end_service
  echo 'VMs that run keep running, and everything in /var/lib/tt stays: install the package again to take them up,'
  echo "or end them and delete everything with: $purge_with"
}

end_service() {
  if has_systemd; then systemctl disable --now tt-agent.service || true; fi
}

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

# Ends the VMs of the state folder, removes their networks and the folder.
purge() {
  [ -d $state ] || return 0
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
}
