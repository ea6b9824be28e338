// The peers: parallel-ssh, OpenSSH with and without kept connections, and scp. They read a configuration, a key and known hosts of
// this bench's own, nothing of ~/.ssh.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { hostNamesOf, knownHostsOf, sshConfigOf } from '../../cli/ssh/ssh-config.ts';
import { startChild } from '../child.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';
import type { Guest, Guests } from './guests.ts';

const LIMIT_MS = 120_000;
/** What parallel-ssh and each xargs are told. */
export const WIDTH = 20;

export class SshPeers {
  readonly #folder: string;
  readonly #config: string;
  readonly #context: BenchContext;

  private constructor(context: BenchContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
    this.#config = path.join(folder, 'config');
  }

  /** Writes what they read. */
  static async prepare(context: BenchContext, guests: readonly Guests[]): Promise<SshPeers> {
    const folder = path.join(context.folder, 'ssh');
    await mkdir(folder, { mode: 0o700 });
    const sections: string[] = [];
    for (const { envName, privateKey, all } of guests) {
      const keyFile = path.join(folder, `${envName}.key`);
      await writeFile(keyFile, privateKey, { mode: 0o600 });
      for (const { login } of all) {
        const knownHostsFile = path.join(folder, `${login.vmId}.known`);
        await writeFile(knownHostsFile, knownHostsOf(login));
        sections.push(`${sshConfigOf(login, { keyFile, knownHostsFile })}  BatchMode yes\n`);
      }
    }
    const peers = new SshPeers(context, folder);
    await writeFile(peers.#config, sections.join('\n'));
    return peers;
  }

  /** parallel-ssh, which connects to each; resolves with the lines that were printed. RunError with `notFound` without it. */
  async parallel(guests: readonly Guest[], command: readonly string[]): Promise<string[]> {
    const hosts = path.join(this.#folder, 'hosts');
    await writeFile(hosts, `${guests.map(hostOf).join('\n')}\n`);
    const args = ['-h', hosts, '-p', String(WIDTH), '-i', '-x', `-F ${this.#config}`, ...command];
    const { stdout } = await runCommand('parallel-ssh', args, { timeoutMs: LIMIT_MS });
    return stdout.split('\n');
  }

  /** Opens a connection to each that is kept; to be closed by what is returned. */
  async keepConnections(guests: readonly Guest[]): Promise<AsyncDisposable> {
    const resources = this.#context.resources.use(new AsyncDisposableStack());
    const log = path.join(this.#folder, 'masters.log');
    await Promise.all(
      guests.map((guest) =>
        startChild(resources, 'ssh', ['-F', this.#config, '-M', '-N', '-S', this.#socketOf(guest), hostOf(guest)], log),
      ),
    );
    for (const guest of guests) {
      const isOpen = async () => (await stat(this.#socketOf(guest)).catch(() => null)) && true;
      await waitUntil(`the connection to ${guest.name}`, isOpen, { timeoutMs: LIMIT_MS });
    }
    return resources;
  }

  /** One ssh for each, over the kept connections. */
  async overKept(guests: readonly Guest[], command: readonly string[]): Promise<string[]> {
    // xargs knows no name but that of the host, so the socket is named after it.
    // Without a connection that is kept it must fail, not open another.
    const only = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'];
    const args = ['-F', this.#config, ...only, '-S', this.#socketOf(null), '{}', ...command];
    const { stdout } = await this.#each(guests, 'ssh', args, LIMIT_MS);
    return stdout.split('\n');
  }

  /** One scp for each guest, all at once. */
  async copy(guests: readonly Guest[], file: string, target: string, timeoutMs: number): Promise<void> {
    await this.#each(guests, 'scp', ['-q', '-F', this.#config, file, `{}:${target}`], timeoutMs);
  }

  async onEach(guests: readonly Guest[], command: readonly string[], timeoutMs: number): Promise<void> {
    await this.#each(guests, 'ssh', ['-F', this.#config, '{}', ...command], timeoutMs);
  }

  /** What the command prints goes to an open file. */
  async printInto(stdoutFd: number, guest: Guest, command: readonly string[], timeoutMs: number): Promise<void> {
    await runCommand('ssh', ['-F', this.#config, hostOf(guest), ...command], { timeoutMs, stdoutFd });
  }

  /** Milliseconds until the first byte that it prints. */
  async firstByteMs(guest: Guest, command: readonly string[]): Promise<number> {
    const begun = performance.now();
    let firstMs: number | null = null;
    await runCommand('ssh', ['-F', this.#config, hostOf(guest), ...command], {
      timeoutMs: LIMIT_MS,
      onStdout: () => {
        firstMs ??= performance.now() - begun;
      },
    });
    if (firstMs === null) throw new Error('ssh printed nothing');
    return firstMs;
  }

  #each(guests: readonly Guest[], program: string, args: readonly string[], timeoutMs: number) {
    return runCommand('xargs', ['-P', String(WIDTH), '-I', '{}', program, ...args], {
      input: `${guests.map(hostOf).join('\n')}\n`,
      timeoutMs,
    });
  }

  /** null: as xargs and ssh put it together. */
  #socketOf(guest: Guest | null): string {
    return path.join(this.#folder, `m-${guest ? hostOf(guest) : '{}'}`);
  }
}

function hostOf({ name }: Guest): string {
  return hostNamesOf(name)[0];
}
