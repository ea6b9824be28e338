// What OpenSSH's client reads, in TT's own state folder, never in the user's ~/.ssh: for each server and ENV its private key, and for
// each VM its known hosts and its configuration. Folders of ENVs that are gone are removed at the next use.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { stateDirectory, writePrivateFile } from '@tt/client/node';
import type { SshKey } from '@tt/protocol';
import type { Server } from '../server-choice.ts';
import { knownHostsOf, sshConfigOf, type SshLogin } from './ssh-config.ts';

/** ENVs of two servers may have the same name. */
function folderOfServer({ kind, url }: Pick<Server, 'kind' | 'url'>): string {
  const name = kind === 'private' ? 'private' : createHash('sha256').update(url).digest('hex').slice(0, 16);
  return path.join(stateDirectory(), 'ssh', name);
}

/** `.` stays in it: what begins so is no name of an ENV. */
const folderName = (envName: string) => `env-${encodeURIComponent(envName)}`;

export class SshFolder {
  readonly #ofServer: string;
  readonly #folder: string;

  constructor(server: Pick<Server, 'kind' | 'url'>, envName: string) {
    this.#ofServer = folderOfServer(server);
    this.#folder = path.join(this.#ofServer, folderName(envName));
  }

  /** Removes what belongs to other ENVs than these. */
  async sweep(envNames: readonly string[]): Promise<void> {
    const kept = new Set(envNames.map(folderName));
    const found = await readdir(this.#ofServer).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const name of found) {
      if (!kept.has(name)) await rm(path.join(this.#ofServer, name), { recursive: true, force: true });
    }
  }

  /** Writes the key and the known hosts of these VMs; gives the configuration for all of them. Throws SSH_IMPOSSIBLE or FILE_UNUSABLE. */
  async write({ privateKey, logins }: Pick<SshKey, 'privateKey' | 'logins'>): Promise<string> {
    // All is checked before anything is written.
    const sections = logins.map((login) => ({
      text: sshConfigOf(login, { keyFile: this.#file('key'), knownHostsFile: this.#file(`${login.vmId}.known`) }),
      file: this.#file(`${login.vmId}.known`),
      known: knownHostsOf(login),
    }));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writePrivateFile(this.#file('key'), privateKey);
    for (const { file, known } of sections) await writePrivateFile(file, known);
    return sections.map(({ text }) => text).join('\n');
  }

  /** The same for one VM, in files; `log` is a name nobody else uses, where ssh may write what it has to say. */
  async writeFor(privateKey: string, login: SshLogin): Promise<{ config: string; log: string }> {
    const text = await this.write({ privateKey, logins: [login] });
    const config = this.#file(`${login.vmId}.config`);
    await writePrivateFile(config, text);
    return { config, log: this.#file(`${login.vmId}.${process.pid}.log`) };
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }
}
