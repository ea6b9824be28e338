// The contract suite for all stores of browser sessions: memory, the database of an agent, the file of a proxy.
import type { SessionRecord, SessionStore } from '@tt/server';
import { describe, expect, it } from 'vitest';

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

/** `place` gives what opens the same, empty place, once or anew. */
export function sessionStoreContract(name: string, place: () => () => SessionStore): void {
  describe(`sessions kept in ${name}`, () => {
    it('keeps what was put, replaces it by id, and forgets what was removed', () => {
      const open = place();
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
}
