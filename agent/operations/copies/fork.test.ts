// Forks and clones through the API, with the fake engine: RAM and disks continue where they were, each identity is new and
// reported correctly, fenced copies keep their addresses and are isolated, and a failure leaves nothing.
import { lstat, readdir, readlink } from 'node:fs/promises';
import type { EnvDetail, Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../host/run-command.ts';
import { isSharedFile } from '../../host/shared-file.ts';
import { ramFileOf } from '../../snapshots/ram-files.ts';
import { readFakeDisk } from '../../storage/fake-disk.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
let vms: Vm[];

beforeEach(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 1024, network: 'nat' } });
  ({ vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', copies: 2, ports: [{ protocol: 'tcp', guestPort: 80 }] }],
  }));
});
afterEach(() => agent.stop());

const hasPerl = (await findProgram('perl')) !== null;
/** Sealed copies that this process has open. */
const openCopies = async () => {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.includes('tt-memory'));
};
const machineOf = (vmId: string) => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);
const diskOf = (vmId: string) => readFakeDisk(agent.storage.diskOf(vmId).path).files;
function write(word: string): void {
  for (const { id } of vms) {
    const machine = machineOf(id);
    if (!machine) continue;
    machine.ram = { '/dev/shm/word': word };
    machine.writeDisk({ '/root/word': word, '/etc/machine-id': 'one-and-the-same\n' });
  }
}
/** RAM, disk and host name of each VM of an ENV. */
const words = (detail: EnvDetail) =>
  detail.vms.map(({ id, name }) => {
    const machine = machineOf(id);
    return [name, machine?.ram['/dev/shm/word'] ?? 'off', diskOf(id)['/root/word'], machine?.hostname ?? null];
  });
const unique = (values: readonly unknown[]) => new Set(values).size === values.length;
const take = (name: string) => agent.client.snapshot.create({ envName: 'demo', name, notes: 'ripe' });
const fork = (about: object = {}) =>
  agent.client.snapshot.fork({ envName: 'demo', name: 'clean', newName: 'copy', ...about });
const savedStates = async () => {
  const tags = await Promise.all((await agent.storage.list()).map((vmId) => agent.storage.listSnapshots(vmId)));
  return tags.flat().length;
};
const everything = async () => ({ ...(await agent.belongings()), states: await savedStates() });

describe('many forks, with an engine that needs a RAM file for each', () => {
  beforeEach(() => {
    agent.engine.sharesMemory = false;
  });
  const memory = async () => (await agent.client.host.show()).memory;
  const usedMiB = async () => (await memory()).usedMiB;
  const first = () => vms.slice(0, 1).map(({ id }) => id);
  const eachMiB = () => vms[0]?.spec.memoryMiB ?? 0;

  it.runIf(hasPerl)(
    'begin in one copy that the host has in its memory, which counts as long as one of them runs',
    async () => {
      write('apple');
      await take('clean');
      write('pear');
      const before = await usedMiB();
      const { envs } = await fork({ copies: 4, vmIds: first() });
      expect(envs.flatMap(words).map(([, ram]) => ram)).toEqual(['apple', 'apple', 'apple', 'apple']);
      // That of a fake guest takes less than a MiB.
      expect(await usedMiB()).toBe(before + 4 * eachMiB() + 1);
      // The processes keep what they have mapped; nothing is open here for them.
      expect(await openCopies()).toEqual([]);
      const [last = '', ...others] = envs.map(({ env }) => env.name);
      for (const name of others) await agent.client.env.delete({ name });
      expect(await usedMiB()).toBe(before + eachMiB() + 1);
      await agent.client.env.stop({ name: last, graceS: 0 });
      expect(await usedMiB()).toBe(before);
      await agent.client.env.start({ name: last });
      expect(await usedMiB()).toBe(before + eachMiB());
    },
  );

  it('have a file each where that does not fit, or are few', async () => {
    await take('clean');
    const before = await memory();
    const copies = Math.floor((before.totalMiB - before.usedMiB) / eachMiB());
    expect([copies, before.usedMiB + copies * eachMiB()]).toEqual([6, before.totalMiB]);
    const { envs } = await fork({ copies, vmIds: first() });
    expect(await usedMiB()).toBe(before.totalMiB);
    for (const { env } of envs) await agent.client.env.delete({ name: env.name });
    await fork({ copies: 3, vmIds: first() });
    expect(await usedMiB()).toBe(before.usedMiB + 3 * eachMiB());
  });

  it.runIf(hasPerl)('leave nothing when one of them does not wake', async () => {
    await take('clean');
    const [before, used] = [await everything(), await usedMiB()];
    agent.engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(fork({ copies: 4, vmIds: first() })).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    expect([await everything(), await usedMiB(), await openCopies()]).toEqual([before, used, []]);
  });
});

