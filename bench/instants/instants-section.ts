// Section `instants`: how long guests are paused when they are saved, how soon they are back, and what forks of them cost, with
// nearly all of their memory in use; against the old way (`snapshot-save` and `snapshot-load` by QMP) and libvirt.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { canMount, mountLoop } from '../../agent/storage/test-loop-mount.ts';
import { type AgentProcess, readyImage, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, type Goal, pair } from '../comparison.ts';
import { readImage } from '../create-boot/create-boot-section.ts';
import { tableText } from '../print-table.ts';
import type { BenchContext, Section } from '../section.ts';
import { startAgentGuests } from '../snapshot/agent-states.ts';
import { startLibvirt } from '../snapshot/libvirt.ts';
import { median, min } from '../statistics.ts';
import { stepsBetween } from './agent-steps.ts';
import { type Forks, measureForks } from './forks.ts';
import { fillMemory } from './guest-memory.ts';
import { type GuestTimes, measureGuest, type Sides } from './one-guest.ts';
import { measureDebianWakes } from './debian-wakes.ts';
import { measureWakes, type Wakes } from './wakes.ts';

const SIZES_MIB = [128, 1024, 2048];
/** Of this one the goals say more. */
const MAIN_MIB = 1024;
const GROUP = { copies: 10, memoryMiB: 256 };
const FORKS = { copies: 10, memoryMiB: 1024 };
const QUICK = { sizesMiB: [128], group: { copies: 3, memoryMiB: 128 }, forks: { copies: 2, memoryMiB: 128 } };
/** For the disk and the memory of a guest and what its forks write. */
const REFLINK_MIB = 8192;

export const instantsSection: Section = {
  name: 'instants',
  title: 'snapshots, reverts and forks of guests with full memory, against snapshot-save and libvirt',
  parts: ['wakes', 'one-guest', 'env-pause', 'forks'],
  // Builds a Debian, and boots it again and again; the forks of guests that have no helper.
  partsByName: ['wakes-debian', 'forks-by-script'],
  async run(context) {
    const { resources, folder, quick, say } = context;
    const imageDirectory = await context.imageDirectory();
    const debug = ['--log-level', 'debug'];
    const qcow2 = ['--storage', 'qcow2', ...debug];
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'qemu', flags: qcow2 });
    const osPrefix = await readyImage(agent);
    const image = await readImage(imageDirectory, osPrefix);
    const acceleration = (await agent.connection.client.host.show()).engines[0]?.acceleration?.kind ?? 'tcg';
    const libvirt = context.wants('one-guest')
      ? await startLibvirt(context, image, acceleration)
      : 'it has a part in one-guest only';
    const sides: Sides = {
      context,
      agent,
      osPrefix,
      image,
      acceleration,
      libvirt: typeof libvirt === 'string' ? null : libvirt,
    };
    const comparisons: Comparison[] = [];
    // At once: it takes long, and may be ended before its end.
    const add = (rows: readonly Comparison[]) => {
      comparisons.push(...rows);
      say(`so far:\n${tableText(rows)}`);
    };
    const tellWakes = (imageName: string, wakes: Wakes) => {
      say(`a VM of a warm image, ${imageName}, steps in ms: ${wakes.steps}`);
      add(wakeRows(imageName, wakes));
    };
    const onReflink =
      canMount && (context.wants('wakes') || context.wants('forks'))
        ? await agentOnReflink(context, imageDirectory, debug)
        : null;
    if (context.wants('wakes')) {
      const count = quick ? 2 : 5;
      tellWakes(`${osPrefix} on qcow2`, await measureWakes(agent, osPrefix, count));
      if (onReflink) tellWakes(`${osPrefix} on reflink (xfs)`, await measureWakes(onReflink, osPrefix, count));
    }
    if (context.wants('wakes-debian')) tellWakes('debian-12', await measureDebianWakes(context, quick ? 1 : 2));
    if (context.wants('one-guest'))
      for (const memoryMiB of quick ? QUICK.sizesMiB : SIZES_MIB)
        add(guestRows(memoryMiB, await measureGuest(sides, memoryMiB, quick ? 2 : 5)));
    if (context.wants('env-pause')) add(await groupRows(sides, quick ? QUICK.group : GROUP, quick ? 1 : 3));
    const forks = { ...(quick ? QUICK.forks : FORKS), count: quick ? 1 : 3, guestHelper: 'on' } as const;
    const tell = (place: string, found: Forks) => {
      say(`forks on ${place}, steps in ms: ${found.steps}`);
      add(forkRows(place, forks, found));
    };
    if (context.wants('forks')) tell('qcow2', await measureForks(agent, osPrefix, forks));
    if (context.wants('forks-by-script'))
      tell('qcow2, by script', await measureForks(agent, osPrefix, { ...forks, guestHelper: 'off' }));
    const notes = [
      `guests run with ${acceleration.toUpperCase()}; image ${osPrefix}; all memory but 24 MiB or 4 % is written`,
      'paused = by the agent’s account, or from QMP stop to cont; the silence is seen from outside, over the serial port',
      'each snapshot is a base: a revert never has to make one',
      'PSS after the call, each',
    ];
    if (!canMount) notes.push('nothing on reflink was measured: mounting needs root');
    if (onReflink && context.wants('forks')) tell('reflink (xfs)', await measureForks(onReflink, osPrefix, forks));
    notes.push(
      typeof libvirt === 'string'
        ? `libvirt: not run, ${libvirt}`
        : 'libvirt: run by hand, without cgroups, namespaces and security driver; its times include virsh (20 ms or so)',
    );
    return {
      comparisons,
      notes,
      peerCommands: [
        'old way: QMP stop; blockdev-add ram (qcow2, cache.no-flush); snapshot-save; blockdev-del; cont; fdatasync',
        'old way: QMP stop; blockdev-add ram; snapshot-load; blockdev-del; cont',
        'virsh snapshot-create-as DOMAIN TAG; virsh snapshot-revert DOMAIN TAG',
      ],
    };
  },
};

