// The one place where `tt` starts another program: a browser, a viewer. Arguments only, no shell.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { quoted, TtError } from '@tt/protocol';

/** Starts it apart from this process, which need not wait. Rejects with FILE_UNUSABLE when it can't be started. */
export async function startApart(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  await started(program, child);
  child.unref();
}

/** Starts it and resolves with its exit code; null when a signal ended it. `signal` ends it. */
export async function runProgram(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number | null> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  await started(program, child);
  const end = () => void child.kill('SIGTERM');
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  const [exitCode] = await ended;
  signal.removeEventListener('abort', end);
  return exitCode;
}

/** Where the streams of a program go; `inherit`: this terminal. */
export type Streams = 'inherit' | ['ignore' | 'pipe', number, number];

/**
 * Starts it in this terminal, which is its own until it ends; resolves with its exit code, 128 and the signal's number when one ended
 * it. Rejects with FILE_UNUSABLE when it can't be started.
 */
export async function runInForeground(program: string, args: readonly string[], streams: Streams): Promise<number> {
  const child = spawn(program, args, { stdio: streams });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // An error before that is told by `started`.
  ended.catch(() => {});
  await started(program, child);
  // The keys of a terminal reach both; it is the program that decides what they mean.
  const stay = () => {};
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', stay);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
  try {
    const [exitCode, signal] = await ended;
    return exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    process.off('SIGINT', stay);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn);
  }
}

async function started(program: string, child: ReturnType<typeof spawn>): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const reason = quoted('reported', (error as Error).message);
    throw new TtError('FILE_UNUSABLE', { file: program, reason }, { cause: error });
  }
}
