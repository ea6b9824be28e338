// Calls about transfers. The bytes are sent by streams (agent/transfers/transfer-stream.ts) and requests (upload-request.ts).
import { api } from './context.ts';

export const transferApi = {
  list: api.transfer.list.handler(({ context: { services, caller } }) => ({
    transfers: services.transfers.list(caller),
  })),
  begin: api.transfer.begin.handler(({ input: { transferId: id, ...request }, context: { services, caller } }) =>
    services.transfers.begin({ id, ...request }, caller),
  ),
  reserve: api.transfer.reserve.handler(({ context: { services, caller } }) => services.transfers.reserve(caller)),
  status: api.transfer.status.handler(({ input, context: { services, caller } }) =>
    services.transfers.status(input.transferId, caller),
  ),
  digest: api.transfer.digest.handler(({ input: { transferId, ...range }, context: { services, caller } }) =>
    services.transfers.digest(transferId, range, caller),
  ),
  open: api.transfer.open.handler(({ input: { transferId }, context: { services, tickets, caller } }) => {
    const transfer = services.transfers.status(transferId, caller);
    const { name, role } = caller;
    const purpose = { kind: transfer.direction, transferId, user: { name, role }, callerName: name };
    const { ticket, expiresAt } = tickets.issue(purpose);
    const way = transfer.direction === 'upload' ? { byRequest: true as const } : {};
    return { ticket, expiresAt: expiresAt.toISOString(), transfer, ...way };
  }),
  drop: api.transfer.drop.handler(async ({ input: { transferId: id }, context: { services, caller } }) => {
    await services.transfers.drop(id, caller);
    return { id };
  }),
};
