// Calls about files in guests. The bytes are sent by streams (agent/transfers/transfer-stream.ts).
import { listGuestFiles } from '../operations/guest-files/list-files.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const guestFileApi = {
  list: api.guestFile.list.handler(async ({ input, signal, context: { services, caller } }) => ({
    entries: await listGuestFiles(services, caller, input, signal ?? new AbortController().signal),
  })),
  put: api.guestFile.put.handler(byOperation('guestFile.put')),
  get: api.guestFile.get.handler(byOperation('guestFile.get')),
};
