// A starting agent takes over from an earlier one: VMs that still run, VMs that died, and unfinished changes. The earlier agent
// is stopped, or made to look as if it was killed: its state is reset to what it would have been at that moment.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reason, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEngine } from '../../engines/fake-engine.ts';
import { partOf } from '../../host/shared-file.ts';
import { ramFileOf } from '../../snapshots/ram-files.ts';
import { StateStore } from '../../state/store.ts';
import { StorageError } from '../../storage/errors.ts';
import { changeFakeDisk, readFakeDisk } from '../../storage/fake-disk.ts';
import { FakeStorage } from '../../storage/fake-storage.ts';
import { NOTHING, startTestAgent, type TestAgent, type TestAgentOptions } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';
import { changedVm, NO_PROCESS } from '../../state/vm-record.ts';

let agent: TestAgent;
let vms: Vm[];
const idOf = (index: number) => vms[index]?.id ?? '';
const show = () => agent.client.env.show({ name: 'demo' });
const states = async () => (await show()).vms.map(({ state }) => state);
const logged = (msg: string) => agent.log.filter((line) => line.msg === msg).length;

beforeEach(async () => {
  agent = await startTestAgent();
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(async () => {
  vi.useRealTimers();
  await agent.stop();
});

/** Ends the agent, lets `meanwhile` change what it left, and starts the next one. */
async function restart(meanwhile: (store: StateStore) => unknown = () => {}, options: TestAgentOptions = {}) {
  await agent.stop({ keep: true });
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  await meanwhile(store);
  store.close();
  agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, ...options });
}

const machineOf = (vmId: string) => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);

it('VMs whose disks a killed revert left of two instants are failed, and say so', async () => {
  const { id } = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  await agent.client.env.stop({ name: 'demo', graceS: 0 });
  const makeStorage = (directory: string) => {
    const storage = new FakeStorage({ directory });
    const error = new StorageError('STORAGE_FAILED', 'disk1 is broken');
    storage.unfinishedReverts.push({ vmId: idOf(0), tag: id, error });
    return storage;
  };
  await restart(() => {}, { makeStorage });
  expect((await show()).vms.map(({ state, failure }) => [state, failure?.code])).toEqual([
    ['failed', 'SNAPSHOT_FAILED'],
    ['stopped', undefined],
  ]);
  expect((await show()).vms[0]?.failure?.data).toMatchObject({ snapshotName: 'ripe' });
  agent.takeFaults();
});

it('a snapshot that was there for one operation goes', async () => {
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  const { name } = await agent.client.snapshot.create({ envName: 'demo', name: 'copy' });
  await restart((store) => {
    for (const env of store.envs.list()) store.envs.put(env.name, { ...env, temporarySnapshot: name });
  });
  expect((await show()).snapshots.map((snapshot) => snapshot.name)).toEqual(['ripe']);
  await agent.client.snapshot.create({ envName: 'demo', name: 'copy' });
});

