// Makes a retained version of a profile the current one.
import { TtError } from '@tt/protocol';
import { onProfile } from '../../labs/rights.ts';
import { mustBeClosed } from '../../labs/sessions.ts';
import { defineOperation } from '../define-operation.ts';
import { putProfile } from './profile-fields.ts';

export const rollBackProfileOperation = defineOperation({
  kind: 'profile.rollback',
  ...onProfile,
  cancellable: false,
  async run({ services, target: profile, input: { name, version } }) {
    if (!profile.versions.some((candidate) => candidate.version === version)) {
      const kept = profile.versions.map((candidate) => String(candidate.version));
      throw new TtError('PROFILE_VERSION_NOT_FOUND', { profileName: name, version, kept });
    }
    mustBeClosed(services, name);
    return putProfile(services, { ...profile, version }, profile);
  },
});
