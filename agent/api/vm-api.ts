// Calls about one VM.
import type { OperationKind } from '@tt/protocol';
import { mayChange } from '../operations/caller.ts';
import { deleteVm, resetVm, startVm, stopVm } from '../operations/change-vm.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { vmScreenshot } from '../operations/screenshot.ts';
import { updateVm } from '../operations/update-vms.ts';
import { api, type CallContext } from './context.ts';

/** Runs an operation on a VM the caller may change, with the VM's name in the operation for people to read. */
async function onVm<Result>(
  { services, caller }: CallContext,
  kind: OperationKind,
  { vmId, operationId }: { vmId: string; operationId?: string | undefined },
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  // A repeated call gets its result also when the VM is gone since (it may be the call that deleted it).
  const repetition = { id: operationId, kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  const { envName, name } = services.inventory.vm(vmId);
  mayChange(services, caller, envName);
  const subject = { envName, vmId, vmName: name };
  return services.operations.run({ ...repetition, subject, cancellable: kind === 'vm.start' }, work);
}

export const vmApi = {
  show: api.vm.show.handler(({ input, context: { services } }) =>
    services.inventory.vmView(services.inventory.vm(input.vmId)),
  ),
  update: api.vm.update.handler(({ input, context }) =>
    onVm(context, 'vm.update', input, (operation) => updateVm(context.services, input.vmId, input, operation)),
  ),
  start: api.vm.start.handler(({ input, context }) =>
    onVm(context, 'vm.start', input, (operation) => startVm(context.services, input.vmId, operation)),
  ),
  stop: api.vm.stop.handler(({ input, context }) =>
    onVm(context, 'vm.stop', input, (operation) => stopVm(context.services, input.vmId, input.graceS, operation)),
  ),
  reset: api.vm.reset.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    return resetVm(services, input.vmId);
  }),
  delete: api.vm.delete.handler(({ input, context }) =>
    onVm(context, 'vm.delete', input, (operation) => deleteVm(context.services, input.vmId, operation)),
  ),
  screenshot: api.vm.screenshot.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    return vmScreenshot(services, input.vmId);
  }),
};
