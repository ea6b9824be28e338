// The agent on a state folder left by commit 5e970f3: everything it showed is there with the same values, and works. Machines
// that were running have failed, as after a reboot of the host, because fake ones end with their agent.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnvDetail, Lab, LabSession, Profile, Snapshot } from '@tt/protocol';
import { readConfig } from '../config/read-config.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { type OldAnswers, restoreOldState } from '../testing/old-state.ts';
import {
  currentSnapshotIdOf,
  type Fields,
  isExpired,
  revertTo,
  memoryMiBOf,
  since5e970f3,
} from './test-since-5e970f3.ts';

interface OldDetail {
  env: Fields & { name: string; state: string };
  vms: (Fields & { state: string })[];
  snapshots: Fields[];
}

let home: string;
let old: OldAnswers;
let agent: TestAgent;
const start = async () => {
  const file = { flags: { file: null, values: new Map() }, defaultHome: home, isRoot: false };
  const config = { ...(await readConfig(file)), logLevel: 'trace' as const };
  const uefiPlaces = [{ code: path.join(home, 'code.fd'), variables: path.join(home, 'variables.fd') }];
  return startTestAgent({ home, config, uefiPlaces, now: () => new Date(old.at) });
};
beforeAll(async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'tt-old-'));
  home = path.join(parent, 'home');
  await mkdir(home);
  old = await restoreOldState('5e970f3', home);
  await writeFile(path.join(home, 'code.fd'), 'code');
  await writeFile(path.join(home, 'variables.fd'), 'variables');
  // That version did not say whose machines they are.
  await writeFile(path.join(home, 'fake-drivers'), '');
  agent = await start();
});
afterAll(async () => {
  await agent?.stop();
  await rm(path.dirname(home), { recursive: true });
});

const oldAnswer = (call: string) => old.answers[call] as Record<string, (Fields & { state: string })[]>;
const oldEnvs = () =>
  Object.entries(old.answers).flatMap(([call, one]) => (call.startsWith('/envs/') ? [one as OldDetail] : []));
const migrations = () => agent.log.filter(({ msg }) => msg === 'migrating the state of an older TT; a copy is kept');
const schemaOf = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
  database.close();
  return found;
};

const ended = (one: { state: string }) => ['running', 'partial'].includes(one.state);
/** A VM as it is after its host rebooted. */
const afterReboot = (vm: OldDetail['vms'][number]) =>
  ended(vm) ? { ...vm, state: 'failed', acceleration: null, runningSince: null, failure: { code: 'VM_DIED' } } : vm;

it('keeps a copy of the database, and says so in its log', async () => {
  const copy = path.join(home, 'state.sqlite.schema-6');
  expect(migrations()).toEqual([
    expect.objectContaining({ level: 30, from: 6, to: schemaOf(path.join(home, 'state.sqlite')), copy }),
  ]);
  expect(schemaOf(copy)).toBe(6);
});

it('has every ENV with its VMs and snapshots', async () => {
  const { envs } = await agent.client.env.list();
  expect(envs.map(({ name }) => name)).toEqual(oldEnvs().map(({ env }) => env.name));
  for (const { env, vms, snapshots } of oldEnvs()) {
    const found: EnvDetail = await agent.client.env.show({ name: env.name });
    const { state: _running, ...rest } = env;
    expect(found.env).toMatchObject(since5e970f3.env(ended(env) ? rest : env));
    expect(found.vms).toMatchObject(vms.map((vm) => since5e970f3.vm(afterReboot(vm))));
    expect(found.snapshots).toMatchObject(snapshots.map(since5e970f3.snapshot));
  }
});

it('has its profiles, labs, terminals and sessions', async () => {
  const { profiles }: { profiles: Profile[] } = await agent.client.profile.list();
  expect(profiles).toHaveLength(2);
  expect(profiles).toMatchObject(oldAnswer('/profiles')['profiles']?.map(since5e970f3.profile) ?? []);
  const { labs }: { labs: Lab[] } = await agent.client.lab.list();
  expect(labs).toHaveLength(1);
  expect(labs).toMatchObject(oldAnswer('/labs')['labs']?.map(since5e970f3.lab) ?? []);
  const training: { sessions: LabSession[] } = await agent.client.lab.show({ name: 'training' });
  const { sessions = [] } = oldAnswer('/labs/training');
  expect(training.sessions).toHaveLength(1);
  expect(training.sessions).toMatchObject(
    sessions.map((session) => since5e970f3.session(ended(session) ? { ...session, state: 'failed' } : session)),
  );
});

it('has its users, their quotas and ENVs, and keys', async () => {
  const ann = agent.connectAs('dummy-token-of-ann');
  expect(await ann.client.host.me()).toMatchObject({ name: 'ann', quota: { envs: 2, vms: 5, memoryMiB: null } });
  expect(await ann.client.env.sshKey({ name: 'provisioned' })).toMatchObject({
    privateKey: 'dummy private key of provisioned',
    logins: [{ user: 'ann', vmName: 'provisioned/tiny-2-1' }],
  });
  ann.close();
  expect(agent.token).toBe('dummy-token');
});

