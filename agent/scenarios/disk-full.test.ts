// The disk of one guest of an ENV becomes full while a snapshot is taken (a small tmpfs, so this needs root): a coded error, all
// guests keep running, and nothing of the snapshot remains on any disk.
// @module-tag deep
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { Qcow2Storage } from '../storage/qcow2/qcow2-storage.ts';
import { NO_LEFTOVERS, type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('a full disk', () => {
  let agent: RealAgent;
  let vms: Vm[];
  let folder: string;
  let isMounted = false;
  const small = (): Vm => vms[1] ?? expect.unreachable('there is no second VM');

  const mount = async () => {
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'tmpfs', folder], { timeoutMs: 10_000 });
    isMounted = true;
  };
  const unmount = async () => {
    if (isMounted) await runCommand('umount', [folder], { timeoutMs: 10_000 });
    isMounted = false;
  };

  beforeAll(async () => {
    agent = await startRealAgent();
    ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
    // The second guest moves to a file system of 24 MiB, less than its RAM.
    folder = path.join(agent.home, 'disks', small().id);
    await agent.client.vm.stop({ vmId: small().id, graceS: 0 });
    const aside = `${folder}.aside`;
    await rename(folder, aside);
    await mkdir(folder, { mode: 0o700 });
    await mount();
    await copyFile(path.join(aside, 'disk.qcow2'), path.join(folder, 'disk.qcow2'));
    await rm(aside, { recursive: true });
    await agent.client.vm.start({ vmId: small().id });
    for (const vm of vms) {
      const shell = await agent.shell(vm);
      await shell.run(
        'echo apple > /dev/shm/word; head -c 1000000 /dev/urandom > /dev/shm/m; for i in $(seq 40); do cat /dev/shm/m; done > /dev/shm/much',
      );
      shell.close();
    }
  });
  afterAll(async () => {
    await agent.kill('SIGKILL');
    await agent.endGuests();
    await unmount();
    await agent.remove();
  });

  it('under one guest fails the snapshot of all, which go on with nothing lost', async () => {
    const storage = new Qcow2Storage({ directory: path.join(agent.home, 'disks') });
    await expect(agent.client.snapshot.create({ envName: 'demo', name: 'half' })).rejects.toMatchObject({
      code: 'DISK_FULL',
      data: { subject: 'half' },
    });
    const { env, snapshots } = await agent.client.env.show({ name: 'demo' });
    expect([env.state, snapshots]).toEqual(['running', []]);
    expect(await Promise.all(vms.map(({ id }) => storage.listSnapshots(id)))).toEqual([[], []]);
    for (const vm of vms) {
      const shell = await agent.shell(vm);
      expect(await shell.run('cat /dev/shm/word')).toBe('apple');
      shell.close();
    }
    await agent.client.snapshot.create({ envName: 'demo', name: 'other', vmIds: [vms[0]?.id ?? ''] });
  });

  it('does not keep the ENV from being deleted', async () => {
    // A mounted folder can't be removed by anybody.
    await agent.client.vm.stop({ vmId: small().id, graceS: 0 });
    await unmount();
    await agent.client.env.delete({ name: 'demo' });
    expect(await agent.leftovers()).toEqual(NO_LEFTOVERS);
  });
});
