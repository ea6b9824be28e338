// Changes the fields of a profile that are given.
import { profileView } from '../../labs/lab-registry.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import { onProfile, profileToChange } from '../../labs/rights.ts';
import { defineOperation } from '../define-operation.ts';
import { waitForImages } from '../images/wait-for-images.ts';
import { changedProfile, imageFor, putProfile } from './profile-fields.ts';

export const updateProfileOperation = defineOperation({
  kind: 'profile.update',
  ...onProfile,
  cancellable: true,
  async run({ services, caller, target, input: { operationId: _id, name, wait = true, ...change }, operation }) {
    await waitForImages(services, wait, operation, () => imageFor(services, target.image));
    operation.noReturn();
    // While it waited, another profile may have got this name.
    const profile = profileToChange(services, caller, name);
    putProfile(services, changedProfile(profile, change, imageFor(services, profile.image)), profile);
    await pruneVersions(services, name);
    return profileView(services.labs.profile(name));
  },
});
