// The one place of the e2e tests that starts processes: the desktop's main under Node, its utility processes, agents.
// oxlint-disable-next-line no-restricted-imports -- a test harness needs fork's message channel, which run-command has not
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface NodeProcessOptions {
  modulePath: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  /** Modules loaded first (`--import`). */
  imports?: readonly string[];
}

/** A Node process with a message channel that carries what structured clone carries. Its output is piped. */
export function forkNode(options: NodeProcessOptions): ChildProcess {
  const imports = (options.imports ?? []).flatMap((module) => ['--import', module]);
  return fork(options.modulePath, [...(options.args ?? [])], {
    execArgv: imports,
    env: { ...process.env, ...options.env },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** A Node process without a message channel. Its output is piped. */
export function spawnNode(options: NodeProcessOptions): ChildProcess {
  return spawn(process.execPath, [options.modulePath, ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Ends a process that was started here and waits until it is gone; SIGKILL when it does not go in time. A signal of null
 * means that it has been told to go in another way.
 */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals | null = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (signal !== null) child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
