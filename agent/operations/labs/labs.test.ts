// Labs with the fake engine: sessions whose writes are discarded, the administrative session that excludes them, and versions.
import { reason } from '@tt/protocol';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TINY_IMAGE } from '../../testing/image-folder.ts';
import { NOTHING, startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
const profileName = 'office';
const machineOf = (vmId: string | null) =>
  [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId) ?? expect.unreachable(`no machine ${vmId}`);
const start = (more: { sessionName?: string; terminalName?: string; profileName?: string } = {}) =>
  agent.client.lab.startSession({ name: 'room', ...more });
const show = async () => (await agent.client.lab.show({ name: 'room' })).sessions;
const bases = async () => (await readdir(path.join(agent.home, 'bases'), { recursive: true })).sort();

beforeEach(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 1024 } });
  await agent.client.profile.create({ name: profileName, image: 'tiny', title: 'Office' });
  await agent.client.lab.create({ name: 'room', profileNames: [profileName], seats: 3 });
});
afterEach(() => agent.stop());

describe('a session', () => {
  it('is a machine of the profile, in an ENV of its own that belongs to the lab’s owner', async () => {
    const session = await start();
    expect(session).toMatchObject({
      kind: 'session',
      labName: 'room',
      sessionName: 'seat-1',
      state: 'running',
      version: 1,
      viewers: 0,
    });
    const { env, vms } = await agent.client.env.show({ name: 'room-seat-1' });
    expect([env.owner, env.tags, env.endPolicy, env.lab?.profileName]).toEqual([
      'local',
      ['lab:room'],
      'delete',
      profileName,
    ]);
    expect(vms).toMatchObject([{ discardWrites: true, base: { profileName, version: 1 }, image: TINY_IMAGE }]);
    expect(await show()).toEqual([session]);
    await agent.client.lab.stopSession({ name: 'room', sessionName: 'seat-1' });
    expect([await show(), await agent.belongings()]).toEqual([[], NOTHING]);
  });

  it('forgets what it wrote at every stop, reset and power-off, and shares its base with the others', async () => {
    const [one, two] = [await start(), await start()];
    const vmId = one.vmId ?? '';
    const write = () => machineOf(vmId).writeDisk({ '/root/word': 'apple' });
    const files = () => machineOf(vmId).readDisk();
    write();
    expect(machineOf(two.vmId).readDisk()).toEqual({});
    await agent.client.vm.reset({ vmId });
    expect(files()).toEqual({});
    write();
    await agent.client.env.stop({ name: one.envName, graceS: 0 });
    await agent.client.env.start({ name: one.envName });
    expect(files()).toEqual({});
    write();
    await machineOf(vmId).end({ expected: true, reason: reason('poweredOff') });
    await until('it has stopped', async () => (await agent.client.vm.show({ vmId })).state === 'stopped');
    await agent.client.vm.start({ vmId });
    expect(files()).toEqual({});
  });

  it('is given the setup of its profile', async () => {
    await agent.client.profile.update({ name: profileName, startScript: 'echo fig > /root/fig' });
    const { envName } = await start();
    const { vms } = await agent.client.env.show({ name: envName });
    expect(vms[0]?.cloudInit?.commands).toEqual(['echo fig > /root/fig']);
  });

  it('has no snapshots: there is nothing to keep', async () => {
    const { envName } = await start();
    await expect(agent.client.snapshot.create({ envName, name: 'ripe' })).rejects.toMatchObject({
      code: 'WRITES_DISCARDED',
      data: { vmName: `${envName}/tiny-2-1` },
    });
  });

  it('needs a seat, a profile of its lab, and a name no other has; a class that comes in at once gets seats of its own', async () => {
    const started = await Promise.all([start(), start(), start()]);
    expect(started.map(({ sessionName }) => sessionName).sort()).toEqual(['seat-1', 'seat-2', 'seat-3']);
    await expect(start()).rejects.toMatchObject({ code: 'LAB_FULL', data: { seats: 3 } });
    await expect(start({ sessionName: 'seat-2' })).rejects.toMatchObject({ code: 'SESSION_EXISTS' });
    await agent.client.profile.create({ name: 'other', image: 'tiny' });
    await expect(start({ profileName: 'other' })).rejects.toMatchObject({
      code: 'PROFILE_NOT_IN_LAB',
      data: { allowed: [profileName] },
    });
    await expect(agent.client.lab.delete({ name: 'room' })).rejects.toMatchObject({ code: 'LAB_IN_USE' });
    await expect(agent.client.profile.delete({ name: profileName })).rejects.toMatchObject({ code: 'PROFILE_IN_USE' });
  });
});

