// Calls about operations.
import { api } from './context.ts';

export const operationApi = {
  list: api.operation.list.handler(({ context }) => ({ operations: context.services.operations.list() })),
  cancel: api.operation.cancel.handler(({ input, context }) => context.services.operations.cancel(input.operationId)),
};
