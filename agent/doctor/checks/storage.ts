// How VM disks are stored here: the agent's own choice, from the configuration and a probe of the folder.
import { StorageError } from '../../storage/errors.ts';
import { type Check, found, needed } from '../check.ts';
import type { StorageChoice } from '../machine.ts';

export function storageCheck({ storage, zfsDataset, zfsVolumes }: StorageChoice): Check {
  return {
    name: 'storage',
    async look(machine) {
      try {
        return found(await machine.describeStorage({ storage, zfsDataset, zfsVolumes }));
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        return needed(
          error.message,
          'Set storage.kind (and storage.zfsDataset, storage.zfsVolumes) to what this host has; auto detects it.',
        );
      }
    },
  };
}
