// The tar of capsules against the host's own tar, both ways, and files that are none.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { padding, readTarHeader, tarBytes, tarEnd, tarHeader } from './tar.ts';

it('is read by tar, and reads what tar has made', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-tar-'));
  try {
    const content = Buffer.from('hello\n');
    const entry = { name: 'vm0/disk0.qcow2', sizeBytes: content.length };
    const ours = Buffer.concat([tarHeader(entry, 1_700_000_000), content, padding(content.length), tarEnd()]);
    await writeFile(path.join(folder, 'ours.tar'), ours);
    const options = { timeoutMs: 10_000, cwd: folder };
    const { stdout } = await runCommand('tar', ['-tvf', 'ours.tar'], options);
    expect(stdout).toMatch(/^-rw-r--r-- .* 6 2023-11-14 .* vm0\/disk0\.qcow2\n$/);
    await runCommand('tar', ['-xf', 'ours.tar'], options);
    expect(await readFile(path.join(folder, entry.name), 'utf8')).toBe('hello\n');
    await runCommand('tar', ['--format=ustar', '-cf', 'theirs.tar', entry.name], options);
    expect(readTarHeader((await readFile(path.join(folder, 'theirs.tar'))).subarray(0, 512))).toEqual(entry);
    expect(ours.length).toBe(tarBytes(6) + 1024);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('knows files of any size, and refuses what is no plain file', () => {
  for (const sizeBytes of [0, 1, 511, 512, 8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 3 * 1024 ** 4]) {
    expect(readTarHeader(tarHeader({ name: 'x', sizeBytes }, 0))).toEqual({ name: 'x', sizeBytes });
  }
  expect(readTarHeader(Buffer.alloc(512))).toBeNull();
  const header = tarHeader({ name: 'x', sizeBytes: 3 }, 0);
  const flipped = Buffer.from(header);
  flipped[0] = 0x79;
  expect(() => readTarHeader(flipped)).toThrow('not a tar file');
  expect(() => readTarHeader(Buffer.from('x'.repeat(512)))).toThrow('not a tar file');
  expect(() => tarHeader({ name: 'x'.repeat(101), sizeBytes: 0 }, 0)).toThrow(RangeError);
});
