#!/bin/sh
# Purge: removes the token and the sessions of the proxy.
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
if [ "$1" = purge ]; then rm -rf /var/lib/private/tt-proxy /var/lib/tt-proxy; fi
