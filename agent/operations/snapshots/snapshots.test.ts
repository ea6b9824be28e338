// Snapshots of ENVs and VMs through the API: RAM and disk of all guests at one instant, reverted, undone, deleted; a failure at
// any point leaves all guests running and nothing of the snapshot behind.
import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import type { Snapshot, Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeMachine } from '../../engines/fake/fake-machine.ts';
import { readFakeDisk } from '../../storage/fake-disk.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
let vms: Vm[];

beforeEach(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 1024 } });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(() => agent.stop());

const idOf = (index: number) => vms[index]?.id ?? '';
const take = (name: string, about: object = {}) => agent.client.snapshot.create({ envName: 'demo', name, ...about });
const revert = (name: string, about: object = {}) => agent.client.snapshot.revert({ envName: 'demo', name, ...about });
const remove = (name: string) => agent.client.snapshot.delete({ envName: 'demo', name });
const show = () => agent.client.env.show({ name: 'demo' });
const stop = (index: number) => agent.client.vm.stop({ vmId: idOf(index), graceS: 0 });

function machineOf(vmId: string): FakeMachine | undefined {
  return [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);
}

/** Puts a word into RAM and onto the disk of every guest that runs. */
function write(word: string): void {
  for (const machine of agent.fakeHost.values()) {
    machine.ram = { '/dev/shm/word': word };
    machine.writeDisk({ '/root/word': word });
  }
}

/** `ram/disk` of each guest; `off/disk` when it does not run, `(paused)` when it is paused. */
function words(): string[] {
  return vms.map(({ id }) => {
    const machine = machineOf(id);
    const disk = readFakeDisk(agent.storage.diskOf(id).path).files['/root/word'] ?? '-';
    const ram = machine ? (machine.ram['/dev/shm/word'] ?? '-') : 'off';
    return `${ram}/${disk}${machine?.paused ? ' (paused)' : ''}`;
  });
}

/** Saved states in the disks, all together. */
async function savedStates(): Promise<number> {
  const tags = await Promise.all((await agent.storage.list()).map((vmId) => agent.storage.listSnapshots(vmId)));
  return tags.flat().length;
}

const states = async () => (await show()).vms.map(({ state }) => state);
const tree = async () => {
  const { snapshots } = await agent.client.snapshot.list({ envName: 'demo' });
  const nameOf = (id: string | null) => snapshots.find((snapshot) => snapshot.id === id)?.name ?? id;
  return Object.fromEntries(snapshots.map(({ name, parentId }) => [name, nameOf(parentId)]));
};

