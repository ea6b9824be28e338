// All of an operation, or nothing: on a full disk the undo steps get the room they need first.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { makeLogger } from '@tt/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiskReserve } from '../host/disk-reserve.ts';
import { allOrNothing } from './all-or-nothing.ts';
import type { OperationContext } from './operation-registry.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-undo-'));
});
afterEach(() => rm(folder, { recursive: true }));

const context: OperationContext = {
  id: 'one',
  kind: 'snapshot.create',
  signal: new AbortController().signal,
  step: () => {},
  parts: () => {},
  noReturn: () => {},
};

it('frees the reserve before the first undo step, and only after a failure', async () => {
  const done: string[] = [];
  class Watched extends DiskReserve {
    override makeSpace(): void {
      done.push('room');
    }
  }
  const services = { logger: makeLogger({ level: 'silent', file: null }), reserve: new Watched(folder) };
  const kept = await allOrNothing(services, context, async (undo) => {
    undo.add('first', () => void done.push('first'));
    return 'kept';
  });
  expect([kept, done]).toEqual(['kept', []]);
  const full = new TtError('DISK_FULL', { freeMiB: 0, wantedMiB: 1, subject: 'one' });
  const work = allOrNothing(services, context, async (undo) => {
    undo.add('first', () => void done.push('first'));
    undo.add('second', () => void done.push('second'));
    throw full;
  });
  await expect(work).rejects.toBe(full);
  expect(done).toEqual(['room', 'second', 'first']);
});
