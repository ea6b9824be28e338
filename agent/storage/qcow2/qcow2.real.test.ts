// The qcow2 storage with the real qemu-img: the storage contract, a full file system, a missing tool, a broken image.
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { describeStorageContract } from '../contract.ts';
import { someSeed, walkRandomTree } from '../random-trees.ts';
import { readWord, writeWord } from '../test-disk-words.ts';
import { Qcow2Storage } from './qcow2-storage.ts';

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 20_000 });

async function makeHarness() {
  const root = await mkdtemp(path.join(tmpdir(), 'tt qcow2,storage-'));
  // As an agent's home: VM users may pass, to the images they run on.
  await chmod(root, 0o711);
  const image = { path: path.join(root, 'image.qcow2'), format: 'qcow2' } as const;
  await run('qemu-img', 'create', '-q', '-f', 'qcow2', image.path, '64M');
  const directory = path.join(root, 'disks');
  const reopen = () => new Qcow2Storage({ directory });
  return {
    storage: reopen(),
    image,
    directory,
    reopen,
    write: writeWord,
    read: readWord,
    remove: () => rm(root, { recursive: true }),
  } as const;
}

describeStorageContract('qcow2', makeHarness);

it('is what a model says it is, through a random tree', async () => {
  const harness = await makeHarness();
  await walkRandomTree(harness, { seed: someSeed(), steps: 25 });
  await harness.remove();
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
        await writeFile(path.join(directory, 'filler'), Buffer.alloc(1024 * 1024 - 16 * 1024));
        await expect(storage.createImage('vm1', image, 64)).rejects.toMatchObject({ code: 'DISK_FULL' });
        expect(await readdir(directory)).toEqual(['filler']);
      } finally {
        await run('umount', directory);
        await remove();
      }
    },
  );
});
