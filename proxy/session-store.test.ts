// The places that keep sessions of browsers: memory, the agent's database and the proxy's file behave alike.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memorySessions, type SessionRecord, type SessionStore } from '@tt/server';
import { afterAll, describe, expect, it } from 'vitest';
import { StateStore } from '../agent/state/store.ts';
import { sessionFile } from './session-file.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tt-sessions-'));
afterAll(() => rmSync(directory, { recursive: true }));

const record = (id: string): SessionRecord => ({
  id,
  secretSha256: `hash of ${id}`,
  userName: 'local',
  tokenSha256: 'x',
  port: 4000,
  createdAt: '2026-11-21T10:00:00.000Z',
  lastUsedAt: '2026-11-21T10:00:00.000Z',
  expiresAt: '2026-11-21T22:00:00.000Z',
  address: null,
  userAgent: '',
});

/** Each opens the same place anew. */
const places: [string, () => () => SessionStore][] = [
  [
    'memory',
    () => {
      const store = memorySessions();
      return () => store;
    },
  ],
  ['the database of an agent', () => () => new StateStore(path.join(directory, 'state.sqlite')).loginStore()],
  ['the file of a proxy', () => () => sessionFile(path.join(directory, 'token.sessions'))],
];

describe.each(places)('%s', (_name, make) => {
  it('keeps what was put, replaces it by id, and forgets what was removed', () => {
    const open = make();
    const store = open();
    expect(store.list()).toEqual([]);
    store.put(record('a'));
    store.put(record('b'));
    store.put({ ...record('a'), lastUsedAt: '2026-11-21T11:00:00.000Z' });
    store.remove('b');
    store.remove('b');
    const kept = [{ ...record('a'), lastUsedAt: '2026-11-21T11:00:00.000Z' }];
    expect([store.list(), open().list()]).toEqual([kept, kept]);
  });
});

it('the file is its owner’s alone, and one that is damaged is not taken for an empty one', () => {
  const file = path.join(directory, 'token.sessions');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{');
  expect(() => sessionFile(file)).toThrow();
});
