// The administrative session of a profile: one machine that changes a copy of the base image, exclusively, until the copy is
// published as the next version or discarded (decision 0027). It is recorded on its ENV, so it ends with that ENV, whoever
// deletes it.
import { TtError } from '@tt/protocol';
import { profileToChange } from '../../labs/rights.ts';
import { adminEnv } from '../../labs/sessions.ts';
import type { EnvRecord, ProfileRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';

/** The administrative session of a profile that the caller can change; its ENV is locked. */
export const holdingOpenSession = {
  allow(services: Pick<Services, 'inventory' | 'labs'>, caller: Caller, { name }: { name: string }): OpenSession {
    const profile = profileToChange(services, caller, name);
    return { profile, ...openSession(services, name) };
  },
  subject: ({ profile }: OpenSession) => ({ profileName: profile.name }),
  lock: ({ env }: OpenSession) => env.name,
};

interface OpenSession {
  profile: ProfileRecord;
  env: EnvRecord;
  vm: VmRecord;
}

/** The ENV and the machine of the session that is open. Throws PROFILE_NOT_IN_ADMIN_SESSION. */
function openSession(services: Pick<Services, 'inventory'>, profileName: string): { env: EnvRecord; vm: VmRecord } {
  const env = adminEnv(services, profileName);
  const vm =
    env && services.inventory.vmsOf(env.name).find(({ origin: { base } }) => base?.profileName === profileName);
  if (env?.phase !== 'ready' || !vm) throw new TtError('PROFILE_NOT_IN_ADMIN_SESSION', { profileName });
  return { env, vm };
}
