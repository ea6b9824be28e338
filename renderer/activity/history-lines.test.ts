// One line for each operation and stream, wherever its entries are, and what it says of those that never ended.
import { type AuditEntry, errorTable, type Operation } from '@tt/protocol';
import { expect, test } from 'vitest';
import { historyLines, historyState, toldEnd } from './history-lines.ts';
import { historyReason } from './history-words.ts';
import { at, entry } from './test-entry.ts';

const begun = (id: number, activityId: string) => entry(id, { phase: 'begun', durationMs: null, activityId });
const ended = (id: number, activityId: string, change: Partial<AuditEntry> = {}) =>
  entry(id, { phase: 'ended', durationMs: 1000, activityId, ...change });
const none = new Map<string, never>();
const running = { isOperation: true, operation: { state: 'running' } as Operation };
const forgotten = { isOperation: true, operation: undefined };

test('beginning and end are one line, which stands where it began', () => {
  const lines = historyLines([ended(9, 'long', { durationMs: 8000 }), entry(5), begun(1, 'long')], none);
  expect(lines.map(({ key, begunAtMs }) => [key, begunAtMs])).toEqual([
    ['5', Date.parse(at(5))],
    ['long', Date.parse(at(1))],
  ]);
  expect(lines[1]?.end).toEqual({ at: at(9), result: 'ok', durationMs: 8000 });
});

test('an end whose beginning is on an older page stands where it will stand then', () => {
  const newer = [ended(9, 'long', { durationMs: 8000 }), entry(5)];
  const keys = (entries: AuditEntry[]) => historyLines(entries, none).map(({ key, begunAtMs }) => [key, begunAtMs]);
  expect(keys(newer)).toEqual(keys([...newer, begun(1, 'long')]));
});

test('what has only begun runs as long as the agent says so; a stream is open', () => {
  const [line] = historyLines([begun(1, 'a')], none);
  if (!line) throw new Error('no line');
  expect(historyState(line, running)).toBe('running');
  expect(historyState(line, { isOperation: false, operation: undefined })).toBe('running');
  // The trail lost its end, as the disk was full.
  expect(historyState(line, forgotten)).toBe('unknown');
});

test('an end that the agent told counts until the trail tells it, and after', () => {
  const operation = { state: 'failed', startedAt: at(1), endedAt: at(4), error: { code: 'VM_NOT_FOUND' } } as Operation;
  const end = toldEnd(operation);
  expect(end).toEqual({ at: at(4), result: 'VM_NOT_FOUND', durationMs: 3000 });
  expect(toldEnd({ ...operation, state: 'running', endedAt: null })).toBeNull();
  const told = new Map(end ? [['a', end]] : []);
  expect(historyLines([begun(1, 'a')], told)[0]?.end).toEqual(end);
  expect(historyLines([ended(5, 'a'), begun(1, 'a')], told)[0]?.end?.at).toBe(at(5));
});

test.each([
  [{ result: 'ok' }, 'done'],
  [{ result: 'OPERATION_CANCELLED' }, 'cancelled'],
  [{ result: 'ENV_NOT_FOUND' }, 'failed'],
  [{ result: 'failed' }, 'failed'],
  [{ result: 'AGENT_GONE', durationMs: null }, 'interrupted'],
  // A call that the agent refused as it was stopping was never begun.
  [{ result: 'AGENT_GONE', phase: 'done' as const }, 'failed'],
])('%j is %s', (change, state) => {
  const [line] = historyLines([ended(9, 'a', change)], none);
  expect(line && historyState(line, forgotten)).toBe(state);
});

test('a reason is said whole or not at all, for every code', () => {
  const subject = { envName: 'demo' };
  expect(historyReason({ result: 'ENV_NOT_FOUND', subject }, null, 'en').message).toContain('demo');
  for (const language of ['en', 'zh-CN'] as const) {
    for (const result of [...Object.keys(errorTable), 'failed', 'constructor']) {
      const { message = '', fix = '' } = historyReason({ result, subject: {} }, null, language);
      expect(`${message}${fix}`).not.toMatch(/\{\w+\}|undefined/);
    }
  }
});
