// The reflink storage on real xfs and btrfs, in loopback files: the storage contract, a full file system, and recovery from a
// kill.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolUser } from '../contract-harness.ts';
import { someSeed, walkRandomTree } from '../random-trees.ts';
import { describeStorageContract } from '../storage.contract.ts';
import { makeFileHarness } from '../test-file-harness.ts';
import { readWord, writeWord } from '../test-disk-words.ts';
import { canMount, type LoopMount, mountLoop, run } from '../test-loop-mount.ts';
import { ReflinkStorage } from './reflink-storage.ts';

const MIB = 1024 * 1024;

const tiers: ['xfs' | 'btrfs', { tags: string[] }][] = [
  ['xfs', { tags: ['real'] }],
  ['btrfs', { tags: ['deep'] }],
];

for (const [kind, tier] of tiers)
  describe.skipIf(!canMount)(`${kind} (mounting needs root)`, tier, () => describeReflink(kind));

function describeReflink(kind: 'xfs' | 'btrfs'): void {
  let mounted: LoopMount;

  beforeAll(async () => {
    mounted = await mountLoop(kind);
  });
  afterAll(() => mounted.remove());

  async function makeHarness(at = mounted.directory) {
    const root = await mkdtemp(path.join(at, 'home-'));
    await run('chmod', '711', root);
    return makeFileHarness(root, (directory) => new ReflinkStorage({ directory, fileSystem: kind, toolUser }));
  }

  describeStorageContract(`reflink on ${kind}`, makeHarness);

  it('is what a model says it is, through a random tree', async () => {
    const harness = await makeHarness();
    await walkRandomTree(harness, { seed: someSeed(), steps: 60 });
    await harness.remove();
  });

  it('finishes a revert that was killed after it was decided, and forgets one that was not', async () => {
    const { storage, reopen, directory, image, remove } = await makeHarness();
    await storage.init();
    await storage.createImage('vm1', image, 64);
    await storage.addDisk('vm1', 'disk1', 64);
    const words = async () => [
      await readWord(storage.diskOf('vm1').path),
      await readWord(storage.diskOf('vm1', 'disk1').path),
    ];
    for (const name of ['disk0', 'disk1']) await writeWord(storage.diskOf('vm1', name).path, 'apple');
    await storage.createSnapshot('vm1', 'first');
    for (const name of ['disk0', 'disk1']) await writeWord(storage.diskOf('vm1', name).path, 'pear');

    // As it is after the first of two disks was put in place.
    const copies = path.join(directory, '.snapshots/vm1/first');
    await mkdir(path.join(directory, '.applying-vm1'));
    await run('cp', path.join(copies, 'disk1.raw'), path.join(directory, '.applying-vm1/disk1.raw'));
    await run('cp', path.join(copies, 'disk.raw'), storage.diskOf('vm1').path);
    // And what others were in the middle of: a revert of a VM that is gone, a copy, snapshots of a VM that never came to be.
    await mkdir(path.join(directory, '.applying-gone'));
    await mkdir(path.join(directory, '.staging-1'));
    await writeFile(path.join(directory, '.staging-1/disk.raw'), 'half');
    await mkdir(path.join(directory, '.snapshots/never/first'), { recursive: true });
    await reopen().init();

    expect(await words()).toEqual(['apple', 'apple']);
    expect((await readdir(directory)).sort()).toEqual(['.snapshots', '.sources', 'vm1']);
    expect(await readdir(path.join(directory, '.snapshots'))).toEqual(['vm1']);
    await remove();
  });

  it('leaves nothing half on a full file system, and hurts nothing', async () => {
    const small = await mountLoop(kind, 320);
    const { storage, image, directory } = await makeHarness(small.directory);
    await storage.init();
    const { path: disk } = await storage.createImage('vm1', image, 64);
    await writeWord(disk, 'apple');
    await storage.createSnapshot('vm1', 'first');
    await writeWord(disk, 'pear');
    const large = { path: path.join(small.directory, 'large.qcow2'), format: 'qcow2' } as const;
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', large.path, '64M');
    await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 1 0 16M', large.path);
    await run('dd', 'if=/dev/zero', `of=${directory}/.filler`, 'bs=1M', 'status=none').catch(() => {});
    const fill = async () => {
      for (let at = 0; at < 20_000; at++) await writeFile(path.join(directory, `.filler-${at}`), Buffer.alloc(4096));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'ENOSPC' });

    await expect(storage.createImage('large', large, 64)).rejects.toMatchObject({ code: 'DISK_FULL' });
    // Clones need only tables: btrfs has reserved space for those, xfs has not.
    const clones = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => storage.cloneSnapshot('vm1', 'first', `clone${index}`)),
    );
    const failures = clones.flatMap((clone) => (clone.status === 'rejected' ? [clone.reason as Error] : []));
    expect(failures.length > 0).toBe(kind === 'xfs');
    for (const failure of failures) expect(failure).toMatchObject({ code: 'DISK_FULL' });
    const made = clones.flatMap((clone, index) => (clone.status === 'fulfilled' ? [`clone${index}`] : []));
    expect(await storage.list()).toEqual([...made, 'vm1'].sort());
    expect((await readdir(directory)).filter((name) => name.startsWith('.staging'))).toEqual([]);
    expect(await readWord(disk)).toBe('pear');

    for (const name of await readdir(directory)) {
      if (name.startsWith('.filler')) await rm(path.join(directory, name));
    }
    await storage.revertSnapshot('vm1', 'first');
    expect(await readWord(disk)).toBe('apple');
    await small.remove();
  });

  it('says what a snapshot alone holds, and gives it back', async () => {
    const { storage, image, remove } = await makeHarness();
    await storage.init();
    const { path: disk } = await storage.createImage('vm1', image, 64);
    await run('qemu-io', '-f', 'raw', '-c', 'write -P 1 0 8M', disk);
    await storage.createSnapshot('vm1', 'first');
    expect(await storage.snapshotBytes('vm1', 'first')).toBe(0);
    await run('qemu-io', '-f', 'raw', '-c', 'write -P 2 0 8M', disk);
    expect(await storage.snapshotBytes('vm1', 'first')).toBe(8 * MIB);
    await storage.createSnapshot('vm1', 'second');
    expect(await storage.changedBytes('vm1', 'first', 'second')).toEqual(new Map([['disk0', 8 * MIB]]));
    // Set aside and never written: it reads as zeroes, as the hole before.
    await run('fallocate', '-o', String(16 * MIB), '-l', String(MIB), disk);
    await storage.createSnapshot('vm1', 'aside');
    expect(await storage.changedBytes('vm1', 'second', 'aside')).toEqual(new Map([['disk0', 0]]));
    await storage.destroySnapshot('vm1', 'aside');
    await run('fallocate', '-p', '-o', String(16 * MIB), '-l', String(MIB), disk);
    await storage.destroySnapshot('vm1', 'second');
    expect(await storage.usedBytes('vm1')).toBe(16 * MIB);
    await storage.destroySnapshot('vm1', 'first');
    expect(await storage.usedBytes('vm1')).toBe(8 * MIB);
    await run('qemu-io', '-f', 'raw', '-c', 'write -P 0 0 4M', disk);
    expect(await storage.compact('vm1')).toEqual({ freedBytes: 4 * MIB });
    await remove();
  });

  it('reports a missing image or snapshot file, and keeps the rest', async () => {
    const { storage, image, directory, remove } = await makeHarness();
    await storage.init();
    const { path: disk } = await storage.createImage('vm1', image, 64);
    await writeWord(disk, 'apple');
    await storage.createSnapshot('vm1', 'first');
    await storage.createSnapshot('vm1', 'second');
    const hash = async () =>
      createHash('sha256')
        .update(await readFile(disk))
        .digest('hex');
    const before = await hash();
    await rm(path.join(directory, '.snapshots/vm1/first/disk.raw'));
    await expect(storage.revertSnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
    await expect(storage.cloneSnapshot('vm1', 'first', 'vm2')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
    await rename(image.path, `${image.path}.away`);
    await expect(storage.createImage('vm2', image, 64)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    expect(await hash()).toBe(before);
    await storage.revertSnapshot('vm1', 'second');
    expect(await hash()).toBe(before);
    expect(await storage.list()).toEqual(['vm1']);
    // The image is gone for good: so is its raw copy, at the next start.
    await storage.init();
    expect(await readdir(path.join(directory, '.sources'))).toEqual([]);
    await expect(stat(path.join(directory, 'vm2'))).rejects.toMatchObject({ code: 'ENOENT' });
    await remove();
  });
}

describe.skipIf(!canMount)('btrfs that compresses (mounting needs root)', { tags: ['deep'] }, () => {
  it('counts what two snapshots differ by, though compressed bytes have a beginning only', async () => {
    const mounted = await mountLoop('btrfs', 400, ['compress-force=zstd']);
    const directory = path.join(mounted.directory, 'disks');
    const storage = new ReflinkStorage({ directory, toolUser });
    await storage.init();
    const { path: disk } = await storage.createImage('vm1', null, 64);
    const changed = async (tag: string, other: string) => (await storage.changedBytes('vm1', tag, other)).get('disk0');
    const write = (pattern: number, at: string, length: string) =>
      run('qemu-io', '-f', 'raw', '-c', `write -P ${pattern} ${at} ${length}`, '-c', 'flush', disk);
    await write(1, '0', '2M');
    await storage.createSnapshot('vm1', 'first');
    await storage.createSnapshot('vm1', 'same');
    await write(2, '12k', '8k');
    await storage.createSnapshot('vm1', 'second');
    await write(3, '4k', '4k');
    await write(3, '1M', '128k');
    await storage.createSnapshot('vm1', 'third');
    expect([await changed('first', 'same'), await changed('first', 'second')]).toEqual([0, 8192]);
    expect([await changed('second', 'third'), await changed('first', 'third')]).toEqual([132 * 1024, 140 * 1024]);
    await mounted.remove();
  });
});

describe.skipIf(!canMount)('ext4 (mounting needs root)', () => {
  it('is refused: it has no copies that share blocks', async () => {
    const mounted = await mountLoop('ext4', 64);
    const storage = new ReflinkStorage({ directory: path.join(mounted.directory, 'disks') });
    await storage.init();
    await storage.createImage('vm1', null, 1);
    await expect(storage.createSnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await storage.listSnapshots('vm1')).toEqual([]);
    await mounted.remove();
  });
});
