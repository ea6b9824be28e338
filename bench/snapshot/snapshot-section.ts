// Section `snapshot`: saving, loading and deleting a running guest through the agent, against QMP by hand with the same options
// and against libvirt, for three sizes of guest; an ENV of many at once against one by one; what qcow2's options cost.
import { readyImage, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, type Goal, pair, short } from '../comparison.ts';
import { readImage } from '../create-boot/create-boot-section.ts';
import { type BareGuest, startBareGuest } from '../create-boot/bare-guest.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { type AgentGuests, startAgentGuests } from './agent-states.ts';
import { deleteBare, loadBare, saveBare } from './bare-states.ts';
import { type LibvirtGuest, startLibvirt } from './libvirt.ts';
import { compareOptions, type Measured } from './qcow2-options.ts';

const SIZES_MIB = [96, 256, 1024];
const GROUP = { copies: 10, memoryMiB: 96 };

interface Times {
  save: number[];
  paused: number[];
  load: number[];
  delete: number[];
}

const noTimes = (): Times => ({ save: [], paused: [], load: [], delete: [] });

export const snapshotSection: Section = {
  name: 'snapshot',
  title: 'save, load and delete running guests, against bare QMP and libvirt',
  async run(context) {
    const { resources, folder, quick, say } = context;
    const imageDirectory = await context.imageDirectory();
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'qemu' });
    const osPrefix = await readyImage(agent);
    const image = await readImage(imageDirectory, osPrefix);
    const acceleration = (await agent.connection.client.host.show()).engines[0]?.acceleration?.kind ?? 'tcg';
    const libvirt = await startLibvirt(context, image, acceleration);
    const count = quick ? 2 : 5;
    const comparisons: Comparison[] = [];
    for (const memoryMiB of quick ? SIZES_MIB.slice(0, 1) : SIZES_MIB) {
      const ours = await startAgentGuests(agent, { osPrefix, memoryMiB, copies: 1 });
      const bare = await startBareGuest(context, image, acceleration, { memoryMiB });
      await bare.waitForReady();
      const peer = typeof libvirt === 'string' ? null : await libvirt.start(memoryMiB);
      const times = { ours: noTimes(), bare: noTimes(), libvirt: noTimes() };
      for (let round = 1; round <= count; round++) {
        const tag = `r${round}`;
        // Who goes first changes, so that neither always finds the caches warm.
        const turns = [
          () => roundOfAgent(ours, tag, times.ours),
          () => roundOfBare(bare, tag, times.bare),
          () => (peer ? roundOfLibvirt(peer, tag, times.libvirt) : Promise.resolve()),
        ];
        for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]?.();
      }
      say(
        `${memoryMiB} MiB: saved in ${times.ours.save.map(short).join(', ')} ms, bare ${times.bare.save.map(short).join(', ')} ms`,
      );
      comparisons.push(...compareSizes(memoryMiB, times));
      await Promise.all([ours.destroy(), bare.destroy(), peer?.destroy()]);
    }
    const group = await groupAgainstOneByOne(agent, osPrefix, quick);
    say(`ENV of ${group.copies}: skew ${group.skewMs.map(short).join(', ')} ms`);
    comparisons.push(...group.comparisons);
    comparisons.push(
      ...optionRows(await compareOptions(context, image, acceleration, { memoryMiB: 96, count: quick ? 2 : 5 })),
    );
    return {
      comparisons,
      notes: [
        `guests run with ${acceleration.toUpperCase()}, idle after boot; image ${osPrefix}; saved = safe from a power cut`,
        'ours is the whole call: pictures of the screens, records and events included; the bare peer has none of these',
        typeof libvirt === 'string'
          ? `libvirt: not run, ${libvirt}`
          : 'libvirt: run by hand, without cgroups, namespaces and security driver; its times include virsh (20 ms or so)',
      ],
      peerCommands: [
        'bare: QMP stop; blockdev-add ram (qcow2, cache.no-flush); snapshot-save vmstate=ram devices=[ram,disk0]; blockdev-del; cont; fdatasync',
        'bare: QMP stop; blockdev-add ram; snapshot-load; blockdev-del; cont',
        'virsh snapshot-create-as DOMAIN TAG; virsh snapshot-revert DOMAIN TAG; virsh snapshot-delete DOMAIN TAG',
      ],
    };
  },
};

