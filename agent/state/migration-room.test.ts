// A file system without space for the copy of a database that needs migration: a coded error, and nothing changes.
// @module-tag real
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { StateStore } from './store.ts';
import { contentOf, makeOldDatabase } from './test-old-database.ts';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(`a full file system${isRoot ? '' : ' (skipped: mounting a tmpfs needs root)'}`, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-full-'));
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tt-test', folder], { timeoutMs: 10_000 });
  });
  afterEach(async () => {
    await runCommand('umount', [folder], { timeoutMs: 10_000 });
    await rm(folder, { recursive: true });
  });

  it('stops the migration before its first change; with room it goes on', async () => {
    const file = path.join(folder, 'state.sqlite');
    makeOldDatabase(file, JSON.stringify({ id: 's-1', vms: [], notes: 'long '.repeat(50_000) }));
    const before = contentOf(file);
    await writeFile(path.join(folder, 'filler'), Buffer.alloc(600 * 1024));
    const told: unknown[] = [];
    expect(() => new StateStore(file, { onMigration: (migration) => told.push(migration) })).toThrow(
      expect.objectContaining({
        code: 'STATE_NO_SPACE',
        data: { stateDirectory: folder, freeMiB: 0, wantedMiB: expect.any(Number) },
      }),
    );
    expect([(await readdir(folder)).sort(), contentOf(file), told]).toEqual([['filler', 'state.sqlite'], before, []]);
    await rm(path.join(folder, 'filler'));
    new StateStore(file).close();
    expect(contentOf(file).schema).not.toBe(before.schema);
  });
});
