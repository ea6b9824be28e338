// Waits until a newly started private agent announces itself, or reports why it did not.
import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPrivateAgent, type PrivateAgent } from '../../client/node/index.ts';
import { TtError } from '../../protocol/index.ts';

const TIMEOUT_MS = 60_000;
const LAST_LINES = 6;

export interface WaitOptions {
  /** Where in its log what this agent says begins, in bytes; default 0. */
  logStart?: number;
  /** Ends the waiting; the process goes on. */
  signal?: AbortSignal;
}

/** The agent ended before it was ready; the message is what it said. */
export class AgentStartError extends Error {
  override readonly name = 'AgentStartError';
}

/** Rejects with AgentStartError when it exits first, or is not ready after a minute; with the reason of `signal` when that comes. */
export async function waitForAgent(
  home: string,
  child: ChildProcess,
  logFile: string,
  { logStart = 0, signal }: WaitOptions = {},
): Promise<PrivateAgent> {
  const { promise, resolve, reject } = Promise.withResolvers<PrivateAgent>();
  const look = () => {
    findPrivateAgent(home).then(resolve, (error: unknown) => {
      if (!(error instanceof TtError && error.code === 'AGENT_NOT_RUNNING')) reject(error);
    });
  };
  const fail = (why: string) => {
    whatItSaid(logFile, logStart).then((said) => reject(new AgentStartError(said || `${why} See ${logFile}.`)), reject);
  };
  const watcher = watch(home, look);
  const timer = setTimeout(() => fail('tt: the agent was not ready within a minute.'), TIMEOUT_MS);
  const onExit = () => fail('tt: the agent ended immediately.');
  const onAbort = () => reject(signal?.reason);
  child.once('exit', onExit);
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  if (child.exitCode !== null || child.signalCode !== null) onExit();
  look();
  try {
    return await promise;
  } finally {
    watcher.close();
    clearTimeout(timer);
    child.off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** What stands in the log for people, which is why it could not start; else the last lines for programs. */
async function whatItSaid(logFile: string, start: number): Promise<string> {
  const lines = (await readFile(logFile)).subarray(start).toString('utf8').trimEnd().split('\n');
  const plain = lines.filter((line) => !line.startsWith('{'));
  return (plain.length > 0 ? plain : lines.slice(-LAST_LINES)).join('\n');
}
