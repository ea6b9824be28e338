// The qcow2 storage with the real qemu-img: the storage contract, a full file system, a missing tool, a broken image.
// @module-tag real
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { toolUser } from '../contract-harness.ts';
import { someSeed, walkRandomTree } from '../random-trees.ts';
import { describeStorageContract } from '../storage.contract.ts';
import { makeFileHarness } from '../test-file-harness.ts';
import { readWord, writeWord } from '../test-disk-words.ts';
import { makeQcow2 } from './make-qcow2.ts';
import { Qcow2Storage } from './qcow2-storage.ts';

const MIB = 1024 * 1024;
/** Of the disks qemu-img makes when it is told nothing else. */
const CLUSTER = 64 * 1024;

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 20_000 });

async function makeHarness() {
  const root = await mkdtemp(path.join(tmpdir(), 'tt qcow2,storage-'));
  // As an agent's home: VM users may pass, to the images they run on.
  await chmod(root, 0o711);
  return makeFileHarness(root, (directory) => new Qcow2Storage({ directory, toolUser }));
}

describeStorageContract('qcow2', makeHarness);

it('is what a model says it is, through a random tree', async () => {
  const harness = await makeHarness();
  await walkRandomTree(harness, { seed: someSeed(), steps: 25 });
  await harness.remove();
});

it('makes disks that qemu-img finds whole, and like its own', async () => {
  const { image, remove } = await makeHarness();
  const folder = await mkdtemp(path.join(tmpdir(), 'tt new, disks-'));
  // The last needs two clusters for its table of the first level.
  for (const [sizeMiB, backing] of [
    [64, null],
    [1024, image],
    [0.001, null],
    [8 * MIB, image],
  ] as const) {
    const [ours, theirs] = [path.join(folder, 'ours.qcow2'), path.join(folder, 'theirs.qcow2')];
    await makeQcow2(ours, sizeMiB, backing);
    const over = backing ? ['-u', '-b', backing.path, '-F', backing.format] : [];
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', ...over, theirs, `${sizeMiB}M`);
    expect((await stat(ours)).mode & 0o777).toBe(0o600);
    const facts = async (file: string) => {
      const { stdout } = await run('qemu-img', 'info', '--output=json', file);
      const { 'virtual-size': size, 'cluster-size': cluster, ...info } = JSON.parse(stdout) as Record<string, unknown>;
      const { data } = info['format-specific'] as { data: object };
      return { size, cluster, name: info['backing-filename'], format: info['backing-filename-format'], data };
    };
    expect(await facts(ours)).toEqual(await facts(theirs));
    const end = Math.ceil(sizeMiB * 2048) * 512 - 512;
    await run('qemu-io', '-f', 'qcow2', '-c', `write -P 7 ${end} 512`, '-c', `read -P 7 ${end} 512`, ours);
    await run('qemu-img', 'check', ours);
    await expect(makeQcow2(ours, sizeMiB, backing)).rejects.toMatchObject({ code: 'EEXIST' });
    await rm(ours);
    await rm(theirs);
  }
  const relative = makeQcow2(path.join(folder, 'ours.qcow2'), 64, { ...image, path: 'image.qcow2' });
  await expect(relative).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  await remove();
});

