// Two engines in one agent, distinguished by the names of images: ENVs that mix them, agents that restart with one of them
// broken, and everything that is refused by name before anything is created.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import { type Image, reason, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEntry } from '../engines/engines.ts';
import { FakeHost } from '../engines/fake/fake-host.ts';
import { FakeEngine } from '../engines/fake-engine.ts';
import type { EngineFeature, ProcessIdentity, RunningVm } from '../engines/interface.ts';
import { StateStore } from '../state/store.ts';
import { makeTestImage } from '../testing/image-folder.ts';
import { NOTHING, startTestAgent, type TestAgent, type TestAgentOptions } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';
import { changedVm } from '../state/vm-record.ts';

/** An engine that answers for none of its VMs while `isBroken`. */
class OtherEngine extends FakeEngine {
  isBroken = false;

  override find(...args: Parameters<FakeEngine['find']>): Promise<ProcessIdentity | null> {
    return this.isBroken ? Promise.reject(new Error('the other engine is broken')) : super.find(...args);
  }

  override adopt(...args: Parameters<FakeEngine['adopt']>): Promise<RunningVm | null> {
    return this.isBroken ? Promise.reject(new Error('the other engine is broken')) : super.adopt(...args);
  }
}

class WithoutLiveSnapshots extends OtherEngine {
  override readonly features: readonly EngineFeature[] = ['vnc', 'serial', 'guestAgent', 'hotplug'];
}

let agent: TestAgent;
let other: OtherEngine;
let otherHost: FakeHost;
const agents: TestAgent[] = [];

const both = [{ osPrefix: 'qemu:tiny' }, { osPrefix: 'other:tiny' }];
const show = () => agent.client.env.show({ name: 'demo' });
const states = async () => (await show()).vms.map(({ state }) => state).join();
const machineOf = ({ id }: Vm) =>
  [...agent.fakeHost.values(), ...otherHost.values()].find((machine) => machine.spec.id === id);
const words = (vms: readonly Vm[]) => vms.map((vm) => machineOf(vm)?.ram['/dev/shm/word']);

async function start(options: TestAgentOptions = {}, use: EngineEntry['use'] = 'enabled'): Promise<TestAgent> {
  agent = await startTestAgent({ ...options, moreEngines: [{ engine: other, use }] });
  agents.push(agent);
  if (options.home === undefined) {
    await makeTestImage(path.join(agent.home, 'images', 'other'), { name: 'other:tiny-2:default' });
    const seen = ({ name, sizeBytes }: Image) => name === 'other:tiny-2:default' && sizeBytes > 0;
    await until('the image is seen', async () => (await agent.client.image.list()).images.some(seen));
  }
  return agent;
}

/** Ends the agent, lets `meanwhile` change what it left, and starts the next one with an engine object of its own. */
async function restart(
  meanwhile: (store: StateStore) => unknown = () => {},
  { isBroken = false, use = 'enabled' }: { isBroken?: boolean; use?: EngineEntry['use'] } = {},
): Promise<void> {
  await agent.stop({ keep: true });
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  await meanwhile(store);
  store.close();
  other = new OtherEngine({ host: otherHost, name: 'other' });
  other.isBroken = isBroken;
  await start({ home: agent.home, fakeHost: agent.fakeHost }, use);
}

beforeEach(() => {
  otherHost = new FakeHost();
  other = new OtherEngine({ host: otherHost, name: 'other' });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const machine of otherHost.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
  await Promise.all(agents.splice(0).map((one) => one.stop()));
});

