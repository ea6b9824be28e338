// What a storage provides to the contract suite: an instance in a folder of the test, an image, and a way to read and write a
// disk like a guest.
import type { DiskOwner, DiskSource, Storage } from './interface.ts';

/** The user that reads foreign files if the tests run as root: unused on a typical host. */
export const toolUser: DiskOwner | null = process.geteuid?.() === 0 ? { uid: 2_001_000_780, gid: 2_001_000_780 } : null;

export type Word = 'apple' | 'pear';

export interface StorageHarness {
  storage: Storage;
  /** An image of 64 MiB, as every storage is given them: qcow2. */
  image: DiskSource & { format: 'qcow2' };
  /** The folder given to the storage. */
  directory: string;
  /** Another one of the same storage on the same folder, as after an agent restart. */
  reopen(): Storage;
  /** What the guest would do: write and read one word on a disk. */
  write(diskPath: string, word: Word): Promise<void>;
  read(diskPath: string): Promise<Word | 'nothing'>;
  remove(): Promise<void>;
}

/** What a guest would do, by the names of VMs and their disks. */
export function wordsOf(current: () => StorageHarness) {
  const diskPath = (name: string, vmId: string) => current().storage.diskOf(vmId, name).path;
  const read = (name = 'disk0', vmId = 'vm1') => current().read(diskPath(name, vmId));
  return {
    write: (word: Word, name = 'disk0', vmId = 'vm1') => current().write(diskPath(name, vmId), word),
    read,
    /** Of all disks of a VM: `disk0 apple`. */
    words: async (vmId = 'vm1') => {
      const found = [];
      for (const name of await current().storage.disks(vmId)) found.push(`${name} ${await read(name, vmId)}`);
      return found;
    },
  };
}
