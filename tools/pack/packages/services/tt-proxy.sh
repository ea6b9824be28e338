# What becomes of the proxy when its package is installed, upgraded and removed: see tt-agent.sh.

# It needs to be told about its agent before it can start.
installed() {
  has_systemd || return 0
  systemctl daemon-reload
}

# One that runs is replaced.
upgraded() {
  has_systemd || return 0
  systemctl daemon-reload
  if systemctl is-active --quiet tt-proxy.service; then systemctl restart tt-proxy.service; fi
}

removing() {
  end_service
}

end_service() {
  if has_systemd; then systemctl disable --now tt-proxy.service || true; fi
}

# Removes the token and the sessions of the proxy.
purge() {
  rm -rf /var/lib/private/tt-proxy /var/lib/tt-proxy
}
