// Test support: a real ssh session (OpenSSH's client) from a host of a lab to a guest; all its commands use the one TCP
// connection it opened first.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../host/run-command.ts';
import type { Lab, LabHost } from './lab.ts';
import type { LabGuest } from './guest.ts';
import { until } from '../until.ts';

const TIMEOUT_MS = 30_000;

export class LabSsh {
  readonly #host: LabHost;
  readonly #control: string[];

  private constructor(host: LabHost, control: string[]) {
    this.#host = host;
    this.#control = control;
  }

  /** Logs in as root at a port of `address`. Open until the lab is removed. */
  static async open(lab: Lab, host: LabHost, address: string, port: number, keyFile: string): Promise<LabSsh> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-ssh-'));
    lab.onRemove(() => rm(folder, { recursive: true, force: true }));
    const control = ['-F', 'none', '-S', path.join(folder, 'control'), '-p', String(port)];
    const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
    const login = ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', keyFile];
    await lab.start(host, 'ssh', ['-M', '-N', ...control, ...quiet, ...login, `root@${address}`]);
    const session = new LabSsh(host, [...control, `root@${address}`]);
    const isOpen = () =>
      session.#ask(['-O', 'check']).then(
        () => true,
        () => false,
      );
    await until(`the ssh session from ${host.name} is open`, isOpen, TIMEOUT_MS);
    return session;
  }

  /** Rejects when the connection is gone: it is never opened anew. */
  async run(commandLine: string): Promise<string> {
    return (await this.#ask(['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'], [commandLine])).trim();
  }

  #ask(options: readonly string[], rest: readonly string[] = []): Promise<string> {
    return this.#host.exec('ssh', [...options, ...this.#control, ...rest], { timeoutMs: TIMEOUT_MS });
  }
}

/** Makes a key that a guest lets in as root; gives the file of its private half, which goes with the lab. */
export async function acceptedSshKey(lab: Lab, guest: LabGuest): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-key-'));
  lab.onRemove(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'key');
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file], { timeoutMs: TIMEOUT_MS });
  const line = (await readFile(`${file}.pub`, 'utf8')).trim();
  await guest.run(`mkdir -p -m 700 /root/.ssh; echo '${line}' >/root/.ssh/authorized_keys; chmod 600 /root/.ssh/*`);
  return file;
}
