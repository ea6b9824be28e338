// The machines of an ENV that a run is for.
import { matchesOsPrefix, nearMatches, parseImageName, TtError } from '@tt/protocol';
import type { Services } from '../operations/services.ts';
import type { NewRun } from './runs.ts';

/**
 * All, or those that are named and those of the named systems. Throws VM_NOT_FOUND, SYSTEM_NOT_IN_ENV with near matches, and
 * RUN_NO_VM_RUNS if none of them runs or is about to.
 */
export function chooseVms(
  { inventory, running }: Pick<Services, 'inventory' | 'running'>,
  envName: string,
  { vmIds, osPrefixes }: { vmIds?: readonly string[] | undefined; osPrefixes?: readonly string[] | undefined },
): NewRun['vms'] {
  const all = inventory.vmsOf(envName).map((vm) => ({ vm, os: osOf(vm.origin.image) }));
  const strange = vmIds?.find((vmId) => !all.some(({ vm }) => vm.id === vmId));
  if (strange !== undefined) throw new TtError('VM_NOT_FOUND', { vmId: strange });
  for (const osPrefix of osPrefixes ?? []) {
    if (all.some(({ vm }) => matchesOsPrefix(vm.origin.image, osPrefix))) continue;
    const systems = [...new Set(all.map(({ os }) => os))];
    // Of a prefix only the beginning of a name can be near.
    const isNear = (system: string) => nearMatches(osPrefix, [system.slice(0, osPrefix.length)]).length > 0;
    throw new TtError('SYSTEM_NOT_IN_ENV', { envName, osPrefix, suggestions: systems.filter(isNear).slice(0, 3) });
  }
  const isChosen = ({ vm }: (typeof all)[number]) =>
    (!vmIds && !osPrefixes) ||
    (vmIds?.includes(vm.id) ?? false) ||
    (osPrefixes?.some((prefix) => matchesOsPrefix(vm.origin.image, prefix)) ?? false);
  const chosen = all.filter(isChosen);
  if (!chosen.some(({ vm }) => running.get(vm.id) !== null || vm.status.state === 'creating')) {
    throw new TtError('RUN_NO_VM_RUNS', { envName });
  }
  return chosen.map(({ vm, os }) => ({ id: vm.id, name: vm.name, os }));
}

function osOf(imageName: string): string {
  return parseImageName(imageName)?.os ?? imageName;
}
