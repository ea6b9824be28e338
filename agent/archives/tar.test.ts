// Tar archives checked against the host's own tar in both directions, and files that are no archives or would never end.
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { padding, readTarHeader, tarBytes, tarEnd, TarError, tarHeader } from './tar-header.ts';
import { listTar } from './tar-members.ts';

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
    expect(readTarHeader((await readFile(path.join(folder, 'theirs.tar'))).subarray(0, 512))).toEqual({
      ...entry,
      isFile: true,
      type: '0',
    });
    expect(ours.length).toBe(tarBytes(6) + 1024);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('knows files of any size, and refuses what is no plain file', () => {
  for (const sizeBytes of [0, 1, 511, 512, 8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 3 * 1024 ** 4]) {
    expect(readTarHeader(tarHeader({ name: 'x', sizeBytes }, 0))).toMatchObject({ name: 'x', sizeBytes, isFile: true });
  }
  expect(readTarHeader(Buffer.alloc(512))).toBeNull();
  const header = tarHeader({ name: 'x', sizeBytes: 3 }, 0);
  const flipped = Buffer.from(header);
  flipped[0] = 0x79;
  expect(() => readTarHeader(flipped)).toThrow(TarError);
  expect(() => readTarHeader(Buffer.from('x'.repeat(512)))).toThrow(TarError);
  expect(() => tarHeader({ name: 'x'.repeat(101), sizeBytes: 0 }, 0)).toThrow(RangeError);
});

describe('a list of members', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-tar-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function listed(...blocks: Buffer[]) {
    await writeFile(path.join(folder, 'x.tar'), Buffer.concat(blocks));
    await using file = await open(path.join(folder, 'x.tar'), 'r');
    return await listTar(file);
  }

  /** A header with one field written over, and its sum made right again. */
  function altered(header: Buffer, at: number, text: string): Buffer {
    const other = Buffer.from(header);
    other.write(text, at, 'latin1');
    other.fill(' ', 148, 156);
    const sum = other.reduce((total, byte) => total + byte, 0);
    other.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return other;
  }

  it('says where the bytes of files lie, whatever tar wrote them, and leaves out folders', async () => {
    const options = { timeoutMs: 10_000, cwd: folder };
    // Longer than the name's own field: ustar splits it.
    const long = `${'folder-'.repeat(10)}/${'box-'.repeat(10)}disk.vmdk`;
    await runCommand('mkdir', ['-p', path.dirname(long)], options);
    await writeFile(path.join(folder, long), 'hello\n');
    await writeFile(path.join(folder, 'box.ovf'), 'ovf');
    for (const format of ['ustar', 'gnu', 'pax']) {
      await runCommand('tar', [`--format=${format}`, '-cf', 'theirs.tar', 'box.ovf', path.dirname(long)], options);
      const bytes = await readFile(path.join(folder, 'theirs.tar'));
      await using file = await open(path.join(folder, 'theirs.tar'), 'r');
      const found = (await listTar(file)).map(({ name, offset, sizeBytes }) => [
        name,
        bytes.toString('utf8', offset, offset + sizeBytes),
      ]);
      expect(found).toEqual([
        ['box.ovf', 'ovf'],
        [long, 'hello\n'],
      ]);
    }
  });

  it('knows where the pieces of a file with holes lie, as tar’s older format stores it; that of pax it refuses', async () => {
    const options = { timeoutMs: 10_000, cwd: folder };
    const whole = Buffer.alloc(3 * 1024 * 1024);
    // More pieces than one header describes.
    for (let piece = 0; piece < 30; piece++) whole.write(`piece ${piece}`, piece * 98_304);
    await writeFile(path.join(folder, 'whole'), whole);
    await runCommand('cp', ['--sparse=always', 'whole', 'disk.raw'], options);
    await writeFile(path.join(folder, 'after'), 'after');
    await runCommand('tar', ['--format=oldgnu', '-S', '-cf', 'holes.tar', 'disk.raw', 'after'], options);
    const bytes = await readFile(path.join(folder, 'holes.tar'));
    await using file = await open(path.join(folder, 'holes.tar'), 'r');
    const [disk, after] = await listTar(file);
    const made = Buffer.alloc(disk?.sizeBytes ?? 0);
    for (const { offset, sizeBytes, at } of disk?.pieces ?? []) bytes.copy(made, at, offset, offset + sizeBytes);
    expect([disk?.name, disk?.pieces?.length, made.equals(whole)]).toEqual(['disk.raw', 30, true]);
    expect(bytes.toString('utf8', after?.offset, (after?.offset ?? 0) + 5)).toBe('after');
    await runCommand('tar', ['--format=pax', '-S', '-cf', 'pax.tar', 'disk.raw'], options);
    await using pax = await open(path.join(folder, 'pax.tar'), 'r');
    await expect(listTar(pax)).rejects.toThrow('without --sparse');
  });

  it('takes the size of a file over 8 GiB from pax, and refuses notes that make no sense', async () => {
    const note = (text: string, type = 'x') => {
      const bytes = Buffer.from(text);
      const header = altered(tarHeader({ name: 'note', sizeBytes: bytes.length }, 0), 156, type);
      return [header, bytes, padding(bytes.length)];
    };
    const content = Buffer.from('content');
    const member = [tarHeader({ name: 'short', sizeBytes: 0 }, 0), content, padding(content.length)];
    expect(await listed(...note('10 size=7\n'), ...member, tarEnd())).toEqual([
      { name: 'short', offset: 1536, sizeBytes: 7 },
    ]);
    await expect(listed(...note('22 size=9000000000000\n'), ...member, tarEnd())).rejects.toThrow('cut in short');
    for (const bad of ['99 path=x\n', 'x path=x\n', '-1 path=x\n', '4 a\n']) {
      await expect(listed(...note(bad), ...member), bad).rejects.toThrow('no sense');
    }
    await expect(listed(...note('10 size=x\n'), ...member)).rejects.toThrow('no size');
    await expect(listed(...note('n'.repeat(65_537), 'L'), ...member)).rejects.toThrow('too long');
  });

  it('ends for archives that lead back to themselves, are cut, or hold nothing without end', async () => {
    const header = tarHeader({ name: 'x', sizeBytes: 0 }, 0);
    const folderHeader = altered(header, 156, '5');
    // Minus one block: the next header would be this one again.
    await expect(listed(altered(folderHeader, 124, '-0000001000\0'))).rejects.toThrow('no size');
    const binary = altered(folderHeader, 124, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\x00');
    await expect(listed(binary)).rejects.toThrow('no size');
    await expect(listed(tarHeader({ name: 'x', sizeBytes: 513 }, 0), Buffer.alloc(512))).rejects.toThrow('cut');
    await expect(listed(...Array.from({ length: 1001 }, () => folderHeader))).rejects.toThrow('more than 1000');
    expect(await listed(header, tarEnd())).toEqual([{ name: 'x', offset: 512, sizeBytes: 0 }]);
  });
});
