// What a caller gets to see: everything of their own, and of other users' things only what agent/access/for-others.ts allows.
// Every call that reads records uses this module.
import {
  type Env,
  type EnvPage,
  type Lab,
  MOST_IN_PAGE,
  type Operation,
  type Profile,
  type Snapshot,
  type Vm,
} from '@tt/protocol';
import {
  envForOthers,
  labForOthers,
  operationForOthers,
  profileForOthers,
  seesAll,
  snapshotForOthers,
  vmForOthers,
} from '../access/for-others.ts';
import { ownersOf, type Reader } from '../access/owners.ts';
import { labView, profileView } from '../labs/lab-registry.ts';
import { envDetail, envPage } from '../operations/envs/env-detail.ts';
import type { OwnedOperation } from '../operations/operation-registry.ts';
import type { Services } from '../operations/services.ts';
import type { EnvRecord, LabRecord, ProfileRecord, SnapshotRecord } from '../state/records.ts';
import type { VmRecord } from '../state/vm-record.ts';

/** How records are drawn, and the accounts to which the ENV of a name belongs (none: there is no such ENV). */
export interface Drawing {
  envView: (record: EnvRecord) => Env;
  vmView: (record: VmRecord) => Vm;
  ownersOf: (envName: string) => readonly string[];
}

/** Views of records as they are now, for this reader. */
export function shownTo(reader: Reader, { inventory }: Pick<Services, 'inventory'>) {
  return shownAs(reader, {
    envView: (record) => inventory.envView(record),
    vmView: (record) => inventory.vmView(record),
    ownersOf: (envName) => inventory.ownersOf(envName) ?? [],
  });
}

/** Views of records for this reader. */
export function shownAs(reader: Reader, { envView, vmView, ownersOf: ownersOfEnv }: Drawing) {
  const seesEnv = (envName: string) => seesAll(reader, ownersOfEnv(envName));

  const env = (record: EnvRecord): Env => {
    const view = envView(record);
    return seesAll(reader, ownersOf(record)) ? view : envForOthers(view);
  };
  const vm = (record: VmRecord): Vm => {
    const view = vmView(record);
    return seesEnv(record.envName) ? view : vmForOthers(view);
  };
  const snapshot = (record: SnapshotRecord): Snapshot => (seesEnv(record.envName) ? record : snapshotForOthers(record));
  const lab = (record: LabRecord): Lab => {
    const view = labView(record);
    return seesAll(reader, [record.owner]) ? view : labForOthers(view);
  };
  const profile = (record: ProfileRecord): Profile => {
    const view = profileView(record);
    return seesAll(reader, [record.owner]) ? view : profileForOthers(view);
  };
  return { env, vm, snapshot, lab, profile };
}

export function operationFor(reader: Reader, { operation, owners }: OwnedOperation): Operation {
  return seesAll(reader, owners) ? operation : operationForOthers(operation);
}

/** One ENV with all that belongs to it, or a page of it. Throws ENV_NOT_FOUND, and VM_NOT_FOUND of a page. */
export function envDetailFor(
  reader: Reader,
  services: Pick<Services, 'inventory' | 'foreignFirewalls'>,
  { name, limit, after }: { name: string; limit?: number | undefined; after?: string | undefined },
): EnvPage {
  const isPage = limit !== undefined || after !== undefined;
  const detail: EnvPage = isPage
    ? envPage(services, name, { limit: limit ?? MOST_IN_PAGE, after })
    : envDetail(services, name);
  if (seesAll(reader, ownersOf(detail.env))) return detail;
  return {
    ...detail,
    env: envForOthers(detail.env),
    vms: detail.vms.map(vmForOthers),
    snapshots: detail.snapshots.map(snapshotForOthers),
  };
}
