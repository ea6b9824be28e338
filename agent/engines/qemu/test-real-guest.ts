// Test support: specs of the tiny guest with a qcow2 disk each, for tests that run real QEMU.
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testImage } from '../../images/test-image.ts';
import { Qcow2Storage } from '../../storage/qcow2/qcow2-storage.ts';
import type { Confinement, VmSpec } from '../interface.ts';
import { CLOSED_NIC, testSpec } from '../test-spec.ts';
import { allocateVmUid, confinementFor, uidRangeOf } from '../vm-users.ts';

export interface RealGuests {
  /** A folder of this test; `remove` deletes everything in it. */
  root: string;
  storage: Qcow2Storage;
  /** The same id returns the same disk, as for a VM that is started a second time. */
  makeSpec(id: string): Promise<VmSpec>;
  remove(): Promise<void>;
}

export interface RealGuestOptions {
  /** Puts the disks elsewhere, e.g. on a small file system. Relative: below `root`. */
  diskDirectory?: string;
  /** True: each guest has its own user, in a folder whose parent none of them can read, like an agent's home in /root. */
  confined?: boolean;
}

export async function makeRealGuests(options: RealGuestOptions = {}): Promise<RealGuests> {
  const image = await testImage();
  // The comma must survive QEMU's option syntax. 0700, as mkdtemp makes it, is closed to confined guests.
  const top = await mkdtemp(path.join(tmpdir(), 'tt,q-'));
  const root = options.confined ? path.join(top, 'home') : top;
  await mkdir(root, { recursive: true });
  if (options.confined) await chmod(root, 0o711);
  const imageDirectory = options.confined ? await copyImage(image, root) : image.directory;
  const { manifest } = image;
  const directory = path.resolve(root, options.diskDirectory ?? 'disks');
  const storage = new Qcow2Storage({ directory });
  await storage.init();
  const users = new Map<string, Confinement>();
  const userOf = async (id: string): Promise<Confinement> => {
    const taken = new Set([...users.values()].map(({ uid }) => uid));
    const uid = users.get(id)?.uid ?? (await allocateVmUid(taken, uidRangeOf('7e57')));
    const user = await confinementFor(uid, 'tcg');
    users.set(id, user);
    return user;
  };
  return {
    root,
    storage,
    makeSpec: async (id) => {
      const source = { path: path.join(imageDirectory, manifest.disk.file), format: 'qcow2' } as const;
      if (!existsSync(storage.diskOf(id).path)) {
        await storage.createImage(id, source, manifest.disk.virtualSizeMiB);
      }
      const confinement = options.confined ? await userOf(id) : null;
      await storage.setOwner(id, confinement);
      return testSpec(id, {
        disks: [{ name: 'disk0', ...storage.diskOf(id), limits: null }],
        boot: manifest.boot && {
          kernel: path.join(imageDirectory, manifest.boot.kernel),
          initrd: path.join(imageDirectory, manifest.boot.initrd),
          append: manifest.boot.append,
        },
        nics: [CLOSED_NIC],
        runDirectory: path.join(root, 'run', id),
        confinement,
      });
    },
    remove: () => rm(top, { recursive: true, force: true }),
  };
}

/** Below the guests' own folder, as the agent keeps its images. */
async function copyImage({ directory, manifest }: Awaited<ReturnType<typeof testImage>>, root: string) {
  const copy = path.join(root, 'images');
  await mkdir(copy, { mode: 0o755 });
  const files = [manifest.disk.file, ...(manifest.boot ? [manifest.boot.kernel, manifest.boot.initrd] : [])];
  for (const file of files) {
    await copyFile(path.join(directory, file), path.join(copy, file));
    await chmod(path.join(copy, file), 0o644);
  }
  return copy;
}
