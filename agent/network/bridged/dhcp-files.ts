// The arguments of dnsmasq(8) and its two files with the NICs it serves. Pure.
import path from 'node:path';
import { type Block, formatAddress, netmask, parseAddress, reverseZones, sizeOf } from '../address-pool.ts';
import { NetworkError } from '../errors.ts';
import { dnsLabel } from '../names.ts';

/** A NIC the server answers. */
export interface ServedNic {
  mac: string;
  ip: string;
  hostname: string;
}

export interface ServerSpec {
  /** Absolute folder of this ENV's files; dnsmasq reads it as an unprivileged user. */
  directory: string;
  bridge: string;
  /** Network namespace it serves in; null: the host's. Then `bridge` is the gateway's interface. */
  fence: string | null;
  block: Block;
  /** DNS domain of the ENV, e.g. `shop.tt`. */
  domain: string;
  /** True: other names are resolved by the host's resolvers, and the host is the guests' gateway. False: neither. */
  isGateway: boolean;
  /** Sent to guests (DHCP option 26); null sends none. */
  mtu: number | null;
  user: string;
}

/** Short enough that a reverted or changed guest soon renews it, long enough to outlast any repair. */
const LEASE_SECONDS = 3600;

export function serverFiles(directory: string) {
  return {
    // Called `cards` on disk: a dnsmasq that an older agent started has this path in its arguments, and goes on serving guests.
    nics: path.join(directory, 'cards'),
    names: path.join(directory, 'names'),
    pid: path.join(directory, 'pid'),
    log: path.join(directory, 'log'),
    /** Exists while the running server still remembers leases of removed NICs. */
    outdated: path.join(directory, 'outdated'),
  };
}

export function serverArguments({
  directory,
  bridge,
  fence,
  block,
  domain,
  isGateway,
  mtu,
  user,
}: ServerSpec): string[] {
  const files = serverFiles(directory);
  return [
    // No file of the host may change what is said here.
    '--conf-file=/dev/null',
    `--pid-file=${files.pid}`,
    `--log-facility=${files.log}`,
    `--user=${user}`,
    `--interface=${bridge}`,
    '--except-interface=lo',
    '--bind-interfaces',
    '--no-hosts',
    `--addn-hosts=${files.names}`,
    '--expand-hosts',
    `--domain=${domain}`,
    `--local=/${domain}/`,
    ...reverseZones(block).map((zone) => `--local=/${zone}/`),
    '--domain-needed',
    // In a fence nobody could be asked; guests know this server as their way out all the same.
    ...(isGateway && fence === null ? [] : ['--no-resolv']),
    ...(isGateway ? [] : ['--dhcp-option=3']),
    ...(mtu === null ? [] : [`--dhcp-option=26,${mtu}`]),
    `--dhcp-range=${formatAddress(block.base)},static,${netmask(block)},${LEASE_SECONDS}`,
    `--dhcp-hostsfile=${files.nics}`,
    // Only our NICs are answered, also with no refusal: another host may serve the others on a flat network.
    '--dhcp-ignore=tag:!known',
    // Guests do not name themselves: one could take the name of another.
    '--dhcp-ignore-names',
    // All addresses are fixed, so leases need not be remembered: a new server confirms them to whoever renews.
    '--dhcp-authoritative',
    '--leasefile-ro',
    `--dhcp-lease-max=${sizeOf(block)}`,
    '--quiet-dhcp',
  ];
}

/** For `--dhcp-hostsfile`: `52:54:00:12:34:56,10.210.3.2,web-1`, one a line. */
export function formatNics(nics: Iterable<ServedNic>): string {
  return [...nics].map(({ mac, ip, hostname }) => `${mac},${ip},${hostname}\n`).join('');
}

export function readNics(text: string): ServedNic[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [mac, ip, hostname] = line.split(',');
      if (mac === undefined || ip === undefined || hostname === undefined) {
        throw new NetworkError('COMMAND_FAILED', `not a line of a DHCP server's NICs: ${line}`);
      }
      return { mac, ip, hostname };
    });
}

/** For `--addn-hosts`, hosts(5): names are known before the guest has asked for its address. */
export function formatNames(nics: Iterable<ServedNic>): string {
  return [...nics].map(({ ip, hostname }) => `${ip} ${hostname}\n`).join('');
}

/** No value may be able to add a line or a field to a file. OPTION_INVALID. */
export function servedNic(mac: string, ip: string, hostname: string): ServedNic {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac))
    throw new NetworkError('OPTION_INVALID', `not a MAC address: ${mac}`);
  return { mac, ip: formatAddress(parseAddress(ip)), hostname: dnsLabel(hostname) };
}