describe('a fork', () => {
  it('continues from the snapshot, with names, addresses, ports and keys of its own', async () => {
    write('apple');
    const { id } = await take('clean');
    write('pear');
    const { envs } = await fork({ copies: 2, title: 'Twins' });
    expect(envs.map(({ env }) => [env.name, env.title, env.notes, env.state, env.fenced])).toEqual([
      ['copy-1', 'Twins', 'ripe', 'running', false],
      ['copy-2', 'Twins', 'ripe', 'running', false],
    ]);
    expect(envs[0]?.env.forkedFrom).toEqual({ envName: 'demo', snapshotId: id, snapshotName: 'clean' });
    expect(envs.flatMap(words)).toEqual(
      ['copy-1', 'copy-2'].flatMap((env) =>
        vms.map(({ name }) => {
          const copy = name.replace('demo', env);
          return [copy, 'apple', 'apple', copy.replace('/', '-')];
        }),
      ),
    );
    // The originals are as they were.
    expect(vms.map((vm) => machineOf(vm.id)?.ram['/dev/shm/word'])).toEqual(['pear', 'pear']);
    const all = [...vms, ...envs.flatMap((detail) => detail.vms)];
    expect(unique(all.map(({ mac }) => mac))).toBe(true);
    expect(unique(all.map(({ ip }) => ip))).toBe(true);
    expect(unique(all.flatMap(({ portMap }) => portMap.map(({ hostPort }) => hostPort)))).toBe(true);
    expect(all.map(({ portMap }) => portMap.map(({ guestPort }) => guestPort))).toEqual(all.map(() => [22, 80]));
    expect(unique(all.map((vm) => machineOf(vm.id)?.spec.uuid))).toBe(true);
    const copies = envs.flatMap((detail) => detail.vms);
    expect(unique(copies.map((vm) => diskOf(vm.id)['/etc/machine-id']))).toBe(true);
    expect(copies[0]?.identity).toEqual({
      copiedFrom: { vmName: vms[0]?.name, snapshotName: 'clean' },
      fenced: false,
      parts: {
        mac: 'new',
        address: 'new',
        uuid: 'afterRestart',
        hostname: 'new',
        machineId: 'new',
        random: 'new',
        clock: 'new',
        sshHostKeys: 'same',
      },
      restarted: false,
      problem: null,
      detail: '',
    });
    expect(vms.map(({ identity }) => identity)).toEqual([null, null]);
    expect(copies.map((vm) => agent.engine.linksUp(vm.id))).toEqual(copies.map(() => true));
    // Their copies of the saved state are gone; the snapshot's own are there.
    expect(await savedStates()).toBe(2);
  });

  it('has its memory in the file of the snapshot, which goes when nobody needs it any more', async () => {
    const { id } = await take('clean');
    const base = (vm: Vm | undefined) => ramFileOf(agent.storage.folderOf(vm?.id ?? ''), id, 'flat');
    const inodes = () => Promise.all(vms.map(async (vm) => (await lstat(base(vm))).ino));
    const before = await fork({ newName: 'one' });
    const shared = await inodes();
    const again = await fork({ newName: 'two', copies: 2 });
    // Not a new file for each, and none of them keeps a name of it.
    expect(await inodes()).toEqual(shared);
    expect(await Promise.all(vms.map((vm) => isSharedFile(base(vm))))).toEqual([true, true]);
    expect((await lstat(base(vms[0]))).nlink).toBe(1);
    await agent.client.snapshot.delete({ envName: 'demo', name: 'clean' });
    await agent.stop({ keep: true });
    agent = await startTestAgent({
      home: agent.home,
      fakeHost: agent.fakeHost,
      config: { memoryTotalMiB: 1024, network: 'nat' },
    });
    const copies = [before, again].flatMap(({ envs }) => envs.flatMap((detail) => detail.vms));
    const folders = [...vms, ...copies].map((vm) => agent.storage.folderOf(vm.id));
    const left = await Promise.all(folders.map((folder) => readdir(folder)));
    expect(left.flat().filter((name) => name.startsWith('ram-'))).toEqual([]);
    const states = await Promise.all(copies.map(async (vm) => (await agent.client.vm.show({ vmId: vm.id })).state));
    expect(new Set(states)).toEqual(new Set(['running']));
  });

  it('of a stopped VM is off, and is told who it is once it runs', async () => {
    write('apple');
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await take('clean');
    const { envs } = await fork();
    expect(envs[0]?.env.state).toBe('stopped');
    expect(envs[0]?.vms[0]?.identity?.parts).toMatchObject({ mac: 'new', uuid: 'new', hostname: 'waiting' });
    const { vms: started } = await agent.client.env.start({ name: 'copy' });
    const identity = async () => (await agent.client.vm.show({ vmId: started[0]?.id ?? '' })).identity;
    await until('it was told', async () => (await identity())?.parts.hostname === 'new');
    expect((await identity())?.parts).toMatchObject({ machineId: 'new', uuid: 'new', address: 'new' });
  });

  it.each([
    ['helper, before anything else', 'guestAnswers'],
    ['guest agent, where no helper answers', 'isHelperPortOpen'],
  ] as const)('is told who it is by its %s', async (_by, failing) => {
    await take('clean');
    agent.engine.failNext(failing, 'ENGINE_TIMEOUT');
    const { envs } = await fork({ vmIds: [vms[0]?.id] });
    const parts = { mac: 'new', address: 'new', hostname: 'new', machineId: 'new', random: 'new', clock: 'new' };
    expect(envs[0]?.vms[0]?.identity).toMatchObject({ parts, detail: '' });
    const { hostname, clockSkewMs = Number.NaN } = machineOf(envs[0]?.vms[0]?.id ?? '') ?? {};
    expect(hostname).not.toBe(machineOf(vms[0]?.id ?? '')?.hostname);
    expect(Math.abs(clockSkewMs)).toBeLessThan(60_000);
  });

  it('says what a guest without an answering agent keeps', async () => {
    await take('clean');
    agent.engine.failNext('isHelperPortOpen', 'ENGINE_TIMEOUT');
    agent.engine.failNext('guestExec', 'GUEST_AGENT_SILENT');
    const { envs } = await fork({ vmIds: [vms[0]?.id] });
    expect(envs[0]?.vms).toHaveLength(1);
    expect(envs[0]?.vms[0]?.identity).toMatchObject({
      parts: {
        mac: 'afterRestart',
        address: 'afterRestart',
        hostname: 'failed',
        machineId: 'failed',
        random: 'failed',
      },
      detail: 'guestExec was told to fail',
    });
    expect(agent.engine.linksUp(envs[0]?.vms[0]?.id ?? '')).toBe(true);
  });

  it('that is fenced keeps addresses and names, and has no ports and no way out', async () => {
    write('apple');
    await take('clean');
    const { envs } = await fork({ fenced: true });
    const [detail] = envs;
    expect(detail?.env).toMatchObject({ fenced: true, networks: [{ kind: 'nat' }] });
    expect(detail?.vms.map(({ mac, ip, portMap }) => [mac, ip, portMap])).toEqual(
      vms.map(({ mac, ip }) => [mac, ip, []]),
    );
    expect(detail?.vms[0]?.identity?.parts).toMatchObject({
      mac: 'same',
      address: 'same',
      uuid: 'same',
      hostname: 'same',
      random: 'new',
    });
    expect(words(detail as EnvDetail).map(([, ram, , hostname]) => [ram, hostname])).toEqual(
      vms.map((vm) => ['apple', machineOf(vm.id)?.hostname]),
    );
    const change = agent.client.vm.update({
      vmId: detail?.vms[0]?.id ?? '',
      ports: [{ protocol: 'tcp', guestPort: 80 }],
    });
    await expect(change).rejects.toMatchObject({ code: 'FEATURE_UNSUPPORTED' });
    // Both go, and neither takes anything of the other along.
    await agent.client.env.delete({ name: 'copy' });
    expect((await agent.client.env.show({ name: 'demo' })).env.state).toBe('running');
  });

  it('is refused before anything is made', async () => {
    await take('clean');
    const before = await everything();
    const refusals: [object, string][] = [
      [{ name: 'dirty' }, 'SNAPSHOT_NOT_FOUND'],
      [{ envName: 'demi' }, 'ENV_NOT_FOUND'],
      [{ newName: 'demo' }, 'ENV_NAME_TAKEN'],
      [{ newName: 'a/b' }, 'NAME_INVALID'],
      [{ newName: 'x'.repeat(62), copies: 2 }, 'NAME_INVALID'],
      [{ copies: 4 }, 'MEMORY_EXHAUSTED'],
      [{ lifetimeS: 1_000_000 }, 'LIFETIME_TOO_LONG'],
      [{ vmIds: ['nobody'] }, 'SNAPSHOT_VM_MISSING'],
      [{ copies: 0 }, 'INPUT_INVALID'],
    ];
    for (const [about, code] of refusals) {
      await expect(fork(about), JSON.stringify(about)).rejects.toMatchObject({ code });
    }
    expect(await everything()).toEqual(before);
  });

  it('leaves nothing when a disk can’t be cloned, a guest does not wake, or it is cancelled', async () => {
    await take('clean');
    const before = await everything();
    agent.storage.failNext('cloneSnapshot', 'DISK_FULL');
    await expect(fork()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await everything()).toEqual(before);
    agent.engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(fork({ copies: 2 })).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    expect(await everything()).toEqual(before);
    agent.engine.failNext('setLinks', 'COMMAND_FAILED');
    await expect(fork()).rejects.toMatchObject({ code: expect.stringMatching(/^VM_/) });
    expect(await everything()).toEqual(before);

    const held = agent.engine.holdNext('guestExec');
    const operationId = crypto.randomUUID();
    const forking = fork({ operationId });
    await held.reached;
    await agent.client.operation.cancel({ operationId });
    held.release();
    await expect(forking).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await everything()).toEqual(before);
    // The ENV was never left locked.
    await fork();
  });

  it('of two with one name, one gets it', async () => {
    await take('clean');
    const ends = await Promise.allSettled([fork({ vmIds: [vms[0]?.id] }), fork({ vmIds: [vms[0]?.id] })]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await agent.belongings()).envs).toEqual(['copy', 'demo']);
  });
});

