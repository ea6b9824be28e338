// How disks of VMs would be kept here: the agent's own choice, by the configuration and by probing the folder.
import type { AgentConfig } from '../../config.ts';
import { StorageError } from '../../storage/errors.ts';
import { type Check, found, needed } from '../check.ts';

export function storageCheck({ storage, zfsDataset }: Pick<AgentConfig, 'storage' | 'zfsDataset'>): Check {
  return {
    name: 'storage',
    async look(machine) {
      try {
        return found(await machine.describeStorage(storage, zfsDataset));
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        return needed(
          error.message,
          'Set storage.kind (and storage.zfsDataset) to what this host has; auto finds it out.',
        );
      }
    },
  };
}
