// The end of a QEMU that is played: when it has let go of what another process needs, how it is forced, and what is told of it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reason } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../host/process-identity.ts';
import { spawnProcess } from '../../host/run-command.ts';
import type { LettingGo, VmSpec } from '../interface.ts';
import { FakeQmpServer } from './fake-qmp-server.ts';
import type { ProcessEnd } from './process.ts';
import { endUnconnected, killUnlessGone, QemuEnd } from './qemu-end.ts';
import { QmpClient } from './qmp-client.ts';
import { type RunFiles, runFiles } from './run-files.ts';
import { RunningQemu } from './running-qemu.ts';

/** None has this pid (proc(5)). */
const NOBODY = 2 ** 22 + 1;

let folder: string;
let server: FakeQmpServer;
let spec: VmSpec;
let files: RunFiles;
let qmp: QmpClient;
let ended: PromiseWithResolvers<ProcessEnd>;
let endsAsked: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-end-'));
  spec = { id: 'vm1', memoryMiB: 1, confinement: null, nics: [], runDirectory: folder } as unknown as VmSpec;
  files = runFiles(spec);
  ended = Promise.withResolvers();
  endsAsked = 0;
  server = new FakeQmpServer();
  server.handle = ({ execute }) => {
    if (execute === 'quit') setImmediate(() => server.hangUp());
    return { return: {} };
  };
  await server.listen(files.qmp);
});
afterEach(async () => {
  ended.resolve({ exitCode: 0, signal: null });
  qmp?.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function partsOf(pid: number) {
  qmp = await QmpClient.connect(files.qmp);
  const asked = () => {
    endsAsked++;
    return ended.promise;
  };
  // Not of this boot: nothing of this test may be ended by a signal.
  return { process: { pid, startTicks: 1, bootId: 'another' }, qmp, files, ended: asked };
}

const quitIsAsked = () => expect.poll(() => server.requests.map(({ execute }) => execute)).toContain('quit');

describe('another process can take its place', () => {
  it('when the names of its sockets are gone, however long its end takes', async () => {
    await writeFile(files.serial, '');
    const end = new QemuEnd(await partsOf(NOBODY));
    let how: LettingGo | null = null;
    const letGo = end.letGo().then((is) => {
      how = is;
    });
    await quitIsAsked();
    await rm(files.qmp, { force: true });
    expect(how).toBeNull();
    await rm(files.serial);
    await letGo;
    expect(how).toBe('freeing');
  });

  it('not while it runs on without its sockets: then its end is waited for', async () => {
    const end = new QemuEnd(await partsOf(process.pid));
    let how: LettingGo | null = null;
    const letGo = end.letGo().then((is) => {
      how = is;
    });
    await quitIsAsked();
    await rm(files.qmp, { force: true });
    expect(how).toBeNull();
    ended.resolve({ exitCode: 0, signal: null });
    await letGo;
    expect(how).toBe('ended');
  });

  it('and its machine is not attached to it any more', async () => {
    const vm = new RunningQemu({ ...(await partsOf(NOBODY)), spec, acceleration: 'tcg' });
    const letGo = vm.letGo();
    await quitIsAsked();
    expect(vm.isAttached).toBe(true);
    await rm(files.qmp, { force: true });
    expect([await letGo, vm.isAttached]).toEqual(['freeing', false]);
  });
});

describe('what is told of it', () => {
  it('is who wanted it, as QEMU has said, with its last words', async () => {
    await writeFile(files.log, 'qemu: bye\n');
    const end = new QemuEnd(await partsOf(NOBODY));
    server.send({ event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } });
    server.hangUp();
    ended.resolve({ exitCode: 0, signal: null });
    expect(await end.exited).toEqual({ expected: true, reason: reason('poweredOff'), logTail: ['qemu: bye'] });
    expect(await end.comesWithin(30_000)).toBe(true);
  });

  it('is how its process ended, where nobody wanted it; that it ran on until then counts as running', async () => {
    const end = new QemuEnd(await partsOf(NOBODY));
    expect(await end.comesWithin(1)).toBe(false);
    server.hangUp();
    ended.resolve({ exitCode: null, signal: 'SIGSEGV' });
    expect(await end.exited).toEqual({
      expected: false,
      reason: reason('killedBy', { signal: 'SIGSEGV' }),
      logTail: [],
    });
  });

  it('is that TT has ended it, whatever else there is to tell', async () => {
    const end = new QemuEnd(await partsOf(NOBODY));
    ended.resolve({ exitCode: null, signal: 'SIGKILL' });
    await end.quit();
    expect(await end.exited).toMatchObject({ expected: true, reason: reason('stoppedByTt') });
  });

  it('is nothing when the agent has only hung up', async () => {
    const end = new QemuEnd(await partsOf(NOBODY));
    expect(end.isWatched).toBe(true);
    end.unwatch();
    qmp.close();
    await qmp.closed;
    await new Promise(setImmediate);
    expect([end.isWatched, endsAsked]).toEqual([false, 0]);
  });
});

describe('one that nobody is connected to', () => {
  let child: ProcessIdentity;
  beforeEach(async () => {
    const { pid = -1 } = await spawnProcess('sleep', ['60'], { detached: false });
    child = (await identifyProcess(pid)) ?? expect.unreachable('it has ended');
  });
  afterEach(() => killUnlessGone(child, 0));

  it('is asked to end, and has the time for it', async () => {
    server.handle = ({ execute }) => {
      // As SIGTERM does for a process that is done.
      if (execute === 'quit') process.kill(child.pid, 'SIGTERM');
      return { return: {} };
    };
    await endUnconnected(child, files);
    expect([await isRunning(child), server.requests.map(({ execute }) => execute)]).toEqual([
      false,
      ['qmp_capabilities', 'quit'],
    ]);
  });

  it('is killed at once where nobody answers', async () => {
    await server.close();
    await endUnconnected(child, files);
    expect(await isRunning(child)).toBe(false);
    await killUnlessGone(child, 0);
  });
});
