// Systems as people name them by a prefix, against the images of the VMs of an ENV.
import { matchesOsPrefix, nearSystems, TtError } from '@tt/protocol';

/** Throws SYSTEM_NOT_IN_ENV with near matches unless one of the images is of such a system. */
export function mustMeanSystem(envName: string, osPrefix: string, imageNames: readonly string[]): void {
  if (imageNames.some((name) => matchesOsPrefix(name, osPrefix))) return;
  throw new TtError('SYSTEM_NOT_IN_ENV', { envName, osPrefix, suggestions: nearSystems(osPrefix, imageNames) });
}
