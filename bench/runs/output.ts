// Much output of one guest: a run that is read while it grows, beside `cat` over ssh. Both into a file of the host, whose bytes are then
// compared.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AgentProcess } from '../agent-process.ts';
import type { BenchContext } from '../section.ts';
import type { Guest, Guests } from './guests.ts';
import { type Memory, watchMemory } from './memory-watch.ts';
import type { SshPeers } from './ssh-peers.ts';
import { TtRuns } from './tt-runs.ts';

const FILE = '/root/to-print';

export interface OutputTimes {
  ttMs: number[];
  sshMs: number[];
  memory: Memory | null;
}

export interface OutputSides {
  context: BenchContext;
  agent: AgentProcess;
  peers: SshPeers;
  guests: Guests;
  guest: Guest;
}

export async function measureOutput(
  { context, agent, peers, guests: { envName }, guest }: OutputSides,
  { sizeMiB, rounds, limitMs }: { sizeMiB: number; rounds: number; limitMs: number },
): Promise<OutputTimes> {
  const runs = await TtRuns.follow(agent);
  // One random MiB again and again: an emulated guest takes minutes for more.
  const script = `head -c 1048576 /dev/urandom >/root/one; i=0
while [ $i -lt ${sizeMiB} ]; do cat /root/one || exit 1; i=$((i+1)); done >${FILE}; sync`;
  await runs.run({ envName, vmIds: [guest.id], command: { script: { text: script } } });
  const times: OutputTimes = { ttMs: [], sshMs: [], memory: null };
  const hashes = new Set<string>();
  const into = async (name: string, print: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>) => {
    const file = path.join(context.folder, name);
    const handle = await open(file, 'w', 0o600);
    const begun = performance.now();
    try {
      await print(handle);
    } finally {
      await handle.close();
    }
    const ms = performance.now() - begun;
    hashes.add(await hashOf(file));
    await rm(file);
    return ms;
  };
  for (let round = 0; round < rounds; round++) {
    const { result, memory } = await watchMemory(agent.pid, () =>
      into('by-tt', (handle) =>
        runs.output(
          { envName, vmId: guest.id, command: { argv: ['cat', FILE] } },
          (bytes) => handle.appendFile(bytes),
          limitMs,
        ),
      ),
    );
    times.ttMs.push(result);
    if (!times.memory || memory.mostMiB - memory.idleMiB > times.memory.mostMiB - times.memory.idleMiB)
      times.memory = memory;
    times.sshMs.push(await into('by-ssh', ({ fd }) => peers.printInto(fd, guest, ['cat', FILE], limitMs)));
  }
  if (hashes.size !== 1) throw new Error('the two ways gave different bytes');
  await runs.run({ envName, vmIds: [guest.id], command: { argv: ['rm', FILE, '/root/one'] } });
  await runs.leave();
  return times;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

export interface FirstByte {
  ttMs: number[];
  sshMs: number[];
}

/** From the call to the first byte that reaches the client. */
export async function measureFirstByte(
  { agent, peers, guests: { envName }, guest }: Omit<OutputSides, 'context'>,
  rounds: number,
): Promise<FirstByte> {
  const runs = await TtRuns.follow(agent);
  const times: FirstByte = { ttMs: [], sshMs: [] };
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    let firstMs: number | null = null;
    await runs.output({ envName, vmId: guest.id, command: { script: { text: 'echo x; sleep 1' } } }, () => {
      firstMs ??= performance.now() - begun;
    });
    if (firstMs === null) throw new Error('the run printed nothing');
    times.ttMs.push(firstMs);
    times.sshMs.push(await peers.firstByteMs(guest, ['echo x; sleep 1']));
  }
  await runs.leave();
  return times;
}
