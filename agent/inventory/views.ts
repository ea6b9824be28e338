// Pure: records of the state store -> objects of the contract.
import type { Env, EnvState, Presence, Vm } from '@tt/protocol';
import { cloudInitView } from '../cloud-init/cloud-init-record.ts';
import type { EnvRecord } from '../state/records.ts';
import { readinessView } from './guest-readiness.ts';
import { addressOf, nicsOf, type VmRecord } from '../state/vm-record.ts';

/** An allow-list, as `vmView`. */
export function envView(env: EnvRecord, vms: readonly VmRecord[], currentSnapshotId: string | null): Env {
  return {
    name: env.name,
    title: env.title,
    owner: env.owner,
    team: env.team ?? null,
    notes: env.notes,
    tags: env.tags,
    state: envState(env.phase, vms),
    startAt: env.startAt,
    endAt: env.endAt,
    endPolicy: env.endPolicy,
    expired: env.expired,
    networks: env.networks.map(({ kind, cidr, vni }) => ({ kind, cidr, vni })),
    currentSnapshotId,
    denyOutgoing: env.denyOutgoing,
    snapshotSchedule: env.snapshotSchedule,
    nextSnapshotAt: env.nextSnapshotAt,
    lab: env.lab,
    fenced: env.fenced ?? false,
    forkedFrom: env.forkedFrom ?? null,
    vmIds: vms.map((vm) => vm.id),
    ...(env.phase === 'deleted' && env.bin && { bin: env.bin }),
    ...(env.recordings && { recordings: [...env.recordings] }),
  };
}

/** An ENV's state, from its own phase and the states of its VMs. */
export function envState(phase: EnvRecord['phase'], vms: readonly Pick<VmRecord, 'status'>[]): EnvState {
  if (phase !== 'ready') return phase;
  if (vms.length === 0) return 'empty';
  const up = vms.filter((vm) => vm.status.state === 'running' || vm.status.state === 'paused').length;
  if (up === vms.length) return 'running';
  if (up > 0) return 'partial';
  return vms.some((vm) => vm.status.state === 'failed') ? 'failed' : 'stopped';
}

/** Who has consoles of a VM open. */
export interface Looking {
  viewers: number;
  /** null: nobody. */
  presence: Presence | null;
}

export const NOBODY: Looking = { viewers: 0, presence: null };

/** An allow-list: fields not named here never leave the agent. */
export function vmView(vm: VmRecord, hostId: string, { viewers, presence }: Looking): Vm {
  const { id, name, envName, createdAt, spec, placement, status, guest, origin } = vm;
  const nics = nicsOf(vm).map((nic) => {
    const { kind, mac, bandwidthMbps } = nic;
    return { kind, mac, ip: addressOf(vm, nic), bandwidthMbps };
  });
  const first = nics[0] ?? { kind: 'user' as const, mac: '', ip: null };
  return {
    id,
    name,
    envName,
    hostId,
    engine: placement.engine,
    image: origin.image,
    features: placement.features,
    state: status.state,
    stopping: status.stopping,
    failure: status.failure,
    spec,
    acceleration: status.acceleration,
    netKind: first.kind,
    mac: first.mac,
    ip: first.ip,
    nics,
    portMap: placement.portMap,
    cloudInit: guest.cloudInit && cloudInitView(guest.cloudInit),
    provisioning: guest.provisioning,
    identity: identityView(guest.identity),
    viewers,
    ...(presence && { presence }),
    discardWrites: origin.discardWrites,
    base: origin.base,
    origin: origin.start ?? null,
    createdAt,
    runningSince: status.runningSince,
    readiness: readinessView(vm),
  };
}

function identityView(identity: VmRecord['guest']['identity']): Vm['identity'] {
  if (!identity) return null;
  const { copiedFrom, fenced, parts, restarted, problem, detail } = identity;
  return { copiedFrom, fenced, parts, restarted, problem, detail };
}
