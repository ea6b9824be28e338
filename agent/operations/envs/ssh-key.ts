// The ssh key of an ENV, and the VMs that accept it: those that got it at their first boot, with what proves each of them.
import type { SshKey } from '@tt/protocol';
import { mapLimit } from '../../host/map-limit.ts';
import { reachableAddress, type VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { currentHostKeys } from '../vms/host-keys.ts';
import { memberOf } from './member-of.ts';

const SSH_PORT = 22;
/** Guests asked at the same time. One that is silent keeps its place for some seconds. */
const ASK_WIDTH = 32;

/** `vmId`: only the login of this VM. Rejects with VM_NOT_FOUND if the ENV does not have it. */
export async function sshKeyOf(
  services: Pick<Services, 'inventory' | 'sshKeys' | 'hostKeys' | 'running'>,
  envName: string,
  vmId?: string,
): Promise<SshKey> {
  const pair = await services.sshKeys.of(services.inventory.env(envName).name);
  const all = services.inventory.vmsOf(envName);
  if (vmId !== undefined) memberOf(all, vmId);
  const wanted = all.filter(({ id }) => vmId === undefined || id === vmId);
  const logins = wanted.flatMap((vm) => loginOf(vm).map((login) => ({ vm, login })));
  return {
    ...pair,
    logins: await mapLimit(logins, ASK_WIDTH, async ({ vm, login }) => ({
      ...login,
      ...(await currentHostKeys(services, vm)),
    })),
  };
}

/** By its forwarded port, or at its own address where the network has no forwards. */
function loginOf(vm: VmRecord): Pick<SshKey['logins'][number], 'vmId' | 'vmName' | 'user' | 'host' | 'port'>[] {
  if (!vm.guest.cloudInit) return [];
  const login = { vmId: vm.id, vmName: vm.name, user: vm.guest.cloudInit.user };
  const mapping = vm.placement.portMap.find(({ protocol, guestPort }) => protocol === 'tcp' && guestPort === SSH_PORT);
  if (mapping) return [{ ...login, host: mapping.hostAddress, port: mapping.hostPort }];
  const ip = reachableAddress(vm);
  return ip === null ? [] : [{ ...login, host: ip, port: SSH_PORT }];
}
