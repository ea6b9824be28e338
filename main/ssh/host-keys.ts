// The host keys that this desktop knows: a file of its own, which is added to, and the user's ~/.ssh/known_hosts, which is only read.
import { appendFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '@tt/client/node';
import { keysOf, type KnownKeys, knownLine, type SshPlace } from './known-hosts.ts';

export interface HostKeys {
  /** What is known of a server now. `files`: in place of the user's usual one; null: that one. */
  of(place: SshPlace, files: readonly string[] | null): Promise<KnownKeys>;
  /** From now on this key is known; nothing of the user's is changed. */
  add(place: SshPlace, key: Buffer): Promise<void>;
}

export interface HostKeyFiles {
  /** Of TT; made when a key is added. */
  own: string;
  /** Of the user; need not be there. */
  user: string;
}

/** A larger file of the user is no list of hosts. */
const MOST_BYTES = 16 * 1024 * 1024;

export function hostKeysIn({ own, user }: HostKeyFiles): HostKeys {
  return {
    async of(place, files) {
      const users = await Promise.all((files ?? [user]).map(readBounded));
      return keysOf([(await readIfThere(own)) ?? '', ...users], place);
    },
    async add(place, key) {
      await mkdir(path.dirname(own), { recursive: true, mode: 0o700 });
      await appendFile(own, knownLine(place, key), { mode: 0o600 });
    },
  };
}

async function readBounded(file: string): Promise<string> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null || found.size > MOST_BYTES || !found.isFile()) return '';
  return (await readIfThere(file)) ?? '';
}