describe('a clone', () => {
  it('of an ENV continues from now, and leaves no snapshot', async () => {
    write('apple');
    await agent.client.vm.stop({ vmId: vms[1]?.id ?? '', graceS: 0 });
    const { envs } = await agent.client.env.clone({ name: 'demo', newName: 'twin' });
    expect(envs.flatMap(words).map(([name, ram, disk]) => [name, ram, disk])).toEqual([
      ['twin/tiny-2-1', 'apple', 'apple'],
      ['twin/tiny-2-2', 'off', 'apple'],
    ]);
    expect(envs[0]?.env).toMatchObject({ forkedFrom: { envName: 'demo', snapshotId: null }, state: 'partial' });
    expect([(await agent.belongings()).snapshots, await savedStates()]).toEqual([[], 0]);
    expect((await agent.client.env.show({ name: 'demo' })).env.currentSnapshotId).toBeNull();
  });

  it('of a VM stands beside it with a name and addresses of its own', async () => {
    write('apple');
    const { vms: clones } = await agent.client.vm.clone({ vmId: vms[0]?.id ?? '', copies: 2 });
    expect(clones.map(({ name }) => name)).toEqual(['demo/tiny-2-3', 'demo/tiny-2-4']);
    const all = (await agent.client.env.show({ name: 'demo' })).vms;
    expect([all.length, unique(all.map(({ mac }) => mac)), unique(all.map(({ ip }) => ip))]).toEqual([4, true, true]);
    expect(clones.map(({ id }) => machineOf(id)?.ram['/dev/shm/word'])).toEqual(['apple', 'apple']);
    expect(clones[0]?.identity).toMatchObject({
      restarted: false,
      parts: { mac: 'new', address: 'new', hostname: 'new' },
    });
    expect(await savedStates()).toBe(0);
  });

  it('of a VM that can’t be told restarts: it must not have the addresses of its neighbour', async () => {
    write('apple');
    agent.engine.failNext('isHelperPortOpen', 'ENGINE_TIMEOUT');
    agent.engine.failNext('guestExec', 'GUEST_AGENT_SILENT');
    const { vms: clones } = await agent.client.vm.clone({ vmId: vms[0]?.id ?? '' });
    expect(clones[0]?.identity).toMatchObject({
      restarted: true,
      parts: { mac: 'new', uuid: 'new', hostname: 'waiting' },
    });
    expect(machineOf(clones[0]?.id ?? '')?.ram).toEqual({});
  });

  it('that fails leaves the ENV as it was', async () => {
    const before = await everything();
    agent.engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(agent.client.vm.clone({ vmId: vms[0]?.id ?? '' })).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    agent.storage.failNext('cloneSnapshot', 'STORAGE_FAILED');
    await expect(agent.client.env.clone({ name: 'demo', newName: 'twin' })).rejects.toMatchObject({
      code: 'SNAPSHOT_FAILED',
    });
    expect(await everything()).toEqual(before);
  });
});