describe('a snapshot', () => {
  it('of an ENV holds all its VMs; putting it back brings RAM and disk of all, and can be undone', async () => {
    write('apple');
    const taken = await take('ripe', { title: 'Ripe', notes: 'with stalks' });
    expect(taken).toEqual({
      id: taken.id,
      name: 'ripe',
      title: 'Ripe',
      notes: 'with stalks',
      envName: 'demo',
      scope: 'env',
      kind: 'user',
      parentId: null,
      vms: vms.map(({ id, name }) => ({
        vmId: id,
        vmName: name,
        hasRam: true,
        vmStateBytes: 65_536,
        removed: false,
        hasThumbnail: true,
        spec: {
          cpuCount: 1,
          memoryMiB: 128,
          nics: [{ kind: 'user', bandwidthMbps: null }],
          ports: [{ protocol: 'tcp', guestPort: 22 }],
          blacklist: [],
          disks: [{ name: 'disk0', sizeMiB: 1024, attached: true, limits: null }],
          cds: expect.any(Array),
          firmware: 'bios',
          bootFrom: 'disk',
          rtcBase: 'utc',
          guestHelper: 'on',
        },
      })),
      createdAt: taken.createdAt,
      expiresAt: null,
      pausedMs: expect.any(Number),
      skewMs: expect.any(Number),
      sizeBytes: 131_072,
    });
    expect(words()).toEqual(['apple/apple', 'apple/apple']);

    write('pear');
    const { snapshot, safetySnapshotName } = await revert('ripe');
    expect([snapshot, words()]).toEqual([taken, ['apple/apple', 'apple/apple']]);
    const safety = (await show()).snapshots.find(({ name }) => name === safetySnapshotName);
    expect(safety).toMatchObject({ kind: 'safety', scope: 'env', parentId: taken.id });

    await revert(safetySnapshotName ?? '');
    expect(words()).toEqual(['pear/pear', 'pear/pear']);
    expect(await states()).toEqual(['running', 'running']);
  });

  it('of some VMs leaves the others alone, when it is taken and when it is reverted to', async () => {
    write('apple');
    expect(await take('one', { vmIds: [idOf(1), idOf(1)] })).toMatchObject({ scope: 'vm', vms: [{ vmId: idOf(1) }] });
    expect(await savedStates()).toBe(1);
    await take('both');
    write('pear');
    await revert('one', { safety: false });
    expect(words()).toEqual(['pear/pear', 'apple/apple']);
    await revert('both', { vmIds: [idOf(0)], safety: false });
    expect(words()).toEqual(['apple/apple', 'apple/apple']);
    expect((await show()).snapshots.map(({ kind }) => kind)).toEqual(['user', 'user']);
  });

  it('of a stopped VM keeps its disk; putting it back stops the VM', async () => {
    write('apple');
    await stop(1);
    expect((await take('half')).vms.map(({ hasRam, vmStateBytes }) => [hasRam, vmStateBytes])).toEqual([
      [true, 65_536],
      [false, 0],
    ]);
    await agent.client.env.start({ name: 'demo' });
    write('pear');
    await revert('half');
    expect([words(), await states()]).toEqual([
      ['apple/apple', 'off/apple'],
      ['running', 'stopped'],
    ]);
  });

  it('with RAM wakes a VM that was stopped, or had died', async () => {
    write('apple');
    await take('awake');
    write('pear');
    await stop(0);
    await agent.engine.crash(idOf(1));
    await until('the crash is seen', async () => (await states()).join() === 'stopped,failed');
    await revert('awake');
    expect([words(), await states()]).toEqual([
      ['apple/apple', 'apple/apple'],
      ['running', 'running'],
    ]);
    expect((await show()).vms.map(({ failure }) => failure)).toEqual([null, null]);
  });

  it('does not wake VMs that no longer fit into the memory, and then touches nothing', async () => {
    await take('awake');
    await stop(0);
    await agent.client.env.create({ name: 'big', groups: [{ osPrefix: 'tiny', memoryMiB: 800 }] });
    write('pear');
    await expect(revert('awake')).rejects.toMatchObject({
      code: 'MEMORY_EXHAUSTED',
      data: { totalMiB: 1024, usedMiB: 928, wantedMiB: 128 },
    });
    expect([await states(), (await show()).snapshots.length, await savedStates()]).toEqual([
      ['stopped', 'running'],
      1,
      2,
    ]);
  });

  it('loses the part of a VM that is deleted, and is gone with its last part', async () => {
    write('apple');
    await take('both');
    await take('only', { vmIds: [idOf(0)] });
    const last = await take('after');
    expect(await tree()).toEqual({ both: null, only: 'both', after: 'only' });
    write('pear');
    const [gone] = vms.splice(0, 1);
    await agent.client.vm.delete({ vmId: gone?.id ?? '' });
    expect((await show()).snapshots.map(({ name, vms: parts }) => [name, parts.map(({ removed }) => removed)])).toEqual(
      [
        ['both', [true, false]],
        ['after', [true, false]],
      ],
    );
    expect(await tree()).toEqual({ both: null, after: 'both' });
    await expect(revert('both', { vmIds: [gone?.id] })).rejects.toMatchObject({
      code: 'SNAPSHOT_VM_MISSING',
      data: { snapshotName: 'both', vmId: gone?.id },
    });
    await revert('both');
    expect(words()).toEqual(['apple/apple']);
    expect((await show()).snapshots.find(({ kind }) => kind === 'safety')?.parentId).toBe(last.id);
  });
});

