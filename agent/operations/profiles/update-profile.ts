// Changes the fields of a profile that are given.
import { profileView } from '../../labs/lab-registry.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import { onProfile } from '../../labs/rights.ts';
import { defineOperation } from '../define-operation.ts';
import { changedProfile, imageFor, putProfile } from './profile-fields.ts';

export const updateProfileOperation = defineOperation({
  kind: 'profile.update',
  ...onProfile,
  cancellable: false,
  async run({ services, target: profile, input: { operationId: _id, name, ...change } }) {
    putProfile(services, changedProfile(profile, change, imageFor(services, profile.image)), profile);
    await pruneVersions(services, name);
    return profileView(services.labs.profile(name));
  },
});
