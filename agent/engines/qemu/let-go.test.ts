// When a process that is replaced has let go: its sockets have no names any more and it runs no more, or it has ended.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LettingGo, VmSpec } from '../interface.ts';
import { FakeQmpServer } from './fake-qmp-server.ts';
import type { ProcessEnd } from './process.ts';
import { QmpClient } from './qmp-client.ts';
import { RunningQemu } from './running-qemu.ts';
import { runFiles } from './run-files.ts';

/** None has this pid (proc(5)). */
const NOBODY = 2 ** 22 + 1;
const SPEC = { id: 'vm1', memoryMiB: 1, confinement: null };

let folder: string;
let server: FakeQmpServer;
let spec: VmSpec;
let ended: PromiseWithResolvers<ProcessEnd>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-let-go-'));
  spec = { ...SPEC, nics: [], runDirectory: folder } as unknown as VmSpec;
  ended = Promise.withResolvers();
  server = new FakeQmpServer();
  server.handle = ({ execute }) => {
    if (execute === 'quit') setImmediate(() => server.hangUp());
    return { return: {} };
  };
  await server.listen(runFiles(spec).qmp);
});
afterEach(async () => {
  ended.resolve({ exitCode: 0, signal: null });
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function runs(pid: number): Promise<RunningQemu> {
  const qmp = await QmpClient.connect(runFiles(spec).qmp);
  // Not of this boot: nothing of this test may be ended by a signal.
  const identity = { pid, startTicks: 1, bootId: 'another' };
  return new RunningQemu({ spec, process: identity, qmp, acceleration: 'tcg', ended: () => ended.promise });
}

it('is when the names of its sockets are gone, however long its end takes', async () => {
  const { qmp, serial } = runFiles(spec);
  await writeFile(serial, '');
  const vm = await runs(NOBODY);
  let how: LettingGo | null = null;
  const letGo = vm.letGo().then((is) => {
    how = is;
  });
  await expect.poll(() => server.requests.map(({ execute }) => execute)).toContain('quit');
  await rm(qmp, { force: true });
  expect([how, vm.isAttached]).toEqual([null, true]);
  await rm(serial);
  await letGo;
  expect([how, vm.isAttached]).toEqual(['freeing', false]);
});

it('is not while it runs on without its sockets: then its end is waited for', async () => {
  const vm = await runs(process.pid);
  let how: LettingGo | null = null;
  const letGo = vm.letGo().then((is) => {
    how = is;
  });
  await expect.poll(() => server.requests.map(({ execute }) => execute)).toContain('quit');
  await rm(runFiles(spec).qmp, { force: true });
  expect(how).toBeNull();
  ended.resolve({ exitCode: 0, signal: null });
  await letGo;
  expect(how).toBe('ended');
});
