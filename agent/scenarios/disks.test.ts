// Disks and CDs of a real guest on each storage, through the agent's API: what the guest sees of them while it runs, that limits
// take effect, that a snapshot covers all disks, and that a later agent finds them unchanged.
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;
const SECTORS_PER_MIB = 2048;

describeOn(['qcow2'], disksAndCds, { tags: ['deep'] });
describeOn(['reflink', 'zfs'], disksAndCds, { tags: ['long'] });

function disksAndCds(storage: StorageFixtureName): void {
  let agent: RealAgent;
  let vmId: string;
  let shell: GuestShell;
  const client = () => agent.client;
  /** Size of the second disk as the guest sees it; null when it sees none. */
  const sizeInGuest = async () => {
    const sectors = Number(await shell.run('cat /sys/block/vdb/size 2>/dev/null || echo 0'));
    return sectors === 0 ? null : sectors / SECTORS_PER_MIB;
  };
  const seen = (sizeMiB: number | null) =>
    until(`the guest sees ${sizeMiB}`, async () => (await sizeInGuest()) === sizeMiB);
  const write = (word: string) =>
    shell.run(`echo ${word} | dd of=/dev/vdb conv=fsync 2>/dev/null; echo ${word} > /root/word; sync`);
  /** The contents of both disks, read from them and not from the guest's memory. */
  const read = () =>
    shell.run(
      'echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/vdb bs=512 count=1 2>/dev/null | head -n 1; cat /root/word',
    );

  beforeAll(async () => {
    agent = await startAgentOn(storage);
    const { vms } = await client().env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    vmId = vms[0]?.id ?? '';
    shell = await agent.shell(vms[0] ?? expect.unreachable('there is no VM'));
  });
  afterAll(async () => {
    shell?.close();
    await agent.remove();
  });

  it('a disk added to a running guest is seen, grows and is limited at once', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    await seen(64);
    await client().disk.grow({ vmId, name: 'disk1', sizeMiB: 96 });
    await seen(96);
    await client().disk.limit({ vmId, name: 'disk1', limits: { bytesPerSecond: 4 * MIB, operationsPerSecond: null } });
    const start = performance.now();
    await shell.run('dd if=/dev/zero of=/dev/vdb bs=1M count=8 conv=fsync 2>/dev/null');
    expect(performance.now() - start).toBeGreaterThan(1_500);
    await client().disk.limit({ vmId, name: 'disk1', limits: null });
  });

  it('a snapshot puts both disks back', async () => {
    await write('apple');
    await client().snapshot.create({ envName: 'demo', name: 'both' });
    await write('pear');
    expect(await read()).toBe('pear\npear');
    await client().snapshot.revert({ envName: 'demo', name: 'both', safety: false });
    // The serial port is the new process's.
    shell.close();
    shell = await agent.shell(await client().vm.show({ vmId }));
    expect(await read()).toBe('apple\napple');
    await expect(client().disk.remove({ vmId, name: 'disk1' })).rejects.toMatchObject({ code: 'DISK_ATTACHED' });
  });

  it('the next agent takes the guest up with its disk', async () => {
    await agent.kill('SIGTERM');
    await writeFile(path.join(agent.home, 'images', 'word.iso'), bootableMedium('cherry'));
    agent = await agent.restart();
    expect((await client().vm.show({ vmId })).spec.disks.map(({ sizeMiB }) => sizeMiB)).toEqual([
      expect.any(Number),
      96,
    ]);
    expect(await read()).toBe('apple\napple');
  });

  it('a disk is taken out of the running guest, kept, and deleted when no snapshot holds it', async () => {
    await client().disk.detach({ vmId, name: 'disk1' });
    await seen(null);
    await expect(client().disk.remove({ vmId, name: 'disk1' })).rejects.toMatchObject({
      code: 'DISK_HELD',
      data: { snapshots: ['both'] },
    });
    await client().disk.attach({ vmId, name: 'disk1' });
    await seen(96);
    expect(await read()).toBe('apple\napple');
    await client().disk.detach({ vmId, name: 'disk1' });
    await client().snapshot.delete({ envName: 'demo', name: 'both' });
    await client().disk.remove({ vmId, name: 'disk1' });
    expect(await agent.diskNames(vmId)).toEqual(['disk0']);
  });

  it('boots from a CD that was put in, and the CD comes out while it runs', async () => {
    shell.close();
    const medium = (await client().image.list()).images.find(({ kind }) => kind === 'iso')?.name ?? '';
    await client().vm.stop({ vmId, graceS: 0 });
    await client().vm.update({ vmId, bootFrom: 'cd' });
    await client().cd.insert({ vmId, name: 'cd0', medium });
    const { state } = await client().vm.start({ vmId });
    expect(state).toBe('running');
    const serialLog = path.join(agent.home, 'run', vmId, 'serial.log');
    await until(
      'it boots from the CD',
      async () => (await readFile(serialLog, 'latin1')).includes('boots cherry'),
      20_000,
    );
    const [pid] = await agent.guestPids();
    const files = async () =>
      Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    expect((await files()).filter((file) => file.endsWith('word.iso'))).toHaveLength(1);
    await client().cd.eject({ vmId, name: 'cd0' });
    expect((await files()).filter((file) => file.endsWith('word.iso'))).toEqual([]);
  });
}

/** A CD with nothing but code that a BIOS starts, which says on the serial port who it is (El Torito, no emulation). */
function bootableMedium(name: string): Buffer {
  const cd = Buffer.alloc(64 * 1024);
  const sector = (number: number) => cd.subarray(number * 2048, (number + 1) * 2048);
  sector(16).write('\u0001CD001\u0001', 'latin1');
  sector(17).write('\u0000CD001\u0001EL TORITO SPECIFICATION', 'latin1');
  sector(17).writeUInt32LE(19, 0x47);
  sector(18).write('\u00ffCD001\u0001', 'latin1');
  const catalog = sector(19);
  catalog.writeUInt8(1, 0);
  catalog.writeUInt16LE(0x55aa, 0x1c);
  catalog.writeUInt16LE(0xaa55, 0x1e);
  catalog.writeUInt8(0x88, 0x20);
  catalog.writeUInt16LE(4, 0x26);
  catalog.writeUInt32LE(20, 0x28);
  // xor ax,ax; mov ds,ax; mov si,0x7c15; mov dx,0x3f8; next: lodsb; test al,al; jz end; out dx,al; jmp next; end: hlt; jmp end
  sector(20).write('31c08ed8be157cbaf803ac84c07403eeebf8f4ebfd', 'hex');
  sector(20).write(`boots ${name}\n`, 0x15, 'latin1');
  return cd;
}
