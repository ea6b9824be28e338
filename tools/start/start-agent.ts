// Starts the private agent for `npm start`. If it does not get ready, or is no longer wanted, it is ended before its address is given out.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { spawnProcess } from '../../agent/host/run-command.ts';
import type { PrivateAgent } from '../../client/node/index.ts';
import { waitForAgent } from './wait-for-agent.ts';

export interface StartRequest {
  /** State folder, which must be there; the agent's output is appended to `agent.log` in it. */
  home: string;
  /** Arguments for Node: the program and its flags. */
  args: readonly string[];
  /** Ctrl-C. */
  signal: AbortSignal;
  /** Told of its process at once, long before it is ready. */
  onProcess?: (child: ChildProcess) => void;
}

export interface StartedAgent {
  agent: PrivateAgent;
  process: ChildProcess;
}

/** Rejects with AgentStartError, or with the reason of `signal`; then no process is left. */
export async function startAgent({ home, args, signal, onProcess }: StartRequest): Promise<StartedAgent> {
  signal.throwIfAborted();
  const logFile = path.join(home, 'agent.log');
  await using log = await open(logFile, 'a', 0o600);
  const logStart = (await log.stat()).size;
  // A session of its own: Ctrl-C reaches only `npm start`, which ends the agent in order.
  const child = await spawnProcess(process.execPath, args, { detached: true, stdoutFd: log.fd, stderrFd: log.fd });
  onProcess?.(child);
  try {
    return { agent: await waitForAgent(home, child, logFile, { logStart, signal }), process: child };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

/** Asks a child to end and waits until it has. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
