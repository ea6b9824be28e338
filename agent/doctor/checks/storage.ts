// How VM disks are stored here: the agent's own choice, from the configuration and a probe of the folder.
import { quoted, reason } from '@tt/protocol';
import { StorageError } from '../../storage/errors.ts';
import { type Check, found, needed } from '../check.ts';
import type { StorageChoice } from '../machine.ts';

export function storageCheck({ storage, zfsDataset, zfsVolumes }: StorageChoice): Check {
  return {
    name: 'storage',
    async look(machine) {
      try {
        return found(quoted('finding.storage', await machine.describeStorage({ storage, zfsDataset, zfsVolumes })));
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        return needed(quoted('finding.storageUnusable', error.message), reason('fix.storage'));
      }
    },
  };
}
