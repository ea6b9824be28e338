// Calls about one VM.
import { mayChange } from '../operations/caller.ts';
import { deleteVm, resetVm, startVm, stopVm } from '../operations/change-vm.ts';
import { cloneVm } from '../operations/copies/clone-env.ts';
import { vmScreenshot } from '../operations/screenshot.ts';
import { updateVm } from '../operations/update-vms.ts';
import { api } from './context.ts';
import { onVm } from './on-vm.ts';

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
  clone: api.vm.clone.handler(({ input, context }) =>
    onVm(context, 'vm.clone', input, (operation) => cloneVm(context.services, input.vmId, input, operation)),
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
