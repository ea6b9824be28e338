// The DHCP and DNS server of one ENV: a dnsmasq on the ENV's bridge. It is not a child of the agent, so guests can renew their
// leases while the agent restarts; the next agent finds it by its pid file and its arguments.
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isThere } from '../../host/is-there.ts';
import {
  findProcess,
  identifyProcess,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from '../../host/process-identity.ts';
import { asNetworkError, NetworkError } from '../errors.ts';
import {
  formatNics,
  formatNames,
  readNics,
  type ServedNic,
  type ServerSpec,
  serverArguments,
  serverFiles,
} from './dhcp-files.ts';
import type { Run } from './host-links.ts';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;

export interface NicChange {
  set: readonly ServedNic[];
  /** MAC addresses. */
  unset: readonly string[];
}

export class DhcpServer {
  readonly #spec: ServerSpec;
  readonly #files: ReturnType<typeof serverFiles>;
  readonly #run: Run;

  constructor(spec: ServerSpec, run: Run) {
    this.#spec = spec;
    this.#files = serverFiles(spec.directory);
    this.#run = run;
  }

  /** The NICs it serves, from its file; none if the server was never created. */
  async nics(): Promise<ServedNic[]> {
    return readNics((await readIfThere(this.#files.nics)) ?? '');
  }

  /**
   * Changes the NICs it serves and makes sure that it runs. New NICs are loaded by SIGHUP; for a removed or changed one the
   * server is restarted, because it would reserve the address for the old NIC until that lease ends. `anew`: its bridge was
   * recreated; dnsmasq 2.90 adapts to that by itself, but only if it can bind its socket again at the moment it is notified.
   */
  async change({ set, unset }: NicChange, { anew }: { anew: boolean }): Promise<void> {
    const present = new Map((await this.nics()).map((nic) => [nic.mac, nic]));
    const next = new Map(present);
    for (const mac of unset) next.delete(mac);
    for (const nic of set) next.set(nic.mac, nic);
    const isSame = (one: ServedNic, other: ServedNic | undefined) =>
      one.ip === other?.ip && one.hostname === other.hostname;
    const forgets = [...present.values()].some((nic) => !isSame(nic, next.get(nic.mac)));
    const learns = next.size > present.size;
    if (set.length === 0 && !forgets) return;
    await makeOpenFolder(this.#spec.directory);
    // An agent that dies between here and the restart leaves word for the next one.
    if (forgets) await writeFile(this.#files.outdated, '');
    if (forgets || learns) {
      await replaceFile(this.#files.names, formatNames(next.values()));
      await replaceFile(this.#files.nics, formatNics(next.values()));
    }
    const running = await this.find();
    if (set.length === 0 && running === null) return;
    if (running !== null && !anew && !(await isThere(this.#files.outdated))) {
      // Also without news: an agent may have died after writing the files.
      await signalProcess(running, 'SIGHUP');
      return;
    }
    await this.stop();
    if (next.size > 0) await this.#start();
  }

  /** Undoes a failed change: restores the NICs it had before, or removes its folder if it had none. */
  async restore(nics: readonly ServedNic[]): Promise<void> {
    if (nics.length === 0) return this.destroy();
    const kept = new Set(nics.map((nic) => nic.mac));
    const unset = (await this.nics()).map((nic) => nic.mac).filter((mac) => !kept.has(mac));
    await this.change({ set: nics, unset }, { anew: false });
  }

  /** Starts it if it should run and does not; true if it had to. */
  async repair(): Promise<boolean> {
    if ((await this.nics()).length === 0 || (await this.find()) !== null) return false;
    await this.stop();
    await this.#start();
    return true;
  }

  /** The process, if it runs with just these arguments. */
  async find(): Promise<ProcessIdentity | null> {
    const pid = Number((await readIfThere(this.#files.pid))?.trim());
    if (!Number.isInteger(pid) || pid <= 0) return null;
    const identity = await identifyProcess(pid);
    const commandLine = identity && (await readIfThere(`/proc/${pid}/cmdline`));
    const args = commandLine?.split('\0').slice(0, -1) ?? [];
    const wanted = serverArguments(this.#spec);
    // dnsmasq itself is last but for its arguments, whatever stands before it.
    return wanted.length > 0 && args.slice(-wanted.length).join('\0') === wanted.join('\0') ? identity : null;
  }

  /** Ends it, also one with other arguments or without a pid file. The files stay. Idempotent. */
  async stop(): Promise<void> {
    const pidFile = `--pid-file=${this.#files.pid}`;
    for (let found = await this.#any(pidFile); found; found = await findProcess([pidFile])) {
      await signalProcess(found, 'SIGTERM');
      if (await waitUntilGone(found, STOP_TIMEOUT_MS)) continue;
      await signalProcess(found, 'SIGKILL');
      if (await waitUntilGone(found, STOP_TIMEOUT_MS)) continue;
      throw new NetworkError('COMMAND_FAILED', `dnsmasq (process ${found.pid}) of ${this.#spec.bridge} can't be ended`);
    }
    await rm(this.#files.pid, { force: true });
  }

  /** Ends it and removes its files. Idempotent. */
  async destroy(): Promise<void> {
    await this.stop();
    await rm(this.#spec.directory, { recursive: true, force: true });
  }

  async #any(pidFile: string): Promise<ProcessIdentity | null> {
    return (await this.find()) ?? (await findProcess([pidFile]));
  }

  /** Returns when it serves: dnsmasq daemonizes only after it has opened its sockets. */
  async #start(): Promise<void> {
    // A log for each life, so that it does not grow for ever.
    await rm(this.#files.log, { force: true });
    try {
      const { fence } = this.#spec;
      const [command, before] = fence === null ? ['dnsmasq', []] : ['ip', ['netns', 'exec', fence, 'dnsmasq']];
      await this.#run(command, [...before, ...serverArguments(this.#spec)], { timeoutMs: START_TIMEOUT_MS });
    } catch (error) {
      throw asNetworkError(error);
    }
    await rm(this.#files.outdated, { force: true });
  }
}

/** Creates a folder that dnsmasq's user can read, whatever the agent's umask. */
export async function makeOpenFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // ESRCH: of a process that ended between open and read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** A reader sees the old content or the new, never half of it. The mode is for the user dnsmasq becomes. */
async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, content);
  await chmod(draft, 0o644);
  await rename(draft, file);
}
