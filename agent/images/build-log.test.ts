// The log of a build: followed as it grows, bounded however much is printed, without secrets, and one for each image.
import { expect, it } from 'vitest';
import { BuildLog, BuildLogs } from './build-log.ts';

const startedAt = new Date('2026-11-30T12:00:00Z');
const MINUTE_MS = 60_000;

it('is told from where a reader is, in whole lines, until the build is over', async () => {
  const log = new BuildLog(startedAt);
  log.write('one\ntw');
  expect(await log.read(0, 0)).toEqual({
    state: 'running',
    startedAt: startedAt.toISOString(),
    offset: 0,
    text: 'one\n',
    nextOffset: 4,
  });
  log.write('o\nthr');
  expect(await log.read(4, 0)).toMatchObject({ text: 'two\n', nextOffset: 8 });
  log.end();
  log.write('nothing any more\n');
  expect(await log.read(8, 0)).toMatchObject({ state: 'ended', text: 'thr\n', nextOffset: 12 });
  expect(await log.read(12, MINUTE_MS)).toMatchObject({ state: 'ended', text: '', nextOffset: 12 });
});

it('lets a reader wait for the next line, for the end, or until the reader leaves', async () => {
  const log = new BuildLog(startedAt);
  const line = log.read(0, MINUTE_MS);
  log.write('one\n');
  expect(await line).toMatchObject({ state: 'running', text: 'one\n' });
  const leave = new AbortController();
  const left = log.read(4, MINUTE_MS, leave.signal);
  leave.abort();
  expect(await left).toMatchObject({ state: 'running', text: '' });
  const last = log.read(4, MINUTE_MS);
  log.end();
  expect(await last).toMatchObject({ state: 'ended', text: '' });
});

it('keeps the end of much, from a whole line on, and tells no more of it at once than an answer may hold', async () => {
  const log = new BuildLog(startedAt);
  for (let line = 0; line < 60_000; line++) log.write(`line ${line}\n`);
  log.end();
  let offset = 0;
  let text = '';
  for (let answers = 0; answers < 10; answers++) {
    const told = await log.read(offset, 0);
    expect(told.text.length).toBeLessThanOrEqual(64 * 1024);
    if (text === '') expect(told.offset).toBeGreaterThan(0);
    text += told.text;
    offset = told.nextOffset;
  }
  expect(text.length).toBeLessThanOrEqual(256 * 1024);
  expect(text).toMatch(/^line \d+\n/);
  expect(text.endsWith('line 59999\n')).toBe(true);
  // Somebody who has read more than there is: of a build before this one.
  expect(await log.read(10_000_000, 0)).toMatchObject({ text: '', offset });
});

it('keeps a line without an end in pieces', async () => {
  const log = new BuildLog(startedAt);
  for (let piece = 0; piece < 100; piece++) log.write('x'.repeat(100_000));
  expect((await log.read(0, 0)).text.length).toBe(64 * 1024);
});

it('leaves out passwords of addresses, also where they come in pieces', async () => {
  const log = new BuildLog(startedAt);
  log.write('Get:1 https://mei:sec');
  log.write('ret@mirror.example/debian bookworm\nmail to mei@example.org\n');
  expect((await log.read(0, 0)).text).toBe('Get:1 https://…@mirror.example/debian bookworm\nmail to mei@example.org\n');
});

it('is that of the last build of each image; the oldest go', async () => {
  const logs = new BuildLogs();
  expect(await logs.read('a', 0, MINUTE_MS)).toMatchObject({ state: 'none', startedAt: null, text: '' });
  logs.begin('a', startedAt).write('first\n');
  const again = new Date(startedAt.getTime() + 1);
  logs.begin('a', again).write('second\n');
  expect(await logs.read('a', 0, 0)).toMatchObject({ text: 'second\n', startedAt: again.toISOString() });
  for (let number = 0; number < 32; number++) logs.begin(`other-${number}`, startedAt);
  expect([(await logs.read('a', 0, 0)).state, (await logs.read('other-0', 0, 0)).state]).toEqual(['none', 'running']);
});
