// Copies a profile with its current version; the clone numbers its versions anew.
import { type Profile, reason, TtError } from '@tt/protocol';
import { seesAll } from '../../access/for-others.ts';
import { profileToUse } from '../../labs/rights.ts';
import type { Caller } from '../caller.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { mustBeFree, putProfile } from './profile-fields.ts';
import { publishFailure } from '../publish-failure.ts';

export const cloneProfileOperation = defineOperation({
  kind: 'profile.clone',
  allow: (services, caller, { name }) => profileToUse(services, caller, name),
  subject: (_target, { name }) => ({ profileName: name }),
  cancellable: false,
  run: ({ services, caller, input }) => cloneProfile(services, caller, input.name, input.newName),
});

/** From the current version; the clone numbers its versions anew. */
async function cloneProfile(services: Services, caller: Caller, name: string, newName: string): Promise<Profile> {
  const { labs, baseImages } = services;
  const source = labs.profile(name);
  mustBeFree(services, newName);
  const current = labs.current(source);
  const now = services.now().toISOString();
  const version = { ...current, version: 1, publishedAt: now, publishedBy: caller.name };
  // Notes are for those who may read them.
  const words = seesAll(caller, [source.owner]) ? {} : { notes: '' };
  const own = { name: newName, owner: caller.name, shared: false, version: 1, versions: [{ ...version, ...words }] };
  const clone = { ...source, ...words, ...own };
  const createdAt = version.publishedAt;
  if (current.isImage) return putProfile(services, { ...clone, createdAt }, null);
  const from = { profileName: name, version: current.version };
  const to = { profileName: newName, version: 1 };
  // Its name is taken meanwhile: of two clones of one name the second would take the first one's base away again.
  return labs.whileMaking(newName, async () => {
    try {
      await baseImages.copy(from, to);
      services.checkpoint('base copied');
      // The original's own version may have gone while it was copied, and with it files that were not linked yet.
      if (!labs.version(from)) {
        const why = reason('versionRemoved', { version: from.version, profileName: name });
        throw new TtError('PROFILE_PUBLISH_FAILED', { profileName: newName, reason: why });
      }
      return putProfile(services, { ...clone, createdAt }, null);
    } catch (error) {
      await baseImages.remove(to);
      throw await publishFailure(services, { subject: newName, code: 'PROFILE_PUBLISH_FAILED' }, error);
    }
  });
}
