// Calls about one VM.
import type { OperationKind } from '@tt/protocol';
import { deleteVm, resetVm, startVm, stopVm } from '../operations/change-vm.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { vmScreenshot } from '../operations/screenshot.ts';
import type { Services } from '../operations/services.ts';
import { api } from './context.ts';

/** Runs an operation on a VM, with the VM's name in the operation for people to read. */
function onVm<Result>(
  services: Services,
  kind: OperationKind,
  { vmId, operationId }: { vmId: string; operationId?: string | undefined },
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  // A repeated call gets its result also when the VM is gone since (it may be the call that deleted it).
  const again = services.operations.resultOf<Result>(operationId);
  if (again) return again;
  const { envName, name } = services.inventory.vm(vmId);
  const subject = { envName, vmId, vmName: name };
  return services.operations.run({ id: operationId, kind, subject, cancellable: kind === 'vm.start' }, work);
}

export const vmApi = {
  show: api.vm.show.handler(({ input, context: { services } }) =>
    services.inventory.vmView(services.inventory.vm(input.vmId)),
  ),
  start: api.vm.start.handler(({ input, context: { services } }) =>
    onVm(services, 'vm.start', input, (context) => startVm(services, input.vmId, context)),
  ),
  stop: api.vm.stop.handler(({ input, context: { services } }) =>
    onVm(services, 'vm.stop', input, (context) => stopVm(services, input.vmId, input.graceS, context)),
  ),
  reset: api.vm.reset.handler(({ input, context: { services } }) => resetVm(services, input.vmId)),
  delete: api.vm.delete.handler(({ input, context: { services } }) =>
    onVm(services, 'vm.delete', input, (context) => deleteVm(services, input.vmId, context)),
  ),
  screenshot: api.vm.screenshot.handler(({ input, context: { services } }) => vmScreenshot(services, input.vmId)),
};
