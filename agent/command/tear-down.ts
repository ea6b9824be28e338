// `tearDownOnExit`: the agent starts itself again as the first process of a PID namespace. However that process ends, the kernel
// kills everything in the namespace (pid_namespaces(7)). The outer process forwards signals, and kills the inner one when it
// dies itself, also by SIGKILL (PR_SET_PDEATHSIG, set by setpriv(1) and unshare(1)).
import { once } from 'node:events';
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity } from '../host/process-identity.ts';
import { RunError, runCommand, spawnProcess } from '../host/run-command.ts';
import type { HeldSignals } from './held-signals.ts';

/** Tells the inner process who its supervisor is: `<pid>:<start ticks>`, as seen from outside. */
const SUPERVISOR = 'TT_AGENT_SUPERVISOR';
/** A signal that arrives before the inner agent has a handler is lost, so a terminating one is sent until the agent is gone. */
const SEND_AGAIN_MS = 500;
const MOUNT_TIMEOUT_MS = 10_000;

const fixes = {
  /** The process is not root. */
  TEAR_DOWN_NEEDS_ROOT: 'Start the agent as root, or without tearDownOnExit.',
  /** unshare or setpriv is missing. */
  TEAR_DOWN_TOOL_MISSING: 'Install util-linux, or start the agent without tearDownOnExit.',
  /** Its supervisor is gone. */
  TEAR_DOWN_ORPHANED: 'Start the agent again.',
} as const;

export class TearDownError extends Error {
  override readonly name = 'TearDownError';
  readonly code: keyof typeof fixes;

  constructor(code: keyof typeof fixes, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  get fix(): string {
    return fixes[this.code];
  }
}

/**
 * The process by which others on this host know the agent: the outer one, if there is one. `startTicks` is null on systems
 * without /proc.
 */
export async function publicProcess(): Promise<{ pid: number; startTicks: number | null }> {
  const supervisor = process.pid === 1 ? supervisorOf(process.env) : null;
  return supervisor ?? (await identifyProcess(process.pid)) ?? { pid: process.pid, startTicks: null };
}

/**
 * True in the inner process, which then only sees its own namespace in /proc. Rejects with TEAR_DOWN_ORPHANED if its supervisor
 * died before it could be notified about that.
 */
export async function isInside(): Promise<boolean> {
  const supervisor = supervisorOf(process.env);
  if (supervisor === null || process.pid !== 1) return false;
  // Before it is mounted anew, /proc shows the processes of the outside.
  const self = Number(await readlink('/proc/self'));
  if (self !== 1) {
    const unsharer = await parentOf(self);
    const isWatched = (await isRunning(supervisor)) && (await parentOf(unsharer)) === supervisor.pid;
    if (!isWatched) throw new TearDownError('TEAR_DOWN_ORPHANED', 'the process that watches over the agent is gone');
    await runCommand('mount', ['-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', '/proc'], {
      timeoutMs: MOUNT_TIMEOUT_MS,
    });
  }
  return true;
}

/** Runs `entry` inside and forwards signals to it. Resolves with its exit code once everything inside has ended. */
export async function superviseItself(entry: string, args: readonly string[], signals: HeldSignals): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new TearDownError('TEAR_DOWN_NEEDS_ROOT', 'only root can create a process namespace');
  }
  const self = await identifyProcess(process.pid);
  if (self === null) throw new Error('this process is not in /proc');
  // `slave`: what the host mounts later is seen inside, what is mounted inside is not seen on the host.
  const unshare = ['unshare', '--pid', '--mount', '--propagation', 'slave', '--fork', '--kill-child=SIGKILL'];
  const command = ['--pdeathsig', 'KILL', ...unshare, process.execPath, ...process.execArgv, entry, ...args];
  const child = await spawnProcess('setpriv', command, {
    detached: false,
    stdoutFd: 1,
    stderrFd: 2,
    env: { [SUPERVISOR]: `${self.pid}:${self.startTicks}` },
  }).catch((error: unknown) => {
    if (!(error instanceof RunError && error.notFound)) throw error;
    throw new TearDownError('TEAR_DOWN_TOOL_MISSING', 'setpriv is not installed', error);
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const unsharer = child.pid ?? 0;
  signals.take((signal) => {
    if (signal === 'SIGHUP') void send(unsharer, signal);
    else void sendUntilGone(unsharer, signal);
  });
  const [code, signal] = await ended;
  // As shells say it; 9 is SIGKILL, the only signal the inside ends with by force.
  return code ?? (signal === 'SIGKILL' ? 137 : 1);
}

async function sendUntilGone(unsharer: number, signal: NodeJS.Signals): Promise<void> {
  while (await send(unsharer, signal)) await delay(SEND_AGAIN_MS);
}

/** Signals the inner process, which is the only child of unshare; false once unshare has ended. */
async function send(unsharer: number, signal: NodeJS.Signals): Promise<boolean> {
  if ((await identifyProcess(unsharer)) === null) return false;
  const text = await readFile(`/proc/${unsharer}/task/${unsharer}/children`, 'utf8').catch(() => '');
  const inside = await identifyProcess(Number(text.trim().split(' ')[0] || 0));
  if (inside === null) return true;
  try {
    process.kill(inside.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  return true;
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
}

function supervisorOf(env: NodeJS.ProcessEnv): ProcessIdentity | null {
  const [, pid, startTicks] = /^(\d+):(\d+)$/.exec(env[SUPERVISOR] ?? '') ?? [];
  return pid === undefined ? null : { pid: Number(pid), startTicks: Number(startTicks) };
}
