// Where the ssh server of a VM is for this agent, and what both sides prove themselves with: the key of its ENV, and its host keys.
import { reason, TtError } from '@tt/protocol';
import type { Services } from '../operations/services.ts';
import { currentHostKeys } from '../operations/vms/host-keys.ts';
import { reachableAddress, type VmRecord } from '../state/vm-record.ts';
import type { SshTarget } from './ssh-connection.ts';

const SSH_PORT = 22;

/** Asks its guest agent for the present host keys, 5 s at most. Rejects with SSH_IMPOSSIBLE or SSH_HOST_KEY_UNKNOWN. */
export async function sshTargetOf(
  services: Pick<Services, 'inventory' | 'sshKeys' | 'hostKeys' | 'running'>,
  vm: VmRecord,
): Promise<SshTarget> {
  const { envName, name: vmName } = vm;
  const user = vm.guest.cloudInit?.user;
  if (user === undefined) throw new TtError('SSH_IMPOSSIBLE', { vmName, reason: reason('sshNoSetup') });
  const place = placeOf(vm);
  if (!place) throw new TtError('SSH_IMPOSSIBLE', { vmName, reason: reason('sshNoAddress') });
  const { hostKeys } = await currentHostKeys(services, vm);
  if (hostKeys.length === 0) throw new TtError('SSH_HOST_KEY_UNKNOWN', { vmName });
  const { privateKey } = await services.sshKeys.of(envName);
  return { ...place, user, privateKey, hostKeys };
}

/** The host reaches a guest of a bridge at its own address, others by their forwarded port. */
function placeOf(vm: VmRecord): { host: string; port: number } | null {
  const ip = reachableAddress(vm);
  if (ip !== null) return { host: ip, port: SSH_PORT };
  const mapping = vm.placement.portMap.find(({ protocol, guestPort }) => protocol === 'tcp' && guestPort === SSH_PORT);
  return mapping ? { host: mapping.hostAddress, port: mapping.hostPort } : null;
}
