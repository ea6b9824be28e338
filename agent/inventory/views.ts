// Pure: records of the state store -> objects of the contract.
import type { Env, EnvState, Vm } from '@tt/protocol';
import type { EnvRecord, VmRecord } from '../state/records.ts';

export function envView(env: EnvRecord, vms: readonly VmRecord[]): Env {
  const { phase, ...shared } = env;
  return { ...shared, state: envState(phase, vms), vmIds: vms.map((vm) => vm.id) };
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
  const { hostname: _hostname, uuid: _uuid, boot: _boot, process: _process, ...shared } = vm;
  return { ...shared, hostId, netKind: 'user', ip: null, viewers };
}