describe('the tree of snapshots', () => {
  it('grows from where the ENV stands, and closes over what is deleted', async () => {
    for (const name of ['a', 'b', 'c']) await take(name);
    await revert('a', { safety: false });
    await take('d');
    expect(await tree()).toEqual({ a: null, b: 'a', c: 'b', d: 'a' });
    await remove('b');
    expect(await tree()).toEqual({ a: null, c: 'a', d: 'a' });
    await remove('d');
    await take('e');
    expect(await tree()).toEqual({ a: null, c: 'a', e: 'a' });
    await remove('a');
    expect([await tree(), await savedStates()]).toEqual([{ c: null, e: null }, 4]);
  });

  it('keeps one way back: a new safety snapshot takes the place of the older one', async () => {
    await take('a');
    const first = await revert('a');
    const second = await revert('a');
    const safety = (await show()).snapshots.filter(({ kind }) => kind === 'safety').map(({ name }) => name);
    expect([safety, first.safetySnapshotName === second.safetySnapshotName]).toEqual([
      [second.safetySnapshotName],
      false,
    ]);
    expect(await savedStates()).toBe(4);
    await take('b');
    expect((await tree())['b']).toBe('a');
  });

  it('deletes the older safety snapshot only when the guests are back, and does not fail with that', async () => {
    write('apple');
    await take('a');
    await revert('a');
    write('pear');
    const deleting = agent.engine.holdNext('deleteState');
    const reverting = revert('a');
    await deleting.reached;
    expect([words(), await states()]).toEqual([
      ['apple/apple', 'apple/apple'],
      ['running', 'running'],
    ]);
    deleting.release();
    await reverting;
    const safeties = async () => (await show()).snapshots.filter(({ kind }) => kind === 'safety').length;
    expect(await safeties()).toBe(1);
    agent.engine.failNext('deleteState', 'COMMAND_FAILED');
    await revert('a');
    expect(await safeties()).toBe(2);
    await revert('a');
    expect(await safeties()).toBe(1);
  });
});

describe('a snapshot that can’t be', () => {
  it.each([
    ['SNAPSHOT_NAME_TAKEN', () => take('taken'), { envName: 'demo', snapshotName: 'taken' }],
    ['NAME_INVALID', () => take('a/b'), { name: 'a/b' }],
    ['VM_NOT_FOUND', () => take('new', { vmIds: [idOf(0), 'nobody'] }), { vmId: 'nobody' }],
    [
      'ENV_NOT_FOUND',
      () => agent.client.snapshot.create({ envName: 'demi', name: 'x' }),
      { envName: 'demi', suggestions: ['demo'] },
    ],
    ['SNAPSHOT_NOT_FOUND', () => revert('take'), { envName: 'demo', snapshotName: 'take', suggestions: ['taken'] }],
    [
      'SNAPSHOT_NOT_FOUND',
      () => remove('nothing-like-it'),
      { envName: 'demo', snapshotName: 'nothing-like-it', suggestions: [] },
    ],
  ])('is refused with %s', async (code, ask, data) => {
    await take('taken');
    const before = await show();
    await expect(ask()).rejects.toMatchObject({ code, data });
    expect([await show(), await savedStates()]).toEqual([before, 2]);
  });

  it('of an ENV without VMs is refused', async () => {
    for (const { id } of vms) await agent.client.vm.delete({ vmId: id });
    await expect(take('empty')).rejects.toMatchObject({ code: 'SNAPSHOT_EMPTY', data: { envName: 'demo' } });
  });
});

