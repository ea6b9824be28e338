// A capsule of a running real guest, from an agent with one storage to an agent with another: the guest continues where it was,
// with the same kernel uptime and the same data on its disks; if it booted by UEFI, also with its variables and a second disk.
// Prints sizes and times.
// @module-tag long
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { downloadChunks, uploadFile } from '@tt/client';
import type { Vm } from '@tt/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { RealAgent } from '../testing/real-agent.ts';
import { canMake, type FixtureAgent, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';

let undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  const steps = undo.toReversed();
  undo = [];
  for (const step of steps) await step();
});

async function agentOn(name: StorageFixtureName): Promise<FixtureAgent> {
  const agent = await startAgentOn(name);
  undo.push(() => agent.remove());
  expect((await agent.client.host.show()).storage).toContain(name);
  return agent;
}

async function shellOf(agent: RealAgent, vm: Vm | undefined) {
  if (!vm) throw new Error('no VM was made');
  const shell = await agent.shell(vm);
  undo.push(async () => shell.close());
  return shell;
}

const MIB = 2 ** 20;
const MEMORY = { memoryMiB: 160 };
/** With 128 MiB OVMF and the kernel are in each other's way. */
const DRIVES = { memoryMiB: 256, disks: [{ sizeMiB: 16 }], firmware: 'uefi' as const };
/** Always a whole number for who reads it: the file appears by rename. */
const COUNTER =
  'cd /dev/shm; i=0; while :; do i=$((i+1)); echo $i >next; mv next count; sleep 0.1; done >/dev/null 2>&1 &';
const SECOND_DISK = 'dd if=/dev/vdb bs=512 count=1 iflag=direct 2>/dev/null | head -n 1';
/** Name of a variable that OVMF writes at its first start, as it lies in its store. */
const BOOT_ORDER = Buffer.from('BootOrder', 'utf16le');

const ways: readonly [from: StorageFixtureName, to: StorageFixtureName, hasDrives: boolean][] = [
  ['qcow2', 'reflink', false],
  ['reflink', 'zfs', true],
  ['zfs', 'qcow2', false],
];

describe.each(ways)('from %s to %s', (fromName, toName, hasDrives) => {
  it.runIf(canMake(fromName) && canMake(toName))('a running guest continues, memory included', async () => {
    const from = await agentOn(fromName);
    const group = { osPrefix: 'tiny', ...MEMORY, ...(hasDrives && DRIVES) };
    const { vms } = await from.client.env.create({ name: 'demo', notes: 'it counts', groups: [group] });
    const [vm] = vms;
    const shell = await shellOf(from, vm);
    const boot = await shell.run('cat /proc/sys/kernel/random/boot_id');
    await shell.run(`echo apple >/root/word; sync; ${COUNTER} true`);
    await shell.run('until [ -s /dev/shm/count ]; do sleep 0.1; done');
    if (hasDrives) await shell.run('echo pear | dd of=/dev/vdb conv=fsync 2>/dev/null');
    const variables = hasDrives ? await readFile(await from.diskFile(vm?.id ?? '', 'nvram')) : Buffer.alloc(0);
    let started = performance.now();
    const { transfer, manifest } = await from.client.capsule.export({ envName: 'demo' });
    const packedMs = Math.round(performance.now() - started);
    const names = hasDrives ? ['disk0', 'disk1', 'nvram'] : ['disk0'];
    const ram = 'vm0/ram.flat.qcow2';
    expect(manifest.vms[0]).toMatchObject({ ram, disks: names.map((name) => ({ name })) });
    const pieces: Uint8Array[] = [];
    for await (const piece of downloadChunks(from.connection, transfer, 0)) pieces.push(piece);
    const capsule = Buffer.concat(pieces);
    expect(createHash('sha256').update(capsule).digest('hex')).toBe(transfer.sha256);

    const to = await agentOn(toName);
    const read = async (offset: number, length: number) => capsule.subarray(offset, offset + length);
    const source = { fileName: transfer.fileName, sizeBytes: capsule.length, read };
    const { id } = await uploadFile(to.connection, source, randomUUID());
    started = performance.now();
    const { env, vms: opened } = await to.client.capsule.import({ transferId: id, name: 'bug', withRam: true });
    const openedMs = Math.round(performance.now() - started);
    const sizeMiB = Math.round(capsule.length / MIB);
    const ramMiB = Math.round((manifest.members.find(({ path }) => path === ram)?.sizeBytes ?? 0) / MIB);
    process.stdout.write(
      `${fromName} to ${toName}: ${sizeMiB} MiB, ${ramMiB} of them memory, packed in ${packedMs} ms, opened in ${openedMs} ms\n`,
    );
    expect([env.notes, env.state]).toEqual(['it counts', 'running']);
    // What the guest has not touched takes nothing in the file.
    expect(ramMiB).toBeLessThan((group.memoryMiB * 3) / 4);
    expect(sizeMiB).toBeLessThan(group.memoryMiB);
    const [copy] = opened;
    const guest = await shellOf(to, copy);
    expect(await guest.run('cat /proc/sys/kernel/random/boot_id')).toBe(boot);
    expect(await guest.run('cat /root/word')).toBe('apple');
    const first = Number(await guest.run('cat /dev/shm/count'));
    await guest.run(`until [ $(cat /dev/shm/count) -gt ${first} ]; do sleep 0.1; done`);
    expect(await guest.run('cat /sys/class/net/eth0/address')).toBe(copy?.mac);
    expect(copy?.mac).not.toBe(vm?.mac);
    if (!hasDrives) return;
    expect(copy).toMatchObject({
      spec: { firmware: 'uefi', disks: [{ name: 'disk0' }, { name: 'disk1', sizeMiB: 16 }] },
    });
    expect(await guest.run(SECOND_DISK)).toBe('pear');
    expect(await guest.run('ls -d /sys/firmware/efi')).toBe('/sys/firmware/efi');
    expect(variables.includes(BOOT_ORDER)).toBe(true);
    expect((await readFile(await to.diskFile(copy?.id ?? '', 'nvram'))).equals(variables)).toBe(true);
  });
});
