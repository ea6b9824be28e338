// Pure: the chains of our nftables table. Everything that varies is in sets and maps, so processing a packet costs the same with
// one VM and with thousands, and a change is one element, never a rule. See nft(8).

/** The sets and maps of the table, by name. */
export const SETS = ['forwards', 'bridges', 'within_bridge', 'nics', 'denied', 'blacklist', 'confined_uids'] as const;
export type SetName = (typeof SETS)[number];

/**
 * The table without elements, for `nft -f`. `inet`, not `ip`: guests must not reach the host over IPv6 either.
 *
 * Priorities stand 5 behind the usual ones: what the host's own tables translate is theirs, and they see packets as if we
 * were not there. nft 1.0.6 knows the names of priorities only in some hooks, so these are numbers.
 *
 * `onlyThisHost`: forwards answer guests and programs of this host, and nobody else.
 */
export function tableText(tableName: string, { onlyThisHost = false } = {}): string {
  const fromWhom = onlyThisHost ? 'iifname @bridges ' : '';
  return `table inet ${tableName} {
  comment "TT: ports, masquerade and borders of its VMs; made and mended by tt-agent"
  map forwards {
    type inet_proto . inet_service : ipv4_addr . inet_service
    comment "host port : guest address and port"
  }
  set bridges {
    type ifname
    comment "bridges of our ENVs that have VMs"
  }
  set within_bridge {
    type ifname . ifname
    comment "each bridge with itself: traffic inside one ENV"
  }
  set nics {
    type ifname . ipv4_addr
    comment "which guest address lives on which bridge"
  }
  set denied {
    type ipv4_addr
    comment "guests that may open nothing beyond their ENV"
  }
  set blacklist {
    type ipv4_addr . ipv4_addr
    flags interval
    comment "guest . destination it may not reach"
  }
  set confined_uids {
    typeof meta skuid
    flags interval
    comment "user ids of QEMU processes of bridged VMs"
  }
  chain prerouting {
    comment "ports of this host that lead to guests, for ${onlyThisHost ? '' : 'clients elsewhere and for '}guests"
    type nat hook prerouting priority -95; policy accept;
    ${fromWhom}fib daddr type local ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards comment "only what is addressed to this host itself"
  }
  chain output_nat {
    comment "the same for clients on this host; 127.0.0.0/8 stays the host's own"
    type nat hook output priority -95; policy accept;
    fib daddr type local ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards
  }
  chain postrouting {
    comment "guests leave with the address of this host"
    type nat hook postrouting priority 105; policy accept;
    ct status dnat iifname . oifname @within_bridge masquerade comment "a neighbour's public port: else it would answer directly, from the wrong address"
    iifname . ip saddr @nics oifname != @bridges masquerade comment "guests to the outside"
  }
  chain forward {
    comment "what passes between guests and others; traffic of no bridge of ours runs through untouched"
    type filter hook forward priority 5; policy accept;
    iifname . oifname @within_bridge accept comment "inside one ENV (seen here with br_netfilter, or by way of a public port)"
    iifname @bridges iifname . ip saddr != @nics drop comment "a guest that uses an address that is not its ENV's"
    ct state established,related accept comment "open flows go on whatever changes below"
    iifname @bridges meta nfproto ipv6 drop comment "ENVs have IPv4 only"
    ip saddr @denied drop comment "outgoing denied"
    ip saddr . ip daddr @blacklist drop comment "blacklisted destination"
    ip saddr . ct original ip daddr @blacklist drop comment "the same when the destination is a public port of this host"
    ct status dnat accept comment "by way of a public port"
    oifname @bridges drop comment "no other way in: not from other ENVs, not from outside"
  }
  chain input {
    comment "guests and this host itself: DHCP, DNS and ping on their own bridge, nothing else"
    type filter hook input priority 5; policy accept;
    iifname != @bridges accept comment "not from a guest"
    ct state established,related accept comment "answers to what the host opened"
    udp dport 67 accept comment "DHCP"
    udp dport 53 fib daddr . iif type local accept comment "DNS of its own bridge, also with outgoing denied"
    tcp dport 53 fib daddr . iif type local accept
    icmp type echo-request fib daddr . iif type local accept comment "ping of its own gateway"
    drop comment "no services of the host for guests"
  }
  chain output {
    comment "a QEMU process of a bridged VM has no network but its tap"
    type filter hook output priority 5; policy accept;
    meta skuid @confined_uids udp sport 512-1023 accept comment "frames of guests inside VXLAN: no process of theirs may use these ports"
    meta skuid @confined_uids reject with icmpx admin-prohibited
  }
}
`;
}
