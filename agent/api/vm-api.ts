// Calls about one VM.
import { mayChange } from '../operations/caller.ts';
import { guestHealth } from '../operations/vms/guest-health.ts';
import { vmScreenshot } from '../operations/vms/screenshot.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';
import { shownTo } from './shown.ts';

export const vmApi = {
  show: api.vm.show.handler(({ input, context: { services, caller } }) =>
    shownTo(caller, services).vm(services.inventory.vm(input.vmId)),
  ),
  update: api.vm.update.handler(byOperation('vm.update')),
  start: api.vm.start.handler(byOperation('vm.start')),
  pause: api.vm.pause.handler(byOperation('vm.pause')),
  resume: api.vm.resume.handler(byOperation('vm.resume')),
  stop: api.vm.stop.handler(byOperation('vm.stop')),
  clone: api.vm.clone.handler(byOperation('vm.clone')),
  reset: api.vm.reset.handler(byOperation('vm.reset')),
  delete: api.vm.delete.handler(byOperation('vm.delete')),
  health: api.vm.health.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    return guestHealth(services, input.vmId);
  }),
  portHealth: api.vm.portHealth.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    return services.portHealths.look(input.vmId);
  }),
  screenshot: api.vm.screenshot.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    return vmScreenshot(services, input.vmId);
  }),
};
