// Test support: specs of the tiny guest with a qcow2 disk each, for the tests that run real QEMU.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testImage } from '../../images/test-image.ts';
import { Qcow2Storage } from '../../storage/qcow2/qcow2-storage.ts';
import type { VmSpec } from '../interface.ts';

export interface RealGuests {
  /** A folder of this test's own; everything below goes away with `remove`. */
  root: string;
  storage: Qcow2Storage;
  /** The same id gives the same disk again, as for a VM that is started a second time. */
  makeSpec(id: string): Promise<VmSpec>;
  remove(): Promise<void>;
}

/** `diskDirectory` puts the disks elsewhere, e.g. on a small file system. */
export async function makeRealGuests(diskDirectory?: string): Promise<RealGuests> {
  const { directory, manifest } = await testImage();
  // The comma must survive QEMU's option syntax.
  const root = await mkdtemp(path.join(tmpdir(), 'tt,q-'));
  const storage = new Qcow2Storage({ directory: diskDirectory ?? path.join(root, 'disks') });
  await storage.init();
  return {
    root,
    storage,
    makeSpec: async (id) => {
      const source = { path: path.join(directory, manifest.disk.file), format: 'qcow2' } as const;
      if (!existsSync(storage.diskOf(id).path)) {
        await storage.createImage(id, source, manifest.disk.virtualSizeMiB);
      }
      return {
        id,
        name: `env/${id}`,
        uuid: `00000000-0000-4000-8000-${Buffer.from(id).toString('hex').padStart(12, '0')}`,
        hostname: id,
        cpuCount: 1,
        memoryMiB: 128,
        disk: storage.diskOf(id),
        boot: manifest.boot && {
          kernel: path.join(directory, manifest.boot.kernel),
          initrd: path.join(directory, manifest.boot.initrd),
          append: manifest.boot.append,
        },
        nics: [{ kind: 'user', mac: '52:54:00:12:34:01', forwards: [], denyOutgoing: true }],
        runDirectory: path.join(root, 'run', id),
      };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
