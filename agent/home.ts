// The agent's state folder: private (0700), held by one agent at a time, with the token and the address for its clients.
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readIfThere, readOrMakeToken, writePrivateFile } from '@tt/client/node';
import { TtError } from '@tt/protocol';

export interface Home {
  readonly directory: string;
  /** The access token, made at the first start and kept. */
  readonly token: string;
  readonly databaseFile: string;
  readonly diskDirectory: string;
  readonly runDirectory: string;
  readonly cacheDirectory: string;
  /** Tells clients of this computer where the agent listens (`agent.json`). */
  announce(url: string, startedAt: Date): Promise<void>;
  /** Takes the announcement back and lets the next agent in. Idempotent. */
  release(): Promise<void>;
}

/** Throws AGENT_ALREADY_RUNNING when another agent holds the folder. */
export async function openHome(directory: string): Promise<Home> {
  const inside = (name: string) => path.join(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const lock = await holdLock(directory);
  await mkdir(inside('run'), { recursive: true, mode: 0o700 });
  return {
    directory,
    token: await readOrMakeToken(inside('token')),
    databaseFile: inside('state.sqlite'),
    diskDirectory: inside('disks'),
    runDirectory: inside('run'),
    cacheDirectory: inside('cache'),
    async announce(url, startedAt) {
      const text = JSON.stringify({ url, pid: process.pid, startedAt: startedAt.toISOString() });
      await writePrivateFile(inside('agent.json'), `${text}\n`);
    },
    async release() {
      // A second call must not take back what the next agent says.
      if (!lock.isOpen) return;
      await rm(inside('agent.json'), { force: true });
      lock.close();
    },
  };
}

/**
 * A lock the system itself takes back when this process dies, however it dies: an exclusive transaction on an otherwise
 * empty SQLite file.
 */
async function holdLock(directory: string): Promise<DatabaseSync> {
  const database = new DatabaseSync(path.join(directory, 'lock.sqlite'));
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Error && /database is locked/.test(error.message))) throw error;
    throw new TtError('AGENT_ALREADY_RUNNING', { pid: await holderOf(directory), stateDirectory: directory });
  }
}

/** The process that says it holds the folder; 0 when it has not said so yet. */
async function holderOf(directory: string): Promise<number> {
  const text = await readIfThere(path.join(directory, 'agent.json'));
  return text === null ? 0 : ((JSON.parse(text) as { pid?: number }).pid ?? 0);
}
