// What a caller gets to see: everything of their own, and of other users' things only what agent/access/for-others.ts allows.
// Every call that reads records uses this module.
import type { Env, EnvDetail, Lab, Profile, Snapshot, StateSnapshot, Vm } from '@tt/protocol';
import {
  envForOthers,
  labForOthers,
  profileForOthers,
  type Reader,
  seesAll,
  snapshotForOthers,
  vmForOthers,
} from '../access/for-others.ts';
import type { HostService } from '../app/host-service.ts';
import { labView, profileView } from '../labs/lab-registry.ts';
import { envDetail } from '../operations/envs/env-detail.ts';
import type { Services } from '../operations/services.ts';
import type { EnvRecord, LabRecord, ProfileRecord, SnapshotRecord } from '../state/records.ts';
import type { VmRecord } from '../state/vm-record.ts';

interface Sources extends Pick<Services, 'inventory' | 'labs'> {
  images: Pick<Services['images'], 'list'>;
  operations: Pick<Services['operations'], 'listFor'>;
}

/** Views of records for this reader. */
export function shownTo(reader: Reader, services: Sources) {
  const { inventory, images, labs, operations } = services;
  const seesEnv = (envName: string) => seesAll(reader, inventory.hasEnv(envName) ? [inventory.env(envName).owner] : []);

  const env = (record: EnvRecord): Env => {
    const view = inventory.envView(record);
    return seesAll(reader, [record.owner]) ? view : envForOthers(view);
  };
  const vm = (record: VmRecord): Vm => {
    const view = inventory.vmView(record);
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

  return {
    env,
    vm,
    snapshot,
    lab,
    profile,
    everything: (host: HostService): StateSnapshot => ({
      host: host.view(),
      images: images.list(),
      envs: inventory.envs().map(env),
      vms: inventory.vms().map(vm),
      snapshots: inventory.snapshots().map(snapshot),
      labs: labs.labs().map(lab),
      profiles: labs.profiles().map(profile),
      operations: operations.listFor(reader),
    }),
  };
}

/** One ENV with all that belongs to it. Throws ENV_NOT_FOUND. */
export function envDetailFor(
  reader: Reader,
  services: Pick<Services, 'inventory' | 'foreignFirewalls'>,
  envName: string,
): EnvDetail {
  const detail = envDetail(services, envName);
  if (seesAll(reader, [detail.env.owner])) return detail;
  return {
    env: envForOthers(detail.env),
    vms: detail.vms.map(vmForOthers),
    snapshots: detail.snapshots.map(snapshotForOthers),
    warnings: detail.warnings,
  };
}
