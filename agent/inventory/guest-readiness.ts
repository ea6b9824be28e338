// How far the guest of a VM has come in its present run, from what it answered to: pure, from the record. `ReadinessWatch` asks.
import type { Readiness } from '@tt/protocol';
import { type GuestReadiness, type VmRecord, reachableAddress } from '../state/vm-record.ts';

const SSH_PORT = 22;

/** What is known of the present run: of an earlier one, and of the time before a restart or a revert, nothing. */
export function readinessOf({ status, guest }: Pick<VmRecord, 'status' | 'guest'>): Required<GuestReadiness> {
  const { runningSince } = status;
  const known = guest.readiness;
  return known && known.runningSince === runningSince ? { panickedAt: null, ...known } : noAnswerYet(runningSince);
}

export function noAnswerYet(runningSince: string | null): Required<GuestReadiness> {
  return { runningSince, agentAt: null, sshAt: null, gaveUp: false, panickedAt: null };
}

/** As clients see it; null: it does not run. */
export function readinessView(vm: VmRecord): Readiness | null {
  if (vm.status.process === null) return null;
  const known = readinessOf(vm);
  const { agentAt, sshAt, panickedAt } = known;
  return { stage: stageOf(vm, known), agentAt, sshAt, ...(panickedAt !== null && { panickedAt }) };
}

function stageOf(vm: VmRecord, { agentAt, sshAt, gaveUp }: GuestReadiness): Readiness['stage'] {
  if (sshAt !== null) return 'sshAnswers';
  if (agentAt !== null) return 'agentAnswers';
  if (!hasAgent(vm) && sshAddressOf(vm) === null && !awaitsAddress(vm)) return 'unknown';
  return gaveUp ? 'silent' : 'booting';
}

/** Whether something in its guest can be expected to answer to the engine: the guest agent, or the guest helper at its port. */
export function hasAgent({ placement, spec }: Pick<VmRecord, 'placement' | 'spec'>): boolean {
  return placement.features.includes('guestAgent') || spec.guestHelper === 'on';
}

/** Where its ssh server is for this agent: its forwarded port or, where there are no forwards, its own address; null: nowhere yet. */
export function sshAddressOf(vm: VmRecord): { host: string; port: number } | null {
  const mapping = vm.placement.portMap.find(({ protocol, guestPort }) => protocol === 'tcp' && guestPort === SSH_PORT);
  if (mapping) return { host: mapping.hostAddress, port: mapping.hostPort };
  const address = reachableAddress(vm);
  return address === null ? null : { host: address, port: SSH_PORT };
}

/** On a bridge of the host, where its guest tells its address later. */
function awaitsAddress({ spec }: Pick<VmRecord, 'spec'>): boolean {
  return spec.nics.some(({ kind }) => kind === 'bridge');
}
