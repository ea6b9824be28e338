// The one place where `tt` starts another program: a browser, a viewer. Arguments only, no shell.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

async function started(program: string, child: ReturnType<typeof spawn>): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const reason = quoted('reported', (error as Error).message);
    throw new TtError('FILE_UNUSABLE', { file: program, reason }, { cause: error });
  }
}
