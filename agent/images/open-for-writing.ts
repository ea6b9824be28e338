// Whether a process on this host is still writing to one of several files, according to /proc. Processes that cannot be
// inspected (those of other users if the agent is not root) are not counted; then only the files themselves can tell.
import { constants } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

/** All open files of all processes at one moment: looking costs some milliseconds for each hundred processes. */
export class OpenFiles {
  /** Paths in `/proc` by the file they refer to. */
  readonly #byTarget = new Map<string, { pid: number; fd: string }[]>();

  static async now(): Promise<OpenFiles> {
    const files = new OpenFiles();
    const names = (await readdir('/proc').catch(gone)) ?? [];
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    await Promise.all(pids.map((pid) => files.#lookAt(pid)));
    return files;
  }

  async #lookAt(pid: number): Promise<void> {
    for (const fd of (await readdir(`/proc/${pid}/fd`).catch(gone)) ?? []) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(gone);
      if (target === null || !target.startsWith('/')) continue;
      this.#byTarget.set(target, [...(this.#byTarget.get(target) ?? []), { pid, fd }]);
    }
  }

  /** True when one of the files is open for writing. */
  async isWriting(paths: readonly string[]): Promise<boolean> {
    for (const path of paths) {
      const real = await realpath(path).catch(gone);
      for (const { pid, fd } of (real !== null && this.#byTarget.get(real)) || []) {
        const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(gone);
        const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info ?? '')?.[1] ?? '0', 8);
        if ((flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0) return true;
      }
    }
    return false;
  }
}

/** Processes can end meanwhile, and those of other users cannot be inspected; hosts without /proc have none. */
function gone(error: NodeJS.ErrnoException): null {
  const known = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL'];
  if (known.includes(error.code ?? '')) return null;
  throw error;
}
