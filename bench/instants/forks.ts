// Ten forks of one snapshot in one call, each with an identity of its own: how long the call takes, and what memory they cost.
import { readFile } from 'node:fs/promises';
import type { AgentProcess } from '../agent-process.ts';
import { cpuSeconds, cpuSecondsWithChildren, pidOfGuest } from '../proc.ts';
import { startAgentGuests } from '../snapshot/agent-states.ts';
import { fillMemory } from './guest-memory.ts';
import { stepsBetween } from './agent-steps.ts';

export interface Forks {
  fullMiB: number;
  /** Milliseconds of the call. */
  callMs: number[];
  /** Processor time, which other work on the machine changes less: of the agent and what it ran in each call, and of each fork at its end. */
  agentCpuMs: number[];
  forkCpuMs: number[];
  /** Proportional set size of each fork after the call, in MiB (proc(5), smaps_rollup). */
  pssMiB: number[];
  /** Of the guest they come from. */
  originalPssMiB: number;
  /** What the agent did in the last call. */
  steps: string;
}

export interface ForksWanted {
  memoryMiB: number;
  copies: number;
  /** Calls. */
  count: number;
  /** Off: as guests of other makers, which get their identity by a script of the guest agent. */
  guestHelper: 'on' | 'off';
}

export async function measureForks(
  agent: AgentProcess,
  osPrefix: string,
  { memoryMiB, copies, count, guestHelper }: ForksWanted,
): Promise<Forks> {
  const { client } = agent.connection;
  const envName = 'original';
  const original = await startAgentGuests(agent, { osPrefix, memoryMiB, copies: 1, envName, guestHelper });
  const [vmId = ''] = original.vmIds;
  const fullMiB = await fillMemory(agent.socketOf(vmId, 'serial'), memoryMiB);
  await original.save('base');
  const { vms } = await client.env.show({ name: envName });
  const found: Forks = {
    fullMiB,
    callMs: [],
    agentCpuMs: [],
    forkCpuMs: [],
    pssMiB: [],
    originalPssMiB: await pssMiB(vms[0]?.name ?? ''),
    steps: '',
  };
  for (let round = 1; round <= count; round++) {
    const before = await cpuSecondsWithChildren(agent.pid);
    const called = new Date();
    const begun = performance.now();
    const { envs } = await client.snapshot.fork({ envName, name: 'base', newName: `fork${round}`, copies });
    found.callMs.push(performance.now() - begun);
    found.agentCpuMs.push(((await cpuSecondsWithChildren(agent.pid)) - before) * 1000);
    const names = envs.flatMap(({ vms: forks }) => forks.map(({ name }) => name));
    for (const name of names) found.forkCpuMs.push((await cpuSeconds(await pidOfGuest(name))) * 1000);
    found.steps = await stepsBetween(agent.logFile, called, new Date());
    for (const name of names) found.pssMiB.push(await pssMiB(name));
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
