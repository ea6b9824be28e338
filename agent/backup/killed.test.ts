// A backup and a restore that are killed by SIGKILL in the middle: there is all of it or nothing, and the next one goes on.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditDatabase } from '../audit/audit-database.ts';
import { testEntry } from '../audit/test-entry.ts';
import { defaultConfig } from '../config/read-config.ts';
import { openHome } from '../home.ts';
import { type RunError, runCommand } from '../host/run-command.ts';
import { StateStore } from '../state/store.ts';
import { restoreBackup } from './restore.ts';
import { backUpToFile } from './write-backup.ts';

const entry = path.join(import.meta.dirname, 'test-backup-entry.ts');
let folder: string;
let home: string;
let other: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-backup-killed-'));
  home = path.join(folder, 'home');
  other = path.join(folder, 'other');
  file = path.join(folder, 'backup.tar');
  await (await openHome(home)).release();
  const store = new StateStore(path.join(home, 'state.sqlite'));
  store.settings.put('hostId', 'h-1');
  store.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function killedAt(what: 'backup' | 'restore', at: string, step: string): Promise<void> {
  const killed = await runCommand(process.execPath, [entry, what, at, file, step], { timeoutMs: 120_000 }).catch(
    (error: unknown) => error,
  );
  expect(killed).toMatchObject({ name: 'RunError', signal: 'SIGKILL' } satisfies Partial<RunError>);
}
const hostIdIn = (at: string) => {
  const store = new StateStore(path.join(at, 'state.sqlite'));
  const found = store.settings.get('hostId');
  store.close();
  return found;
};
const leftIn = async (at: string) => (await readdir(at)).filter((name) => /part|restore|ready/.test(name));

it.each(['gathered', 'written'])('a backup killed when it is %s is not there, and the next one is', async (step) => {
  await killedAt('backup', home, step);
  expect(await readdir(folder)).not.toContain('backup.tar');
  await backUpToFile(defaultConfig(home), file, { force: false });
  expect([await leftIn(home), await leftIn(folder)]).toEqual([[], []]);
  await restoreBackup(file, defaultConfig(other));
  expect(hostIdIn(other)).toBe('h-1');
});

it('a restore killed before it was complete leaves an unused folder', async () => {
  await backUpToFile(defaultConfig(home), file, { force: false });
  await killedAt('restore', other, 'unpacked');
  expect(await readdir(other)).not.toContain('state.sqlite');
  // Whoever starts an agent there gets a new state, with nothing of the backup.
  const opened = await openHome(other);
  expect(opened.token).not.toBe((await readFile(path.join(home, 'token'), 'utf8')).trim());
  await opened.release();
  expect(await leftIn(other)).toEqual([]);
  expect(await restoreBackup(file, defaultConfig(other))).not.toBeNull();
  expect(hostIdIn(other)).toBe('h-1');
});

it.each(['ready', 'database placed'])('a restore killed when it was %s is finished by the next agent', async (step) => {
  await backUpToFile(defaultConfig(home), file, { force: false });
  await killedAt('restore', other, step);
  const opened = await openHome(other);
  expect(opened.token).toBe((await readFile(path.join(home, 'token'), 'utf8')).trim());
  await opened.release();
  expect([await leftIn(other), hostIdIn(other)]).toEqual([[], 'h-1']);
});

it('a restore killed when it was complete is finished by the next restore, which uses nothing else', async () => {
  await backUpToFile(defaultConfig(home), file, { force: false });
  await killedAt('restore', other, 'ready');
  expect(await restoreBackup(file, defaultConfig(other))).toBeNull();
  expect([await leftIn(other), hostIdIn(other)]).toEqual([[], 'h-1']);
});

it('a restore killed between two audit trails loses none', async () => {
  const trailOf = (at: string, ending = '') => new AuditDatabase(path.join(at, `audit-trail.sqlite${ending}`));
  const callsIn = (trail: AuditDatabase) => {
    const { entries } = trail.page({ limit: 10 });
    trail.close();
    return entries.map(({ call }) => call);
  };
  for (const [at, call] of [
    [home, 'env.start'],
    [other, 'session.join'],
  ] as const) {
    await (await openHome(at)).release();
    const trail = trailOf(at);
    trail.add([testEntry({ call })]);
    trail.close();
  }
  await backUpToFile(defaultConfig(home), file, { force: false });
  await killedAt('restore', other, 'audit trail put aside');
  await (await openHome(other)).release();
  expect([callsIn(trailOf(other)), callsIn(trailOf(other, '.before-restore'))]).toEqual([
    ['env.start'],
    ['session.join'],
  ]);
});