describe('what fails while a snapshot is taken', () => {
  const nothingOfIt = async () => {
    expect([words(), await savedStates(), (await show()).snapshots]).toEqual([['apple/apple', 'apple/apple'], 0, []]);
    await take('again');
  };
  beforeEach(() => write('apple'));

  it.each([
    ['saveState', 'DISK_FULL', 'DISK_FULL'],
    ['saveState', 'COMMAND_FAILED', 'SNAPSHOT_FAILED'],
    ['saveState', 'ENGINE_TIMEOUT', 'SNAPSHOT_FAILED'],
    ['pause', 'COMMAND_FAILED', 'SNAPSHOT_FAILED'],
    ['resume', 'COMMAND_FAILED', 'SNAPSHOT_FAILED'],
  ] as const)('in %s (%s) is told as %s', async (method, fault, code) => {
    const hold = agent.engine.holdNext(method);
    const taking = take('broken');
    await hold.reached;
    agent.engine.failNext(method, fault);
    hold.release();
    await expect(taking).rejects.toMatchObject({ code });
    if (method === 'resume') for (const machine of agent.fakeHost.values()) machine.setPaused(false);
    await nothingOfIt();
  });

  it('takes back what was saved of the others', async () => {
    const hold = agent.engine.holdNext('saveState');
    const taking = take('broken');
    await hold.reached;
    // With one processor the guests take turns, and the other one's does not come.
    await until('the other one is saved', async () => cpus().length === 1 || (await savedStates()) === 1);
    agent.engine.failNext('saveState', 'DISK_FULL');
    hold.release();
    await expect(taking).rejects.toMatchObject({ code: 'DISK_FULL' });
    await nothingOfIt();
  });

  it('because a guest dies is reported, and the others continue', async () => {
    const hold = agent.engine.holdNext('saveState');
    const taking = take('broken');
    await hold.reached;
    await agent.engine.crash(idOf(0));
    hold.release();
    await expect(taking).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED', data: { vmName: 'demo/tiny-2-1' } });
    expect([words(), await states(), await savedStates()]).toEqual([
      ['off/apple', 'apple/apple'],
      ['failed', 'running'],
      0,
    ]);
  });

  it('is a cold disk told apart from a full one', async () => {
    await stop(1);
    agent.storage.failNext('createSnapshot', 'STORAGE_FAILED');
    await expect(take('broken')).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED', data: { vmName: 'demo/tiny-2-2' } });
    agent.storage.failNext('createSnapshot', 'DISK_FULL');
    await expect(take('broken')).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([words(), await savedStates()]).toEqual([['apple/apple', 'off/apple'], 0]);
  });

  it('or is cancelled leaves nothing', async () => {
    const operationId = randomUUID();
    const hold = agent.engine.holdNext('saveState');
    const taking = take('broken', { operationId });
    await hold.reached;
    expect(machineOf(idOf(0))?.paused).toBe(true);
    await agent.client.operation.cancel({ operationId });
    await expect(taking).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await nothingOfIt();
  });
});

describe('what fails during a revert', () => {
  let ripe: Snapshot;
  beforeEach(async () => {
    write('apple');
    ripe = await take('ripe');
    write('pear');
  });

  it('resumes all guests, and the safety snapshot brings back what was', async () => {
    agent.engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(revert('ripe')).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    // The one whose new process could not load it is off.
    expect((await states()).toSorted()).toEqual(['running', 'stopped']);
    expect(words().filter((text) => text.includes('paused'))).toEqual([]);
    const safety = (await show()).snapshots.find(({ kind }) => kind === 'safety');
    await revert(safety?.name ?? '', { safety: false });
    expect([words(), await states()]).toEqual([
      ['pear/pear', 'pear/pear'],
      ['running', 'running'],
    ]);
    await revert('ripe', { safety: false });
    expect(words()).toEqual(['apple/apple', 'apple/apple']);
  });

  it('when a guest can’t be paused changes none of them', async () => {
    agent.engine.failNext('pause', 'COMMAND_FAILED');
    await expect(revert('ripe', { safety: false })).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED' });
    expect(words()).toEqual(['pear/pear', 'pear/pear']);
  });

  it('when the safety snapshot can’t be taken changes nothing', async () => {
    agent.engine.failNext('saveState', 'DISK_FULL');
    await expect(revert('ripe')).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([words(), await savedStates(), (await show()).snapshots]).toEqual([['pear/pear', 'pear/pear'], 2, [ripe]]);
  });

  it('when a guest does not start leaves it stopped, and the other one back', async () => {
    await stop(0);
    agent.engine.failNext('start', 'START_FAILED');
    // Both need a new process: it is the first of them.
    await expect(revert('ripe', { safety: false })).rejects.toMatchObject({
      code: 'VM_START_FAILED',
      data: { logTail: ['told to fail'] },
    });
    // Its disk was reverted before the start.
    expect([words().toSorted(), (await states()).toSorted()]).toEqual([
      ['apple/apple', 'off/apple'],
      ['running', 'stopped'],
    ]);
  });

  it('can be cancelled until the first guest changes, and then no more', async () => {
    const operationId = randomUUID();
    const saving = agent.engine.holdNext('saveState');
    const early = revert('ripe', { operationId });
    await saving.reached;
    await agent.client.operation.cancel({ operationId });
    await expect(early).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect([words(), await savedStates()]).toEqual([['pear/pear', 'pear/pear'], 2]);

    const loading = agent.engine.holdNext('loadState');
    const again = randomUUID();
    const late = revert('ripe', { operationId: again });
    await loading.reached;
    const cancelling = agent.client.operation.cancel({ operationId: again });
    await expect(cancelling).rejects.toMatchObject({ code: 'OPERATION_NOT_CANCELLABLE' });
    loading.release();
    await late;
    expect(words()).toEqual(['apple/apple', 'apple/apple']);
  });
});

