// One file into many guests: `tt env push`, beside one scp for each. Each side has guests of its own, so that neither finds disks that
// the other has filled.
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AgentProcess } from '../agent-process.ts';
import type { BenchContext } from '../section.ts';
import type { Guest, Guests } from './guests.ts';
import type { InstalledTt } from './installed-tt.ts';
import { type Memory, watchMemory } from './memory-watch.ts';
import type { SshPeers } from './ssh-peers.ts';

const MIB = 1024 ** 2;
const TARGET = '/root/pushed';

export interface PushTimes {
  ttMs: number;
  scpMs: number;
  /** scp, and then sync in each guest: what TT has done before it says that a file is there. */
  scpAndSyncMs: number;
  memory: Memory;
}

export async function measurePush(
  {
    context,
    tt,
    agent,
    peers,
    guests,
  }: { context: BenchContext; tt: InstalledTt; agent: AgentProcess; peers: SshPeers; guests: Guests },
  { sizeMiB, guestCount, limitMs }: { sizeMiB: number; guestCount: number; limitMs: number },
): Promise<PushTimes> {
  const file = path.join(context.folder, 'to-push');
  await writeRandom(file, sizeMiB);
  const ours = guests.all.slice(0, guestCount);
  const theirs = guests.all.slice(-guestCount);
  const names = ours.map(({ name }) => name).join(',');
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const { result: ttMs, memory } = await watchMemory(agent.pid, () =>
    timed(() => tt.run(agent, ['env', 'push', guests.envName, file, TARGET, '--vm', names], limitMs)),
  );
  const scpMs = await timed(() => peers.copy(theirs, file, TARGET, limitMs));
  const syncMs = await timed(() => peers.onEach(theirs, ['sync'], limitMs));
  await mustBeEqual(peers, [...ours, ...theirs], sizeMiB, limitMs);
  await peers.onEach([...ours, ...theirs], ['rm', TARGET], limitMs);
  await rm(file);
  return { ttMs, scpMs, scpAndSyncMs: scpMs + syncMs, memory };
}

/** Nothing in it can be left out or made smaller on the way. */
export async function writeRandom(file: string, sizeMiB: number): Promise<void> {
  await using handle = await open(file, 'wx', 0o600);
  for (let written = 0; written < sizeMiB; written++) await handle.write(randomBytes(MIB));
}

/** Both check more on the way; here it is only that nothing was left out. */
async function mustBeEqual(peers: SshPeers, guests: readonly Guest[], sizeMiB: number, limitMs: number): Promise<void> {
  await peers.onEach(guests, [`test $(wc -c <${TARGET}) -eq ${sizeMiB * MIB}`], limitMs);
}