describe('an ENV with VMs of two engines', () => {
  it('starts, stops, is saved and reverted as one, and leaves nothing', async () => {
    await start();
    const { vms } = await agent.client.env.create({ name: 'demo', groups: both });
    expect(vms.map(({ engine, image, state }) => [engine, image, state])).toEqual([
      ['fake', 'qemu:tiny-2:default', 'running'],
      ['other', 'other:tiny-2:default', 'running'],
    ]);
    expect([agent.fakeHost.size, otherHost.size]).toEqual([1, 1]);
    const write = (word: string) => {
      for (const vm of vms) Object.assign(machineOf(vm) ?? {}, { ram: { '/dev/shm/word': word } });
    };
    write('apple');
    const { vms: saved } = await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    expect(saved.map(({ hasRam }) => hasRam)).toEqual([true, true]);
    write('pear');
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    expect(words(vms)).toEqual(['apple', 'apple']);

    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    expect([agent.fakeHost.size, otherHost.size]).toEqual([0, 0]);
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    expect([await states(), words(vms)]).toEqual(['running,running', ['apple', 'apple']]);
    const forked = await agent.client.snapshot.fork({ envName: 'demo', name: 'ripe', newName: 'fork' });
    expect(forked.envs[0]?.vms.map(({ engine, state }) => [engine, state])).toEqual([
      ['fake', 'running'],
      ['other', 'running'],
    ]);
    for (const name of ['demo', 'fork']) await agent.client.env.delete({ name });
    expect([await agent.belongings(), otherHost.size]).toEqual([NOTHING, 0]);
  });

  it('is refused a snapshot by name when one of them can’t save a running guest, and no guest is paused', async () => {
    other = new WithoutLiveSnapshots({ host: otherHost, name: 'other' });
    await start();
    await agent.client.env.create({ name: 'demo', groups: both });
    const paused = vi.fn<() => void>();
    for (const machine of agent.fakeHost.values()) vi.spyOn(machine, 'setPaused').mockImplementation(paused);
    const lacking = { code: 'FEATURE_UNSUPPORTED', data: { feature: 'liveSnapshot', where: 'demo/tiny-2-2 (other)' } };
    await expect(agent.client.snapshot.create({ envName: 'demo', name: 'ripe' })).rejects.toMatchObject(lacking);
    await expect(agent.client.env.clone({ name: 'demo', newName: 'copy' })).rejects.toMatchObject(lacking);
    expect([paused.mock.calls, (await show()).snapshots]).toEqual([[], []]);
    // Switched off it can be: that is the storage's work.
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await agent.client.snapshot.create({ envName: 'demo', name: 'cold' });
    const withMedium = { osPrefix: 'other:tiny', firmware: 'uefi' } as const;
    await expect(agent.client.env.addVms({ name: 'demo', groups: [withMedium] })).rejects.toMatchObject({
      code: 'FEATURE_UNSUPPORTED',
      data: { feature: 'uefi', where: 'demo/tiny-2-3 (other)' },
    });
  });

  it('travels in a capsule that says which VM needs which engine', async () => {
    const from = await start();
    await from.client.env.create({ name: 'demo', groups: both });
    const { transfer, manifest } = await from.client.capsule.export({ envName: 'demo' });
    expect([manifest.machine.engine, manifest.vms.map(({ machine }) => machine?.engine)]).toEqual([
      'fake',
      [undefined, 'other'],
    ]);
    const pieces: Uint8Array[] = [];
    for await (const piece of downloadChunks(from, transfer, 0)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const sendTo = (to: TestAgent) => {
      const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
      return uploadFile(to, { fileName: 'x.tt-capsule', sizeBytes: bytes.length, read }, randomUUID());
    };
    const { vms } = await from.client.capsule.import({ transferId: (await sendTo(from)).id, name: 'back' });
    expect(vms.map(({ engine, state }) => [engine, state])).toEqual([
      ['fake', 'running'],
      ['other', 'running'],
    ]);

    const without = await startTestAgent();
    agents.push(without);
    const { id } = await sendTo(without);
    expect((await without.client.capsule.inspect({ transferId: id })).ramProblem?.quote).toContain('“other”');
    for (const withRam of [true, false]) {
      await expect(without.client.capsule.import({ transferId: id, name: 'bug', withRam })).rejects.toMatchObject({
        code: 'ENGINE_UNKNOWN',
        data: { engine: 'other', known: ['fake', 'qemu'] },
      });
    }
    expect(await without.belongings()).toEqual(NOTHING);
  });
});

describe('an agent that starts again', () => {
  beforeEach(async () => {
    await start();
    await agent.client.env.create({ name: 'demo', groups: both });
  });

  it('takes up the VMs of both', async () => {
    const before = await show();
    await restart();
    expect(await show()).toEqual(before);
  });

  it('takes up those of one beside a broken one, whose VMs are unknown until it answers', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await restart(() => {}, { isBroken: true });
    expect(await states()).toBe('running,unknown');
    expect(otherHost.size).toBe(1);
    await agent.client.vm.stop({ vmId: (await show()).vms[0]?.id ?? '', graceS: 0 });
    other.isBroken = false;
    vi.advanceTimersByTime(5_000);
    await until('it is taken up', async () => (await states()) === 'stopped,running');
    expect(agent.takeFaults().map(({ msg }) => msg)).toContain('could not ask a VM whether it is running');
  });

  it('does not call stopped VMs of a broken one stopped before it was asked', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await restart(() => {}, { isBroken: true });
    expect(await states()).toBe('stopped,unknown');
    other.isBroken = false;
    vi.advanceTimersByTime(5_000);
    await until('it is asked', async () => (await states()) === 'stopped,stopped');
    agent.takeFaults();
  });

  it('finishes deletions of one beside a broken one, and those of that with the next start', async () => {
    const { vms } = await show();
    const deleting = (store: StateStore) => {
      for (const vm of store.vms.list()) store.vms.put(vm.id, changedVm(vm, { status: { state: 'deleting' } }));
      for (const env of store.envs.list()) store.envs.put(env.name, { ...env, phase: 'deleting' });
    };
    await restart(deleting, { isBroken: true });
    expect((await show()).vms.map(({ id, state }) => [id, state])).toEqual([[vms[1]?.id, 'deleting']]);
    expect([agent.fakeHost.size, otherHost.size]).toEqual([0, 1]);
    await restart();
    expect([await agent.belongings(), otherHost.size]).toEqual([NOTHING, 0]);
  });

  it('looks after VMs of an engine that is switched off, and starts none', async () => {
    await restart(() => {}, { use: 'disabled' });
    expect(await states()).toBe('running,running');
    const { vms } = await show();
    const vmId = vms[1]?.id ?? '';
    await agent.client.vm.stop({ vmId, graceS: 0 });
    const off = { code: 'ENGINE_MISSING', data: { engine: 'other', reason: { code: 'engineDisabled' } } };
    await expect(agent.client.vm.start({ vmId })).rejects.toMatchObject(off);
    await expect(agent.client.vm.clone({ vmId })).rejects.toMatchObject(off);
    await expect(agent.client.env.create({ name: 'new', groups: both })).rejects.toMatchObject(off);
    expect((await agent.client.host.show()).engines).toMatchObject([
      { name: 'fake', problem: null, version: '1', acceleration: { kind: 'tcg' } },
      { name: 'other', problem: off.data.reason, version: null, acceleration: null },
    ]);
    await agent.client.env.delete({ name: 'demo' });
    expect(await agent.belongings()).toEqual(NOTHING);
  });
});