it('says what a snapshot alone holds, also of disks that were removed', async () => {
  const { storage, image, remove } = await makeHarness();
  await storage.init();
  const { path: disk } = await storage.createImage('vm1', image, 64);
  const write = (file: string, pattern: number, sizeMiB: number) =>
    run('qemu-io', '-f', 'qcow2', '-c', `write -P ${pattern} 0 ${sizeMiB}M`, file);
  await write(disk, 1, 8);
  await storage.createSnapshot('vm1', 'first');
  // Its own table of the first level; all else is the disk's too.
  expect(await storage.snapshotBytes('vm1', 'first')).toBe(CLUSTER);
  await write(disk, 2, 8);
  expect(await storage.snapshotBytes('vm1', 'first')).toBe(8 * MIB + 2 * CLUSTER);
  await storage.createSnapshot('vm1', 'second');
  await write(disk, 3, 4);
  expect(await storage.snapshotBytes('vm1', 'first')).toBe(8 * MIB + 2 * CLUSTER);
  expect(await storage.snapshotBytes('vm1', 'second')).toBe(4 * MIB + 2 * CLUSTER);
  await storage.destroySnapshot('vm1', 'first');
  // The newer one held none of that.
  expect(await storage.snapshotBytes('vm1', 'second')).toBe(4 * MIB + 2 * CLUSTER);

  const { path: more } = await storage.addDisk('vm1', 'disk1', 64);
  await write(more, 1, 2);
  await storage.createSnapshot('vm1', 'third');
  const before = await storage.snapshotBytes('vm1', 'third');
  await storage.removeDisk('vm1', 'disk1');
  expect(await storage.snapshotBytes('vm1', 'third')).toBe(before);
  await expect(storage.snapshotBytes('vm1', 'none')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  await remove();
});

it('says which clusters two snapshots do not share', async () => {
  const { storage, image, remove } = await makeHarness();
  await storage.init();
  const { path: disk } = await storage.createImage('vm1', image, 1024);
  const write = (pattern: number, fromMiB: number, sizeMiB: number) =>
    run('qemu-io', '-f', 'qcow2', '-c', `write -P ${pattern} ${fromMiB}M ${sizeMiB}M`, disk);
  await write(1, 0, 8);
  await storage.createSnapshot('vm1', 'first');
  await write(2, 0, 2);
  // In a part of the disk that has its table of the second level from now on.
  await write(2, 600, 1);
  await storage.createSnapshot('vm1', 'second');
  await write(3, 0, 1);
  const changed = async (tag: string, other: string) => (await storage.changedBytes('vm1', tag, other)).get('disk0');
  expect(await changed('first', 'second')).toBe(3 * MIB);
  expect(await changed('second', 'first')).toBe(3 * MIB);
  // What was written since is in neither.
  await storage.createSnapshot('vm1', 'third');
  expect(await changed('second', 'third')).toBe(MIB);
  await storage.revertSnapshot('vm1', 'first');
  await storage.createSnapshot('vm1', 'again');
  expect(await changed('first', 'again')).toBe(0);
  await remove();
});

it.runIf(toolUser)('has what others made read by a user without rights, and by the owner of a disk', async () => {
  const { image, directory, remove } = await makeHarness();
  const [log, spy] = ['log', 'qemu-img'].map((name) => path.join(directory, '..', name)) as [string, string];
  await writeFile(log, '');
  await chmod(log, 0o666);
  const script = `#!/bin/sh\necho "$1 $(id -u) $(grep -c : /proc/self/net/dev)" >> '${log}'\nexec qemu-img "$@"\n`;
  await writeFile(spy, script, { mode: 0o755 });
  const storage = new Qcow2Storage({ directory, toolUser, qemuImg: spy });
  await storage.init();
  await chmod(image.path, 0o600);
  await storage.createImage('vm1', image, 64, { standalone: true });
  const owner = { uid: 2_001_000_781, gid: 2_001_000_781 };
  await storage.setOwner('vm1', owner);
  await storage.createSnapshot('vm1', 'first');
  await storage.cloneSnapshot('vm1', 'first', 'vm2');
  await storage.cloneSnapshot('vm1', 'first', 'vm3', { withSnapshot: false });
  const calls = (await readFile(log, 'utf8')).trim().split('\n').slice(1);
  // Only what makes an empty disk is not among those that read something.
  expect(calls.filter((line) => !line.startsWith('create'))).toEqual([
    `convert ${toolUser?.uid} 1`,
    `resize ${toolUser?.uid} 1`,
    `snapshot ${owner.uid} 1`,
    `convert ${owner.uid} 1`,
    `snapshot ${owner.uid} 1`,
    // A third less without the snapshot.
    `convert ${owner.uid} 1`,
  ]);
  expect((await stat(image.path)).mode & 0o777).toBe(0o600);
  await remove();
});

it('finishes a revert of several disks that was killed between them', async () => {
  const { storage, image, directory, reopen, remove } = await makeHarness();
  await storage.init();
  await storage.createImage('vm1', image, 64);
  await storage.addDisk('vm1', 'disk1', 64);
  const files = ['disk0', 'disk1'].map((name) => storage.diskOf('vm1', name).path);
  for (const file of files) await writeWord(file, 'apple');
  await storage.createSnapshot('vm1', 'first');
  for (const file of files) await writeWord(file, 'pear');

  // An agent that is killed when it comes to the second disk.
  const deadly = path.join(directory, '..', 'qemu-img');
  const script = `#!/bin/sh
case "$*" in *"snapshot -q -a"*disk1*) kill -9 $PPID; exit 1 ;; esac
exec qemu-img "$@"
`;
  await writeFile(deadly, script, { mode: 0o755 });
  const module = JSON.stringify(path.join(import.meta.dirname, 'qcow2-storage.ts'));
  const options = JSON.stringify({ directory, qemuImg: deadly });
  const program = `import(${module}).then((m) => new m.Qcow2Storage(${options}).revertSnapshot('vm1', 'first'))`;
  await expect(run(process.execPath, '-e', program)).rejects.toThrow('exited with a signal');
  expect(await Promise.all(files.map(readWord))).toEqual(['apple', 'pear']);

  const next = reopen();
  await next.init();
  expect(await next.list()).toEqual(['vm1']);
  expect(await next.finishReverts()).toEqual([]);
  expect(await Promise.all(files.map(readWord))).toEqual(['apple', 'apple']);
  // Once: what is written from now on is not reverted again.
  await writeWord(files[1] ?? '', 'pear');
  expect(await reopen().finishReverts()).toEqual([]);
  expect(await Promise.all(files.map(readWord))).toEqual(['apple', 'pear']);
  await remove();
});

it('says of a killed revert that can’t be finished, and leaves it at that', async () => {
  const { storage, directory, reopen, remove } = await makeHarness();
  await storage.init();
  await storage.createImage('vm1', null, 8);
  await storage.addDisk('vm1', 'disk1', 8);
  await storage.createSnapshot('vm1', 'first');
  await writeFile(path.join(directory, '.reverting-vm1'), 'first');
  await writeFile(path.join(directory, '.reverting-gone'), 'first');
  await writeFile(path.join(directory, 'vm1', 'disk1.qcow2'), 'no disk any more');
  expect(await reopen().finishReverts()).toMatchObject([
    { vmId: 'vm1', tag: 'first', error: { code: 'STORAGE_FAILED' } },
  ]);
  expect(await reopen().finishReverts()).toEqual([]);
  await remove();
});

describe('qcow2 storage in trouble', () => {
  it('says which tool is missing', async () => {
    const { directory, remove } = await makeHarness();
    const storage = new Qcow2Storage({ directory, qemuImg: 'qemu-img-not-here' });
    await expect(storage.init()).rejects.toMatchObject({ code: 'TOOL_MISSING' });
    await remove();
  });

  it('refuses an image that is no qcow2', async () => {
    const { storage, image, remove } = await makeHarness();
    await storage.init();
    await writeFile(image.path, Buffer.alloc(512));
    await expect(storage.createImage('vm1', image, 64)).rejects.toThrow('not a qcow2 image');
    await remove();
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)(
    `opens for a VM's disk no file its user may not open${isRoot ? '' : ' (skipped: changing the user needs root)'}`,
    async () => {
      const { storage, image, directory, remove } = await makeHarness();
      await storage.init();
      const { path: disk } = await storage.createImage('vm1', image, 64);
      // What a process of the VM's user can write into its disk's header: the data is in that other file.
      const secret = path.join(directory, 'secret');
      const options = `data_file=${secret.replaceAll(',', ',,')},data_file_raw=on`;
      await run('qemu-img', 'create', '-q', '-f', 'qcow2', '-o', options, disk, '64M');
      await chmod(secret, 0o600);
      await storage.setOwner('vm1', { uid: 1_900_000_001, gid: 1_900_000_001 });
      await expect(storage.resizeImage('vm1', 128)).rejects.toThrow('Permission denied');
      await expect(storage.createSnapshot('vm1', 'first')).rejects.toThrow('Permission denied');
      expect((await stat(secret)).size).toBe(64 * 1024 * 1024);
      // The same tool as root changes it: this is what the user is for.
      await storage.setOwner('vm1', null);
      await storage.resizeImage('vm1', 128);
      expect((await stat(secret)).size).toBe(128 * 1024 * 1024);
      await remove();
    },
  );

  it.skipIf(!isRoot)(
    `leaves nothing on a full file system${isRoot ? '' : ' (skipped: mounting needs root)'}`,
    async () => {
      const { image, remove, directory } = await makeHarness();
      await mkdir(directory);
      await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tt-test', directory);
      try {
        const storage = new Qcow2Storage({ directory });
        await storage.init();
        await writeFile(path.join(directory, 'filler'), Buffer.alloc(1024 * 1024 - 4 * 1024));
        await expect(storage.createImage('vm1', image, 64)).rejects.toMatchObject({ code: 'DISK_FULL' });
        expect(await readdir(directory)).toEqual(['filler']);
      } finally {
        await run('umount', directory);
        await remove();
      }
    },
  );

  it.skipIf(!isRoot)(
    `makes no copy where what lies beside its disks has no room${isRoot ? '' : ' (skipped: mounting needs root)'}`,
    async () => {
      const { image, remove, directory } = await makeHarness();
      await mkdir(directory);
      await run('mount', '-t', 'tmpfs', '-o', 'size=24m', 'tt-test', directory);
      try {
        const storage = new Qcow2Storage({ directory });
        await storage.init();
        const { path: disk } = await storage.createImage('vm1', image, 64);
        await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 1 0 8M', disk);
        await storage.createSnapshot('vm1', 'first');
        let hasEnded = false;
        const copied = storage.cloneSnapshot('vm1', 'first', 'vm2', {
          alongside: async (folder) => {
            await writeFile(path.join(folder, 'ram-first.flat'), Buffer.alloc(24 * MIB)).finally(() => {
              hasEnded = true;
            });
          },
        });
        await expect(copied).rejects.toMatchObject({ code: 'DISK_FULL' });
        expect([hasEnded, await readdir(directory)]).toEqual([true, ['vm1']]);
        // Nothing holds the space: the same without it has enough.
        await storage.cloneSnapshot('vm1', 'first', 'vm2', { withSnapshot: false });
        expect(await storage.list()).toEqual(['vm1', 'vm2']);
      } finally {
        await run('umount', directory);
        await remove();
      }
    },
  );
});
