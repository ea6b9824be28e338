// Stores of the Administration page: one question at a time, what is there stays when the next one fails, a log that goes on.
import { type LogLine, MOST_LOG_LINES, TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { AdministrationStore } from './administration-store.ts';
import { linesOf } from './lines-of.ts';
import { LogStore } from './log-store.ts';
import { Report } from './report.ts';

const line = (id: number): LogLine => ({
  id,
  at: '2026-11-21T10:00:00.000Z',
  level: 'info',
  message: `line ${id}`,
  details: '',
});

it('a report asks one question at a time, and keeps what it had when the next one fails', async () => {
  const asked: PromiseWithResolvers<number>[] = [];
  const report = new Report(() => {
    const answer = Promise.withResolvers<number>();
    asked.push(answer);
    return answer.promise;
  });
  const first = report.load();
  await report.load();
  expect([asked.length, report.isBusy, report.value]).toEqual([1, true, null]);
  asked[0]?.resolve(7);
  await first;
  const second = report.load();
  asked[1]?.reject(new TtError('DISK_FULL', { subject: 'x', freeMiB: 0, wantedMiB: 1 }));
  await second;
  expect([report.value, report.error?.code, report.isBusy]).toEqual([7, 'DISK_FULL', false]);
});

it('the doctor looks again only when told to; a task that is run tells its failure', async () => {
  const calls: unknown[] = [];
  const client = {
    admin: {
      findings: async (input: unknown) => {
        calls.push(input);
        return { at: '', findings: [] };
      },
      runTask: async () => {
        throw new TtError('TASK_NOT_BY_HAND', { task: 'x' });
      },
    },
    host: { tasks: async () => ({ tasks: [] }) },
  };
  const store = new AdministrationStore({ client } as unknown as Bridge);
  await store.findings.load();
  await store.lookAgain();
  await store.findings.load();
  expect(calls).toEqual([undefined, { maxAgeS: 10 }, undefined]);
  await store.runTask('x');
  expect([store.runError?.code, store.runningTask, store.tasks.value]).toEqual(['TASK_NOT_BY_HAND', null, []]);
});

it('the log goes on where it was, newest first, and begins again with other filters', async () => {
  const questions: unknown[] = [];
  const answers = [
    { lines: [line(1), line(2)], next: 2, isGap: false },
    { lines: [line(5)], next: 5, isGap: true },
    { lines: [line(4)], next: 5, isGap: false },
    { lines: Array.from({ length: MOST_LOG_LINES }, (_, number) => line(10 + number)), next: 9999, isGap: false },
  ];
  const client = {
    admin: {
      log: async (question: unknown) => {
        questions.push(question);
        return answers[questions.length - 1];
      },
    },
  };
  const log = new LogStore({ client } as unknown as Bridge);
  await log.load();
  expect(log.lines?.map(({ id }) => id)).toEqual([2, 1]);
  await log.load();
  expect([log.lines?.map(({ id }) => id), log.isGap]).toEqual([[5, 2, 1], true]);
  await log.choose({ level: 'warn' });
  expect([log.lines?.map(({ id }) => id), log.isGap]).toEqual([[4], false]);
  await log.load();
  expect(log.lines).toHaveLength(MOST_LOG_LINES);
  expect(questions).toEqual([
    { level: 'trace', text: '', limit: 500 },
    { level: 'trace', text: '', limit: 1000, after: 2 },
    { level: 'warn', text: '', limit: 500 },
    { level: 'warn', text: '', limit: 1000, after: 5 },
  ]);
});

it('an answer to filters that were changed meanwhile counts for nothing', async () => {
  const slow = Promise.withResolvers<unknown>();
  let asked = 0;
  const client = {
    admin: { log: () => (asked++ === 0 ? slow.promise : Promise.resolve({ lines: [line(2)], next: 2, isGap: false })) },
  };
  const log = new LogStore({ client } as unknown as Bridge);
  const first = log.load();
  await log.choose({ text: 'x' });
  slow.resolve({ lines: [line(1)], next: 1, isGap: false });
  await first;
  expect(log.lines?.map(({ id }) => id)).toEqual([2]);
});

it('a chart parts its line where nothing was measured, and stands at the right', () => {
  const size = { width: 100, height: 12, count: 11, top: 10 };
  expect(linesOf([0, 10, null, 20], size)).toEqual(['70.0,11.0 80.0,1.0', '100.0,1.0']);
  expect(linesOf([], size)).toEqual([]);
  expect(linesOf([5], { ...size, top: 0 })).toEqual(['100.0,11.0']);
});
