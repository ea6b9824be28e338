// The agent's database: what was written is there after a crash, and a newer TT's file is not touched.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StateStore } from './store.ts';
import { envRecord } from './test-records.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-store-'));
  file = path.join(folder, 'state.sqlite');
});
afterEach(() => rm(folder, { recursive: true }));

const env = (name: string, notes = '') => envRecord(name, { title: 'Ünïcode “title” 🎉\u0000', notes });

it('gives back what was put, oldest first, also to the next one who opens it', () => {
  const store = new StateStore(file);
  for (const name of ['b', 'a', "x'; DROP TABLE envs; --"]) store.envs.put(name, env(name));
  store.envs.put('b', env('b', 'changed'));
  store.envs.delete('a');
  store.envs.delete('never there');
  const expected = [env('b', 'changed'), env("x'; DROP TABLE envs; --")];
  expect([store.envs.list(), store.envs.get('b'), store.envs.get('a')]).toEqual([expected, expected[0], null]);
  store.close();
  const again = new StateStore(file);
  expect([again.envs.list(), again.vms.list()]).toEqual([expected, []]);
  again.close();
});

it('writes all of a transaction or nothing', () => {
  const store = new StateStore(file);
  const half = () =>
    store.transaction(() => {
      store.envs.put('half', env('half'));
      throw new Error('in the middle');
    });
  expect(half).toThrow('in the middle');
  expect(store.transaction(() => store.envs.list().length)).toBe(0);
  store.transaction(() => store.envs.put('whole', env('whole')));
  expect(store.envs.list().map(({ name }) => name)).toEqual(['whole']);
  store.close();
});

it('is on the disk before the call returns: another reader sees it although nothing was closed', () => {
  const store = new StateStore(file);
  store.envs.put('a', env('a'));
  const reader = new DatabaseSync(file, { readOnly: true });
  expect(reader.prepare('SELECT key FROM envs').all()).toEqual([{ key: 'a' }]);
  expect(reader.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  reader.close();
  store.close();
});

it('does not touch a file of a newer TT', () => {
  new StateStore(file).close();
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99; DROP TABLE envs;');
  newer.close();
  expect(() => new StateStore(file)).toThrow(
    expect.objectContaining({
      code: 'STATE_TOO_NEW',
      data: expect.objectContaining({ found: 99, known: expect.any(Number) }),
    }),
  );
  const after = new DatabaseSync(file);
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  after.close();
});

/** As a TT wrote it that knew schema 2. */
function emptyStoreOfOldTt(): DatabaseSync {
  const old = new DatabaseSync(file);
  for (const name of ['envs', 'vms', 'snapshots', 'positions', 'settings']) {
    old.exec(`CREATE TABLE ${name} (key TEXT PRIMARY KEY, document TEXT NOT NULL)`);
  }
  old.exec('PRAGMA user_version = 2');
  return old;
}

it('brings a VM of an older TT up to what is known of VMs now', () => {
  const old = emptyStoreOfOldTt();
  const document = {
    id: 'v-1',
    envName: 'a',
    image: 'qemu:tiny:default',
    engine: 'qemu',
    state: 'stopped',
    resources: { cpuCount: 1, memoryMiB: 128, diskMiB: 2048 },
    nics: [{ kind: 'user', mac: '52:54:00:00:00:01', ip: null, tap: null, bandwidthMbps: 10 }],
    blacklist: ['192.0.2.1/32'],
    portMap: [{ protocol: 'tcp', guestPort: 22, hostPort: 40_000, hostAddress: '127.0.0.1' }],
  };
  old.prepare('INSERT INTO vms VALUES (?, ?)').run('v-1', JSON.stringify(document));
  old.close();
  const store = new StateStore(file);
  expect(store.vms.get('v-1')).toMatchObject({
    id: 'v-1',
    envName: 'a',
    spec: {
      cpuCount: 1,
      memoryMiB: 128,
      disks: [{ name: 'disk0', sizeMiB: 2048, attached: true, limits: null }],
      cds: [],
      firmware: 'bios',
      bootFrom: 'disk',
      nics: [{ kind: 'user', bandwidthMbps: 10 }],
      ports: [{ protocol: 'tcp', guestPort: 22 }],
      blacklist: ['192.0.2.1/32'],
    },
    placement: {
      engine: 'qemu',
      nics: [{ mac: '52:54:00:00:00:01', ip: null, tap: null }],
      portMap: [{ protocol: 'tcp', guestPort: 22, hostPort: 40_000, hostAddress: '127.0.0.1' }],
    },
    status: { state: 'stopped', unsettledDrives: false, isDirty: false },
    guest: { identity: null },
    origin: { image: 'qemu:tiny:default', base: null, discardWrites: false },
  });
  store.close();
});

it('brings snapshots and ENVs of an older TT up to what is known of them now', () => {
  const old = emptyStoreOfOldTt();
  const { snapshotSchedule: _schedule, nextSnapshotAt: _next, ...before } = env('a');
  old.prepare('INSERT INTO envs VALUES (?, ?)').run('a', JSON.stringify(before));
  const parts = ['v-1', 'v-2'].map((vmId) => ({ vmId, removed: vmId === 'v-2' }));
  for (const [id, vms] of Object.entries({ two: parts, none: [] })) {
    old.prepare('INSERT INTO snapshots VALUES (?, ?)').run(id, JSON.stringify({ id, vms, sizeBytes: 5 }));
  }
  old.close();
  const store = new StateStore(file);
  expect(store.envs.get('a')).toEqual(env('a'));
  expect([store.snapshots.get('two'), store.snapshots.get('none')]).toEqual([
    {
      id: 'two',
      vms: parts.map((part) => ({ ...part, hasThumbnail: false, spec: null })),
      sizeBytes: 5,
      expiresAt: null,
    },
    { id: 'none', vms: [], sizeBytes: 5, expiresAt: null },
  ]);
  store.close();
});

it('renames the fields of a state that was written before they had their names of now', () => {
  new StateStore(file).close();
  const old = new DatabaseSync(file);
  old.exec(
    'PRAGMA user_version = 7; DROP TABLE warm_images; DROP TABLE image_uses; DROP TABLE templates; DROP TABLE users; DROP TABLE tokens; DROP TABLE teams;',
  );
  const { expired: _expired, ...before } = env('a');
  const cloudInit = { user: 'root', commands: ['one'] };
  const put = (table: string, key: string, document: object) =>
    old.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(key, JSON.stringify(document));
  put('envs', 'a', { ...before, over: true });
  put('envs', 'b', { ...before, over: false });
  const resources = { cpuCount: 1, memoryMiB: 128, diskMiB: 64 };
  const flat = { resources, nics: [], portMap: [] };
  put('vms', 'v-1', { id: 'v-1', ...flat, setup: cloudInit });
  put('vms', 'v-2', { id: 'v-2', ...flat, setup: null });
  put('profiles', 'p', { name: 'p', resources, netKind: null, ports: [], setup: 'echo "fig"' });
  old.close();
  const store = new StateStore(file);
  expect(store.envs.list()).toEqual([
    { ...before, expired: true },
    { ...before, expired: false },
  ]);
  expect(store.vms.list().map(({ guest }) => guest.cloudInit)).toEqual([cloudInit, null]);
  expect(store.profiles.list()).toEqual([
    {
      name: 'p',
      startScript: 'echo "fig"',
      shared: false,
      spec: { ...resources, firmware: 'bios', bootFrom: 'disk', netKind: null, ports: [] },
    },
  ]);
  store.close();
});
