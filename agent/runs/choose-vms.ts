// The machines of an ENV that a run is for.
import { mustMeanSystem } from '@tt/client';
import { matchesOsPrefix, parseImageName, TtError } from '@tt/protocol';
import { memberOf } from '../operations/envs/member-of.ts';
import type { Services } from '../operations/services.ts';
import type { NewRun } from './run-request.ts';

/**
 * All, or those that are named and those of the named systems. Throws VM_NOT_FOUND, SYSTEM_NOT_IN_ENV with near matches, and
 * RUN_NO_VM_RUNS if none of them runs or is about to.
 */
export function chooseVms(
  { inventory, running }: Pick<Services, 'inventory' | 'running'>,
  envName: string,
  { vmIds, osPrefixes }: { vmIds?: readonly string[] | undefined; osPrefixes?: readonly string[] | undefined },
): NewRun['vms'] {
  const all = inventory.vmsOf(envName);
  for (const vmId of vmIds ?? []) memberOf(all, vmId);
  const images = all.map(({ origin }) => origin.image);
  for (const osPrefix of osPrefixes ?? []) mustMeanSystem(envName, osPrefix, images);
  const chosen = all.filter(
    ({ id, origin }) =>
      (!vmIds && !osPrefixes) ||
      vmIds?.includes(id) === true ||
      osPrefixes?.some((prefix) => matchesOsPrefix(origin.image, prefix)) === true,
  );
  if (!chosen.some(({ id, status }) => running.get(id) !== null || status.state === 'creating')) {
    throw new TtError('RUN_NO_VM_RUNS', { envName });
  }
  return chosen.map(({ id, name, origin }) => ({ id, name, os: osOf(origin.image) }));
}

function osOf(imageName: string): string {
  return parseImageName(imageName)?.os ?? imageName;
}
