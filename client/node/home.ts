// Where TT keeps its state on this computer, and how clients find the private agent there.
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { z } from 'zod';
import { stateDirectory } from './launch.mjs';
import { readIfThere } from './private-file.ts';
import { isRunning } from './process-identity.ts';

export { stateDirectory };

/**
 * `agent.json` in the state folder, written by the agent once it listens and removed when it ends. An agent that is killed
 * leaves it behind. `startTicks` and `bootId` distinguish its process from a later one with the same pid: null where the system
 * has no /proc.
 */
export const agentFileSchema = z.object({
  url: z.url(),
  /** PEM of the authority of its certificate; null where it speaks plain HTTP, or the system trusts it. */
  authority: z.string().nullable().default(null),
  pid: z.number().int().positive(),
  startTicks: z.number().int().nonnegative().nullable().default(null),
  bootId: z.string().nullable().default(null),
  startedAt: z.string(),
});
export type AgentFile = z.infer<typeof agentFileSchema>;

export interface PrivateAgent extends AgentFile {
  token: string;
  /** Its address may belong to somebody else now: the far end must prove itself before it gets the token. */
  mustProve: true;
}

/**
 * The private agent that runs for a state folder. Rejects with AGENT_NOT_RUNNING when there is none (or only the file of one
 * that died); any other error with the files rejects unchanged.
 */
export async function findPrivateAgent(directory = stateDirectory()): Promise<PrivateAgent> {
  const missing = () => new TtError('AGENT_NOT_RUNNING', { stateDirectory: directory });
  const text = await readIfThere(path.join(directory, 'agent.json'));
  if (text === null) throw missing();
  const file = agentFileSchema.parse(JSON.parse(text));
  if (!(await isThere(file))) throw missing();
  const token = await readIfThere(path.join(directory, 'token'));
  if (token === null) throw missing();
  return { ...file, token: token.trim(), mustProve: true };
}

/** What `agent.json` says about the process of an agent: `pid` (as others see it) and its start time, null without /proc. */
export async function identifyAgent(process: {
  pid: number;
  startTicks: number | null;
}): Promise<Pick<AgentFile, 'pid' | 'startTicks' | 'bootId'>> {
  return { pid: process.pid, startTicks: process.startTicks, bootId: await readBootId() };
}

/** Whether the same process that wrote the file still runs; where that cannot be determined, whether one with its pid does. */
async function isThere({ pid, startTicks, bootId }: AgentFile): Promise<boolean> {
  if (startTicks === null || bootId === null) return isAlive(pid);
  return (await readBootId()) === bootId && (await isRunning({ pid, startTicks }));
}

/** Differs after each boot (random(4)); null on systems without it. */
async function readBootId(): Promise<string | null> {
  return (await readIfThere('/proc/sys/kernel/random/boot_id'))?.trim() ?? null;
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
