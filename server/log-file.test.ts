// The log file stays small, loses no line when it is rotated, and does not end the process when the disk is full.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logToFile } from './log-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-log-file-'));
  file = path.join(folder, 'agent.log');
});
afterEach(() => rm(folder, { recursive: true }));

it('puts full files aside, keeps three of them, and goes on with the one it found', async () => {
  await writeFile(file, 'earlier\n');
  const log = logToFile(file, 100);
  for (let number = 100; number < 200; number++) log.write(`line ${number}\n`);
  expect((await readdir(folder)).sort()).toEqual(['agent.log', 'agent.log.1', 'agent.log.2', 'agent.log.3']);
  const texts = await Promise.all(['.3', '.2', '.1', ''].map((end) => readFile(`${file}${end}`, 'utf8')));
  expect(texts.every((text) => text.length <= 100)).toBe(true);
  const numbers = texts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.slice(5)));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 200 - numbers.length + index));
  expect(numbers.length).toBeGreaterThan(30);
});

it('starts with the size of the file that is there, which only its user can read', async () => {
  logToFile(file, 20).write('0123456789\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  logToFile(file, 20).write('9876543210\n');
  expect(await readFile(`${file}.1`, 'utf8')).toBe('0123456789\n');
});

it('writes on where nothing can be put aside', async () => {
  await mkdir(`${file}.1`);
  await writeFile(path.join(`${file}.1`, 'x'), '');
  await mkdir(`${file}.2`);
  await writeFile(path.join(`${file}.2`, 'x'), '');
  await mkdir(`${file}.3`);
  await writeFile(path.join(`${file}.3`, 'x'), '');
  const log = logToFile(file, 10);
  for (const line of ['first\n', 'second\n']) log.write(line);
  expect(await readFile(file, 'utf8')).toBe('first\nsecond\n');
});

it('outlives a full disk', async () => {
  await symlink('/dev/full', file);
  const log = logToFile(file);
  log.write('lost\n');
  log.write('x'.repeat(2 * 1024 * 1024));
  // An error nobody listens to would end the process, now or in the next turn.
  await nextTurn();
});

it('says at once that a file can not be opened', () => {
  expect(() => logToFile(path.join(folder, 'none', 'agent.log'))).toThrow('ENOENT');
});