it('has what no call shows: secrets of terminals and of first boots, the UUID that VMs of an ENV share', async () => {
  const { assignment } = await agent.client.terminal.connect({
    labName: 'training',
    terminalName: 'desk-2',
    secret: 'dummy-secret',
  });
  expect(assignment).toMatchObject({ labName: 'training', terminalName: 'desk-2', state: 'choose' });
  const database = new DatabaseSync(path.join(home, 'state.sqlite'), { readOnly: true });
  const text = JSON.stringify(database.prepare('SELECT document FROM vms').all());
  database.close();
  for (const kept of ['dummy-password', Buffer.from('Hello\n').toString('base64'), 'touch /done']) {
    expect(text).toContain(kept);
  }
  await agent.client.env.addVms({ name: 'web', groups: [{ osPrefix: 'tiny', nics: [{ kind: 'nat' }] }] });
  const { vms } = await agent.client.env.start({ name: 'web' });
  const specs = [...agent.fakeHost.values()].flatMap(({ spec }) =>
    vms.some(({ id }) => id === spec.id) ? [spec] : [],
  );
  expect([specs.length, new Set(specs.map(({ uuid }) => uuid)).size]).toEqual([4, 1]);
});

it('has the pictures of snapshots', async () => {
  const { vms, snapshots } = await agent.client.env.show({ name: 'web' });
  const taken: Snapshot = snapshots[0] ?? expect.unreachable('there is no snapshot');
  const [vm] = vms;
  const picture = await agent.client.snapshot.thumbnail({ envName: 'web', name: taken.name, vmId: vm?.id ?? '' });
  expect(Buffer.from(picture.dataBase64, 'base64').subarray(1, 4).toString()).toBe('PNG');
});

it('starts VMs of every kind', async () => {
  for (const name of ['provisioned', 'drives', 'twin', 'forked', 'training-desk-1']) {
    const { vms } = await agent.client.env.start({ name });
    expect(vms.map(({ state }) => state)).toEqual(vms.map(() => 'running'));
  }
  const { vms } = await agent.client.env.show({ name: 'drives' });
  const { disks, cds } = agent.engine.drivesOf(vms[0]?.id ?? '');
  expect([[...disks.keys()], [...cds.values()]]).toEqual([
    ['disk0', 'disk1'],
    [path.join(home, 'images', 'net.iso'), path.join(home, 'images', 'net.iso')],
  ]);
});

it('reverts to a snapshot, and to the size its VM had then', async () => {
  const before: EnvDetail = await agent.client.env.show({ name: 'web' });
  const debian = before.vms[2] ?? expect.unreachable('there is no third VM');
  await agent.client.vm.stop({ vmId: debian.id, graceS: 0 });
  await agent.client.vm.update({ vmId: debian.id, memoryMiB: 512 });
  await revertTo(agent.client, { envName: 'web', name: 'installed' });
  const after: EnvDetail = await agent.client.env.show({ name: 'web' });
  expect(memoryMiBOf(after, 2)).toBe(256);
  expect(after.vms.slice(0, 3).map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  const [installed] = after.snapshots.filter(({ name }) => name === 'installed');
  expect(currentSnapshotIdOf(after)).toBe(installed?.id);
});

it('lets an expired ENV be extended, and forks a snapshot of it', async () => {
  const before: EnvDetail = await agent.client.env.show({ name: 'ended' });
  expect(isExpired(before)).toBe(true);
  await agent.client.env.update({ name: 'ended', lifetimeS: 7200 });
  const after: EnvDetail = await agent.client.env.show({ name: 'ended' });
  expect(isExpired(after)).toBe(false);
  const [taken] = after.snapshots;
  await agent.client.snapshot.fork({ envName: 'ended', name: taken?.name ?? '', newName: 'ended-fork' });
  expect((await agent.client.env.show({ name: 'ended-fork' })).vms).toMatchObject([{ state: 'running' }]);
});

it('rolls a profile back, and publishes the version that is open', async () => {
  expect(await agent.client.profile.rollback({ name: 'office', version: 1 })).toMatchObject({ version: 1 });
  await agent.client.env.start({ name: 'admin-kiosk' });
  const published = await agent.client.profile.publish({ name: 'kiosk', force: true, graceS: 0 });
  expect(published.versions.map(({ version }) => version)).toEqual([1, 2]);
});

it('migrates nothing when it is started again', async () => {
  const names = async () => (await agent.client.env.list()).envs.map(({ name }) => name);
  const before = await names();
  await agent.stop({ keep: true });
  agent = await start();
  expect(migrations()).toEqual([]);
  expect((await readdir(home)).filter((name) => name.startsWith('state.sqlite.'))).toEqual(['state.sqlite.schema-6']);
  expect(await names()).toEqual(before);
});
