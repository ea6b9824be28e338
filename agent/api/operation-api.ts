// Calls about operations.
import { mayCancel } from '../operations/caller.ts';
import { api } from './context.ts';
import { operationFor } from './shown.ts';

export const operationApi = {
  list: api.operation.list.handler(({ context: { services, caller } }) => ({
    operations: services.operations.owned().map((owned) => operationFor(caller, owned)),
  })),
  cancel: api.operation.cancel.handler(({ input, context: { services, caller } }) => {
    mayCancel(services, caller, input.operationId);
    return services.operations.cancel(input.operationId);
  }),
};
