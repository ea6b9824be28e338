// An external image from end to end, on each storage: a vmdk on the host is imported, machines are created from it, and firmware
// boots it. One of them is published, stopped and as it was at a snapshot; the published image boots too, and nothing of a
// deleted image remains.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

const GREETING = 'IMPORTED AND BOOTED';
/** Prints its text on the first serial port, then halts: `cli`, segments, `lodsb` and `out` in a loop, `hlt`. */
const BOOT_CODE = 'fa31c08ed88ed0bc007cbe1b7cbaf803ac84c07403eeebf8f4ebfd';

describeOn(['qcow2'], importedAndPublished, { tags: ['real'] });
describeOn(['reflink', 'zfs'], importedAndPublished, { tags: ['long'] });

function importedAndPublished(storage: StorageFixtureName): void {
  let agent: RealAgent;
  beforeAll(async () => {
    agent = await startAgentOn(storage);
  });
  afterAll(() => agent.remove());

  /** Makes an ENV of one machine and waits until its disk has booted. */
  async function boot(envName: string, osPrefix: string): Promise<Vm> {
    const { vms } = await agent.client.env.create({ name: envName, groups: [{ osPrefix }] });
    const [vm] = vms;
    if (!vm) throw new Error('no VM was made');
    const log = path.join(agent.home, 'run', vm.id, 'serial.log');
    await until('it has booted', async () => (await readFile(log, 'latin1')).includes(GREETING), 30_000);
    return vm;
  }

  it('a vmdk is imported and boots, is published from the VM and from a snapshot, and both copies boot', async () => {
    const { client, home } = agent;
    const sector = Buffer.alloc(8 * 1024 * 1024);
    Buffer.from(BOOT_CODE, 'hex').copy(sector);
    sector.write(`${GREETING}\r\n\0`, BOOT_CODE.length / 2, 'latin1');
    sector.writeUInt16LE(0xaa55, 510);
    await writeFile(path.join(home, 'boot.raw'), sector);
    const convert = ['convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', 'boot.raw', 'boot.vmdk'];
    await runCommand('qemu-img', convert, { timeoutMs: 30_000, cwd: home });
    const source = { kind: 'file', path: path.join(home, 'boot.vmdk') } as const;
    const image = await client.image.import({ name: 'qemu:boot-1:default', source, minMemoryMiB: 64 });
    expect(image).toMatchObject({ state: 'ready', minDiskMiB: 8, firmware: 'bios' });

    const { id: vmId } = await boot('first', 'boot-1');
    await client.snapshot.create({ envName: 'first', name: 'then' });
    await client.image.publish({ vmId, name: 'qemu:then-1:default', snapshotName: 'then' });
    await client.env.stop({ name: 'first', graceS: 0 });
    await client.image.publish({ vmId, name: 'qemu:now-1:default' });
    await client.env.delete({ name: 'first' });
    await client.image.delete({ name: 'qemu:boot-1:default' });

    for (const published of ['then-1', 'now-1']) {
      await boot(published, published);
      await client.env.delete({ name: published });
      await client.image.delete({ name: `qemu:${published}:default` });
    }
    expect(await agent.leftovers()).toMatchObject({ disks: [], guests: [] });
    expect((await readdir(path.join(home, 'images'))).filter((name) => !name.startsWith('.')).sort()).toEqual([
      'broken',
      'tiny',
    ]);
  });
}
