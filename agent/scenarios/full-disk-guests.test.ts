// Real guests on a disk that is full for the agent too (ext4 in a file, so this needs root): their writes wait, the agent lives,
// stops, deletes and can be started again, and room is made by its own calls only; then the guests go on with nothing lost.
// @module-tag long
import path from 'node:path';
import type { TtError, Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canMount, type LoopMount, mountLoop } from '../storage/test-loop-mount.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { type Filler, fillerOf } from '../testing/small-disk.ts';
import { until } from '../testing/until.ts';

const DISK_MIB = 768;
/** What each guest wants to write: more than is left for both, less than what `big` gives back. */
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

  beforeAll(async () => {
    mount = await mountLoop('ext4', DISK_MIB);
    filler = fillerOf(path.join(mount.directory, 'filler'));
    agent = await startRealAgent({ parent: mount.directory, flags: ['--storage', 'qcow2', '--disk-total', '65536'] });
    const group = { osPrefix: 'tiny', memoryMiB: 128 };
    ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ ...group, copies: 2 }] }));
    big = only((await agent.client.env.create({ name: 'big', groups: [group] })).vms);
    for (const vm of [...vms, big]) await agent.client.disk.add({ vmId: vm.id, sizeMiB: 512 });
    await run(big, `dd if=/dev/urandom of=/dev/vdb bs=1M count=${BIG_MIB} conv=fsync 2>/dev/null`);
    await agent.client.vm.stop({ vmId: big.id, graceS: 0 });
    for (const vm of vms) await run(vm, `dd if=/dev/urandom of=/dev/shm/data bs=1M count=${WANTED_MIB} 2>/dev/null`);
    await agent.client.snapshot.create({ envName: 'demo', name: 'before' });
  });
  afterAll(async () => {
    await agent.remove();
    await mount.remove();
  });

  const only = (found: readonly Vm[]): Vm => found[0] ?? expect.unreachable('there is no VM');
  async function run(vm: Vm, command: string): Promise<string> {
    const shell = await agent.shell(vm, PATIENCE_MS);
    try {
      return await shell.run(command, PATIENCE_MS);
    } finally {
      shell.close();
    }
  }
  const statesOf = async () => (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state);
  const answer = (call: () => Promise<unknown>): Promise<string> =>
    call().then(
      () => 'ok',
      ({ code }: TtError) => code,
    );

  it('pauses guests that write, and refuses what needs room', async () => {
    for (const vm of vms) {
      await run(
        vm,
        '(dd if=/dev/shm/data of=/dev/vdb bs=64k conv=fsync; echo $? > /dev/shm/rc) > /dev/null 2>&1 & true',
      );
    }
    filler.fill();
    await until('both are paused', async () => (await statesOf()).join() === 'paused,paused', PATIENCE_MS);
    const [{ id: vmId }] = vms as [Vm];
    const { client } = agent;
    filler.fill();
    // With the room of the reserve.
    expect(await answer(() => client.env.update({ name: 'demo', notes: 'on a full disk' }))).toBe('ok');
    filler.fill();
    const answers = {
      'vm.resume': await answer(() => client.vm.resume({ vmId })),
      'vm.start': await answer(() => client.vm.start({ vmId })),
      'snapshot.create': await answer(() => client.snapshot.create({ envName: 'demo', name: 'full' })),
      'snapshot.revert': await answer(() => client.snapshot.revert({ envName: 'demo', name: 'before' })),
      'env.create': await answer(() => client.env.create({ name: 'more', groups: [{ osPrefix: 'tiny' }] })),
      'env.clone': await answer(() => client.env.clone({ name: 'demo', newName: 'twin' })),
      'capsule.export': await answer(() => client.capsule.export({ envName: 'demo' })),
      'image.publish': await answer(() => client.image.publish({ vmId: big.id, name: 'qemu:big-1:one' })),
      'transfer.begin': await answer(() => client.transfer.begin({ fileName: 'a.qcow2', sizeBytes: 1024 ** 2 })),
      'disk.add': await answer(() => client.disk.add({ vmId: big.id, sizeMiB: 64 })),
    };
    process.stdout.write(`answers on the full disk: ${JSON.stringify(answers)}\n`);
    expect(answers).toEqual(Object.fromEntries(Object.keys(answers).map((name) => [name, 'DISK_FULL'])));
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
    const [writes, stops] = vms as [Vm, Vm];
    expect(await answer(() => agent.client.vm.stop({ vmId: stops.id, graceS: 0 }))).toBe('ok');
    filler.fill();
    // Nobody takes what this gives back.
    await agent.client.env.delete({ name: 'big' });
    await until('it goes on', async () => (await statesOf())[0] === 'running', PATIENCE_MS);
    await until(
      'all is written',
      async () => (await run(writes, 'cat /dev/shm/rc 2>/dev/null || true')) === '0',
      PATIENCE_MS,
    );
    const sum = (file: string) =>
      run(writes, `echo 3 > /proc/sys/vm/drop_caches; dd if=${file} bs=1M count=${WANTED_MIB} 2>/dev/null | sha256sum`);
    expect(await sum('/dev/vdb')).toBe(await sum('/dev/shm/data'));
    expect(await agent.client.vm.start({ vmId: stops.id })).toMatchObject({ state: 'running', failure: null });
    await agent.client.env.delete({ name: 'demo' });
    filler.empty();
    expect(await agent.log()).not.toMatch(/"level":60|INTERNAL/);
  });
});
