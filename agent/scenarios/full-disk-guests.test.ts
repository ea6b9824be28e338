// Real guests on a disk that is full for the agent too (ext4 in a file, so this needs root): their writes wait, the agent lives,
// stops, deletes and can be started again, and room is made by its own calls only; then the guests go on with nothing lost.
// @module-tag long
import path from 'node:path';
import type { TtError, Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { canMount, type LoopMount, mountLoop } from '../storage/test-loop-mount.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { type Filler, fillerOf } from '../testing/small-disk.ts';
import { until } from '../testing/until.ts';

const DISK_MIB = 768;
/** What each guest wants to write: less than what `big` gives back. */
const WANTED_MIB = 30;
const BIG_MIB = 100;
/** For all that emulated guests do on a busy machine. */
const PATIENCE_MS = 240_000;

describe.skipIf(!canMount)('a disk without a free byte', () => {
  let mount: LoopMount;
  let filler: Filler;
  let agent: RealAgent;
  let vms: Vm[];
  let big: Vm;
  /** Logged in while there is room: a login writes too. They belong to the guests, and outlive the agent. */
  let shells: GuestShell[];
  let writes: Promise<string>[];

  beforeAll(async () => {
    mount = await mountLoop('ext4', DISK_MIB);
    filler = fillerOf(path.join(mount.directory, 'filler'));
    agent = await startRealAgent({ parent: mount.directory, flags: ['--storage', 'qcow2', '--disk-total', '65536'] });
    const group = { osPrefix: 'tiny', memoryMiB: 128 };
    big = only((await agent.client.env.create({ name: 'big', groups: [group] })).vms);
    await agent.client.disk.add({ vmId: big.id, sizeMiB: 512 });
    const shell = await agent.shell(big, PATIENCE_MS);
    await shell.run(`dd if=/dev/urandom of=/dev/vdb bs=1M count=${BIG_MIB} conv=fsync 2>/dev/null`, PATIENCE_MS);
    shell.close();
    await agent.client.vm.stop({ vmId: big.id, graceS: 0 });
    ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ ...group, copies: 2 }] }));
    for (const vm of vms) await agent.client.disk.add({ vmId: vm.id, sizeMiB: 512 });
    shells = await Promise.all(vms.map((vm) => agent.shell(vm, PATIENCE_MS)));
    const fill = `dd if=/dev/urandom of=/dev/shm/data bs=1M count=${WANTED_MIB} 2>/dev/null`;
    await Promise.all(shells.map((each) => each.run(fill, PATIENCE_MS)));
    await agent.client.snapshot.create({ envName: 'demo', name: 'before' });
  });
  afterAll(async () => {
    for (const shell of shells) shell.close();
    await agent.remove();
    await mount.remove();
  });

  const only = (found: readonly Vm[]): Vm => found[0] ?? expect.unreachable('there is no VM');
  const statesOf = async () => (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state);
  const answer = (call: () => Promise<unknown>): Promise<string> =>
    call().then(
      () => 'ok',
      ({ code }: TtError) => code,
    );

  it('pauses guests that write, and refuses what needs room', async () => {
    // Full before they begin: a guest writes these few MiB to the host's cache in a tenth of a second.
    filler.fill();
    const write = 'dd if=/dev/shm/data of=/dev/vdb bs=64k conv=fsync 2>/dev/null';
    // Nobody waits for the answers yet: a paused guest gives none.
    writes = shells.map((shell) => shell.run(write, 4 * PATIENCE_MS));
    for (const each of writes) each.catch(() => {});
    await until('both are paused', async () => (await statesOf()).join() === 'paused,paused', PATIENCE_MS);
    const [{ id: vmId, name }] = vms as [Vm];
    const { client } = agent;
    expect((await client.vm.show({ vmId })).failure).toMatchObject({
      code: 'VM_PAUSED_DISK_FULL',
      data: { vmName: name, reason: { code: 'pausedDiskFull' } },
    });
    filler.fill();
    // With the room of the reserve.
    expect(await answer(() => client.env.update({ name: 'demo', notes: 'on a full disk' }))).toBe('ok');
    filler.fill();
    const answers = {
      // First: an empty disk is so small that it fits into what the undo steps of another call take from the reserve.
      'disk.add': await answer(() => client.disk.add({ vmId: big.id, sizeMiB: 64 })),
      'vm.resume': await answer(() => client.vm.resume({ vmId })),
      'vm.start': await answer(() => client.vm.start({ vmId })),
      'disk.detach': await answer(() => client.disk.detach({ vmId, name: 'disk1' })),
      'snapshot.create': await answer(() => client.snapshot.create({ envName: 'demo', name: 'full' })),
      'snapshot.revert': await answer(() => client.snapshot.revert({ envName: 'demo', name: 'before' })),
      'env.create': await answer(() => client.env.create({ name: 'more', groups: [{ osPrefix: 'tiny' }] })),
      'env.clone': await answer(() => client.env.clone({ name: 'demo', newName: 'twin' })),
      'capsule.export': await answer(() => client.capsule.export({ envName: 'demo' })),
      'image.publish': await answer(() => client.image.publish({ vmId: big.id, name: 'qemu:big-1:one' })),
      'transfer.begin': await answer(() => client.transfer.begin({ fileName: 'a.qcow2', sizeBytes: 1024 ** 2 })),
    };
    process.stdout.write(`answers on the full disk: ${JSON.stringify(answers)}\n`);
    expect(answers).toEqual(Object.fromEntries(Object.keys(answers).map((called) => [called, 'DISK_FULL'])));
    expect(await statesOf()).toEqual(['paused', 'paused']);
  });

  it('lets the agent be killed and started again, with its guests paused as they were', async () => {
    const guests = await agent.guestPids();
    await agent.kill('SIGKILL');
    filler.fill();
    agent = await agent.restart();
    filler.fill();
    await until('both are seen', async () => (await statesOf()).join() === 'paused,paused', PATIENCE_MS);
    expect(await agent.guestPids()).toEqual(guests);
  });

  it('lets guests be stopped and deleted, and those left go on by themselves with what they wanted to write', async () => {
    const [writing, stopped] = vms as [Vm, Vm];
    const shell = shells[0] ?? expect.unreachable();
    expect(await answer(() => agent.client.vm.stop({ vmId: stopped.id, graceS: 0 }))).toBe('ok');
    filler.fill();
    // Nobody takes what this gives back.
    await agent.client.env.delete({ name: 'big' });
    await until('it goes on', async () => (await statesOf())[0] === 'running', PATIENCE_MS);
    await writes[0];
    const sum = (file: string) =>
      shell.run(
        `echo 3 > /proc/sys/vm/drop_caches; dd if=${file} bs=1M count=${WANTED_MIB} 2>/dev/null | sha256sum`,
        PATIENCE_MS,
      );
    expect(await sum('/dev/vdb')).toBe(await sum('/dev/shm/data'));
    const { operations } = await agent.client.operation.list();
    expect(operations.filter(({ kind, state }) => kind === 'vm.resume' && state === 'succeeded')).toMatchObject([
      { subject: { vmId: writing.id }, step: { code: 'resumingWithSpace' } },
    ]);
    expect(await agent.client.vm.start({ vmId: stopped.id })).toMatchObject({ state: 'running', failure: null });
    await agent.client.env.delete({ name: 'demo' });
    filler.empty();
    expect(await agent.log()).not.toMatch(/"level":60|INTERNAL/);
  });
});
