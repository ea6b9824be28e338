// Calls about capsules. The bytes come and go by the transfers.
import { mayChange } from '../operations/caller.ts';
import { exportCapsule } from '../operations/capsules/export-capsule.ts';
import { importCapsule, inspectCapsule } from '../operations/capsules/import-capsule.ts';
import { api } from './context.ts';

export const capsuleApi = {
  export: api.capsule.export.handler(({ input, context: { services, caller } }) => {
    const { operationId: id, envName, snapshotName } = input;
    mayChange(services, caller, envName);
    const subject = { envName, ...(snapshotName !== undefined && { snapshotName }) };
    return services.operations.run({ id, kind: 'capsule.export', callerName: caller.name, subject }, (operation) =>
      exportCapsule(services, input, caller, operation),
    );
  }),
  inspect: api.capsule.inspect.handler(({ input, context: { services, caller } }) =>
    inspectCapsule(services, input.transferId, caller),
  ),
  import: api.capsule.import.handler(({ input, context: { services, caller } }) => {
    const { operationId: id, name } = input;
    const start = { id, kind: 'capsule.import' as const, callerName: caller.name, subject: { envName: name } };
    return services.operations.run(start, (operation) => importCapsule(services, input, caller, operation));
  }),
};
