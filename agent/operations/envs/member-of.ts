// A VM of one ENV, by its id: calls name the ENV and the VMs in it.
import { TtError } from '@tt/protocol';

/** Throws VM_NOT_FOUND where it is none of them, e.g. one of another ENV. */
export function memberOf<Vm extends { id: string }>(vms: readonly Vm[], vmId: string): Vm {
  const found = vms.find(({ id }) => id === vmId);
  if (!found) throw new TtError('VM_NOT_FOUND', { vmId });
  return found;
}

/** Those with these ids, each once; all without ids. Throws VM_NOT_FOUND. */
export function chosenOf<Vm extends { id: string }>(vms: readonly Vm[], vmIds: readonly string[] | undefined): Vm[] {
  return vmIds === undefined ? [...vms] : [...new Set(vmIds)].map((vmId) => memberOf(vms, vmId));
}
