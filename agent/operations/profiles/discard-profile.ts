// Ends an administrative session and discards its changes; the profile stays as it was.
import { profileView } from '../../labs/lab-registry.ts';
import { defineOperation } from '../define-operation.ts';
import { deleteHeldEnv } from '../envs/delete-env.ts';
import { holdingOpenSession } from './admin-session.ts';

/** The base stays as it was. */
export const discardProfileOperation = defineOperation({
  kind: 'profile.discard',
  ...holdingOpenSession,
  cancellable: false,
  frees: true,
  async run({ services, target: { profile, env }, operation }) {
    await deleteHeldEnv(services, env.name, operation);
    return profileView(services.labs.profile(profile.name));
  },
});