describe('a VM whose process was being replaced when the agent was killed', () => {
  const mark = (id: string, isGone: boolean) => (store: StateStore) => {
    const record = store.vms.get(idOf(0));
    if (!record?.status.process) throw new Error('it does not run');
    const process = { ...record.status.process, ...(isGone && { startTicks: 1 }) };
    store.vms.put(record.id, changedVm(record, { status: { process, revertingTo: id } }));
  };
  const disk = () => readFakeDisk(agent.storage.diskOf(idOf(0)).path).files;

  it('is stopped with the disks of the snapshot, and starts; a process that nobody wrote down is ended', async () => {
    machineOf(idOf(0))?.writeDisk({ '/word': 'ripe' });
    const { id } = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    machineOf(idOf(0))?.writeDisk({ '/word': 'later' });
    await restart(mark(id, true));
    expect([await states(), machineOf(idOf(0)), disk()]).toEqual([
      ['stopped', 'running'],
      undefined,
      { '/word': 'ripe' },
    ]);
    expect((await show()).vms[0]?.failure).toBeNull();
    await agent.client.vm.start({ vmId: idOf(0) });
    machineOf(idOf(0))?.writeDisk({ '/word': 'new' });
    // It is not done again.
    await restart();
    expect([await states(), disk()]).toEqual([['running', 'running'], { '/word': 'new' }]);
  });

  it('runs on if that had not been ended, and its disks are not touched when it ends later', async () => {
    const { id } = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    machineOf(idOf(0))?.writeDisk({ '/word': 'later' });
    await restart(mark(id, false));
    expect(await states()).toEqual(['running', 'running']);
    await restart(() => agent.engine.crash(idOf(0)));
    expect([await states(), disk()]).toEqual([['failed', 'running'], { '/word': 'later' }]);
  });

  it('is failed and says so when its disks can’t be reverted', async () => {
    const { id } = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const makeStorage = (directory: string) => {
      const storage = new FakeStorage({ directory });
      storage.revertSnapshot = () => Promise.reject(new StorageError('STORAGE_FAILED', 'disk0 is broken'));
      return storage;
    };
    await restart(mark(id, true), { makeStorage });
    expect((await show()).vms[0]).toMatchObject({ state: 'failed', failure: { code: 'SNAPSHOT_FAILED' } });
    agent.takeFaults();
  });
});

describe('VMs that ran on', () => {
  it('are the same VMs, with their ports, snapshots and consoles, and are watched again', async () => {
    const ripe = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const before = await show();
    await restart();
    expect(await show()).toEqual(before);
    const { vms: more } = await agent.client.env.create({ name: 'more', groups: [{ osPrefix: 'tiny' }] });
    const ports = [...before.vms, ...more].flatMap(({ portMap }) => portMap.map(({ hostPort }) => hostPort));
    expect(new Set(ports).size).toBe(3);
    expect(await agent.client.console.open({ vmId: idOf(0), kind: 'vnc' })).toMatchObject({ kind: 'vnc' });
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    expect((await agent.client.snapshot.create({ envName: 'demo', name: 'next' })).parentId).toBe(ripe.id);
    await agent.engine.crash(idOf(0));
    await until('the crash is seen', async () => (await states()).join() === 'failed,running');
  });

  it('resume when they were paused for a snapshot that nobody finishes', async () => {
    await restart(() => machineOf(idOf(0))?.setPaused(true));
    expect([machineOf(idOf(0))?.paused, await states()]).toEqual([false, ['running', 'running']]);
  });

  it('are not those that only have the same number', async () => {
    await restart((store) => {
      const record = store.vms.get(idOf(0));
      if (record?.status.process)
        store.vms.put(
          record.id,
          changedVm(record, { status: { process: { ...record.status.process, startTicks: 1 } } }),
        );
    });
    expect(await states()).toEqual(['failed', 'running']);
  });

  it('keep the ENV’s end', async () => {
    const { env } = await show();
    await restart();
    expect((await show()).env).toEqual(env);
  });
});

describe('VMs that did not run on', () => {
  it('have failed, with the end of their log, and can be started', async () => {
    await restart(() => agent.engine.crash(idOf(0)));
    expect(await agent.client.vm.show({ vmId: idOf(0) })).toMatchObject({
      state: 'failed',
      runningSince: null,
      acceleration: null,
      failure: {
        code: 'VM_DIED',
        data: {
          vmName: 'demo/tiny-2-1',
          reason: { code: 'endedWithoutAgent' },
          logTail: ['started demo/tiny-2-1 (fake)', 'its process was killed by SIGKILL'],
        },
      },
    });
    expect(await agent.client.vm.start({ vmId: idOf(0) })).toMatchObject({ state: 'running', failure: null });
  });

  it('stay stopped, or failed, as they were', async () => {
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 0 });
    await agent.engine.crash(idOf(1));
    await until('the crash is seen', async () => (await states()).join() === 'stopped,failed');
    const before = await show();
    await restart();
    expect(await show()).toEqual(before);
  });
});

