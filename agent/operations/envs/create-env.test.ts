// Creating an ENV, all or nothing: whatever is invalid, fails, or is cancelled, and at whatever moment, the result is a coded
// error, and no record, disk, folder, machine or port remains.
import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { type TtClient, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../engines/fake-engine.ts';
import type { RunningVm, StartOptions, VmSpec } from '../../engines/interface.ts';
import type { Recipe } from '../../images/recipe.ts';
import { FakeStorage } from '../../storage/fake-storage.ts';
import type { DiskSource, VmDisk } from '../../storage/interface.ts';
import { DEBIAN_IMAGE, TINY_IMAGE } from '../../testing/image-folder.ts';
import { NOTHING, startTestAgent, type TestAgent, type TestAgentOptions } from '../../testing/in-process-agent.ts';
import { ownPorts } from '../../testing/own-ports.ts';
import { until } from '../../testing/until.ts';
import { sizeOf } from '../../testing/vm-size.ts';

type Create = Parameters<TtClient['env']['create']>[0];

let agent: TestAgent;
const start = async (options: TestAgentOptions = {}) => {
  agent = await startTestAgent(options);
};
afterEach(() => agent.stop());

const three: Create = { name: 'demo', groups: [{ osPrefix: 'tiny', copies: 3 }] };
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof TtError ? error.code : String(error)),
  );

/** Just enough ports for three VMs: a leaked one shows at the next create. */
const { lastPort } = await ownPorts();
const threePorts = () => ({ firstPort: lastPort - 2, lastPort });

async function expectNothingLeft(): Promise<void> {
  expect(await agent.belongings()).toEqual(NOTHING);
  expect(await agent.client.host.show()).toMatchObject({
    memory: { usedMiB: 0 },
    disk: { usedMiB: 0 },
    cpu: { used: 0 },
    runningVms: 0,
  });
  // The name and all three ports can be had again.
  expect((await agent.client.env.create(three)).vms).toHaveLength(3);
}

describe('an ENV', () => {
  beforeEach(() => start());

  it('is what was asked for', async () => {
    const { env, vms, snapshots } = await agent.client.env.create({
      name: 'demo',
      title: 'Two systems',
      notes: 'a note',
      tags: ['x'],
      groups: [
        { osPrefix: 'tiny', copies: 2, ports: [{ protocol: 'udp', guestPort: 53 }] },
        { osPrefix: 'debian', cpuCount: 2, memoryMiB: 300, diskMiB: 2048 },
      ],
      lifetimeS: 60,
      denyOutgoing: true,
    });
    expect(env).toEqual({
      name: 'demo',
      title: 'Two systems',
      owner: 'local',
      team: null,
      notes: 'a note',
      tags: ['x'],
      state: 'running',
      startAt: env.startAt,
      endAt: new Date(Date.parse(env.startAt) + 60_000).toISOString(),
      endPolicy: 'delete',
      expired: false,
      networks: [{ kind: 'user', cidr: null, vni: null }],
      currentSnapshotId: null,
      snapshotSchedule: null,
      nextSnapshotAt: null,
      denyOutgoing: true,
      lab: null,
      forkedFrom: null,
      fenced: false,
      vmIds: vms.map(({ id }) => id),
    });
    expect(snapshots).toEqual([]);
    const sshOnly = [['tcp', 22]];
    expect(
      vms.map((vm) => [
        vm.name,
        vm.image,
        vm.state,
        sizeOf(vm),
        vm.portMap.map((port) => [port.protocol, port.guestPort]),
      ]),
    ).toEqual([
      [
        'demo/tiny-2-1',
        TINY_IMAGE,
        'running',
        { cpuCount: 1, memoryMiB: 128, diskMiB: 1024 },
        [...sshOnly, ['udp', 53]],
      ],
      [
        'demo/tiny-2-2',
        TINY_IMAGE,
        'running',
        { cpuCount: 1, memoryMiB: 128, diskMiB: 1024 },
        [...sshOnly, ['udp', 53]],
      ],
      ['demo/debian-12-1', DEBIAN_IMAGE, 'running', { cpuCount: 2, memoryMiB: 300, diskMiB: 2048 }, sshOnly],
    ]);
    expect(new Set(vms.map(({ mac }) => mac)).size).toBe(3);
    expect(new Set(vms.flatMap((vm) => vm.portMap.map((port) => port.hostPort))).size).toBe(5);
    expect(await agent.client.env.show({ name: 'demo' })).toEqual({ env, vms, snapshots, warnings: [] });
    expect(await agent.client.host.show()).toMatchObject({
      cpu: { used: 4 },
      memory: { usedMiB: 556 },
      disk: { usedMiB: 4096 },
      runningVms: 3,
    });
  });

  it('gets an hour to live unless told otherwise', async () => {
    const { env } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    expect(Date.parse(env.endAt) - Date.parse(env.startAt)).toBe(3_600_000);
  });

  it('is made once of five callers with one name at once; the others learn that the name is taken', async () => {
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(agent.client.env.create(three))));
    expect(codes.toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...Array<string>(4).fill('ENV_NAME_TAKEN'),
      'succeeded',
    ]);
    expect(await agent.belongings()).toMatchObject({ envs: ['demo'], machines: 3 });
  });

  it('is made once for one operation id, asked at once and again later', async () => {
    const operationId = randomUUID();
    const ask = () => agent.client.env.create({ ...three, operationId });
    const [one, two] = await Promise.all([ask(), ask()]);
    expect([two, await ask()]).toEqual([one, one]);
    expect((await agent.belongings()).machines).toBe(3);
  });
});

