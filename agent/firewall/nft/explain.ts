// Pure: the text of `show`: why the table is the way it is, above the rules in force (which have their own comments).

export function explain(tableName: string, listing: string | null): string {
  const head = `# TT keeps everything in one table of its own, "inet ${tableName}"; all other tables are yours and never touched.
# - Removing it by hand (nft delete table inet ${tableName}) cuts TT's VMs off; "repair" puts it back.
# - VMs differ only by elements of sets and maps: the number of rules, and what a packet costs, do not grow with VMs.
# - Policy "accept" and a place behind the usual priorities: traffic of no VM runs through as if the table were not there.
#   An "accept" here can't undo a "drop" of another table. If your own forward chain drops by default (Docker's does), let
#   TT's bridges (ttb*) pass there: the doctor, the log and the host's warnings name the chain and the command.
# - Ports another table translates itself stay that table's.
# - Outgoing denied or a destination blacklisted: stops new flows. Open ones go on, and so do answers to whoever came in
#   through a public port. DHCP, DNS and ping of the guest's own gateway stay allowed, also with outgoing denied; so a
#   DNS server of its ENV that forwards questions still answers it.
# - Guests of one ENV reach each other freely, over the bridge, and one may pose as another of the same ENV.
# - net.ipv4.ip_forward is set to 1 at the start of the agent, else no packet would pass between a VM and the outside. It
#   stays on afterwards: others may have come to need it.
# - IPv6 of guests ends at their bridge.
`;
  if (listing === null) return `${head}# NOT IN FORCE: the table is missing.\n`;
  return `${head}${listing}`;
}
