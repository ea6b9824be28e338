// The ssh key of an ENV, and the VMs that accept it: those that got it at their first boot.
import type { SshKey } from '@tt/protocol';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

const SSH_PORT = 22;

export async function sshKeyOf(services: Pick<Services, 'inventory' | 'sshKeys'>, envName: string): Promise<SshKey> {
  const pair = await services.sshKeys.of(services.inventory.env(envName).name);
  return { ...pair, logins: services.inventory.vmsOf(envName).flatMap(loginOf) };
}

/** By its forwarded port, or at its own address where the network has no forwards. */
function loginOf(vm: VmRecord): SshKey['logins'] {
  if (!vm.guest.cloudInit) return [];
  const login = { vmId: vm.id, vmName: vm.name, user: vm.guest.cloudInit.user };
  const mapping = vm.placement.portMap.find(({ protocol, guestPort }) => protocol === 'tcp' && guestPort === SSH_PORT);
  if (mapping) return [{ ...login, host: mapping.hostAddress, port: mapping.hostPort }];
  const ip = vm.placement.nics[0]?.ip ?? null;
  return ip === null ? [] : [{ ...login, host: ip, port: SSH_PORT }];
}
