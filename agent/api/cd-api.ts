// Calls about the CD drives of a VM.
import { ejectCd, insertCd } from '../operations/drives/change-cd.ts';
import { api } from './context.ts';
import { onLockedVm } from './on-vm.ts';

export const cdApi = {
  insert: api.cd.insert.handler(({ input, context }) =>
    onLockedVm(context, 'cd.insert', input, 'gets a CD', () =>
      insertCd(context.services, input.vmId, input.name, input.medium),
    ),
  ),
  eject: api.cd.eject.handler(({ input, context }) =>
    onLockedVm(context, 'cd.eject', input, 'gives a CD back', () => ejectCd(context.services, input.vmId, input.name)),
  ),
};
