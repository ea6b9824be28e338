// Program: the firewall section's measurements, run inside a network namespace of their own (`ip netns exec <ns> node
// measure.ts <quick|full>`), so that driver and bare nft are started alike. Prints one JSON line.

import type { Forward, VmRules } from '../../agent/firewall/interface.ts';
import { NftFirewall } from '../../agent/firewall/nft/nft-firewall.ts';
import { runCommand } from '../../agent/host/run-command.ts';

/** Milliseconds of each round. */
export interface FirewallMeasures {
  /** One port more, with this many held; and one port instead of another. */
  addOne: { held: number; ours: number[]; bare: number[] }[];
  replaceOne: { ours: number[]; bare: number[] };
  /** `alike`: the peer with a rule for the source address of each VM too, as ours has an element for it. */
  bulk: { ours: number[]; peer: number[]; alike: number[] };
  reconcile: { ours: number[]; peer: number[] };
}

export const HELD = 10_000;
export const BULK = 1_000;
const PORTS_PER_VM = 5;
export const BULK_PORTS_PER_VM = 2;
const TAG = 'be7c';

const quick = process.argv[2] !== 'full';
const changeRounds = quick ? 10 : 60;
const bulkRounds = quick ? 2 : 20;

async function nft(args: readonly string[], input = ''): Promise<string> {
  return (await runCommand('nft', args, { timeoutMs: 60_000, input, maxOutputBytes: 64 * 1024 * 1024 })).stdout;
}

async function timed(into: number[], work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await work();
  into.push(performance.now() - begun);
}

function addressOf(vm: number): string {
  return `10.${210 + (vm >> 16)}.${(vm >> 8) & 255}.${vm & 255}`;
}

const tcp = (hostPort: number, guestPort: number): Forward => ({ protocol: 'tcp', hostPort, guestPort });

/** `count` forwards from host port 10 000 on, on VMs with `perVm` each. */
function someVms(count: number, perVm: number): VmRules[] {
  return Array.from({ length: Math.ceil(count / perVm) }, (_, vm) => ({
    vmId: `vm-${vm}`,
    envName: `env-${vm >> 7}`,
    bridge: `ttb${vm >> 7}`,
    address: addressOf(vm),
    forwards: Array.from({ length: Math.min(perVm, count - vm * perVm) }, (__, index) =>
      tcp(10_000 + vm * perVm + index, 22 + index),
    ),
    denyOutgoing: false,
    blacklist: [],
  }));
}

/** The peer's table: the same map, filled alike, changed by nft as one would type it. */
async function fillPeer(vms: readonly VmRules[]): Promise<void> {
  const elements = vms.flatMap(({ address, forwards }) =>
    forwards.map(({ hostPort, guestPort }) => `tcp . ${hostPort} : ${address} . ${guestPort}`),
  );
  const type = 'type inet_proto . inet_service : ipv4_addr . inet_service;';
  const text = `table inet peer { map forwards { ${type} }\n}\nadd element inet peer forwards { ${elements.join(', ')} }\n`;
  await nft(['-f', '-'], `add table inet peer\ndelete table inet peer\n${text}`);
}

async function measureAdd(firewall: NftFirewall, held: number): Promise<FirewallMeasures['addOne'][number]> {
  const vms = someVms(held, PORTS_PER_VM);
  await firewall.restore(vms);
  await fillPeer(vms);
  const { forwards = [] } = vms[0] ?? {};
  const result = { held, ours: [] as number[], bare: [] as number[] };
  const extra: Forward[] = [];
  for (let round = 0; round < changeRounds; round++) {
    const port = 40_000 + round;
    extra.push(tcp(port, 22));
    const element = `{ tcp . ${port} : ${addressOf(0)} . 22 }`;
    const steps = [
      () => timed(result.ours, () => firewall.setForwards('vm-0', [...forwards, ...extra])),
      () => timed(result.bare, () => nft(['add', 'element', 'inet', 'peer', 'forwards', element])),
    ];
    // Who goes first changes, so that neither always finds the caches warm.
    for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
  }
  return result;
}

