// The agent's state folder: private, locked by one agent at a time, with the token and the address for its clients.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type AgentFile,
  identifyAgent,
  makeStateFolder,
  readIfThere,
  readOrMakeToken,
  writePrivateFile,
} from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { AUDIT_NAME } from './backup/backup-form.ts';
import { settleLeftovers } from './backup/leftovers.ts';
import { publicProcess } from './command/tear-down.ts';
import { DiskReserve } from './host/disk-reserve.ts';
import { isThere } from './host/is-there.ts';
import { makePrivateFile } from './state/database-file.ts';

const DATABASE = 'state.sqlite';
const FAKE_MARK = 'fake-drivers';
const PORT = 'port';

export interface Home {
  readonly directory: string;
  /** The access token, created at the first start. */
  readonly token: string;
  readonly databaseFile: string;
  /** Who did what. */
  readonly auditFile: string;
  /** Space reserved for when the disk is full; created while the agent runs. */
  readonly reserve: DiskReserve;
  readonly diskDirectory: string;
  /** Pictures of snapshots. */
  readonly thumbnailDirectory: string;
  readonly recordingDirectory: string;
  readonly runDirectory: string;
  readonly cacheDirectory: string;
  /** Files on their way to or from clients. */
  readonly transferDirectory: string;
  /** What commands in guests printed. */
  readonly commandRunDirectory: string;
  /** Files of the address servers of bridged networks. */
  readonly networkDirectory: string;
  /** What the switches of user-mode guests know, and how they are told. */
  readonly switchDirectory: string;
  /** Base images of profiles. */
  readonly baseDirectory: string;
  /** What the agent presents over TLS. */
  readonly tlsDirectory: string;
  /** Tells clients of this computer where the agent listens, and by which authority they know it (`agent.json`). */
  announce(server: { url: string; authority: string | null }, startedAt: Date): Promise<void>;
  /** Port of the last announcement, which outlives it; null: there was none, or it can't be read as a port. */
  lastPort(): Promise<number | null>;
  /** Takes the announcement back and lets the next agent in. Idempotent. */
  release(): Promise<void>;
}

/** Which machines a state folder has: those of real drivers, or of fake ones (development only). Never both. */
export type Drivers = 'real' | 'fake';

/**
 * Throws STATE_UNUSABLE if nothing can be stored there, AGENT_ALREADY_RUNNING if another agent has locked the folder, and
 * STATE_OTHER_DRIVERS if it belongs to an agent of the other kind: fake drivers would take real disks for their own, and real
 * ones would find machines that never existed.
 */
export async function openHome(directory: string, drivers: Drivers = 'real'): Promise<Home> {
  const inside = (name: string) => path.join(directory, name);
  await makeStateFolder(directory);
  const lock = await holdLock(directory);
  const reserve = new DiskReserve(inside('reserve'));
  // What is written at every start is little, and the disk may have no space for it.
  reserve.makeSpace();
  try {
    await settleLeftovers(directory);
    await mustBelongTo(directory, drivers);
    for (const name of ['run', 'disks', 'bases']) await makeStateFolder(inside(name));
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    directory,
    token: await readOrMakeToken(inside('token')),
    databaseFile: inside(DATABASE),
    auditFile: inside(AUDIT_NAME),
    reserve,
    diskDirectory: inside('disks'),
    thumbnailDirectory: inside('thumbnails'),
    recordingDirectory: inside('recordings'),
    runDirectory: inside('run'),
    cacheDirectory: inside('cache'),
    transferDirectory: inside('transfers'),
    commandRunDirectory: inside('command-runs'),
    networkDirectory: inside('network'),
    switchDirectory: inside('switch'),
    baseDirectory: inside('bases'),
    tlsDirectory: inside('tls'),
    async announce(server, startedAt) {
      const identity = await identifyAgent(await publicProcess());
      const note: AgentFile = { ...server, ...identity, startedAt: startedAt.toISOString() };
      await writePrivateFile(inside('agent.json'), `${JSON.stringify(note)}\n`);
      const { port } = new URL(server.url);
      if (port !== '' && Number(port) !== (await readPort(inside(PORT))))
        await writePrivateFile(inside(PORT), `${port}\n`);
    },
    lastPort: () => readPort(inside(PORT)),
    async release() {
      // A second call must not take back what the next agent says.
      if (!lock.isOpen) return;
      await rm(inside('agent.json'), { force: true });
      lock.close();
    },
  };
}

async function readPort(file: string): Promise<number | null> {
  const text = (await readIfThere(file))?.trim() ?? '';
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port > 0 && port <= 65_535 ? port : null;
}

/** A file with this name, created first, marks a fake folder; any other folder that has been used is real. */
async function mustBelongTo(stateDirectory: string, drivers: Drivers): Promise<void> {
  const mark = path.join(stateDirectory, FAKE_MARK);
  const isFake = await isThere(mark);
  if (!isFake && drivers === 'fake' && !(await isThere(path.join(stateDirectory, DATABASE)))) {
    await writePrivateFile(mark, 'The machines of this folder are fake: tt-agent --engine fake made them.\n');
    return;
  }
  const held: Drivers = isFake ? 'fake' : 'real';
  if (held !== drivers) throw new TtError('STATE_OTHER_DRIVERS', { stateDirectory, held });
}

/**
 * A lock that the system releases when this process dies, however it dies: an exclusive transaction on an otherwise empty
 * SQLite file; `close` releases it. Throws AGENT_ALREADY_RUNNING.
 */
export async function holdLock(directory: string): Promise<DatabaseSync> {
  const file = path.join(directory, 'lock.sqlite');
  makePrivateFile(file);
  const database = new DatabaseSync(file);
  try {
    // Nothing is ever written: a journal in memory, so that the lock can be had on a full disk.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Error && /database is locked/.test(error.message))) throw error;
    throw new TtError('AGENT_ALREADY_RUNNING', { pid: await holderOf(directory), stateDirectory: directory });
  }
}

/** The process that has recorded itself as the owner of the folder; 0 if it has not done so yet. */
async function holderOf(directory: string): Promise<number> {
  const text = await readIfThere(path.join(directory, 'agent.json'));
  return text === null ? 0 : ((JSON.parse(text) as { pid?: number }).pid ?? 0);
}
