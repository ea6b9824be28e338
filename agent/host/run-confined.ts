// Runs programs that read untrusted files (qemu-img, xz, bzip2) as an unprivileged user, without network, without the agent's
// environment, and with limits on memory, file size and time, so that a vulnerability in such a program gives access to nothing.
import { type RunResult, findProgram, runCommand, RunError, type RunOptions } from './run-command.ts';

const MIB = 1024 * 1024;
/** qemu-img takes some 100 MiB; a table that a hostile file makes large must not take the host's memory. */
const MEMORY_BYTES = 2048 * MIB;
const PROBE_TIMEOUT_MS = 10_000;

export interface ConfinedOptions extends Omit<RunOptions, 'user' | 'env' | 'withoutEnvironment'> {
  /** Who it runs as; null: as the agent. A root without any capability where the agent is root. */
  user: { uid: number; gid: number } | null;
  /** Largest file it may write, in bytes; null: any. */
  fileBytes: number | null;
}

/** What can be taken away on this host. Network needs namespaces, which containers and some distributions do not give. */
export interface Confinement {
  network: boolean;
  /** No capability is left, and none can be gained through a set-uid program. */
  privileges: boolean;
}

/**
 * Runs a program to its end. Rejects with RunError, as `runCommand` does; `signal` SIGXFSZ: its file became too large.
 * `options.files` are open descriptors that it has as 3, 4, …: its only way to files it could not open itself.
 */
export async function runConfined(
  command: string,
  args: readonly string[],
  { user, fileBytes, ...options }: ConfinedOptions,
): Promise<RunResult> {
  const program = await findProgram(command);
  if (program === null) throw new RunError({ command, args, exitCode: null, stderr: '', notFound: true });
  const limits = { fileBytes, cpuSeconds: Math.ceil(options.timeoutMs / 1000) };
  const [first = '', ...confining] = confiningArguments(await confinement(), user, limits);
  try {
    return await runCommand(first, [...confining, program, ...args], { ...options, withoutEnvironment: true });
  } catch (error) {
    if (!(error instanceof RunError) || error.notFound) throw error;
    const { exitCode, signal, stderr, timedOut } = error;
    throw new RunError({ command, args, exitCode, signal, stderr, timedOut, cause: error });
  }
}

/** Pure: a chain of programs that drop privileges, each starting the next. */
export function confiningArguments(
  { network, privileges }: Confinement,
  user: ConfinedOptions['user'],
  { fileBytes, cpuSeconds }: { fileBytes: number | null; cpuSeconds: number },
  isRoot = process.geteuid?.() === 0,
): string[] {
  const fileSize = fileBytes === null ? [] : [`--fsize=${fileBytes}`];
  return [
    'prlimit',
    `--as=${MEMORY_BYTES}`,
    `--cpu=${cpuSeconds}`,
    '--core=0',
    ...fileSize,
    '--',
    ...(network ? ['unshare', ...withoutNetwork(isRoot), '--'] : []),
    ...(privileges || user
      ? ['setpriv', ...(user ? asUser(user) : []), ...(privileges ? noRights(isRoot) : []), '--']
      : []),
  ];
}

function asUser({ uid, gid }: { uid: number; gid: number }): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}

/** An ordinary user has no capability to lose, and may make namespaces only in a user namespace of his own. */
function withoutNetwork(isRoot: boolean): string[] {
  return [...(isRoot ? [] : ['--user', '--map-current-user']), '--net', '--ipc'];
}

function noRights(isRoot: boolean): string[] {
  return ['--no-new-privs', ...(isRoot ? ['--bounding-set=-all', '--inh-caps=-all'] : [])];
}

let probed: Promise<Confinement> | null = null;

/** Found out once in the life of this process. */
export function confinement(): Promise<Confinement> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Confinement> {
  const isRoot = process.geteuid?.() === 0;
  const works = async (program: string, args: readonly string[]) => {
    try {
      await runCommand(program, [...args, '--', 'true'], { timeoutMs: PROBE_TIMEOUT_MS });
      return true;
    } catch (error) {
      if (error instanceof RunError) return false;
      throw error;
    }
  };
  const [network, privileges] = await Promise.all([
    works('unshare', withoutNetwork(isRoot)),
    works('setpriv', noRights(isRoot)),
  ]);
  return { network, privileges };
}
