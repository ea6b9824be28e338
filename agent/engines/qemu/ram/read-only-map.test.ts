// Whether a QEMU can map memory that it may not write, by what it says of itself.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canMapReadOnly } from './read-only-map.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-map-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The end of what QEMU 7.2 and QEMU 10.0 print. */
const BEFORE = ['  readonly=<bool>', '  reserve=<bool>         - Reserve swap space (or huge pages) if applicable'];
const SINCE = [...BEFORE, '  rom=<OnOffAuto>        - Whether to create Read Only Memory (ROM)'];

async function program(says: readonly string[], exitCode = 0): Promise<string> {
  const file = path.join(folder, 'qemu');
  const asked = '[ "$*" = "-object memory-backend-file,help" ] || exit 3';
  await writeFile(file, ['#!/bin/sh', asked, 'cat <<E', ...says, 'E', `exit ${exitCode}`, ''].join('\n'), {
    mode: 0o755,
  });
  return file;
}

it('can where memory from a file that is only read is told apart from memory that is only read', async () => {
  expect(await canMapReadOnly(await program(['memory-backend-file options:', ...SINCE]))).toBe(true);
  expect(await canMapReadOnly(await program(['memory-backend-file options:', ...BEFORE]))).toBe(false);
  expect(await canMapReadOnly(await program(['invalid object type: memory-backend-file'], 1))).toBe(false);
});
