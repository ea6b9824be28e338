// Who can change a lab or a profile: its owner and administrators. Others can use a shared profile (decision 0052).
import { TtError } from '@tt/protocol';
import type { Caller } from '../operations/caller.ts';
import type { Services } from '../operations/services.ts';
import type { LabRecord, ProfileRecord } from '../state/records.ts';

/** For operations on a lab, or a profile, that the caller may change. */
export const onLab = {
  allow: (services: Pick<Services, 'labs'>, caller: Caller, { name }: { name: string }): LabRecord =>
    labToChange(services, caller, name),
  subject: ({ name }: LabRecord) => ({ labName: name }),
};
export const onProfile = {
  allow: (services: Pick<Services, 'labs'>, caller: Caller, { name }: { name: string }): ProfileRecord =>
    profileToChange(services, caller, name),
  subject: ({ name }: ProfileRecord) => ({ profileName: name }),
};

/** Throws LAB_NOT_FOUND or LAB_NOT_YOURS. */
export function labToChange({ labs }: Pick<Services, 'labs'>, caller: Caller, labName: string): LabRecord {
  const lab = labs.lab(labName);
  if (caller.role !== 'admin' && caller.name !== lab.owner) {
    throw new TtError('LAB_NOT_YOURS', { labName, owner: lab.owner });
  }
  return lab;
}

/** For cloning it, or using it in a lab: a shared one is for everybody. Throws PROFILE_NOT_FOUND or PROFILE_NOT_YOURS. */
export function profileToUse(services: Pick<Services, 'labs'>, caller: Caller, profileName: string): ProfileRecord {
  const profile = services.labs.profile(profileName);
  return profile.shared ? profile : profileToChange(services, caller, profileName);
}

/** Throws PROFILE_NOT_FOUND or PROFILE_NOT_YOURS. */
export function profileToChange({ labs }: Pick<Services, 'labs'>, caller: Caller, profileName: string): ProfileRecord {
  const profile = labs.profile(profileName);
  if (caller.role !== 'admin' && caller.name !== profile.owner) {
    throw new TtError('PROFILE_NOT_YOURS', { profileName, owner: profile.owner });
  }
  return profile;
}
