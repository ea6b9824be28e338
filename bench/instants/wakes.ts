// VMs of a warm image, which wake, beside VMs of the same image that boot: from the call until the guest answers its guest agent.
import { EngineError } from '../../agent/engines/errors.ts';
import { pingGuestAgent } from '../../agent/engines/guest-agent.ts';
import type { AgentProcess } from '../agent-process.ts';
import { cpuSeconds, pidOfGuest } from '../proc.ts';
import { waitUntil } from '../wait-until.ts';
import { stepsBetween } from './agent-steps.ts';

const LOOK_MS = 100;

export interface Wakes {
  /** Milliseconds from the call to a guest that answers. */
  wokenMs: number[];
  bootedMs: number[];
  /** Processor time of its QEMU until then, which other work on the machine changes less. */
  wokenCpuMs: number[];
  bootedCpuMs: number[];
  /** What the agent did in the last call that woke. */
  steps: string;
}

export async function measureWakes(agent: AgentProcess, osPrefix: string, count: number): Promise<Wakes> {
  const { client } = agent.connection;
  await client.image.warm({ name: osPrefix });
  const found: Wakes = { wokenMs: [], bootedMs: [], wokenCpuMs: [], bootedCpuMs: [], steps: '' };
  for (let round = 1; round <= count; round++) {
    // Who goes first changes, so that neither always finds the caches warm.
    for (const cold of round % 2 === 0 ? [false, true] : [true, false]) {
      const name = `${cold ? 'boots' : 'wakes'}${round}`;
      const called = new Date();
      const begun = performance.now();
      const { vms } = await client.env.create({ name, groups: [{ osPrefix }], cold });
      const [vm] = vms;
      const how = vm?.origin?.how;
      if (!vm || how !== (cold ? 'booted' : 'woken')) throw new Error(`${name}: ${how}, ${vm?.origin?.reason}`);
      await answers(agent, vm.id);
      (cold ? found.bootedMs : found.wokenMs).push(performance.now() - begun);
      (cold ? found.bootedCpuMs : found.wokenCpuMs).push((await cpuSeconds(await pidOfGuest(vm.name))) * 1000);
      if (!cold) found.steps = await stepsBetween(agent.logFile, called, new Date());
      await client.env.delete({ name });
    }
  }
  await client.image.cool({ name: osPrefix });
  return found;
}

function answers(agent: AgentProcess, vmId: string): Promise<true> {
  const socketPath = agent.socketOf(vmId, 'agent');
  return waitUntil(`the guest agent of ${vmId} answers`, async () => (await pings(socketPath)) || null, {
    timeoutMs: 900_000,
    everyMs: 1,
  });
}

/** A QEMU without time has not taken the client before this one, and the next one is not even heard. */
async function pings(socketPath: string): Promise<boolean> {
  try {
    return await pingGuestAgent(socketPath, LOOK_MS);
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}
