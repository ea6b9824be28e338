// Calls about capsules. The bytes are transferred by streams (agent/transfers/transfer-stream.ts).
import { inspectCapsule } from '../operations/capsules/import-capsule.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const capsuleApi = {
  export: api.capsule.export.handler(byOperation('capsule.export')),
  inspect: api.capsule.inspect.handler(({ input, context: { services, caller } }) =>
    inspectCapsule(services, input.transferId, caller),
  ),
  import: api.capsule.import.handler(byOperation('capsule.import')),
};
