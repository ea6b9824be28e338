// One ENV with everything that belongs to it, or a page of that, as calls return it.
import { type EnvDetail, type EnvPage, TtError } from '@tt/protocol';
import { isBehindQemu } from '../../network/behind-qemu.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

type Sources = Pick<Services, 'inventory' | 'foreignFirewalls'>;

/** `limit` VMs, after the one `after`. */
export interface PageOfVms {
  limit: number;
  after?: string | undefined;
}

/** Throws ENV_NOT_FOUND. */
export function envDetail(services: Sources, envName: string): EnvDetail {
  return { ...beginning(services, services.inventory.vmsOf(envName), envName), ...ending(services, envName) };
}

/**
 * As it is now: VMs are only added at the end, so what was not yet shown comes later, unless it is gone. Only the VMs of the
 * page are drawn. Throws ENV_NOT_FOUND, or VM_NOT_FOUND when `after` is not one of its VMs.
 */
export function envPage(services: Sources, envName: string, { limit, after }: PageOfVms): EnvPage {
  const all = services.inventory.vmsOf(envName);
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  services.inventory.env(envName);
  if (after !== undefined && start === 0) throw new TtError('VM_NOT_FOUND', { vmId: after });
  const vms = all.slice(start, start + limit);
  const last = vms.at(-1);
  const page = beginning(services, vms, envName);
  if (last && start + limit < all.length) return { ...page, snapshots: [], warnings: [], next: last.id };
  return { ...page, ...ending(services, envName) };
}

function beginning({ inventory }: Sources, vms: readonly VmRecord[], envName: string): Pick<EnvDetail, 'env' | 'vms'> {
  return { env: inventory.envView(inventory.env(envName)), vms: vms.map((vm) => inventory.vmView(vm)) };
}

function ending({ inventory, foreignFirewalls }: Sources, envName: string): Pick<EnvDetail, 'snapshots' | 'warnings'> {
  const { networks } = inventory.env(envName);
  return {
    snapshots: inventory.snapshotsOf(envName),
    warnings: networks.some(({ kind }) => !isBehindQemu(kind)) ? foreignFirewalls.warnings : [],
  };
}