describe('deleting a snapshot', () => {
  it('that fails keeps it, so that it can be deleted again', async () => {
    await take('a');
    agent.engine.failNext('deleteState', 'COMMAND_FAILED');
    await expect(remove('a')).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED', data: { snapshotName: 'a' } });
    expect((await show()).snapshots).toHaveLength(1);
    await remove('a');
    expect([(await show()).snapshots, await savedStates()]).toEqual([[], 0]);
  });

  it('works while its VMs are stopped', async () => {
    await take('a');
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await remove('a');
    expect(await savedStates()).toBe(0);
  });

  it('is done once for one operation id, also when the ENV is gone meanwhile', async () => {
    await take('a');
    const operationId = randomUUID();
    const ask = () => agent.client.snapshot.delete({ envName: 'demo', name: 'a', operationId });
    expect([await ask(), await ask()]).toEqual([{ name: 'a' }, { name: 'a' }]);
    await agent.client.env.delete({ name: 'demo' });
    expect(await ask()).toEqual({ name: 'a' });
  });
});

describe('the clocks of guests', () => {
  const skewsMs = () => vms.flatMap(({ id }) => (machineOf(id) ? [Math.abs(agent.engine.clockSkewMs(id))] : []));
  /** Longer than any of the sends takes. */
  const aWhile = async () => {
    const since = performance.now();
    await until('a while has passed', () => performance.now() - since > 400);
  };
  const heldFor = async (method: 'saveState' | 'loadState' | 'resume', work: () => Promise<unknown>) => {
    const hold = agent.engine.holdNext(method);
    const done = work();
    await hold.reached;
    await aWhile();
    hold.release();
    return done;
  };
  const areRight = () => until('the clocks are right', () => skewsMs().every((skew) => skew < 200));

  it('are set after a snapshot, and after one that failed', async () => {
    await heldFor('saveState', () => take('ripe'));
    await areRight();
    agent.engine.failNext('saveState', 'COMMAND_FAILED');
    await heldFor('resume', () => take('rotten').catch(() => {}));
    await areRight();
  });

  it('are set after a revert that was cancelled once its safety snapshot was taken, and after one that failed', async () => {
    await take('ripe');
    const operationId = randomUUID();
    const hold = agent.engine.holdNext('saveState');
    const reverting = revert('ripe', { operationId });
    reverting.catch(() => {});
    await hold.reached;
    await aWhile();
    await agent.client.operation.cancel({ operationId });
    hold.release();
    await expect(reverting).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await areRight();
    agent.engine.failNext('loadState', 'COMMAND_FAILED');
    await heldFor('loadState', () => revert('ripe', { safety: false }).catch(() => {}));
    await areRight();
  });

  it('get the time of when it is sent, however long the guest let it wait', async () => {
    await take('ripe');
    const hold = agent.engine.holdNext('setGuestTime');
    await revert('ripe');
    await hold.reached;
    await aWhile();
    hold.release();
    await areRight();
  });
});

it('an ENV in the middle of a snapshot is busy with that for everybody else, and other ENVs are not', async () => {
  const hold = agent.engine.holdNext('saveState');
  const taking = take('long');
  await hold.reached;
  const busy = { code: 'ENV_BUSY', data: { envName: 'demo', operation: 'snapshot.create' } };
  const vmId = idOf(0);
  for (const ask of [
    () => take('other'),
    () => revert('long'),
    () => agent.client.env.stop({ name: 'demo' }),
    () => agent.client.env.start({ name: 'demo' }),
    () => agent.client.env.delete({ name: 'demo' }),
    () => agent.client.vm.stop({ vmId }),
    () => agent.client.vm.start({ vmId }),
    () => agent.client.vm.reset({ vmId }),
    () => agent.client.vm.delete({ vmId }),
  ]) {
    await expect(ask()).rejects.toMatchObject(busy);
  }
  await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
  hold.release();
  await taking;
  expect(await states()).toEqual(['running', 'running']);
});