function wakeRows(imageName: string, { wokenMs, bootedMs, wokenCpuMs, bootedCpuMs }: Wakes): Comparison[] {
  const what = `env add of a warm image (${imageName}), from the call to a guest that answers its agent`;
  return [
    limitRow(what, wokenMs, bootedMs, 1_500),
    ratioRow('the same, against its boot', wokenMs, bootedMs, atMost(0.15)),
    ratioRow('the same, by processor time of its QEMU', wokenCpuMs, bootedCpuMs, null),
  ];
}

function guestRows(memoryMiB: number, { fullMiB, ours, bare, libvirt, counting }: GuestTimes): Comparison[] {
  const size = `${memoryMiB} MiB`;
  const isMain = memoryMiB === MAIN_MIB;
  const by = (what: string, values: number[], peer: number[], goal: Goal | null) =>
    peer.length === 0 ? [] : [ratioRow(`${size}: ${what}`, values, peer, goal)];
  return [
    limitRow(`${size}, ${fullMiB} in use: pause of a save`, ours.paused, bare.paused, 80),
    ...by('the same, against snapshot-save', ours.paused, bare.paused, isMain ? atMost(0.1) : null),
    ...by('the same, against the whole save of libvirt', ours.paused, libvirt.save, null),
    ...by('the whole save, against snapshot-save', ours.save, bare.save, null),
    ...by('longest silence of a guest that counts, against before', counting.silence, counting.silenceBefore, null),
    {
      what: `${size}: a guest that counts, before against while it is saved`,
      ours: pair({ min: min(counting.rate), median: median(counting.rate) }, 'per ms'),
      peer: pair({ min: min(counting.rateBefore), median: median(counting.rateBefore) }, 'per ms'),
      ratio: median(counting.rateBefore) / median(counting.rate),
      goal: atMost(2),
    },
    limitRow(`${size}: revert, from the call to the guest running`, ours.revert, bare.load, 400),
    ...by('the same, against snapshot-load', ours.revert, bare.load, atMost(1.3)),
    ...by('the same, against libvirt', ours.revert, libvirt.load, atMost(0.1)),
    ...by('revert until the guest’s next word, against its answer', counting.firstWord, counting.revert, null),
  ];
}

