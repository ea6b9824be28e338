// An archive that other programs read: the system's tar unpacks it.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { type TarEntry, tarEnd, tarHeader, tarPadding } from './tar-writer.ts';

const modifiedAt = new Date('2026-11-21T10:00:00.000Z');
const file = (name: string, sizeBytes: number): TarEntry => ({
  name,
  kind: 'file',
  sizeBytes,
  mode: 0o640,
  modifiedAt,
});

it('has long names, names of every language, and folders', async () => {
  const long = `${'d'.repeat(90)}/${'n'.repeat(120)}`;
  const contents: Record<string, string> = {
    'a.txt': 'abc',
    'deep/日志 ü': 'x'.repeat(512),
    [long]: '',
    'deep/-z': 'z',
  };
  const bytes: Uint8Array[] = [
    tarHeader({ name: 'deep', kind: 'folder', sizeBytes: 0, mode: 0o755, modifiedAt }),
    tarHeader({ name: 'd'.repeat(90), kind: 'folder', sizeBytes: 0, mode: 0o755, modifiedAt }),
  ];
  for (const [name, text] of Object.entries(contents)) {
    bytes.push(tarHeader(file(name, text.length)), new TextEncoder().encode(text), tarPadding(text.length));
  }
  bytes.push(tarEnd());
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-tar-'));
  try {
    await writeFile(path.join(folder, 'all.tar'), Buffer.concat(bytes));
    await runCommand('tar', ['-xf', 'all.tar'], { cwd: folder, timeoutMs: 60_000 });
    for (const [name, text] of Object.entries(contents)) {
      expect(await readFile(path.join(folder, name), 'utf8')).toBe(text);
    }
    const found = await stat(path.join(folder, 'a.txt'));
    expect([found.mode & 0o777, found.mtime]).toEqual([0o640, modifiedAt]);
    expect((await readdir(path.join(folder, 'deep'))).sort()).toEqual(['-z', '日志 ü']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says sizes that a plain header can’t hold', () => {
  const text = new TextDecoder().decode(tarHeader(file('big', 9 * 1024 ** 3)));
  expect(text).toContain('19 size=9663676416\n');
  // Counts its own digits, also where they become more by that.
  const record = new TextDecoder().decode(tarHeader(file('n'.repeat(990), 1)));
  expect(record).toContain(`1001 path=${'n'.repeat(990)}\n`);
});
