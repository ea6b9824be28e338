// One ENV with all that belongs to it, as calls answer it.
import type { EnvDetail } from '@tt/protocol';
import type { Services } from '../services.ts';

export function envDetail({ inventory }: Services, envName: string): EnvDetail {
  return {
    env: inventory.envView(inventory.env(envName)),
    vms: inventory.vmsOf(envName).map((vm) => inventory.vmView(vm)),
    snapshots: inventory.snapshotsOf(envName),
  };
}