describe('an administrative session', () => {
  const open = (stopClients = false) => agent.client.profile.openAdmin({ name: profileName, stopClients, graceS: 0 });

  it('is refused while clients run, says which, and stops them when told to; none starts while it is open', async () => {
    const { envName, vmId } = await start();
    await expect(open()).rejects.toMatchObject({
      code: 'PROFILE_CLIENTS_RUN',
      data: { clients: [`${envName}/tiny-2-1`] },
    });
    const { env, vms } = await open(true);
    expect([env.lab?.kind, env.endPolicy, vms[0]?.discardWrites]).toEqual(['admin', 'stop', false]);
    expect((await agent.client.vm.show({ vmId: vmId ?? '' })).state).toBe('stopped');
    const refused = { code: 'PROFILE_IN_ADMIN_SESSION', data: { envName: env.name, openedBy: 'local' } };
    await expect(start({ sessionName: 'late' })).rejects.toMatchObject(refused);
    await expect(agent.client.env.start({ name: envName })).rejects.toMatchObject(refused);
    await expect(agent.client.vm.start({ vmId: vmId ?? '' })).rejects.toMatchObject(refused);
    await expect(open()).rejects.toMatchObject(refused);
    await expect(agent.client.profile.rollback({ name: profileName, version: 1 })).rejects.toMatchObject(refused);
    await agent.client.profile.discard({ name: profileName });
    await agent.client.vm.start({ vmId: vmId ?? '' });
    await expect(agent.client.profile.discard({ name: profileName })).rejects.toMatchObject({
      code: 'PROFILE_NOT_IN_ADMIN_SESSION',
    });
  });

  it('publishes what it wrote: the next start sees it, sessions that stand still too, and old versions can come back', async () => {
    const before = await start();
    await agent.client.env.stop({ name: before.envName, graceS: 0 });
    const { vms } = await open();
    machineOf(vms[0]?.id ?? '').writeDisk({ '/etc/word': 'new' });
    const published = await agent.client.profile.publish({ name: profileName, notes: 'A new word.' });
    expect([published.version, published.versions.map(({ isImage, notes }) => [isImage, notes])]).toEqual([
      2,
      [
        [true, ''],
        [false, 'A new word.'],
      ],
    ]);
    expect(await bases()).toEqual([
      'office',
      'office/v2',
      'office/v2/disk.qcow2',
      'office/v2/initrd',
      'office/v2/kernel',
    ]);
    const session = await start();
    expect([session.version, machineOf(session.vmId).readDisk()]).toEqual([2, { '/etc/word': 'new' }]);
    await agent.client.env.start({ name: before.envName });
    expect(machineOf(before.vmId).readDisk()).toEqual({ '/etc/word': 'new' });
    expect((await show()).map(({ version }) => version)).toEqual([2, 2]);

    await agent.client.profile.rollback({ name: profileName, version: 1 });
    expect(machineOf(before.vmId).readDisk()).toEqual({ '/etc/word': 'new' });
    await agent.client.vm.reset({ vmId: before.vmId ?? '' });
    expect(machineOf(before.vmId).readDisk()).toEqual({});
    await expect(agent.client.profile.rollback({ name: profileName, version: 7 })).rejects.toMatchObject({
      code: 'PROFILE_VERSION_NOT_FOUND',
      data: { kept: ['1', '2'] },
    });
  });

  it('keeps as many versions as the profile says, and each that a machine runs on', async () => {
    await agent.client.profile.update({ name: profileName, keptVersions: 1 });
    const publish = async () => {
      await open();
      return agent.client.profile.publish({ name: profileName });
    };
    await publish();
    const { envName } = await start();
    await agent.client.env.stop({ name: envName, graceS: 0 });
    const { versions } = await publish();
    expect(versions.map(({ version }) => version)).toEqual([2, 3]);
    await agent.client.env.delete({ name: envName });
    expect((await publish()).versions.map(({ version }) => version)).toEqual([4]);
    expect(await bases()).toEqual(expect.arrayContaining(['office/v4']));
    expect(await bases()).toHaveLength(5);
  });

  it('that can’t be published leaves the base as it was and stays open', async () => {
    const { env } = await open();
    agent.engine.failNext('powerDown', 'ENGINE_TIMEOUT');
    await expect(agent.client.profile.publish({ name: profileName, graceS: 1 })).rejects.toMatchObject({
      code: 'PROFILE_PUBLISH_FAILED',
      data: { reason: { code: 'noPowerOff' } },
    });
    for (const [fault, code] of [
      ['STORAGE_FAILED', 'PROFILE_PUBLISH_FAILED'],
      ['DISK_FULL', 'DISK_FULL'],
    ] as const) {
      agent.storage.failNext('exportDisk', fault);
      await expect(agent.client.profile.publish({ name: profileName, graceS: 1 })).rejects.toMatchObject({ code });
    }
    expect(await bases()).toEqual(['office']);
    const { lab, state } = (await agent.client.env.show({ name: env.name })).env;
    expect([lab?.kind, state, (await agent.client.profile.show({ name: profileName })).version]).toEqual([
      'admin',
      'stopped',
      1,
    ]);
    expect((await agent.client.profile.publish({ name: profileName })).version).toBe(2);
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('ends with its ENV, whoever deletes that', async () => {
    const { env } = await open();
    await agent.client.env.delete({ name: env.name });
    await start();
  });
});

it('a clone has the base in use and goes its own way; a deleted profile leaves no base', async () => {
  const { vms } = await agent.client.profile.openAdmin({ name: profileName });
  machineOf(vms[0]?.id ?? '').writeDisk({ '/etc/word': 'new' });
  await agent.client.profile.publish({ name: profileName });
  await agent.client.profile.clone({ name: profileName, newName: 'copy' });
  await agent.client.lab.update({ name: 'room', profileNames: ['copy'] });
  await agent.client.profile.delete({ name: profileName });
  const session = await start();
  expect([session.version, machineOf(session.vmId).readDisk()]).toEqual([1, { '/etc/word': 'new' }]);
  expect(await bases()).toEqual(expect.not.arrayContaining(['office']));
  await expect(agent.client.profile.clone({ name: 'copy', newName: 'copy' })).rejects.toMatchObject({
    code: 'PROFILE_NAME_TAKEN',
  });
});

it('of clones that get one name at the same time one is made, with its base', async () => {
  await agent.client.profile.openAdmin({ name: profileName });
  await agent.client.profile.publish({ name: profileName });
  const clone = () => agent.client.profile.clone({ name: profileName, newName: 'copy' });
  const ends = await Promise.allSettled([
    clone(),
    clone(),
    agent.client.profile.create({ name: 'copy', image: 'tiny' }),
  ]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  for (const end of ends) if (end.status === 'rejected') expect(end.reason.code).toBe('PROFILE_NAME_TAKEN');
  expect(await bases()).toContain('copy/v1/disk.qcow2');
});

it('outlives the agent: labs, profiles, sessions and what is open; a base nobody knows is removed', async () => {
  const session = await start();
  machineOf(session.vmId).writeDisk({ '/root/word': 'apple' });
  const { home, fakeHost } = agent;
  await agent.stop({ keep: true });
  await mkdir(path.join(home, 'bases', profileName, 'v9.building-x'), { recursive: true });
  agent = await startTestAgent({ home, fakeHost });
  expect([await show(), await bases()]).toEqual([[session], []]);
  expect((await agent.client.lab.list()).labs).toMatchObject([{ name: 'room', profileNames: [profileName] }]);
  await agent.client.vm.reset({ vmId: session.vmId ?? '' });
  expect(machineOf(session.vmId).readDisk()).toEqual({});
});

it('followers see labs and profiles in their picture and as they change', async () => {
  await agent.client.lab.update({ name: 'room', title: 'Room 7' });
  await agent.client.lab.delete({ name: 'room' });
  const seen = () => agent.feed.flatMap((item) => (item.kind === 'event' ? item.event.type : []));
  await until('it is told', () => seen().includes('lab.deleted'));
  expect(seen().filter((type) => /^(lab|profile)\./.test(type))).toEqual([
    'profile.updated',
    'lab.updated',
    'lab.updated',
    'lab.deleted',
  ]);
});
