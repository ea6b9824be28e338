// Where TT keeps its state on this computer, and what a private agent leaves there for its clients to find it.
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { z } from 'zod';
import { stateDirectory } from './launch.mjs';
import { readIfThere } from './private-file.ts';

export { stateDirectory };

/** `agent.json` in the state folder, written by the agent once it listens and removed when it ends. */
export const agentFileSchema = z.object({ url: z.url(), pid: z.number().int().positive(), startedAt: z.string() });
export type AgentFile = z.infer<typeof agentFileSchema>;

export interface PrivateAgent extends AgentFile {
  token: string;
}

/**
 * The private agent that runs for a state folder. Rejects with AGENT_NOT_RUNNING when there is none (or only the file of
 * one that died); any other trouble with the files rejects as it is.
 */
export async function findPrivateAgent(directory = stateDirectory()): Promise<PrivateAgent> {
  const missing = () => new TtError('AGENT_NOT_RUNNING', { stateDirectory: directory });
  const text = await readIfThere(path.join(directory, 'agent.json'));
  if (text === null) throw missing();
  const file = agentFileSchema.parse(JSON.parse(text));
  if (!isAlive(file.pid)) throw missing();
  const token = await readIfThere(path.join(directory, 'token'));
  if (token === null) throw missing();
  return { ...file, token: token.trim() };
}

/** Whether a process exists; one of another user's counts (EPERM). */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
