// Opening a console: checks that there is something to see, then gives a one-time ticket for the stream.
import { TtError } from '@tt/protocol';
import { mayChange } from '../operations/caller.ts';
import { api } from './context.ts';

export const consoleApi = {
  open: api.console.open.handler(({ input: { vmId, kind }, context: { services, tickets, caller } }) => {
    services.running.need(vmId);
    const vm = services.inventory.vm(vmId);
    mayChange(services, caller, vm.envName);
    if (!vm.placement.features.includes(kind))
      throw new TtError('FEATURE_UNSUPPORTED', { feature: kind, where: vm.name });
    const { ticket, expiresAt } = tickets.issue({ vmId, kind, callerName: caller.name });
    return { ticket, expiresAt: expiresAt.toISOString(), kind };
  }),
};
