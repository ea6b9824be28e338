// Backups, mutated: whatever their bytes, they are read or refused, and what is unpacked stays in its folder.
// @module-tag deep
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tarEnd } from '../archives/tar-header.ts';
import { tarMember as member } from '../archives/test-member.ts';
import { BACKUP_VERSION, CHECKSUM_NAME, isEntryName, MANIFEST_NAME } from '../backup/backup-form.ts';
import { Backup } from '../backup/read-backup.ts';
import { fuzz, fuzzing, mutated, orRefused } from '../testing/fuzz.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Made whole again: a header of the right size for the manifest, and the right checksum at the end. */
function wholeAgain(manifest: Buffer, rest: Buffer): Buffer {
  const body = Buffer.concat([member(MANIFEST_NAME, manifest), rest]);
  const sum = Buffer.from(`${createHash('sha256').update(body).digest('hex')}\n`);
  return Buffer.concat([body, member(CHECKSUM_NAME, sum), tarEnd()]);
}

it('backups', fuzzing, async () => {
  const entries = [
    { path: 'state.sqlite', sizeBytes: 700 },
    { path: 'keys/demo.json', sizeBytes: 3 },
  ];
  const manifest = Buffer.from(
    JSON.stringify({
      format: 'tt-backup',
      version: BACKUP_VERSION,
      madeBy: '0.1.0',
      schema: 1,
      createdAt: '2026-01-01T00:00:00Z',
      hostName: 'h',
      envs: 0,
      vms: 0,
      images: [{ file: 'a', name: null, sha256: null }],
      entries,
    }),
  );
  const rest = Buffer.concat(entries.map(({ path: name, sizeBytes }) => member(name, Buffer.alloc(sizeBytes, 'x'))));
  const words = ['"../x"', '"/etc/x"', '1e999', '-1', '[]', 'null', '"keys/../../x"', '__proto__', '9007199254740993'];
  const file = path.join(folder, 'x.tar');
  let number = 0;
  const odd = fc.tuple(mutated(manifest, words), mutated(rest)).map(([text, others]) => wholeAgain(text, others));
  await fuzz(fc.oneof(mutated(wholeAgain(manifest, rest)), odd), async (bytes) => {
    await writeFile(file, bytes);
    const target = path.join(folder, `out-${number++}`);
    await mkdir(target);
    await orRefused(async () => {
      await using backup = await Backup.open(file);
      await backup.unpack(target);
    });
    const found = await readdir(target, { recursive: true, withFileTypes: true });
    const names = found
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(target, path.join(entry.parentPath, entry.name)));
    expect(names.filter((name) => !isEntryName(name))).toEqual([]);
    await rm(target, { recursive: true });
    expect((await readdir(folder)).filter((name) => name !== 'x.tar')).toEqual([]);
  });
});
