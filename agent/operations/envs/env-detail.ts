// One ENV with everything that belongs to it, as calls return it.
import type { EnvDetail } from '@tt/protocol';
import type { Services } from '../services.ts';

export function envDetail(
  { inventory, foreignFirewalls }: Pick<Services, 'inventory' | 'foreignFirewalls'>,
  envName: string,
): EnvDetail {
  const env = inventory.env(envName);
  return {
    env: inventory.envView(env),
    vms: inventory.vmsOf(envName).map((vm) => inventory.vmView(vm)),
    snapshots: inventory.snapshotsOf(envName),
    warnings: env.networks.some(({ kind }) => kind !== 'user') ? foreignFirewalls.warnings : [],
  };
}
