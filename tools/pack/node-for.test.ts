// For which processor a program is.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { machineOf, nodeFor, ownArchitecture } from './node-for.ts';

it('is read from its header', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-machine-'));
  try {
    const header = Buffer.alloc(64);
    header.write('\x7fELF', 'latin1');
    const given: [string, Buffer][] = [
      ['arm64', header.fill(Buffer.from([183, 0]), 18, 20)],
      ['riscv', Buffer.from(header).fill(Buffer.from([243, 0]), 18, 20)],
      ['script', Buffer.from('#!/bin/sh\nexit 0 and some more\n')],
      ['empty', Buffer.alloc(0)],
    ];
    const found: unknown[] = [];
    for (const [name, bytes] of given) {
      await writeFile(path.join(folder, name), bytes);
      found.push(await machineOf(path.join(folder, name)));
    }
    expect(found).toEqual(['arm64', null, null, null]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.runIf(process.platform === 'linux')('is this one for the Node that runs this', async () => {
  expect(await machineOf(await nodeFor('/nowhere', ownArchitecture(), '/nowhere'))).toBe(ownArchitecture());
});
