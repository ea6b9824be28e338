// Ends a private agent, whoever started it, and waits until it is gone. Its VMs keep running.
import { setTimeout as delay } from 'node:timers/promises';
import { TtError } from '@tt/protocol';
import { findPrivateAgent, type PrivateAgent } from './home.ts';
import { isRunning } from './process-identity.ts';

const LOOK_EVERY_MS = 100;
/** It finishes what can't be cut off first. */
const STOP_TIMEOUT_MS = 120_000;

/** `directory`: its state folder. Rejects with AGENT_STILL_RUNNING if it does not go in two minutes. */
export async function stopAgent(agent: PrivateAgent, directory: string): Promise<void> {
  process.kill(agent.pid, 'SIGTERM');
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (await isStillThere(agent, directory)) {
    if (performance.now() > deadline) {
      throw new TtError('AGENT_STILL_RUNNING', { pid: agent.pid, seconds: STOP_TIMEOUT_MS / 1000 });
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Where the system does not tell when a process began, its note in the state folder tells. */
async function isStillThere({ pid, startTicks }: PrivateAgent, directory: string): Promise<boolean> {
  if (startTicks !== null) return isRunning({ pid, startTicks });
  try {
    return (await findPrivateAgent(directory)).pid === pid;
  } catch (error) {
    if (error instanceof TtError && error.code === 'AGENT_NOT_RUNNING') return false;
    throw error;
  }
}
