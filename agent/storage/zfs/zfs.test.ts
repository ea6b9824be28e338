// The ZFS storage on a real pool (zfs-fuse, in a file): the storage contract, recovery from a kill, a full pool, lines that are
// kept. All of it is `deep`: zfs-fuse takes more than a minute.
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStorageContract } from '../storage.contract.ts';
import { type StorageHarness, toolUser } from '../contract-harness.ts';
import { someSeed, walkRandomTree } from '../random-trees.ts';
import { readWord, writeWord } from '../test-disk-words.ts';
import { run } from '../test-loop-mount.ts';
import { until } from '../../testing/until.ts';
import { makePool, poolProblem, type TestPool } from './test-pool.ts';
import { ZfsStorage } from './zfs-storage.ts';

const MIB = 1024 * 1024;

describe.skipIf(poolProblem !== null)(`zfs${poolProblem === null ? '' : ` (${poolProblem})`}`, () => {
  let pool: TestPool;

  beforeAll(async () => {
    pool = await makePool();
  });
  afterAll(() => pool.remove());

  async function makeHarness(
    options: { mostCountedBytes?: number } = {},
  ): Promise<StorageHarness & { storage: ZfsStorage; dataset: string }> {
    const { dataset, directory } = await pool.makeDataset();
    const root = await mkdtemp(path.join(pool.directory, 'images-'));
    const image = { path: path.join(root, 'image.qcow2'), format: 'qcow2' } as const;
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', image.path, '64M');
    const reopen = () => new ZfsStorage({ dataset, directory, toolUser, ...options });
    return {
      storage: reopen(),
      dataset,
      image,
      directory,
      reopen,
      write: writeWord,
      read: readWord,
      // The pool goes as a whole at the end.
      remove: () => rm(root, { recursive: true }),
    };
  }

  const names = async (dataset: string) => {
    const { stdout } = await run('zfs', 'list', '-H', '-o', 'name', '-t', 'filesystem,snapshot', '-r', dataset);
    return stdout.split('\n').filter((name) => name.includes(':'));
  };

  describe('as every storage', { tags: ['deep'] }, () => {
    describeStorageContract('zfs', () => makeHarness());

    it('is what a model says it is, through a random tree', async () => {
      const harness = await makeHarness();
      await walkRandomTree(harness, { seed: someSeed(), steps: 15 });
      await harness.remove();
    });
  });

  describe('with lines of its own', { tags: ['deep'] }, () => {
    it('removes what a killed agent left, and keeps what snapshots need', async () => {
      const { storage, reopen, dataset, directory, image } = await makeHarness();
      await storage.init();
      await storage.createImage('vm1', image, 64);
      await writeWord(storage.diskOf('vm1').path, 'apple');
      await storage.createSnapshot('vm1', 'first');
      const before = await names(dataset);
      // A VM whose folder never came to be, a line of a revert that was not written down, a half-made source.
      await run(
        'zfs',
        'clone',
        before.find((name) => name.includes('source:') && name.endsWith('@base')) ?? '',
        `${dataset}/vm2:disk0:aa`,
      );
      await run('zfs', 'snapshot', `${dataset}/vm2:disk0:aa@first`);
      await run('zfs', 'clone', before.find((name) => name.endsWith('@first')) ?? '', `${dataset}/vm1:disk0:bb`);
      await run('zfs', 'create', `${dataset}/staging:cc`);
      await run('zfs', 'create', `${dataset}/source:00:11:22`);
      await writeFile(path.join(directory, 'staging:cc', 'disk.raw'), 'half');
      await reopen().init();
      expect(await names(dataset)).toEqual(before);
      expect(await reopen().list()).toEqual(['vm1']);
      expect(await readWord(storage.diskOf('vm1').path)).toBe('apple');
    });

    it('keeps newer snapshots when it goes back, and no line that nobody needs', async () => {
      const { storage, dataset } = await makeHarness();
      await storage.init();
      await storage.createImage('vm1', null, 8);
      await storage.createSnapshot('vm1', 'old');
      await writeWord(storage.diskOf('vm1').path, 'apple');
      await storage.createSnapshot('vm1', 'new');
      for (const tag of ['old', 'new', 'old', 'new', 'old']) await storage.revertSnapshot('vm1', tag);
      expect((await storage.listSnapshots('vm1')).map(({ tag }) => tag).sort()).toEqual(['new', 'old']);
      // The first line with both snapshots, and the one that is written now.
      expect((await names(dataset)).filter((name) => !name.includes('@'))).toHaveLength(2);
      await storage.destroySnapshot('vm1', 'old');
      await storage.revertSnapshot('vm1', 'new');
      expect(await readWord(storage.diskOf('vm1').path)).toBe('apple');
      await storage.destroyImage('vm1');
      expect(await names(dataset)).toEqual([]);
    });

    it('counts what was written between snapshots, on one line and across two, and stops where it is too much', async () => {
      const { storage, reopen } = await makeHarness({ mostCountedBytes: 4 * MIB });
      await storage.init();
      await storage.createImage('vm1', null, 64);
      const write = async (text: string, atMiB: number, mib: number) => {
        await using file = await open(storage.diskOf('vm1').path, 'r+');
        await file.write(Buffer.alloc(mib * MIB, text), 0, mib * MIB, atMiB * MIB);
        await file.sync();
      };
      const changed = async (tag: string, other: string) =>
        (await storage.changedBytes('vm1', tag, other)).get('disk0');
      await write('apple', 0, 2);
      await storage.createSnapshot('vm1', 'zz');
      await write('pear', 1, 1);
      await storage.createSnapshot('vm1', 'aa');
      expect([await changed('zz', 'aa'), await changed('aa', 'zz')]).toEqual([MIB, MIB]);
      await storage.createSnapshot('vm1', 'more');
      expect(await changed('aa', 'more')).toBe(0);
      await storage.revertSnapshot('vm1', 'zz');
      await write('fig', 8, 2);
      await storage.createSnapshot('vm1', 'side');
      // It parted from `zz`: what was written on either side.
      expect([await changed('zz', 'side'), await changed('side', 'aa')]).toEqual([2 * MIB, 3 * MIB]);
      await write('plum', 16, 5);
      await storage.createSnapshot('vm1', 'large');
      expect([await changed('side', 'large'), await changed('aa', 'large')]).toEqual(['tooMuch', 'tooMuch']);
      // zfs-fuse goes on after a stream that was ended.
      expect(await changed('zz', 'aa')).toBe(MIB);
      await storage.removeDisk('vm1', 'disk1');
      await storage.addDisk('vm1', 'disk1', 8);
      await storage.createSnapshot('vm1', 'with');
      await storage.removeDisk('vm1', 'disk1');
      await storage.addDisk('vm1', 'disk1', 8);
      await storage.createSnapshot('vm1', 'anew');
      expect((await reopen().changedBytes('vm1', 'with', 'anew')).get('disk1')).toBe('unrelated');
    });

    it('says that a pool is full, and hurts nothing', async () => {
      const { storage, image, directory } = await makeHarness();
      await storage.init();
      await storage.createImage('vm1', null, 8);
      await writeWord(storage.diskOf('vm1').path, 'apple');
      await storage.createSnapshot('vm1', 'first');
      const filler = path.join(directory, 'filler');
      await run('dd', 'if=/dev/urandom', `of=${filler}`, 'bs=1M', 'status=none').catch(() => {});
      await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 1 0 1M', image.path).catch(() => {});
      const failed = await storage.createImage('vm2', image, 64).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'DISK_FULL' });
      expect(await storage.list()).toEqual(['vm1']);
      await rm(filler);
      await storage.revertSnapshot('vm1', 'first');
      expect(await readWord(storage.diskOf('vm1').path)).toBe('apple');
    });

    it('goes on working while a guest has the old line open', async () => {
      const { storage, dataset } = await makeHarness();
      await storage.init();
      await storage.createImage('vm1', null, 8);
      await storage.createSnapshot('vm1', 'first');
      await storage.revertSnapshot('vm1', 'first');
      const { path: held } = storage.diskOf('vm1');
      const guest = await open(held, 'r+');
      await storage.revertSnapshot('vm1', 'first');
      expect(storage.diskOf('vm1').path).not.toBe(held);
      await storage.tidy();
      expect((await names(dataset)).filter((name) => !name.includes('@'))).toHaveLength(3);
      await guest.close();
      await until('nobody has it open any more', async () => {
        await storage.tidy();
        return (await names(dataset)).filter((name) => !name.includes('@')).length === 2;
      });
      expect((await names(dataset)).filter((name) => !name.includes('@'))).toHaveLength(2);
      await expect(stat(held)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('refuses a dataset that is not there or mounted elsewhere', async () => {
      const { directory, dataset } = await makeHarness();
      const missing = new ZfsStorage({ dataset: `${dataset}/none`, directory });
      await expect(missing.init()).rejects.toThrow('does not exist');
      const elsewhere = new ZfsStorage({ dataset, directory: `${directory}-elsewhere` });
      await expect(elsewhere.init()).rejects.toThrow('mounted at');
    });
  });
});