describe('a plan', () => {
  it('names the copies, says what each takes, and makes nothing', async () => {
    await take('clean');
    const before = await everything();
    const { client } = agent;
    const { names, each, problem } = await client.snapshot.planFork({
      envName: 'demo',
      name: 'clean',
      newName: 'copy',
      copies: 3,
    });
    const sumOf = (of: (vm: Vm) => number) => vms.reduce((sum, vm) => sum + of(vm), 0);
    expect([names, problem]).toEqual([['copy-1', 'copy-2', 'copy-3'], null]);
    expect(each).toMatchObject({
      vmCount: 2,
      cpuCount: sumOf(({ spec }) => spec.cpuCount),
      memoryMiB: sumOf(({ spec }) => spec.memoryMiB),
      diskMiB: sumOf(({ spec }) => spec.disks.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0)),
    });
    // Their memory is one file; an engine that can't share it writes it for each.
    expect(each.writtenMiB).toBeLessThan(each.memoryMiB);
    agent.engine.sharesMemory = false;
    const apart = await client.snapshot.planFork({ envName: 'demo', name: 'clean', newName: 'copy' });
    expect(apart.each.writtenMiB).toBeGreaterThanOrEqual(each.memoryMiB);
    agent.engine.sharesMemory = true;
    // A clone saves it first.
    const clone = await client.env.planClone({ name: 'demo', newName: 'copy' });
    expect(clone.each.writtenMiB).toBeGreaterThanOrEqual(each.memoryMiB);
    expect(await everything()).toEqual(before);
    // Stopped machines are copied stopped: they take no memory.
    await client.env.stop({ name: 'demo', graceS: 0 });
    const stopped = await client.env.planClone({ name: 'demo', newName: 'copy' });
    expect([stopped.each.vmCount, stopped.each.memoryMiB, stopped.each.cpuCount]).toEqual([2, 0, 0]);
  });

  it('has the error of the call itself, which it does not throw', async () => {
    await take('clean');
    const { client } = agent;
    const codeOf = async (about: object) => {
      const request = { envName: 'demo', name: 'clean', newName: 'copy', ...about };
      const { problem } = await client.snapshot.planFork(request);
      if (problem === null) return null;
      await expect(client.snapshot.fork(request)).rejects.toMatchObject({ code: problem.code });
      return problem.code;
    };
    expect(await codeOf({ newName: 'demo' })).toBe('ENV_NAME_TAKEN');
    expect(await codeOf({ newName: 'no name' })).toBe('NAME_INVALID');
    expect(await codeOf({ copies: 50 })).toBe('MEMORY_EXHAUSTED');
    expect(await codeOf({ lifetimeS: 10_000_000 })).toBe('LIFETIME_TOO_LONG');
    await agent.client.env.removeVms({ name: 'demo', vmIds: vms.map(({ id }) => id) });
    await expect(client.env.planClone({ name: 'demo', newName: 'copy' })).resolves.toMatchObject({
      problem: { code: 'SNAPSHOT_EMPTY' },
    });
    await expect(client.snapshot.planFork({ envName: 'demo', name: 'none', newName: 'copy' })).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_FOUND',
    });
  });
});
