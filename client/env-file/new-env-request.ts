// Pure: what a file says of a new ENV, or of new VMs, as the calls take it: what it says to be empty is left out.
import type { EnvFile, EnvFileGroup, VmGroup } from '@tt/protocol';

export function newEnvRequest({ groups = [], snapshotSchedule, ...rest }: EnvFile) {
  return { ...rest, ...(snapshotSchedule && { snapshotSchedule }), groups: groups.map(newGroup) };
}

export function newGroup({ medium, ...rest }: EnvFileGroup): VmGroup {
  return { ...rest, ...(medium !== null && medium !== undefined && { medium }) };
}
