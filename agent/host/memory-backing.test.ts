// What backs a folder: a disk, memory, or an overlay over either, whether it is visible from here or not.
import { mkdtemp, realpath, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BackingHost, memoryBackingOf } from './memory-backing.ts';

const EXT4 = 0xef53;
const TMPFS = 0x01021994;
const OVERLAY = 0x794c7630;
const MIB = 1024 * 1024;

/** File systems by folder; a folder that is not named is not there. */
function hostWith(types: Record<string, number>, mountInfo = '', growsBy = 0): BackingHost & { samples: string[] } {
  let sharedBytes = 100 * MIB;
  const samples: string[] = [];
  return {
    samples,
    async statfs(folder) {
      const type = types[folder];
      if (type === undefined) throw Object.assign(new Error(`ENOENT: ${folder}`), { code: 'ENOENT' });
      return { type, bsize: 4096, blocks: 256 };
    },
    mountInfo: async () => mountInfo,
    sharedBytes: async () => sharedBytes,
    async writeSample(file, bytes) {
      samples.push(file);
      sharedBytes += bytes * growsBy;
    },
    async removeSample(file) {
      samples.splice(samples.indexOf(file), 1);
    },
  };
}

const overlay = (mountPoint: string, upper: string) =>
  `30 20 0:41 / ${mountPoint} rw,relatime - overlay overlay rw,lowerdir=/l1:/l2,upperdir=${upper},workdir=/w`;

describe.skipIf(process.platform !== 'linux')('what holds a folder', () => {
  it('is a disk, or memory with a size', async () => {
    const host = hostWith({ '/disk': EXT4, '/memory': TMPFS });
    expect(await memoryBackingOf('/disk', host)).toBeNull();
    expect(await memoryBackingOf('/memory', host)).toEqual({ kind: 'tmpfs', totalBytes: MIB });
  });

  it('is what the upper folder of an overlay is on, of the mount that holds the folder', async () => {
    const mountInfo = [
      '20 1 8:1 / / rw - ext4 /dev/sda1 rw',
      overlay('/over', '/memory/upper'),
      overlay('/over/deep', '/a\\040disk/upper'),
      overlay('/overt', '/disk/upper'),
    ].join('\n');
    const host = hostWith(
      {
        '/over/state': OVERLAY,
        '/over/deep/state': OVERLAY,
        '/overt': OVERLAY,
        '/memory/upper': TMPFS,
        '/a disk/upper': EXT4,
        '/disk/upper': EXT4,
      },
      mountInfo,
    );
    expect(await memoryBackingOf('/over/state', host)).toMatchObject({ kind: 'tmpfs' });
    expect(await memoryBackingOf('/over/deep/state', host)).toBeNull();
    expect(await memoryBackingOf('/overt', host)).toBeNull();
  });

  it('is found out by writing where the upper folder can’t be seen, and nothing stays', async () => {
    const types = { '/state': OVERLAY };
    const onMemory = hostWith(types, overlay('/', '/var/lib/docker/x'), 1);
    expect(await memoryBackingOf('/state', onMemory)).toEqual({ kind: 'tmpfs', totalBytes: MIB });
    expect(onMemory.samples).toEqual([]);
    expect(await memoryBackingOf('/state', hostWith(types, overlay('/', '/var/lib/docker/x')))).toBeNull();
  });

  it('is told of this host as its own statfs says', async () => {
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'tt-backing-')));
    try {
      const { type } = await statfs(folder);
      if (type !== OVERLAY) expect((await memoryBackingOf(folder)) !== null).toBe(type === TMPFS);
      if ((await statfs('/dev/shm')).type === TMPFS) {
        expect(await memoryBackingOf('/dev/shm')).toMatchObject({ kind: 'tmpfs', totalBytes: expect.any(Number) });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
