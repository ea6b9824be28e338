// `tt-agent wait`: ends when the agent of the state folder answers. A service is started with it, so that what starts after it finds one.
import { setTimeout } from 'node:timers/promises';
import { connectNode, findPrivateAgent, type PrivateAgent } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';

const LOOK_EVERY_MS = 100;
/** An agent that takes up many VMs after a crash needs a while. */
const STARTING_MS = 120_000;

export function waitForAgent(read: () => Promise<AgentConfig>): Promise<void> {
  return endWithWords(async () => {
    const connection = connectNode(await agentSoon((await read()).home, STARTING_MS));
    try {
      await connection.client.host.ping();
    } finally {
      connection.close();
    }
  });
}

/** The agent that runs for a state folder, or comes within `withinMs`. Rejects with AGENT_NOT_RUNNING if none does. */
export async function agentSoon(home: string, withinMs: number): Promise<PrivateAgent> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await findPrivateAgent(home);
    } catch (error) {
      const isMissing = error instanceof TtError && error.code === 'AGENT_NOT_RUNNING';
      if (!isMissing || performance.now() > deadline) throw error;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}