describe('a request that can’t be met', () => {
  const absent: Recipe = {
    name: 'qemu:absent-1:default',
    directoryName: 'absent-1',
    memo: '',
    features: [],
    defaultLogin: null,
    minMemoryMiB: 64,
    minDiskMiB: 64,
    firmware: 'bios',
    build: () => Promise.reject(new Error('never asked')),
  };

  const group = (about: object) => ({ ...three, groups: [{ osPrefix: 'tiny', ...about }] });
  it.each<[string, Create, object]>([
    ['NAME_INVALID', { ...three, name: '../demo' }, { name: '../demo' }],
    ['LIFETIME_TOO_LONG', { ...three, lifetimeS: 21_601 }, { wantedS: 21_601, maxS: 21_600 }],
    ['IMAGE_NOT_FOUND', group({ osPrefix: 'tinny-1' }), { wanted: 'tinny-1', suggestions: [TINY_IMAGE] }],
    ['IMAGE_NOT_READY', group({ osPrefix: 'absent' }), { imageName: absent.name, state: 'absent' }],
    ['MEMORY_TOO_SMALL', group({ memoryMiB: 95 }), { imageName: TINY_IMAGE, minMiB: 96, wantedMiB: 95 }],
    ['DISK_TOO_SMALL', group({ diskMiB: 1023 }), { imageName: TINY_IMAGE, minMiB: 1024, wantedMiB: 1023 }],
    ['MEMORY_EXHAUSTED', group({ copies: 9 }), { totalMiB: 1100, usedMiB: 0, wantedMiB: 1152 }],
    ['DISK_EXHAUSTED', group({ copies: 5 }), { totalMiB: 5000, usedMiB: 0, wantedMiB: 5120 }],
    ['PORTS_EXHAUSTED', group({ copies: 2, ports: [{ protocol: 'tcp', guestPort: 80 }] }), threePorts()],
  ])('is refused with %s', async (code, request, data) => {
    const config = { memoryTotalMiB: 1100, diskTotalMiB: 5000, ...threePorts() };
    await start({ config, recipes: [absent] });
    await expect(agent.client.env.create(request)).rejects.toMatchObject({ code, data });
    await expectNothingLeft();
  });

  it('says what is used by others, to the last MiB', async () => {
    await start({ config: { memoryTotalMiB: 3 * 128 + 95, diskTotalMiB: 4 * 1024 } });
    await agent.client.env.create(three);
    const more = { name: 'more', groups: [{ osPrefix: 'tiny', memoryMiB: 96 }] };
    await expect(agent.client.env.create(more)).rejects.toMatchObject({
      code: 'MEMORY_EXHAUSTED',
      message: 'Not enough memory: total 479 MiB, used 384 MiB, requested 96 MiB.',
    });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    // What is stopped gives its memory back, but not its disk.
    await agent.client.env.create(more);
    await expect(agent.client.env.create({ ...more, name: 'less' })).rejects.toMatchObject({
      code: 'DISK_EXHAUSTED',
      data: { totalMiB: 4096, usedMiB: 4096, wantedMiB: 1024 },
    });
    await expect(agent.client.env.start({ name: 'demo' })).rejects.toMatchObject({
      code: 'MEMORY_EXHAUSTED',
      data: { totalMiB: 479, usedMiB: 96, wantedMiB: 384 },
    });
  });

  it('is refused while the name is taken, and says so before anything else is touched', async () => {
    await start();
    await agent.client.env.create(three);
    const before = await agent.belongings();
    await expect(agent.client.env.create(three)).rejects.toMatchObject({
      code: 'ENV_NAME_TAKEN',
      data: { envName: 'demo' },
    });
    expect(await agent.belongings()).toEqual(before);
  });
});

