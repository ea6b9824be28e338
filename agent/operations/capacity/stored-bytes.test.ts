// What users really store, and what stops a write that grows: over the calls of an agent whose storage has numbers for a disk.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeStorage } from '../../storage/fake-storage.ts';
import type { CopyOptions, DiskUse } from '../../storage/interface.ts';
import { NOTHING, startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const MIB = 1024 * 1024;
const noLimit = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };

class NumberedStorage extends FakeStorage {
  /** Of each VM. */
  use: DiskUse | Error = { diskBytes: 10 * MIB, snapshotBytes: 3 * MIB };
  freeMiB = 1000;
  /** Copies fill the disk, and go on until they are stopped. */
  isFilling = false;
  exports = 0;

  override async diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>> {
    return new Map(vmIds.map((vmId) => [vmId, this.use]));
  }

  override async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return { freeBytes: this.freeMiB * MIB, totalBytes: 1024 ** 4 };
  }

  override async exportDisk(...[vmId, name, tag, target, options]: Parameters<FakeStorage['exportDisk']>) {
    this.exports++;
    await this.#fill(options);
    return super.exportDisk(vmId, name, tag, target, options);
  }

  override async cloneSnapshot(...[vmId, tag, newVmId, options]: Parameters<FakeStorage['cloneSnapshot']>) {
    await this.#fill(options);
    return super.cloneSnapshot(vmId, tag, newVmId, options);
  }

  async #fill(options: CopyOptions | undefined): Promise<void> {
    const signal = options?.signal;
    if (!this.isFilling || !signal) return;
    this.freeMiB = 200;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.freeMiB = 1000;
    throw signal.reason;
  }
}

let agent: TestAgent;
let storage: NumberedStorage;

beforeEach(async () => {
  agent = await startTestAgent({
    storedLookMs: 10,
    makeStorage: (directory) => (storage = new NumberedStorage({ directory })),
  });
});
afterEach(() => agent.stop());

const limitTo = (storedMiB: number) =>
  agent.configure({ quotas: { default: { ...noLimit, storedMiB }, users: Object.create(null) } });

it('is what disks take, beside what was asked for, and a quota of its own limits it', async () => {
  const { client } = agent;
  await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  const { stored, used } = await until('the disks are measured', async () => {
    const me = await client.host.me();
    return me.stored.diskMiB > 0 ? me : null;
  });
  expect(stored).toMatchObject({ diskMiB: 20, snapshotMiB: 6, imageMiB: 0, transferMiB: 0 });
  expect(used).toMatchObject({ storedMiB: 26, diskMiB: 2048 });
  const upload = await client.transfer.begin({ fileName: 'a', sizeBytes: 5 * MIB });
  // Nothing of it has come.
  expect((await client.host.me()).stored.transferMiB).toBe(0);

  await limitTo(60);
  const refused = { code: 'QUOTA_EXCEEDED', data: { resource: 'storedMiB', total: 60, used: 26 } };
  await expect(client.snapshot.create({ envName: 'demo', name: 'a' })).rejects.toMatchObject(refused);
  await expect(client.transfer.begin({ fileName: 'b', sizeBytes: 40 * MIB })).rejects.toMatchObject(refused);
  // What a VM may grow to is another quota.
  await client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await client.transfer.drop({ transferId: upload.id });

  await until('the third is measured', async () => (await client.host.me()).stored.diskMiB === 30);
  storage.use = new Error('the disk does not answer');
  await until('it is told', () => agent.log.some(({ msg }) => msg.includes('can’t be measured')));
  expect((await client.host.me()).stored).toMatchObject({ diskMiB: 30, snapshotMiB: 9 });
});

