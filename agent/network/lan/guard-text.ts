// Pure: the nftables table that keeps guests on a bridge of the host from posing as others there. See nft(8).

/** One NIC: its tap, and the MAC its guest has. */
export interface GuardedNic {
  tap: string;
  mac: string;
}

/**
 * A `bridge` table, as frames between ports of a bridge pass no other one. NICs are elements, so its rules are as many with one
 * NIC and with thousands. What a guest sends is dropped unless it comes from the MAC of its NIC (ARP says it a second time), and if
 * it would serve the network around the host: addresses (DHCP), routes (router advertisements), the shape of bridges
 * (spanning tree), other VLANs. Addresses are the network's own affair and are not bound.
 */
export function guardText(tableName: string, nics: readonly GuardedNic[]): string {
  const taps = nics.map(({ tap }) => `"${tap}"`);
  const pairs = nics.map(({ tap, mac }) => `"${tap}" . ${mac}`);
  return `add table bridge ${tableName}
delete table bridge ${tableName}
table bridge ${tableName} {
  comment "TT: what its VMs may send into the network around this host"
  set taps {
    type ifname
    ${elements(taps)}
  }
  set nics {
    type ifname . ether_addr
    ${elements(pairs)}
  }
  chain guests {
    type filter hook prerouting priority -305; policy accept;
    iifname @taps jump guest
  }
  chain guest {
    iifname . ether saddr != @nics drop comment "another MAC than its own"
    ether type { 8021q, 8021ad } drop comment "another VLAN"
    ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 drop comment "spanning tree, LACP, LLDP"
    ether type arp iifname . arp saddr ether != @nics drop comment "ARP in the name of another MAC"
    udp sport { 67, 547 } drop comment "answers of a DHCP server"
    icmpv6 type { nd-router-advert, nd-redirect } drop comment "routes"
  }
}
`;
}

function elements(items: readonly string[]): string {
  return items.length === 0 ? '' : `elements = { ${items.join(', ')} }`;
}