describe('what fails on the way', () => {
  beforeEach(() => start({ config: threePorts() }));

  it.each([
    ['START_FAILED', 'VM_START_FAILED'],
    ['ENGINE_TIMEOUT', 'VM_START_FAILED'],
    ['DISK_FULL', 'DISK_FULL'],
    ['ENGINE_MISSING', 'ENGINE_MISSING'],
  ] as const)('in the engine (%s) is told as %s, with the log of the VM', async (fault, code) => {
    const hold = agent.engine.holdNext('start');
    const creating = agent.client.env.create(three);
    await hold.reached;
    agent.engine.failNext('start', fault);
    hold.release();
    const error = await creating.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code });
    if (code === 'VM_START_FAILED') {
      expect(error).toMatchObject({
        data: {
          vmName: expect.stringMatching(/^demo\/tiny-2-\d$/),
          reason: { code: `engine.${fault}`, data: {}, quote: 'start was told to fail' },
          logTail: ['told to fail'],
        },
      });
    }
    await expectNothingLeft();
  });

  it.each([
    ['STORAGE_FAILED', 'VM_START_FAILED'],
    ['DISK_FULL', 'DISK_FULL'],
  ] as const)('in the storage (%s) is told as %s', async (fault, code) => {
    agent.storage.failNext('createImage', fault);
    await expect(agent.client.env.create(three)).rejects.toMatchObject({ code });
    await expectNothingLeft();
  });

  it('in taking back does not stop the rest of it; what is left is seen as being deleted, and the next agent finishes it', async () => {
    agent.engine.failNext('start', 'START_FAILED');
    agent.storage.failNext('destroyImage', 'STORAGE_FAILED');
    await expect(agent.client.env.create(three)).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    expect(await agent.belongings()).toMatchObject({
      envs: ['demo'],
      disks: [expect.any(String)],
      runFolders: [],
      pictures: [],
      machines: 0,
    });
    expect(agent.takeFaults()).toMatchObject([{ msg: 'undo step failed' }]);
    await agent.stop({ keep: true });
    await start({ home: agent.home, fakeHost: agent.fakeHost, config: threePorts() });
    await expectNothingLeft();
  });
});

it('without an engine is refused, and the host says why', async () => {
  await start({
    makeEngine(host) {
      const engine = new FakeEngine({ host });
      engine.failNext('init', 'ENGINE_MISSING');
      return engine;
    },
  });
  const reason = { code: 'engine.ENGINE_MISSING', data: {}, quote: 'init was told to fail' };
  await expect(agent.client.env.create(three)).rejects.toMatchObject({
    code: 'ENGINE_MISSING',
    data: { engine: 'fake', reason },
  });
  expect(await agent.client.host.show()).toMatchObject({
    engines: [{ name: 'fake', acceleration: null, problem: reason }],
  });
  expect(await agent.belongings()).toEqual(NOTHING);
});

it('on a disk that is full is refused before anything is made', async () => {
  class FullStorage extends FakeStorage {
    override async space(): Promise<{ freeBytes: number; totalBytes: number }> {
      // 256 MiB of it are left to guests.
      return { freeBytes: (256 + 11) * 1024 * 1024, totalBytes: 1024 ** 4 };
    }
  }
  await start({ makeStorage: (directory) => new FullStorage({ directory }) });
  await expect(agent.client.env.create(three)).rejects.toMatchObject({
    code: 'DISK_FULL',
    data: { freeMiB: 11, wantedMiB: 12, subject: 'demo' },
  });
  expect(await agent.belongings()).toEqual(NOTHING);
  const two = { name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] };
  await agent.client.env.create(two);
  await expect(agent.client.snapshot.create({ envName: 'demo', name: 'x' })).rejects.toMatchObject({
    code: 'DISK_FULL',
    data: { freeMiB: 11, wantedMiB: 320, subject: 'x' },
  });
  expect((await agent.belongings()).snapshots).toEqual([]);
});

