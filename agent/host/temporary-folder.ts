// Folders for work in progress. Their names contain the process that uses them, so that the next build finds and removes what a
// killed one left behind.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Creates `<prefix>-<pid>-<random>`, after removing those with the same prefix whose process is gone. */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const parent = dirname(prefix);
  for (const name of await readdir(parent)) {
    if (isLeftover(name, basename(prefix))) await rm(join(parent, name), { recursive: true, force: true });
  }
  const folder = `${prefix}-${process.pid}-${randomUUID()}`;
  await mkdir(folder);
  return folder;
}

function isLeftover(name: string, prefix: string): boolean {
  const pid = name.startsWith(`${prefix}-`)
    ? /^(\d+)-[0-9a-f-]{36}$/.exec(name.slice(prefix.length + 1))?.[1]
    : undefined;
  return pid !== undefined && !isRunning(Number(pid));
}

/** True if a process with this pid runs, of any user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
