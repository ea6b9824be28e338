// Test support: the sequence numbers with which a guest begins TCP connections, seen on its host before any rule drops them. Guests with
// one secret (RFC 6528) choose for the same addresses and ports numbers that only the time between them tells apart.
import type { GuestShell } from '../../engines/guest-shell.ts';
import { until } from '../until.ts';
import type { LabHost } from './lab.ts';

/** Of documentation (RFC 5737): every guest has the first for as long as it is asked, and nobody answers at the second. */
const FROM = '192.0.2.1';
const TO = '192.0.2.9';
const DISCARD = 9;
const PORTS = [4001, 4002, 4003, 4004];
/** Linux adds a clock that counts units of 64 ns. */
const UNITS_PER_MS = 1e6 / 64;
const ALL_UNITS = 2 ** 32;
/** The times are those at which the host looked. */
const INACCURACY_MS = 1000;

export interface FirstNumber {
  number: number;
  atMs: number;
}

/** `gateway`: the guest's, which must be in its table of neighbours. */
export async function firstNumbers(host: LabHost, gateway: string, shell: GuestShell): Promise<FirstNumber[]> {
  const links = JSON.parse(await host.exec('ip', ['-json', '-details', 'link', 'show'])) as Link[];
  const taps = links.flatMap(({ ifname, linkinfo }) => (linkinfo?.info_kind === 'tun' ? [`"${ifname}"`] : []));
  await host.exec('nft', ['-f', '-'], { input: probe(taps) });
  try {
    await shell.run(`ip addr add ${FROM}/32 dev lo; ip route add ${TO}/32 via ${gateway} src ${FROM}`);
    const found: FirstNumber[] = [];
    for (const port of PORTS) {
      await host.exec('nft', ['flush', 'set', 'netdev', 'tt-probe', 'seen']);
      await shell.run(`nc -p ${port} ${TO} ${DISCARD} </dev/null >/dev/null 2>&1 & echo $! >/dev/shm/nc`);
      const number = await until('it begins a connection', () => firstSeen(host));
      found.push({ number, atMs: Date.now() });
      await shell.run('kill $(cat /dev/shm/nc)');
    }
    await shell.run(`ip route del ${TO}/32; ip addr del ${FROM}/32 dev lo`);
    return found;
  } finally {
    await host.exec('nft', ['delete', 'table', 'netdev', 'tt-probe']);
  }
}

/** Whether one secret explains all numbers of both. By chance it does in one of a million. */
export function haveOneSecret(one: readonly FirstNumber[], other: readonly FirstNumber[]): boolean {
  const offsets = one.map(({ number, atMs }, index) => {
    const { number: number2 = 0, atMs: atMs2 = 0 } = other[index] ?? {};
    return number - number2 - (atMs - atMs2) * UNITS_PER_MS;
  });
  const [first = 0, ...rest] = offsets;
  return rest.every((offset) => distance(offset, first) < INACCURACY_MS * UNITS_PER_MS);
}

/** Around the circle of 32 bits. */
function distance(one: number, other: number): number {
  const ahead = (((one - other) % ALL_UNITS) + ALL_UNITS) % ALL_UNITS;
  return Math.min(ahead, ALL_UNITS - ahead);
}

interface Link {
  ifname: string;
  linkinfo?: { info_kind?: string };
}

interface Listed {
  nftables: { set?: { elem?: number[] } }[];
}

async function firstSeen(host: LabHost): Promise<number | null> {
  const said = await host.exec('nft', ['-j', 'list', 'set', 'netdev', 'tt-probe', 'seen']);
  const { nftables } = JSON.parse(said) as Listed;
  return nftables.flatMap(({ set }) => set?.elem ?? [])[0] ?? null;
}

function probe(taps: readonly string[]): string {
  return [
    'table netdev tt-probe {',
    'set seen { typeof tcp sequence; size 64; flags dynamic; }',
    'chain in {',
    `type filter hook ingress devices = { ${taps.join(', ')} } priority 0;`,
    `ip daddr ${TO} tcp dport ${DISCARD} tcp flags & (syn | ack) == syn update @seen { tcp sequence };`,
    '}',
    '}',
    '',
  ].join('\n');
}