async function measureReplace(firewall: NftFirewall): Promise<FirewallMeasures['replaceOne']> {
  const result = { ours: [] as number[], bare: [] as number[] };
  await firewall.setForwards('vm-0', [tcp(50_000, 22)]);
  await nft(['add', 'element', 'inet', 'peer', 'forwards', `{ tcp . 50000 : ${addressOf(0)} . 22 }`]);
  for (let round = 1; round <= changeRounds / 2; round++) {
    const port = 50_000 + round;
    const text = `delete element inet peer forwards { tcp . ${port - 1} }
add element inet peer forwards { tcp . ${port} : ${addressOf(0)} . 22 }\n`;
    await timed(result.ours, () => firewall.setForwards('vm-0', [tcp(port, 22)]));
    await timed(result.bare, () => nft(['-f', '-'], text));
  }
  return result;
}

/** The peer has a rule per port, in one transaction too. */
async function measureBulk(firewall: NftFirewall): Promise<FirewallMeasures['bulk']> {
  const vms = someVms(BULK, BULK_PORTS_PER_VM);
  const rules = vms.flatMap(({ address, forwards }) =>
    forwards.map(
      ({ hostPort, guestPort }) => `add rule inet peer pre tcp dport ${hostPort} dnat ip to ${address}:${guestPort}\n`,
    ),
  );
  const sources = vms.map(
    ({ bridge, address }) => `add rule inet peer guard iifname "${bridge}" ip saddr ${address} accept\n`,
  );
  const start =
    'table inet peer { chain pre { type nat hook prerouting priority -95; policy accept; }\nchain guard { }\n}\n';
  const result = { ours: [] as number[], peer: [] as number[], alike: [] as number[] };
  for (let round = 0; round < bulkRounds; round++) {
    await firewall.restore([]);
    await nft(['-f', '-'], `add table inet peer\ndelete table inet peer\n${start}`);
    await timed(result.ours, () => firewall.setVms(vms));
    await timed(result.peer, () => nft(['-f', '-'], rules.join('')));
    await nft(['-f', '-'], `add table inet peer\ndelete table inet peer\n${start}`);
    await timed(result.alike, () => nft(['-f', '-'], [...rules, ...sources].join('')));
  }
  return result;
}

async function measureReconcile(firewall: NftFirewall): Promise<FirewallMeasures['reconcile']> {
  await firewall.restore(someVms(HELD, PORTS_PER_VM));
  const result = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < bulkRounds; round++) {
    await timed(result.ours, async () => {
      const words = await firewall.repair();
      if (words.length > 0) throw new Error(`unexpected drift: ${words[0]}`);
    });
    await timed(result.peer, () => nft(['-j', 'list', 'map', 'inet', `tt_${TAG}`, 'forwards']));
  }
  return result;
}

async function main(): Promise<void> {
  // Changes rules and loads thousands: never on a network that is in use.
  if ((await nft(['list', 'tables'])) !== '') throw new Error('not a network namespace of its own');
  const firewall = new NftFirewall({ agentTag: TAG, confinedUids: null });
  // One is measured before and after ten thousand: the machine's speed may drift.
  const before = await measureAdd(firewall, 1);
  const many = await measureAdd(firewall, HELD);
  const replaceOne = await measureReplace(firewall);
  const after = await measureAdd(firewall, 1);
  const one = { held: 1, ours: [...before.ours, ...after.ours], bare: [...before.bare, ...after.bare] };
  const bulk = await measureBulk(firewall);
  await nft(['delete', 'table', 'inet', 'peer']);
  const reconcile = await measureReconcile(firewall);
  const measures: FirewallMeasures = { addOne: [one, many], replaceOne, bulk, reconcile };
  process.stdout.write(`${JSON.stringify(measures)}\n`);
}

if (import.meta.main) await main();
