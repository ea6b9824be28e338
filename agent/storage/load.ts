// Which storage: the one place that knows all of them by name. Called once by the agent's assembly.
import { StorageError } from './errors.ts';
import { FakeStorage } from './fake-storage.ts';
import type { Storage } from './interface.ts';
import { type Qcow2Options, Qcow2Storage } from './qcow2/qcow2-storage.ts';

export type StorageName = 'qcow2' | 'fake';

/** `directory` is the absolute folder of the disks. */
export type StorageOptions = Qcow2Options;

/** Makes the storage called `name`; call its `init` before anything else. */
export function loadStorage(name: StorageName, options: StorageOptions): Storage {
  switch (name) {
    case 'qcow2':
      return new Qcow2Storage(options);
    case 'fake':
      return new FakeStorage(options);
    default:
      // The name comes from a config file, where a type can't help.
      throw new StorageError('STORAGE_FAILED', `there is no storage called ${String(name satisfies never)}`);
  }
}