it('a copy that fills the disk is stopped before the reserve is used, and leaves nothing', async () => {
  const { client } = agent;
  const { vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await client.snapshot.create({ envName: 'demo', name: 'a' });
  const vmId = vms[0]?.id ?? '';
  const before = await agent.belongings();
  storage.isFilling = true;
  for (const fill of [
    () => client.image.publish({ vmId, snapshotName: 'a', name: 'qemu:mine:default' }),
    () => client.capsule.export({ envName: 'demo', snapshotName: 'a' }),
    () => client.snapshot.fork({ envName: 'demo', name: 'a', newName: 'copy' }),
  ]) {
    await expect(fill()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await agent.belongings()).toEqual(before);
  }
  expect((await client.image.list()).images.map(({ name }) => name)).not.toContain('qemu:mine:default');
  expect((await client.transfer.list()).transfers).toEqual([]);
  storage.isFilling = false;
  await client.image.publish({ vmId, snapshotName: 'a', name: 'qemu:mine:default' });
  await client.env.delete({ name: 'demo' });
  expect(await agent.belongings()).toEqual(NOTHING);
});

it('a published image claims its disk, and the kernel beside it, before the first byte of them is written', async () => {
  const { client } = agent;
  const { vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await client.snapshot.create({ envName: 'demo', name: 'a' });
  const vmId = vms[0]?.id ?? '';
  await writeFile(path.join(agent.home, 'images', 'tiny-2', 'vmlinuz'), Buffer.alloc(8 * MIB, 1));
  const name = 'qemu:mine:default';
  const publish = () => client.image.publish({ vmId, snapshotName: 'a', name });
  // The disk with what its snapshots hold has 13 MiB.
  storage.freeMiB = 256 + 20;
  await expect(publish()).rejects.toMatchObject({ code: 'DISK_FULL', data: { subject: name, freeMiB: 20 } });
  storage.freeMiB = 1000;
  await until('the disks are measured', async () => (await client.host.me()).stored.diskMiB > 0);
  await limitTo(13 + 20);
  await expect(publish()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', data: { resource: 'storedMiB' } });
  expect(storage.exports).toBe(0);
  await limitTo(13 + 100);
  await publish();
  const made = await readFile(path.join(agent.home, 'images', 'mine', 'vmlinuz'));
  expect([storage.exports, made.length]).toEqual([1, 8 * MIB]);
});

it('the part of an interrupted download counts for who began it, also in the next agent, until somebody ends it', async () => {
  const content = Buffer.concat([Buffer.from('QFI\xfb disk of 64 MiB', 'latin1'), Buffer.alloc(4 * MIB)]);
  const asked: (string | undefined)[] = [];
  const server = createServer(({ headers: { range } }, response) => {
    asked.push(range);
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const isPart = range !== undefined && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(isPart ? 206 : 200, { etag: '"one"', 'content-length': content.length - from, ...isPart });
    // The first answer stops in its midst.
    if (isPart) response.end(content.subarray(from));
    else response.write(content.subarray(0, 3 * MIB));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`;
  const request = { name: 'qemu:served:default', source: { kind: 'url', url } } as const;
  const transferMiB = async () => (await agent.client.host.me()).stored.transferMiB;
  try {
    const operationId = randomUUID();
    const interrupted = agent.client.image.import({ ...request, operationId });
    const outcome = interrupted.catch((error: unknown) => error);
    const downloads = path.join(agent.home, 'cache', 'downloads');
    const part = async () => (await readdir(downloads).catch(() => [])).find((name) => name.endsWith('.part'));
    await until('it comes', async () => {
      const name = await part();
      return name !== undefined && (await stat(path.join(downloads, name))).size === 3 * MIB;
    });
    await agent.client.operation.cancel({ operationId });
    expect(await outcome).toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await transferMiB()).toBe(3);
    await limitTo(5);
    const refused = { code: 'QUOTA_EXCEEDED', data: { resource: 'storedMiB', total: 5, used: 3 } };
    await expect(agent.client.transfer.begin({ fileName: 'a', sizeBytes: 3 * MIB })).rejects.toMatchObject(refused);

    await agent.stop({ keep: true });
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost });
    expect(await transferMiB()).toBe(3);
    await agent.client.image.import(request);
    expect([await transferMiB(), await readdir(downloads), asked.at(-1)]).toEqual([0, [], `bytes=${3 * MIB}-`]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
