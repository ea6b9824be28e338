// Programs a bench starts. Each has a session of its own, so that Ctrl-C reaches only the bench, which ends them by pid.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { type SpawnOptions, spawnProcess } from '../agent/host/run-command.ts';

export interface Child {
  pid: number;
  process: ChildProcess;
  /** Resolves when it is gone. */
  ended: Promise<void>;
}

/** Starts a program whose output goes to `logFile`; it is killed when `resources` are disposed. */
export async function startChild(
  resources: AsyncDisposableStack,
  command: string,
  args: readonly string[],
  logFile: string,
  options: Pick<SpawnOptions, 'env'> = {},
): Promise<Child> {
  await using log = await open(logFile, 'a', 0o600);
  const child = await spawnProcess(command, args, {
    ...options,
    detached: true,
    stdoutFd: log.fd,
    stderrFd: log.fd,
  });
  const ended = child.exitCode === null ? once(child, 'exit').then(() => {}) : Promise.resolve();
  try {
    resources.defer(() => endChild(child, ended));
  } catch (error) {
    // Disposed meanwhile (Ctrl-C): nobody else would end it.
    await endChild(child, ended);
    throw error;
  }
  return { pid: child.pid ?? 0, process: child, ended };
}

async function endChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGKILL');
  await ended;
}
