// Gets files of several guests, a few at a time, into a folder for each. A guest that fails delays no other.
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import { type ErrorRecord, toErrorRecord, TtError, type Vm } from '@tt/protocol';
import { canGoOn } from '../each-name.ts';
import { type Pulled, type PullRequest, pullFiles } from './pull-files.ts';

/** Each has a stream, of which a user has a few. */
const GUESTS_AT_ONCE = 4;

export interface PulledVm extends Pulled {
  vmId: string;
  vmName: string;
  failure: ErrorRecord | null;
}

/** In the order of `vms`. Rejects with what is about the server or the user, and with the failure of the only one. */
export async function pullFromEach(
  connection: NodeConnection,
  vms: readonly Vm[],
  { folder, ...request }: Omit<PullRequest, 'vm'>,
): Promise<PulledVm[]> {
  const waiting = [...vms.entries()];
  const pulled: PulledVm[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, vm] = next;
      const about = { vmId: vm.id, vmName: vm.name };
      try {
        const own = { ...request, vm, folder: path.join(folder, folderFor(vm.name)) };
        pulled[index] = { ...about, ...(await pullFiles(connection, own)), failure: null };
      } catch (error) {
        if (!(error instanceof TtError) || vms.length === 1 || isOfAll(error)) {
          // What others have begun comes to its end, and no more is begun.
          waiting.length = 0;
          throw error;
        }
        pulled[index] = { ...about, files: [], leftOut: [], failure: toErrorRecord(error) };
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: GUESTS_AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return pulled;
}

/** The last part of its name: names of VMs are `<env>/<os>-<n>`. */
export function folderFor(vmName: string): string {
  return vmName.slice(vmName.lastIndexOf('/') + 1).replace(/^\.+/, '_');
}

/** No other guest would do better. */
function isOfAll(error: TtError): boolean {
  return !canGoOn(error) || error.code === 'ENV_NOT_YOURS';
}
