// Entries on their way to the file: written together, kept while it can't be written, counted when there are too many.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testEntry } from './test-entry.ts';
import { AuditTrail } from './audit-trail.ts';

let folder: string;
let trail: AuditTrail;
let now: Date;
let limits: { keepDays: number; maxMiB: number };
const said: string[] = [];
const logger = {
  error: (_about: unknown, text: string) => said.push(text),
  warn: (about: unknown, text?: string) => said.push(text ?? String(about)),
} as unknown as Logger;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tt-audit-'));
  now = new Date('2026-11-21T10:00:00.000Z');
  limits = { keepDays: 7, maxMiB: 16 };
  said.length = 0;
  trail = trailIn('audit.sqlite');
});
afterEach(() => {
  trail.close();
  rmSync(folder, { recursive: true });
});

const trailIn = (name: string) =>
  new AuditTrail({ file: path.join(folder, name), logger, now: () => now, limits: () => limits, mostWaiting: 10 });
const counted = (name: string) => {
  const family = trail.families().find((one) => one.name === name);
  return family?.type === 'counter' ? family.samples[0]?.value : undefined;
};
const ids = () => trail.page({ limit: 100 }).entries.map(({ id }) => id);

it('has what was noted in this turn, and all of it after a restart', () => {
  trail.note(testEntry());
  trail.note(testEntry());
  expect(ids()).toEqual([2, 1]);
  trail.note(testEntry());
  trail.close();
  trail = trailIn('audit.sqlite');
  expect(ids()).toEqual([3, 2, 1]);
});

it('writes at the end of the turn, without being asked', async () => {
  trail.note(testEntry());
  await new Promise((resolve) => setImmediate(resolve));
  expect(counted('tt_audit_entries_total')).toBe(1);
});

it('keeps entries while the file can’t be written, says so once, and writes them when it can', async () => {
  trail.close();
  // A folder that is not there stands for a disk that can't be written to.
  trail = trailIn('missing/audit.sqlite');
  for (let number = 0; number < 3; number++) {
    trail.note(testEntry());
    trail.flush();
  }
  expect(said).toEqual([expect.stringContaining('can’t be written')]);
  expect(() => trail.page({ limit: 1 })).toThrow();
  await expect(trail.sweep()).rejects.toThrow();
  mkdirSync(path.join(folder, 'missing'));
  await trail.sweep();
  expect(said).toHaveLength(2);
  expect(ids()).toEqual([3, 2, 1]);
  expect(counted('tt_audit_lost_total')).toBe(0);
});

it('counts what is lost, and writes down how much that was', () => {
  trail.close();
  trail = trailIn('missing/audit.sqlite');
  for (let number = 0; number < 15; number++) trail.note(testEntry());
  trail.flush();
  expect(counted('tt_audit_lost_total')).toBe(5);
  mkdirSync(path.join(folder, 'missing'));
  trail.note(testEntry());
  expect(trail.page({ limit: 1, after: 1 }).entries).toHaveLength(1);
  expect(trail.page({ limit: 1, call: 'audit.lost' }).entries).toMatchObject([
    { call: 'audit.lost', count: 5, actor: 'agent', result: 'failed' },
  ]);
});

it('removes what is older than it is kept', async () => {
  trail.note(testEntry({ at: '2026-11-14T09:59:59.999Z' }));
  trail.note(testEntry({ at: '2026-11-14T10:00:00.000Z' }));
  await trail.sweep();
  expect(ids()).toEqual([2]);
  limits = { keepDays: 1, maxMiB: 16 };
  await trail.sweep();
  expect(ids()).toEqual([]);
  expect(said).toEqual([]);
});

it('removes the oldest when it takes too much, and says so once', async () => {
  limits = { keepDays: 7, maxMiB: 1 };
  const fill = (count: number) => {
    for (let number = 0; number < count; number++) trail.note(testEntry({ at: now.toISOString() }));
    trail.flush();
  };
  fill(3000);
  await trail.sweep();
  const newest = ids()[0];
  expect(newest).toBe(3000);
  expect(trail.page({ limit: 1, after: 1 }).entries[0]?.id).toBeGreaterThan(1000);
  fill(3000);
  await trail.sweep();
  expect(said).toEqual([expect.stringContaining('removed before their time')]);
});

it('ends what an agent that was killed had begun, once, and as of who had asked', async () => {
  const begun = { phase: 'begun', durationMs: null } as const;
  trail.note(testEntry({ ...begun, activityId: 'whole' }));
  trail.note(testEntry({ ...begun, activityId: 'lost', userName: 'bob', subject: { envName: 'other' } }));
  trail.note(testEntry({ phase: 'ended', activityId: 'whole' }));
  trail.note(testEntry());
  trail.close();
  now = new Date('2026-11-21T11:00:00.000Z');
  for (let start = 0; start < 2; start++) {
    trail.close();
    trail = trailIn('audit.sqlite');
    await trail.endLost();
  }
  const [newest, ...others] = trail.page({ limit: 100 }).entries;
  expect(newest).toMatchObject({
    at: '2026-11-21T11:00:00.000Z',
    phase: 'ended',
    result: 'AGENT_GONE',
    durationMs: null,
    activityId: 'lost',
    userName: 'bob',
    readerName: 'bob',
    subject: { envName: 'other' },
  });
  expect(others).toHaveLength(4);
});

it('a trail that can’t be read keeps no agent from its start', async () => {
  trail.close();
  trail = trailIn('missing/audit.sqlite');
  await trail.endLost();
  expect(said).toEqual([expect.stringContaining('could not be looked through')]);
});
