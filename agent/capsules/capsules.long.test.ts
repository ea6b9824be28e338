// A capsule of a real guest that runs, out of an agent with qcow2 disks, into one with reflink copies on xfs: the guest goes on
// where it was, in the same life of its kernel, with the same words on its disk. Prints sizes and times.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadChunks, uploadFile } from '@tt/client';
import { afterEach, expect, it } from 'vitest';
import { run } from '../storage/test-loop-mount.ts';
import { type RealAgent, startRealAgent } from '../test-real-agent.ts';

const GIB = 1024 ** 3;
let undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  const steps = undo.toReversed();
  undo = [];
  for (const step of steps) await step();
});

/** An agent whose state folder lies on xfs. Short paths: a socket's may have 107 characters. */
async function agentOnXfs(): Promise<RealAgent> {
  const root = await mkdtemp(path.join(tmpdir(), 'ttx-'));
  undo.push(() => rm(root, { recursive: true }));
  const device = path.join(root, 'xfs');
  await writeFile(device, '');
  await truncate(device, 2 * GIB);
  await run('mkfs.xfs', '-q', device);
  const folder = path.join(root, 'm');
  await run('mkdir', folder);
  await run('mount', '-o', 'loop', device, folder);
  undo.push(() => run('umount', folder));
  await run('chmod', '711', root, folder);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const agent = await startRealAgent();
    undo.push(() => agent.remove());
    return agent;
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

it('brings a running guest from qcow2 to reflink copies, memory included', async () => {
  const from = await startRealAgent({ flags: ['--network', 'user'] });
  undo.push(() => from.remove());
  const { vms } = await from.client.env.create({ name: 'demo', notes: 'it counts', groups: [{ osPrefix: 'tiny' }] });
  const [vm] = vms;
  if (!vm) throw new Error('no VM was made');
  const shell = await from.shell(vm);
  const boot = await shell.run('cat /proc/sys/kernel/random/boot_id');
  await shell.run(
    'echo apple >/root/word; sync; i=0; while :; do i=$((i+1)); echo $i >/dev/shm/count; sleep 0.1; done >/dev/null 2>&1 & true',
  );
  await shell.run('until [ -s /dev/shm/count ]; do sleep 0.1; done');
  let started = performance.now();
  const { transfer, manifest } = await from.client.capsule.export({ envName: 'demo' });
  const packedMs = Math.round(performance.now() - started);
  shell.close();
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(from.client, transfer, 0)) pieces.push(piece);
  const capsule = Buffer.concat(pieces);
  expect(createHash('sha256').update(capsule).digest('hex')).toBe(transfer.sha256);
  expect(manifest.vms[0]).toMatchObject({ ram: 'vm0/ram.qcow2', disks: [{ name: 'disk0' }] });

  const to = await agentOnXfs();
  expect((await to.client.host.show()).storage).toContain('reflink');
  const read = async (offset: number, length: number) => capsule.subarray(offset, offset + length);
  const source = { fileName: transfer.fileName, sizeBytes: capsule.length, read };
  const { id } = await uploadFile(to.client, source, randomUUID());
  started = performance.now();
  const { env, vms: opened } = await to.client.capsule.import({ transferId: id, name: 'bug' });
  const openedMs = Math.round(performance.now() - started);
  process.stdout.write(
    `capsule of ${Math.round(capsule.length / 2 ** 20)} MiB: packed in ${packedMs} ms, opened in ${openedMs} ms\n`,
  );
  expect([env.notes, env.state]).toEqual(['it counts', 'running']);
  const [copy] = opened;
  if (!copy) throw new Error('no VM came out of it');
  const guest = await to.shell(copy);
  undo.push(async () => guest.close());
  expect(await guest.run('cat /proc/sys/kernel/random/boot_id')).toBe(boot);
  expect(await guest.run('cat /root/word')).toBe('apple');
  const count = async () => Number(await guest.run('cat /dev/shm/count'));
  const first = await count();
  await guest.run(`until [ $(cat /dev/shm/count) -gt ${first} ]; do sleep 0.1; done`);
  expect(await guest.run('cat /sys/class/net/eth0/address')).toBe(copy.mac);
  expect(copy.mac).not.toBe(vm.mac);
});
