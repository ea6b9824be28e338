// Pure: records of the state store -> objects of the contract.
import type { Env, EnvState, Vm } from '@tt/protocol';
import { cloudInitView } from '../cloud-init/cloud-init-record.ts';
import type { EnvRecord, VmRecord } from '../state/records.ts';

export function envView(env: EnvRecord, vms: readonly VmRecord[], currentSnapshotId: string | null): Env {
  const { phase, warnedS: _warnedS, sharedUuid: _sharedUuid, networks, ...shared } = env;
  return {
    ...shared,
    fenced: env.fenced ?? false,
    forkedFrom: env.forkedFrom ?? null,
    networks: networks.map(({ kind, cidr, vni }) => ({ kind, cidr, vni })),
    currentSnapshotId,
    state: envState(phase, vms),
    vmIds: vms.map((vm) => vm.id),
  };
}

/** What an ENV's state is, given its own phase and the states of its VMs. */
export function envState(phase: EnvRecord['phase'], vms: readonly Pick<VmRecord, 'state'>[]): EnvState {
  if (phase !== 'ready') return phase;
  if (vms.length === 0) return 'empty';
  const up = vms.filter((vm) => vm.state === 'running' || vm.state === 'paused').length;
  if (up === vms.length) return 'running';
  if (up > 0) return 'partial';
  return vms.some((vm) => vm.state === 'failed') ? 'failed' : 'stopped';
}

export function vmView(vm: VmRecord, hostId: string, viewers: number): Vm {
  const {
    hostname: _hostname,
    uuid: _uuid,
    boot: _boot,
    process: _process,
    confinement: _confinement,
    stopping: _stopping,
    isDirty: _isDirty,
    unsettledDrives: _unsettledDrives,
    ...shared
  } = vm;
  const cloudInit = vm.cloudInit && cloudInitView(vm.cloudInit);
  const nics = vm.nics.map(({ kind, mac, ip, bandwidthMbps }) => ({ kind, mac, ip, bandwidthMbps }));
  const first = nics[0] ?? { kind: 'user' as const, mac: '', ip: null };
  return {
    ...shared,
    cloudInit,
    identity: identityView(vm.identity),
    nics,
    hostId,
    netKind: first.kind,
    mac: first.mac,
    ip: first.ip,
    viewers,
  };
}

function identityView(identity: VmRecord['identity']): Vm['identity'] {
  if (!identity) return null;
  const { oldMacs: _oldMacs, ...shown } = identity;
  return shown;
}
