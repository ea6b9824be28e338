// Calls that carry files: the bytes of a chunk leave base64 here and go to the transfers.
import { api } from './context.ts';

export const transferApi = {
  list: api.transfer.list.handler(({ context: { services, caller } }) => ({
    transfers: services.transfers.list(caller),
  })),
  begin: api.transfer.begin.handler(({ input: { transferId: id, ...request }, context: { services, caller } }) =>
    services.transfers.begin({ id, ...request }, caller),
  ),
  status: api.transfer.status.handler(({ input, context: { services, caller } }) =>
    services.transfers.status(input.transferId, caller),
  ),
  write: api.transfer.write.handler(({ input: { transferId, offset, dataBase64 }, context: { services, caller } }) =>
    services.transfers.write(transferId, offset, Buffer.from(dataBase64, 'base64'), caller),
  ),
  read: api.transfer.read.handler(
    async ({ input: { transferId, offset, maxBytes }, context: { services, caller } }) => {
      const { bytes, isLast } = await services.transfers.read(transferId, offset, maxBytes, caller);
      return { offset, dataBase64: Buffer.from(bytes.buffer).toString('base64'), isLast };
    },
  ),
  end: api.transfer.end.handler(({ input, context: { services, caller } }) =>
    services.transfers.end(input.transferId, input.sha256, caller),
  ),
  drop: api.transfer.drop.handler(async ({ input: { transferId: id }, context: { services, caller } }) => {
    await services.transfers.drop(id, caller);
    return { id };
  }),
};
