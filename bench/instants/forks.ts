// Ten forks of one snapshot in one call, each with an identity of its own: how long the call takes, and what memory they cost.
import { readFile } from 'node:fs/promises';
import type { AgentProcess } from '../agent-process.ts';
import { pidOfGuest } from '../proc.ts';
import { startAgentGuests } from '../snapshot/agent-states.ts';
import { fillMemory } from './guest-memory.ts';
import { stepsBetween } from './agent-steps.ts';

export interface Forks {
  fullMiB: number;
  /** Milliseconds of the call. */
  callMs: number[];
  /** Proportional set size of each fork after the call, in MiB (proc(5), smaps_rollup). */
  pssMiB: number[];
  /** Of the guest they come from. */
  originalPssMiB: number;
  /** What the agent did in the last call. */
  steps: string;
}

export async function measureForks(
  agent: AgentProcess,
  osPrefix: string,
  { memoryMiB, copies, count }: { memoryMiB: number; copies: number; count: number },
): Promise<Forks> {
  const { client } = agent.connection;
  const envName = 'original';
  const original = await startAgentGuests(agent, { osPrefix, memoryMiB, copies: 1, envName });
  const [vmId = ''] = original.vmIds;
  const fullMiB = await fillMemory(agent.socketOf(vmId, 'serial'), memoryMiB);
  await original.save('base');
  const { vms } = await client.env.show({ name: envName });
  const found: Forks = {
    fullMiB,
    callMs: [],
    pssMiB: [],
    originalPssMiB: await pssMiB(vms[0]?.name ?? ''),
    steps: '',
  };
  for (let round = 1; round <= count; round++) {
    const called = new Date();
    const begun = performance.now();
    const { envs } = await client.snapshot.fork({ envName, name: 'base', newName: `fork${round}`, copies });
    found.callMs.push(performance.now() - begun);
    found.steps = await stepsBetween(agent.logFile, called, new Date());
    for (const fork of envs) for (const { name } of fork.vms) found.pssMiB.push(await pssMiB(name));
    for (const { env } of envs) await client.env.delete({ name: env.name });
  }
  await original.destroy();
  return found;
}

async function pssMiB(vmName: string): Promise<number> {
  const pid = await pidOfGuest(vmName);
  const kib = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`nothing is known of the memory of ${vmName}`);
  return Number(kib) / 1024;
}