async function groupRows(
  { agent, osPrefix, context }: Sides,
  { copies, memoryMiB }: typeof GROUP,
  count: number,
): Promise<Comparison[]> {
  const guests = await startAgentGuests(agent, { osPrefix, memoryMiB, copies });
  for (const vmId of guests.vmIds) await fillMemory(agent.socketOf(vmId, 'serial'), memoryMiB);
  const found = { save: [] as number[], paused: [] as number[], skew: [] as number[], revert: [] as number[] };
  for (let round = 1; round <= count; round++) {
    const name = `all${round}`;
    const begun = new Date();
    const { totalMs, pausedMs, skewMs } = await guests.save(name);
    if (round === count)
      context.say(`ENV of ${copies}, steps of a save in ms: ${await stepsBetween(agent.logFile, begun, new Date())}`);
    found.save.push(totalMs);
    found.paused.push(pausedMs);
    found.skew.push(skewMs);
    found.revert.push(await guests.load(name));
    await guests.delete(name);
    context.say(`ENV of ${copies}: saved in ${totalMs.toFixed(0)} ms, paused ${pausedMs} ms, skew ${skewMs} ms`);
  }
  await guests.destroy();
  const what = `an ENV of ${copies} x ${memoryMiB} MiB`;
  return [
    limitRow(`${what}: all are paused`, found.paused, null, 250),
    limitRow(`${what}: from the first pause to the last`, found.skew, null, 20),
    limitRow(`${what}: the whole save`, found.save, null, null),
    limitRow(`${what}: revert`, found.revert, null, null),
  ];
}

async function agentOnReflink(
  context: BenchContext,
  imageDirectory: string,
  debug: readonly string[],
): Promise<AgentProcess> {
  const mount = await mountLoop('xfs', REFLINK_MIB);
  context.resources.defer(() => mount.remove());
  const folder = path.join(mount.directory, 'agent');
  await mkdir(folder);
  const flags = ['--storage', 'reflink', ...debug];
  return startAgentProcess(context.resources, { folder, imageDirectory, engine: 'qemu', flags });
}

function forkRows(
  place: string,
  { copies, memoryMiB }: { copies: number; memoryMiB: number },
  { callMs, agentCpuMs, forkCpuMs, pssMiB, originalPssMiB, fullMiB }: Forks,
): Comparison[] {
  const what = `${copies} forks of ${memoryMiB} MiB (${fullMiB} in use) on ${place}`;
  return [
    limitRow(`${what}: the call`, callMs, null, 3_000),
    limitRow(`${what}: processor time of the agent and its programs`, agentCpuMs, null, null),
    limitRow(`${what}: processor time of each fork`, forkCpuMs, null, null),
    {
      what: `${what}: PSS of each`,
      ours: pair({ min: min(pssMiB), median: median(pssMiB) }, 'MiB'),
      peer: `${originalPssMiB.toFixed(0)} MiB, the original`,
      ratio: median(pssMiB),
      goal: atMost(100),
      unit: 'MiB',
    },
  ];
}

function ratioRow(what: string, ours: readonly number[], peer: readonly number[], goal: Goal | null): Comparison {
  return { what, ours: spread(ours), peer: spread(peer), ratio: median(ours) / median(peer), goal };
}

/** Against an absolute limit in milliseconds: what people can rely on. */
function limitRow(
  what: string,
  ours: readonly number[],
  peer: readonly number[] | null,
  limitMs: number | null,
): Comparison {
  const goal = limitMs === null ? null : atMost(limitMs);
  return { what, ours: spread(ours), peer: peer ? spread(peer) : '', ratio: median(ours), goal, unit: 'ms' };
}

function spread(values: readonly number[]): string {
  return pair({ min: min(values), median: median(values) }, 'ms');
}
