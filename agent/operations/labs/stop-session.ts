// Ends a session of a lab.
import { labToChange } from '../../labs/rights.ts';
import { sessionEnv } from '../../labs/sessions.ts';
import { defineOperation } from '../define-operation.ts';
import { deleteHeldEnv } from '../envs/delete-env.ts';

export const stopSessionOperation = defineOperation({
  kind: 'lab.stopSession',
  allow(services, caller, { name, sessionName }) {
    labToChange(services, caller, name);
    return sessionEnv(services, name, sessionName);
  },
  subject: (env, { name, sessionName }) => ({ labName: name, sessionName, envName: env.name }),
  cancellable: false,
  frees: true,
  lock: (env) => env.name,
  async run({ services, target: env, input: { sessionName }, operation }) {
    await deleteHeldEnv(services, env.name, operation);
    return { sessionName };
  },
});
