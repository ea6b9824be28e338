// Logs of a running VM are truncated when they become too long, and not touched otherwise.
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { until } from '../../testing/until.ts';
import { keepLogsShort, shorten } from './log-limit.ts';

it('looks again and again until told to stop, also when a log is missing', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-log-limit-'));
  const files = { log: path.join(folder, 'missing.log'), serialLog: path.join(folder, 'serial.log') };
  await writeFile(files.serialLog, 'x');
  await truncate(files.serialLog, 9 * 1024 * 1024);
  // Of nobody else in this process: whoever polls would be made to look thousands of times.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = keepLogsShort(files);
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  await until('the log is emptied', async () => (await stat(files.serialLog)).size === 0);
  stop();

  await writeFile(files.serialLog, 'hello');
  await shorten(files.serialLog, 5);
  expect(await readFile(files.serialLog, 'utf8')).toBe('hello');
  await shorten(files.serialLog, 4);
  expect(await readFile(files.serialLog, 'utf8')).toBe('');
  await rm(folder, { recursive: true });
});