async function roundOfAgent(guests: AgentGuests, name: string, into: Times): Promise<void> {
  const { totalMs, pausedMs } = await guests.save(name);
  into.save.push(totalMs);
  into.paused.push(pausedMs);
  into.load.push(await guests.load(name));
  into.delete.push(await guests.delete(name));
}

async function roundOfBare(guest: BareGuest, tag: string, into: Times): Promise<void> {
  const { totalMs, pausedMs } = await saveBare(guest, tag, 'ram file');
  into.save.push(totalMs);
  into.paused.push(pausedMs);
  into.load.push(await loadBare(guest, tag, 'ram file'));
  into.delete.push(await deleteBare(guest, tag));
}

async function roundOfLibvirt(guest: LibvirtGuest, tag: string, into: Times): Promise<void> {
  into.save.push(await guest.save(tag));
  into.load.push(await guest.load(tag));
  into.delete.push(await guest.delete(tag));
}

function compareSizes(memoryMiB: number, times: { ours: Times; bare: Times; libvirt: Times }): Comparison[] {
  const { ours, bare, libvirt } = times;
  const against = (who: string, peer: Times, key: keyof Times, what: string, goal: Goal | null) =>
    peer[key].length === 0 ? [] : [row(`${memoryMiB} MiB: ${what}, against ${who}`, ours[key], peer[key], goal)];
  return [
    ...against('bare QMP', bare, 'save', 'save', atMost(1.2)),
    ...against('bare QMP', bare, 'paused', 'the guest is paused', atMost(1.2)),
    ...against('bare QMP', bare, 'load', 'load', atMost(1.3)),
    ...against('bare QMP', bare, 'delete', 'delete', null),
    ...against('libvirt', libvirt, 'save', 'save', atMost(1)),
    ...against('libvirt', libvirt, 'load', 'load', atMost(0.15)),
    ...against('libvirt', libvirt, 'delete', 'delete', null),
  ];
}

async function groupAgainstOneByOne(
  agent: Parameters<typeof startAgentGuests>[0],
  osPrefix: string,
  quick: boolean,
): Promise<{ comparisons: Comparison[]; copies: number; skewMs: number[] }> {
  const copies = quick ? 3 : GROUP.copies;
  const guests = await startAgentGuests(agent, { osPrefix, memoryMiB: GROUP.memoryMiB, copies });
  const together = { save: [] as number[], paused: [] as number[], skew: [] as number[], load: [] as number[] };
  const mutex: number[] = [];
  for (let round = 1; round <= (quick ? 1 : 2); round++) {
    const name = `all${round}`;
    const { totalMs, pausedMs, skewMs } = await guests.save(name);
    together.save.push(totalMs);
    together.paused.push(pausedMs);
    together.skew.push(skewMs);
    together.load.push(await guests.load(name));
    const begun = performance.now();
    for (const [index, vmId] of guests.vmIds.entries()) await guests.save(`one${round}-${index}`, [vmId]);
    mutex.push(performance.now() - begun);
    for (const index of guests.vmIds.keys()) await guests.delete(`one${round}-${index}`);
    await guests.delete(name);
  }
  await guests.destroy();
  const what = `an ENV of ${copies} guests of ${GROUP.memoryMiB} MiB`;
  const alone = (text: string, values: number[]): Comparison => ({
    what: text,
    ours: spread(values),
    peer: '',
    ratio: null,
    goal: null,
  });
  return {
    copies,
    skewMs: together.skew,
    comparisons: [
      row(`save ${what}, against one by one`, together.save, mutex, atMost(0.7)),
      alone(`all ${copies} stand still`, together.paused),
      alone('from the first pause to the last', together.skew),
      alone(`load ${what}`, together.load),
    ],
  };
}

/** The pause, with each variant, against QEMU's defaults: the first. */
function optionRows(results: readonly Measured[]): Comparison[] {
  const [defaults] = results;
  if (!defaults) return [];
  return results.slice(1).map(({ variant, pausedMs }) => ({
    ...row(`pause of a save: ${variant.name}`, pausedMs, defaults.pausedMs, null),
    what: `pause of a save: ${variant.name}${variant.danger === null ? '' : ` (${variant.danger})`}`,
  }));
}

function row(what: string, ours: readonly number[], peer: readonly number[], goal: Goal | null): Comparison {
  return { what, ours: spread(ours), peer: spread(peer), ratio: median(ours) / median(peer), goal };
}

function spread(values: readonly number[]): string {
  return pair({ min: min(values), median: median(values) }, 'ms');
}