describe('an image', () => {
  const imageNamed = async (name: string) =>
    (await agent.client.image.list()).images.find((image) => image.name === name);
  const create = (osPrefix: string) => agent.client.env.create({ name: 'demo', groups: [{ osPrefix }] });

  it('of an unknown engine is shown with the reason, named when it is asked for, and in nobody’s way', async () => {
    await start();
    const name = 'othr:tiny-2:default';
    await makeTestImage(path.join(agent.home, 'images', 'odd'), { name });
    const unknown = {
      code: 'ENGINE_UNKNOWN',
      data: { engine: 'othr', known: ['fake', 'qemu', 'other'], suggestions: ['other'] },
    };
    await until('it is seen', async () => (await imageNamed(name)) !== undefined);
    expect(await imageNamed(name)).toMatchObject({ state: 'failed', problem: unknown });
    for (const wanted of [name, 'othr:tiny', 'othr:none']) await expect(create(wanted)).rejects.toMatchObject(unknown);
    await expect(agent.client.image.build({ name })).rejects.toMatchObject(unknown);
    expect(await agent.belongings()).toEqual(NOTHING);
    const { vms } = await create('tiny');
    expect(vms.map(({ engine }) => engine)).toEqual(['other', 'fake']);
  });

  it('of an engine that can’t be used here is shown and refused with the reason; those of others work', async () => {
    other.failNext('init', 'ENGINE_MISSING');
    await start();
    const missing = { code: 'ENGINE_MISSING', data: { engine: 'other', reason: { quote: 'init was told to fail' } } };
    await expect(create('other:tiny')).rejects.toMatchObject(missing);
    expect(await imageNamed('other:tiny-2:default')).toMatchObject({ state: 'failed', problem: missing });
    expect((await agent.client.host.show()).engines[1]).toMatchObject({ name: 'other', problem: missing.data.reason });
    expect((await create('tiny')).vms.map(({ engine }) => engine)).toEqual(['fake']);
  });

  it('is published and renamed under its own engine only', async () => {
    await start();
    const { vms } = await agent.client.env.create({ name: 'demo', groups: both });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    const [, vm] = vms;
    const publish = (name: string) => agent.client.image.publish({ vmId: vm?.id ?? '', name });
    await expect(publish('qemu:mine-1:default')).rejects.toMatchObject({ code: 'IMAGE_NAME_INVALID' });
    await expect(publish('othr:mine-1:default')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
    expect(await publish('other:mine-1:default')).toMatchObject({ engine: 'other', state: 'ready' });
    const rename = (newName: string) => agent.client.image.rename({ name: 'other:mine-1:default', newName });
    await expect(rename('qemu:mine-1:default')).rejects.toMatchObject({ code: 'IMAGE_NAME_INVALID' });
    expect(await rename('other:mine-2:default')).toMatchObject({ engine: 'other', state: 'ready' });
  });
});
