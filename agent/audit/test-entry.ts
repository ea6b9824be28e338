// Test support: an entry of the audit trail with what a test does not care about filled in.
import type { NewEntry } from './audit-database.ts';

export function testEntry(change: Partial<NewEntry> = {}): NewEntry {
  const userName = change.userName ?? 'ann';
  return {
    at: '2026-11-21T10:00:00.000Z',
    actor: 'person',
    userName,
    throughProxy: false,
    call: 'env.start',
    phase: 'done',
    result: 'ok',
    durationMs: 5,
    activityId: null,
    subject: { envName: 'demo' },
    count: 1,
    origin: { address: '192.0.2.1', userAgent: 'test', sessionId: null, tokenId: null, requestId: 'r' },
    readerName: userName,
    envOwner: 'ann',
    ...change,
  };
}
