// Process data from Linux (proc(5)): processor time, memory, children. All by pid.
import { readdir, readFile, readlink } from 'node:fs/promises';

/** USER_HZ, the same on every architecture we run on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time the process itself has used. */
export async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Fields 14 and 15 (utime, stime); `fields` starts with field 3.
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) / TICKS_PER_SECOND;
}

/** The same with all of its children that have ended. */
export async function cpuSecondsWithChildren(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Fields 14 to 17: utime, stime, cutime, cstime.
  return [14, 15, 16, 17].reduce((ticks, field) => ticks + Number(fields[field - 3]), 0) / TICKS_PER_SECOND;
}

export async function childPids(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Resident memory in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Processes whose command line names `folder`, or that live in it, as confined guests do: what a dead agent may have left there. */
export async function pidsUsing(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const uses = (await commandLineOf(pid)).includes(folder) || (await workingFolderOf(pid)).startsWith(`${folder}/`);
      return uses ? [pid] : [];
    }),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}

/** The QEMU of a VM (`demo/tiny-2-1`), by the name that its command line gives it. */
export async function pidOfGuest(vmName: string): Promise<number> {
  const [pid, ...others] = await pidsUsing(`guest=${vmName}\0`);
  if (pid === undefined || others.length > 0) throw new Error(`there is not one process of ${vmName}`);
  return pid;
}

function commandLineOf(pid: number): Promise<string> {
  return unlessGone(readFile(`/proc/${pid}/cmdline`, 'utf8'));
}

/** Of a folder that was removed it still has the name; empty for processes of others, which tell nothing. */
function workingFolderOf(pid: number): Promise<string> {
  return unlessGone(readlink(`/proc/${pid}/cwd`));
}

/** Empty when the process is gone meanwhile, or may not be looked at. */
async function unlessGone(text: Promise<string>): Promise<string> {
  try {
    return await text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return '';
    throw error;
  }
}
