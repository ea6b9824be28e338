// Stops the VMs of an ENV and puts it into the bin, with its disks, snapshots, networks, addresses and ports.
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { haltVm } from '../vms/boot-vm.ts';
import { intoBin } from './bin.ts';
import { haltAll } from './stop-env.ts';

/** How long guests get to power off: what they have not written yet would be missing when the ENV is restored. */
const GRACE_S = 10;

/** The caller has locked it. Gives the end of its time in the bin. Rejects with VM_CONTROL_FAILED or ENGINE_UNKNOWN; the ENV then stays. */
export async function putIntoBin(services: Services, envName: string, context: OperationContext): Promise<string> {
  const { inventory } = services;
  await haltAll(services, envName, GRACE_S, context);
  // One that does not answer may run: nothing of the bin may.
  const unknown = inventory.vmsOf(envName).filter((vm) => vm.status.state === 'unknown');
  for (const { id } of unknown) await haltVm(services, id, 0);
  services.checkpoint('env stopped');
  const env = intoBin(inventory.env(envName), services.settings.current.keepDeletedS, services.now());
  inventory.putEnv(env);
  services.checkpoint('env in bin');
  services.logger.info({ envName, ...env.bin }, 'an ENV is in the bin');
  return env.bin.keptUntil;
}