describe('what an agent that was killed left half done', () => {
  it('of a create is gone, also machines it had started but not written down', async () => {
    await restart((store) => {
      for (const env of store.envs.list()) store.envs.put(env.name, { ...env, phase: 'creating' });
      for (const vm of store.vms.list())
        store.vms.put(vm.id, changedVm(vm, { status: { state: 'creating', process: null } }));
    });
    expect([await agent.belongings(), logged('ending a process that is not recorded')]).toEqual([NOTHING, 2]);
    expect((await agent.client.host.show()).memory.usedMiB).toBe(0);
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  });

  it('of a create whose machines all ran is gone too: nobody was told that it is there', async () => {
    await restart((store) => {
      for (const env of store.envs.list()) store.envs.put(env.name, { ...env, phase: 'creating' });
    });
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('of a delete is finished', async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'x' });
    await restart((store) => {
      for (const env of store.envs.list()) store.envs.put(env.name, { ...env, phase: 'deleting' });
      const [vm] = store.vms.list();
      if (vm) store.vms.put(vm.id, changedVm(vm, { status: { state: 'deleting' } }));
    });
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('of the delete of one VM is finished, and the others stay', async () => {
    await restart((store) => {
      const [vm] = store.vms.list();
      if (vm) store.vms.put(vm.id, changedVm(vm, { status: { state: 'deleting' } }));
    });
    expect(await agent.belongings()).toMatchObject({ vms: ['demo/tiny-2-2'], disks: [idOf(1)], machines: 1 });
  });

  it('of a start is stopped again, so that it can be started', async () => {
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 0 });
    await agent.client.vm.start({ vmId: idOf(0) });
    await restart((store) => {
      const vm = store.vms.get(idOf(0));
      if (vm) store.vms.put(vm.id, changedVm(vm, { status: { ...NO_PROCESS, state: 'stopped' } }));
    });
    expect([await states(), agent.fakeHost.size]).toEqual([['stopped', 'running'], 1]);
    expect(await agent.client.vm.start({ vmId: idOf(0) })).toMatchObject({ state: 'running' });
  });

  it('of a snapshot is dropped from the disks, of running and of stopped VMs; those of others stay', async () => {
    const kept = await agent.client.snapshot.create({ envName: 'demo', name: 'kept' });
    await agent.client.vm.stop({ vmId: idOf(1), graceS: 0 });
    await restart(() => {
      for (const { id } of vms) {
        changeFakeDisk(agent.storage.diskOf(id).path, (disk) =>
          disk.snapshots.push({ tag: 'tt-half', disk: {}, ram: {} }),
        );
        // Of a save that came only as far as the RAM.
        writeFileSync(ramFileOf(agent.storage.folderOf(id), 'tt-ram', 'qcow2'), 'half');
        // Of RAM that was becoming a file that forks share.
        writeFileSync(partOf(ramFileOf(agent.storage.folderOf(id), kept.id, 'flat')), 'half');
      }
    });
    const tags = await Promise.all(vms.map(({ id }) => agent.storage.listSnapshots(id)));
    expect(tags.map((list) => list.map(({ tag }) => tag))).toEqual([[kept.id], [kept.id]]);
    const left = vms.map(({ id }) => existsSync(ramFileOf(agent.storage.folderOf(id), 'tt-ram', 'qcow2')));
    expect(left).toEqual([false, false]);
    const ofKept = vms.map(({ id }) => ramFileOf(agent.storage.folderOf(id), kept.id, 'flat'));
    expect(ofKept.map((file) => [existsSync(partOf(file)), existsSync(file)])).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it('of a snapshot that can’t be dropped does not keep the agent from starting', async () => {
    await restart(
      () =>
        changeFakeDisk(agent.storage.diskOf(idOf(0)).path, (disk) =>
          disk.snapshots.push({ tag: 'tt-half', disk: {}, ram: {} }),
        ),
      {
        makeEngine(host) {
          const engine = new FakeEngine({ host });
          engine.failNext('deleteState', 'COMMAND_FAILED');
          return engine;
        },
      },
    );
    expect([await states(), logged('could not delete the saved state; trying again later')]).toEqual([
      ['running', 'running'],
      1,
    ]);
    await restart();
    expect(await agent.storage.listSnapshots(idOf(0))).toEqual([]);
  });

  it('without any record, a disk that belongs to nobody is removed', async () => {
    await restart((store) => {
      for (const vm of store.vms.list()) store.vms.delete(vm.id);
      for (const env of store.envs.list()) store.envs.delete(env.name);
      return Promise.all(
        [...agent.fakeHost.values()].map((machine) => machine.end({ expected: true, reason: reason('poweredOff') })),
      );
    });
    expect(await agent.storage.list()).toEqual([]);
  });
});

describe('a VM that runs but does not answer', () => {
  const withSilentVm = () =>
    restart(() => {}, {
      makeEngine(host) {
        const engine = new FakeEngine({ host });
        engine.failNext('adopt', 'ENGINE_TIMEOUT');
        return engine;
      },
    });

  it('is unknown, not gone, and is taken up as soon as it answers', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await withSilentVm();
    expect(await states()).toEqual(['unknown', 'running']);
    expect((await agent.client.host.show()).memory.usedMiB).toBe(256);
    vi.advanceTimersByTime(5_000);
    await until('it is taken up', async () => (await states()).join() === 'running,running');
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 0 });
  });

  it('can’t be stopped or seen, but deleted', async () => {
    // Nobody asks it again meanwhile.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await withSilentVm();
    const notRunning = { code: 'VM_NOT_RUNNING', data: { state: 'unknown' } };
    await expect(agent.client.vm.stop({ vmId: idOf(0) })).rejects.toMatchObject(notRunning);
    await expect(agent.client.vm.screenshot({ vmId: idOf(0) })).rejects.toMatchObject(notRunning);
    await agent.client.env.delete({ name: 'demo' });
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('is taken up once, however often it is asked at the same time', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await withSilentVm();
    const hold = agent.engine.holdNext('adopt');
    vi.advanceTimersByTime(5_000);
    await hold.reached;
    vi.advanceTimersByTime(10_000);
    await expect(agent.client.env.delete({ name: 'demo' })).rejects.toMatchObject({ code: 'ENV_BUSY' });
    hold.release();
    await until('it is taken up', async () => (await states()).join() === 'running,running');
    expect(agent.log.filter((line) => line.msg === 'took over a running VM' && line['vmId'] === idOf(0))).toHaveLength(
      1,
    );
  });

  it('that died meanwhile has failed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await withSilentVm();
    await agent.engine.crash(idOf(0));
    vi.advanceTimersByTime(5_000);
    await until('it is seen', async () => (await states()).join() === 'failed,running');
  });
});

it('an agent does not touch what a newer TT wrote', async () => {
  await agent.stop({ keep: true });
  const { DatabaseSync } = await import('node:sqlite');
  const file = path.join(agent.home, 'state.sqlite');
  const newer = new DatabaseSync(file);
  const known = Number(newer.prepare('PRAGMA user_version').get()?.['user_version']);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const { home, fakeHost } = agent;
  await expect(startTestAgent({ home, fakeHost })).rejects.toMatchObject({ code: 'STATE_TOO_NEW' });
  // It let go of the folder: who can read the state gets in.
  const older = new DatabaseSync(file);
  older.exec(`PRAGMA user_version = ${known}`);
  older.close();
  agent = await startTestAgent({ home, fakeHost });
  expect(await states()).toEqual(['running', 'running']);
});
