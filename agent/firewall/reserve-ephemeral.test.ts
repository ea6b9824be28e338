// The public port range and the ephemeral ports: reservations of others stay, and an overlap is detected.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { overlapsEphemeral, parsePortRanges, portRangesText, reserveEphemeral } from './reserve-ephemeral.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-ports-'));
});
afterEach(() => rm(directory, { recursive: true }));

const range = { firstPort: 40_000, lastPort: 49_999 };
const file = () => path.join(directory, 'ip_local_reserved_ports');

it('adds the range to what others reserved, once', async () => {
  await writeFile(file(), '8080,39998-40010,50000\n');
  expect(await reserveEphemeral(range, directory)).toBe('reserved');
  expect(await readFile(file(), 'utf8')).toBe('8080,39998-50000\n');
  await chmod(file(), 0o400);
  expect(await reserveEphemeral(range, directory)).toBe('reserved');
  await chmod(file(), 0o600);
  await writeFile(file(), '\n');
  await reserveEphemeral(range, directory);
  expect(await readFile(file(), 'utf8')).toBe('40000-49999\n');
});

it('rejects when it can not tell', async () => {
  await expect(reserveEphemeral(range, path.join(directory, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  await writeFile(file(), 'some words\n');
  await expect(reserveEphemeral(range, directory)).rejects.toThrow('not a list of ports');
});

it('reads and writes lists of ports', () => {
  expect(parsePortRanges('\n')).toEqual([]);
  expect(parsePortRanges('22,40-50\n')).toEqual([
    { firstPort: 22, lastPort: 22 },
    { firstPort: 40, lastPort: 50 },
  ]);
  expect(portRangesText(parsePortRanges('51,40-50,45-47,60'))).toBe('40-51,60');
});

it('sees an overlap with the ephemeral range, unless it is reserved', () => {
  expect(overlapsEphemeral(range, '32768\t60999\n', '\n')).toBe(true);
  expect(overlapsEphemeral(range, '32768\t60999\n', '40000-49999')).toBe(false);
  expect(overlapsEphemeral(range, '32768\t60999\n', '40000-44000,44001-60000')).toBe(false);
  expect(overlapsEphemeral(range, '32768\t60999\n', '40000-44000,44002-60000')).toBe(true);
  expect(overlapsEphemeral(range, '49999\t60999\n', '\n')).toBe(true);
  expect(overlapsEphemeral(range, '50000\t60999\n', '\n')).toBe(false);
  expect(overlapsEphemeral({ firstPort: 20_000, lastPort: 29_999 }, '32768\t60999\n', '\n')).toBe(false);
});
