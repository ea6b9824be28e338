// Backups: what is in one, that it is whole or not there, and what a file that is not one gets. With the fake engine.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarBytes, tarEnd, tarHeader } from '../archives/tar-header.ts';
import { tarMember } from '../archives/test-member.ts';
import { AuditDatabase } from '../audit/audit-database.ts';
import { testEntry } from '../audit/test-entry.ts';
import { defaultConfig } from '../config/read-config.ts';
import { openHome } from '../home.ts';
import { runCommand } from '../host/run-command.ts';
import { STATE_SCHEMA, StateStore } from '../state/store.ts';
import { BACKUP_VERSION, CHECKSUM_NAME, MANIFEST_NAME } from './backup-form.ts';
import { restoreBackup } from './restore.ts';
import { backUp, backUpToFile } from './write-backup.ts';

let folder: string;
let home: string;
let other: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-backup-'));
  home = path.join(folder, 'home');
  other = path.join(folder, 'other');
  file = path.join(folder, 'backup.tar');
  await (await openHome(home, 'fake')).release();
  const store = new StateStore(path.join(home, 'state.sqlite'));
  store.settings.put('hostId', 'h-1');
  store.close();
  await mkdir(path.join(home, 'keys'), { mode: 0o700 });
  await writeFile(path.join(home, 'keys/demo.json'), '{"key":1}\n', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

const write = (from = home) => backUpToFile(defaultConfig(from), file, { force: false });
const restore = (to = other) => restoreBackup(file, defaultConfig(to));
const textIn = (...names: string[]) => readFile(path.join(...names), 'utf8');
const addEnv = (at: string, name: string) => {
  const database = new DatabaseSync(path.join(at, 'state.sqlite'));
  database.prepare('INSERT INTO envs (key, document) VALUES (?, ?)').run(name, '{}');
  database.close();
};
const hostIdIn = (at: string) => {
  const store = new StateStore(path.join(at, 'state.sqlite'));
  const found = store.settings.get('hostId');
  store.close();
  return found;
};
const auditFile = (at: string) => path.join(at, 'audit-trail.sqlite');
const addAudit = (at: string, ...calls: string[]) => {
  const trail = new AuditDatabase(auditFile(at));
  trail.add(calls.map((call) => testEntry({ call })));
  trail.close();
};
const auditIn = (trailFile: string) => {
  const trail = new AuditDatabase(trailFile);
  const { entries } = trail.page({ limit: 10 });
  trail.close();
  return entries.map(({ id, call }) => `${id} ${call}`);
};
const invalid = (code: string) =>
  expect.objectContaining({ code: 'BACKUP_INVALID', data: { file, reason: expect.objectContaining({ code }) } });

/** The file with another manifest, and a right checksum. */
async function withManifest(change: (manifest: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  const whole = await readFile(file);
  const size = Number.parseInt(whole.toString('latin1', 124, 135), 8);
  const manifest = JSON.parse(whole.toString('utf8', 512, 512 + size)) as Record<string, unknown>;
  const text = Buffer.from(JSON.stringify(change(manifest)));
  const rest = whole.subarray(tarBytes(size), whole.length - tarEnd().length - tarBytes(65));
  const body = Buffer.concat([tarMember(MANIFEST_NAME, text), rest]);
  const sum = Buffer.from(`${createHash('sha256').update(body).digest('hex')}\n`);
  await writeFile(file, Buffer.concat([body, tarMember(CHECKSUM_NAME, sum), tarEnd()]));
}

describe('a backup', () => {
  it('is a private tar file with the database, the secrets and the list of images, and nothing else', async () => {
    await mkdir(path.join(home, 'images/tiny'), { recursive: true });
    await writeFile(path.join(home, 'images/tiny/image.json'), 'broken');
    await writeFile(path.join(home, 'images/installer.iso'), '');
    await mkdir(path.join(home, 'disks/vm-1'), { recursive: true });
    await writeFile(path.join(home, 'keys/half.json.7.new'), '{');
    const manifest = await write();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { stdout } = await runCommand('tar', ['-tf', file], { timeoutMs: 30_000 });
    expect(stdout.trim().split('\n')).toEqual([
      'tt-backup.json',
      'state.sqlite',
      'token',
      'fake-drivers',
      'keys/demo.json',
      'tt-backup.sha256',
    ]);
    expect(manifest).toMatchObject({ schema: STATE_SCHEMA, envs: 0, vms: 0 });
    expect(manifest.images).toEqual([{ file: 'installer.iso', name: null, sha256: null }]);
    expect((await readdir(home)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('has what was committed and is not yet in the main file of the database, while another process has it open', async () => {
    const running = new DatabaseSync(path.join(home, 'state.sqlite'));
    running.exec('PRAGMA wal_autocheckpoint = 0;');
    addEnv(home, 'late');
    running.exec("BEGIN IMMEDIATE; INSERT INTO envs (key, document) VALUES ('uncommitted', '{}');");
    expect(await write()).toMatchObject({ envs: 1 });
    running.close();
  });

  it('never takes the place of a file unless it is told to, nor of a link, and leaves nothing when it fails', async () => {
    await writeFile(file, 'mine');
    const exists = { code: 'FILE_UNUSABLE', data: { file, reason: { code: 'exists' } } };
    await expect(write()).rejects.toMatchObject(exists);
    expect(await textIn(file)).toBe('mine');
    // Somebody else’s link where the file grows is not followed.
    const victim = path.join(folder, 'victim');
    await writeFile(victim, 'theirs');
    await symlink(victim, `${file}.part`);
    await backUpToFile(defaultConfig(home), file, { force: true });
    expect([await textIn(victim), (await stat(file)).mode & 0o777]).toEqual(['theirs', 0o600]);
    const nowhere = path.join(folder, 'none/backup.tar');
    await expect(backUpToFile(defaultConfig(home), nowhere, { force: false })).rejects.toMatchObject({
      code: 'FILE_UNUSABLE',
    });
    await expect(write(path.join(folder, 'no-home'))).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
    expect((await readdir(folder)).sort()).toEqual(['backup.tar', 'home', 'victim']);
  });

  it('has the audit trail, with what is not yet in its main file, unless it is left out', async () => {
    const running = new AuditDatabase(auditFile(home));
    running.add([testEntry(), testEntry({ call: 'env.delete' })]);
    const manifest = await write();
    expect(manifest.entries.map((entry) => entry.path)).toContain('audit-trail.sqlite');
    const short = await backUpToFile(defaultConfig(home), `${file}.short`, { force: false, withAudit: false });
    expect(short.entries.map((entry) => entry.path)).not.toContain('audit-trail.sqlite');
    running.close();
    await restore();
    expect(auditIn(auditFile(other))).toEqual(['2 env.delete', '1 env.start']);
    expect((await readdir(home)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('says that the audit trail is damaged, and can leave it out', async () => {
    await writeFile(auditFile(home), 'this is no database, whatever it is called. '.repeat(100));
    await expect(write()).rejects.toMatchObject({
      code: 'FILE_UNUSABLE',
      data: { file: auditFile(home), reason: { code: 'databaseDamaged' } },
    });
    expect(await readdir(folder)).toEqual(['home']);
    await backUpToFile(defaultConfig(home), file, { force: false, withAudit: false });
  });

  it('ends with what its reader refused, and leaves no copy', async () => {
    const gone = new Error('gone');
    await expect(backUp(defaultConfig(home), { write: () => Promise.reject(gone) })).rejects.toBe(gone);
    expect((await readdir(home)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('of a newer TT’s state is refused', async () => {
    const newer = new DatabaseSync(path.join(home, 'state.sqlite'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(write()).rejects.toMatchObject({ code: 'STATE_TOO_NEW' });
    expect(await readdir(folder)).toEqual(['home']);
  });
});

describe('a restore', () => {
  it('brings everything back, with modes and a working state, over an agent that was only started', async () => {
    const configFile = path.join(home, 'agent.yaml');
    await writeFile(configFile, 'log: { level: warn }\n');
    await backUpToFile({ ...defaultConfig(home), configFile }, file, { force: false });
    await (await openHome(other, 'fake')).release();
    new StateStore(path.join(other, 'state.sqlite')).close();
    const restored = await restore();
    expect(restored).toMatchObject({
      configuration: path.join(other, 'agent.yaml.from-backup'),
      manifest: { envs: 0, vms: 0 },
    });
    for (const name of ['token', 'keys/demo.json'])
      expect([name, await textIn(other, name)]).toEqual([name, await textIn(home, name)]);
    const modes = ['token', 'keys', 'keys/demo.json', 'state.sqlite'].map(
      async (name) => (await stat(path.join(other, name))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o600, 0o700, 0o600, 0o600]);
    expect(hostIdIn(other)).toBe('h-1');
    expect((await readdir(other)).filter((name) => name.startsWith('restore'))).toEqual([]);
  });

  it('says which images are missing, and keeps quiet about the same configuration', async () => {
    await writeFile(path.join(home, 'agent.yaml'), 'log: { level: warn }\n');
    await mkdir(path.join(home, 'images'));
    await writeFile(path.join(home, 'images/a.iso'), '');
    const configFile = path.join(home, 'agent.yaml');
    await backUpToFile({ ...defaultConfig(home), configFile }, file, { force: false });
    const restored = await restoreBackup(file, { ...defaultConfig(other), configFile });
    expect(restored).toMatchObject({ configuration: null, missingImages: ['a.iso'] });
    expect((await readdir(other)).filter((name) => /yaml/.test(name))).toEqual([]);
  });

  it('puts the audit trail of the agent that was started here aside', async () => {
    addAudit(home, 'env.start');
    await write();
    await (await openHome(other, 'fake')).release();
    addAudit(other, 'session.invite', 'session.join');
    await restore();
    expect(auditIn(auditFile(other))).toEqual(['1 env.start']);
    expect(auditIn(`${auditFile(other)}.before-restore`)).toEqual(['2 session.join', '1 session.invite']);
  });

  it('is refused where people have made something, where an agent runs, and where nothing can be read', async () => {
    await write();
    addEnv(home, 'demo');
    const refused = { code: 'RESTORE_NOT_EMPTY', data: { stateDirectory: home } };
    await expect(restore(home)).rejects.toMatchObject(refused);
    expect(hostIdIn(home)).toBe('h-1');
    const running = await openHome(other, 'fake');
    await expect(restore()).rejects.toMatchObject({ code: 'AGENT_ALREADY_RUNNING' });
    await running.release();
    await writeFile(path.join(other, 'state.sqlite'), 'no database at all, but something');
    await expect(restore()).rejects.toMatchObject({ code: 'RESTORE_NOT_EMPTY' });
  });

  it.each([
    ['nothing', 0, 'endsEarly'],
    ['half of its manifest', 600, 'endsEarly'],
    ['no checksum', -2000, 'endsEarly'],
    ['one byte less', -1, 'endsEarly'],
  ])('of a file with %s leaves nothing', async (_what, length, code) => {
    await write();
    const { size } = await stat(file);
    await truncate(file, length > 0 ? length : length === 0 ? 0 : size + length);
    await expect(restore()).rejects.toEqual(invalid(code));
    expect((await readdir(folder)).sort()).toEqual(['backup.tar', 'home']);
  });

  it('finds every changed byte, and more than there should be', async () => {
    await write();
    const whole = await readFile(file);
    const at = whole.indexOf('{"key":1}');
    for (const offset of [at, at + 100, whole.length - tarEnd().length - 400]) {
      const changed = Buffer.from(whole);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      await writeFile(file, changed);
      await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    }
    await writeFile(file, Buffer.concat([whole, Buffer.alloc(512)]));
    await expect(restore()).rejects.toEqual(invalid('moreThanManifest'));
    expect((await readdir(folder)).sort()).toEqual(['backup.tar', 'home']);
  });

  it('of what is not a backup says so', async () => {
    await expect(restore()).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
    await writeFile(file, Buffer.alloc(2048, 'x'));
    await expect(restore()).rejects.toEqual(invalid('tarInvalid'));
    await writeFile(file, Buffer.concat([tarHeader({ name: 'etc/passwd', sizeBytes: 0 }, 0), tarEnd()]));
    await expect(restore()).rejects.toEqual(invalid('manifestNotFirst'));
    await rm(file);
    await mkdir(file);
    await expect(restore()).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  });

  it('of a newer TT is refused, whatever else has changed in it', async () => {
    await write();
    await withManifest((manifest) => ({
      ...manifest,
      version: BACKUP_VERSION + 1,
      madeBy: '9.9.9',
      entries: 'elsewhere',
    }));
    const newer = { code: 'BACKUP_TOO_NEW', data: { file, madeBy: '9.9.9' } };
    await expect(restore()).rejects.toMatchObject(newer);
    await withManifest((manifest) => ({ ...manifest, schema: STATE_SCHEMA + 1 }));
    await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_TOO_NEW' });
  });

  it.each([
    ['out of the folder', '../../etc/cron.d/x', 1, 'manifestUnreadable'],
    ['in a folder that none has', 'run/x', 1, 'manifestUnreadable'],
    ['too large', 'token', 2 * 1024 * 1024, 'memberTooLarge'],
    ['twice', 'state.sqlite', 1, 'memberTwice'],
    ['that is not there', 'tls/authority.pem', 1, 'memberMisplaced'],
  ])('of a manifest with a file %s writes nothing', async (_what, name, sizeBytes, code) => {
    await write();
    await withManifest((manifest) => ({
      ...manifest,
      entries: [
        ...(manifest['entries'] as { path: string }[]).filter((entry) => entry.path !== 'token'),
        { path: name, sizeBytes },
      ],
    }));
    await expect(restore()).rejects.toEqual(invalid(code));
    expect((await readdir(folder)).sort()).toEqual(['backup.tar', 'home']);
  });

  it('of a damaged database puts nothing in place', async () => {
    await write();
    const whole = await readFile(file);
    const start = whole.indexOf('SQLite format 3');
    // The manifest does not change, the checksum does.
    whole.fill(0x55, start, start + 4096);
    await writeFile(file, whole);
    await withManifest((manifest) => manifest);
    await expect(restore()).rejects.toEqual(invalid('databaseDamaged'));
    expect((await readdir(other)).filter((name) => name !== 'lock.sqlite')).toEqual([]);
  });
});