/** Waits in each clone until the test lets it go on. */
class HeldStorage extends FakeStorage {
  readonly reached = Promise.withResolvers<void>();
  readonly #release = Promise.withResolvers<void>();

  letGo(): void {
    this.#release.resolve();
  }

  override async createImage(vmId: string, source: DiskSource | null, sizeMiB: number): Promise<VmDisk> {
    const disk = await super.createImage(vmId, source, sizeMiB);
    this.reached.resolve();
    await this.#release.promise;
    return disk;
  }
}

/** Waits in the first start of one VM until that is cancelled. */
class HeldEngine extends FakeEngine {
  readonly reached = Promise.withResolvers<void>();
  heldName: string | null = null;
  started = 0;

  override async start(spec: VmSpec, options: StartOptions = {}): Promise<RunningVm> {
    if (spec.name === this.heldName) {
      this.heldName = null;
      this.reached.resolve();
      await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
    }
    const vm = await super.start(spec, options);
    this.started++;
    return vm;
  }
}

describe('cancelling', () => {
  const operationId = randomUUID();
  const create = () => agent.client.env.create({ ...three, operationId });
  const cancel = () => agent.client.operation.cancel({ operationId });
  const cancelled = { code: 'OPERATION_CANCELLED', data: { operation: 'env.create' } };
  const steps = () =>
    agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'operation.updated' ? [item.event.data.step?.code] : [],
    );

  it('right after the call, on the same link, finds the operation', async () => {
    await start({ config: threePorts() });
    const [creating, cancelling] = [create(), cancel()];
    expect(await cancelling).toMatchObject({ id: operationId, state: 'running' });
    await expect(creating).rejects.toMatchObject(cancelled);
    await expectNothingLeft();
  });

  it('while disks are cloned', async () => {
    const made: HeldStorage[] = [];
    await start({
      config: threePorts(),
      makeStorage(directory) {
        const storage = new HeldStorage({ directory });
        made.push(storage);
        return storage;
      },
    });
    const creating = create();
    for (const storage of made) await storage.reached.promise;
    await cancel();
    for (const storage of made) storage.letGo();
    await expect(creating).rejects.toMatchObject(cancelled);
    await expectNothingLeft();
  });

  it.each([1, 2, 3])('while VM %i of 3 starts', async (which) => {
    const made: HeldEngine[] = [];
    await start({
      config: threePorts(),
      makeEngine(host) {
        const engine = new HeldEngine({ host });
        engine.heldName = `demo/tiny-2-${which}`;
        made.push(engine);
        return engine;
      },
    });
    const creating = create();
    for (const engine of made) {
      await engine.reached.promise;
      // With one processor there is one start at a time.
      await until('the others have started', () => engine.started === (cpus().length > 1 ? 2 : which - 1));
    }
    await cancel();
    await expect(creating).rejects.toMatchObject(cancelled);
    expect(steps()).toContain('rollingBack');
    await expectNothingLeft();
  });

  it('while it takes everything back changes nothing of that', async () => {
    await start({ config: threePorts() });
    agent.engine.failNext('start', 'START_FAILED');
    const undoing = agent.engine.holdNext('destroy');
    const creating = create();
    await undoing.reached;
    await codeOf(cancel());
    undoing.release();
    await expect(creating).rejects.toBeInstanceOf(TtError);
    await expectNothingLeft();
  });

  it('when it is too late is refused, and the ENV stays', async () => {
    await start();
    await create();
    await expect(cancel()).rejects.toMatchObject({ code: 'OPERATION_NOT_CANCELLABLE' });
    await expect(agent.client.operation.cancel({ operationId: randomUUID() })).rejects.toMatchObject({
      code: 'OPERATION_NOT_FOUND',
    });
    expect((await agent.belongings()).machines).toBe(3);
  });
});
