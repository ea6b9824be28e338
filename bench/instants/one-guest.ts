// One guest with nearly all of its memory in use: saved and brought back through the agent, by bare QMP in the old way, and by libvirt.
import type { ReadyImage } from '../../agent/images/image-service.ts';
import type { AgentProcess } from '../agent-process.ts';
import { openUnixLink } from '../console/byte-link.ts';
import { openAgentStream } from '../console/ways.ts';
import { startBareGuest } from '../create-boot/bare-guest.ts';
import type { BenchContext } from '../section.ts';
import { type AgentGuests, startAgentGuests } from '../snapshot/agent-states.ts';
import { deleteBare, loadBare, saveBare } from '../snapshot/bare-states.ts';
import type { Libvirt } from '../snapshot/libvirt.ts';
import { stepsBetween } from './agent-steps.ts';
import { beginCounting, CountReader } from './counting.ts';
import { fillMemory } from './guest-memory.ts';

/** How long a guest counts before each save, to know how fast it is. */
const COUNT_BEFORE_MS = 1_000;

export interface Sides {
  context: BenchContext;
  agent: AgentProcess;
  /** The image’s name for the agent. */
  osPrefix: string;
  image: ReadyImage;
  acceleration: 'kvm' | 'tcg';
  /** null: it can’t be run here. */
  libvirt: Libvirt | null;
}

/** Milliseconds each. */
export interface GuestTimes {
  fullMiB: number;
  ours: { save: number[]; paused: number[]; revert: number[] };
  bare: { save: number[]; paused: number[]; load: number[] };
  libvirt: { save: number[]; load: number[] };
  counting: Counting;
}

/** Of a guest that counts while it is saved, and when it is reverted. */
export interface Counting {
  /** The longest time without a word, while nothing happens and while it is saved. */
  silenceBefore: number[];
  silence: number[];
  /** Counts per millisecond. */
  rateBefore: number[];
  rate: number[];
  revert: number[];
  /** From the call of the revert to the first word after it has answered. */
  firstWord: number[];
}

export async function measureGuest(sides: Sides, memoryMiB: number, count: number): Promise<GuestTimes> {
  const { context, agent, osPrefix, image, acceleration, libvirt } = sides;
  const ours = await startAgentGuests(agent, { osPrefix, memoryMiB, copies: 1, envName: `full${memoryMiB}` });
  const [vmId = ''] = ours.vmIds;
  const bare = await startBareGuest(context, image, acceleration, { memoryMiB });
  await bare.waitForReady();
  const peer = libvirt && (await libvirt.start(memoryMiB));
  const serials = [agent.socketOf(vmId, 'serial'), bare.files.serial, ...(peer ? [peer.serial] : [])];
  const [fullMiB = 0] = await Promise.all(serials.map((serial) => fillMemory(serial, memoryMiB)));
  context.say(`${memoryMiB} MiB: ${fullMiB} MiB are full of random bytes`);
  const times: Omit<GuestTimes, 'counting'> = {
    fullMiB,
    ours: { save: [], paused: [], revert: [] },
    bare: { save: [], paused: [], load: [] },
    libvirt: { save: [], load: [] },
  };
  for (let round = 1; round <= count; round++) {
    const tag = `r${round}`;
    // Who goes first changes, so that neither always finds the caches warm.
    const turns = [
      async () => {
        const begun = new Date();
        const { totalMs, pausedMs } = await ours.save(tag);
        const saved = new Date();
        times.ours.save.push(totalMs);
        times.ours.paused.push(pausedMs);
        times.ours.revert.push(await ours.load(tag));
        if (round === count) await saySteps(sides, memoryMiB, begun, saved);
        await ours.delete(tag);
      },
      async () => {
        const { totalMs, pausedMs } = await saveBare(bare, tag, 'ram file');
        times.bare.save.push(totalMs);
        times.bare.paused.push(pausedMs);
        times.bare.load.push(await loadBare(bare, tag, 'ram file'));
        await deleteBare(bare, tag);
      },
      async () => {
        if (!peer) return;
        times.libvirt.save.push(await peer.save(tag));
        times.libvirt.load.push(await peer.load(tag));
        await peer.delete(tag);
      },
    ];
    for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]?.();
  }
  // What they would do meanwhile slows the guest that counts.
  await Promise.all([bare.destroy(), peer?.destroy()]);
  const counting = await measureCounting(agent, ours, count);
  await ours.destroy();
  return { ...times, counting };
}

async function saySteps({ context, agent }: Sides, memoryMiB: number, begun: Date, saved: Date): Promise<void> {
  context.say(`${memoryMiB} MiB, steps of a save in ms: ${await stepsBetween(agent.logFile, begun, saved)}`);
  context.say(`${memoryMiB} MiB, steps of a revert in ms: ${await stepsBetween(agent.logFile, saved, new Date())}`);
}

async function measureCounting(agent: AgentProcess, ours: AgentGuests, count: number): Promise<Counting> {
  const [vmId = ''] = ours.vmIds;
  const serial = agent.socketOf(vmId, 'serial');
  await beginCounting(serial);
  const found: Counting = { silenceBefore: [], silence: [], rateBefore: [], rate: [], revert: [], firstWord: [] };
  for (let round = 1; round <= count; round++) {
    const name = `c${round}`;
    // Straight: the agent has enough to do while it saves.
    const direct = new CountReader(await openUnixLink(serial));
    const from = await direct.firstAfter(performance.now());
    const begun = await direct.firstAfter(from + COUNT_BEFORE_MS);
    const called = performance.now();
    await ours.save(name);
    const saved = performance.now();
    found.rateBefore.push(direct.rate(from, begun));
    found.silenceBefore.push(direct.longestSilence(from, begun));
    found.rate.push(direct.rate(called, saved));
    found.silence.push(direct.longestSilence(called, saved));
    direct.close();
    // As a viewer, who is held over the revert.
    const viewer = new CountReader(await openAgentStream(agent.connection, vmId, 'serial'));
    await viewer.firstAfter(performance.now());
    const asked = performance.now();
    found.revert.push(await ours.load(name));
    found.firstWord.push((await viewer.firstAfter(performance.now())) - asked);
    viewer.close();
    await ours.delete(name);
  }
  return found;
}
