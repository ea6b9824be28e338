// Opens the administrative session of a profile, if no session of it is running.
import { type EnvDetail, TtError } from '@tt/protocol';
import { onProfile } from '../../labs/rights.ts';
import { adminEnvName, mustBeClosed, runningClients } from '../../labs/sessions.ts';
import type { ProfileRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import { createEnv } from '../envs/create-env.ts';
import { haltAll } from '../envs/stop-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { groupOf } from './profile-group.ts';

type OpenRequest = Omit<InputOf<'profile.openAdmin'>, 'name'>;

export const openAdminOperation = defineOperation({
  kind: 'profile.openAdmin',
  ...onProfile,
  cancellable: true,
  run: ({ services, caller, target, input, operation }) => openAdminSession(services, caller, target, input, operation),
});

/**
 * Rejects with PROFILE_IN_ADMIN_SESSION, with PROFILE_CLIENTS_RUN unless the request says to stop them, or like the creation of
 * an ENV.
 */
async function openAdminSession(
  services: Services,
  caller: Caller,
  profile: ProfileRecord,
  { stopClients, lifetimeS, graceS }: OpenRequest,
  context: OperationContext,
): Promise<EnvDetail> {
  const { name: profileName, version } = profile;
  mustBeClosed(services, profileName);
  const clients = runningClients(services, profileName).map((vm) => vm.name);
  if (clients.length > 0 && !stopClients) throw new TtError('PROFILE_CLIENTS_RUN', { profileName, clients });
  // From here on no session of it starts, so those that run can only become fewer.
  return services.labs.whileOpening(profileName, caller.name, async () => {
    await stopAll(services, profileName, graceS, context);
    const mark = { kind: 'admin' as const, labName: null, profileName, sessionName: 'admin', terminalName: null };
    return createEnv(
      services,
      {
        name: adminEnvName(profileName),
        title: profile.title || profileName,
        groups: [groupOf(profile)],
        lifetimeS,
        // What was changed must not be lost because somebody went to lunch.
        endPolicy: 'stop',
        lab: {
          mark,
          image: profile.image,
          base: { profileName, version },
          discardWrites: false,
          check: () => checkNobodyRuns(services, profileName),
        },
      },
      caller,
      context,
    );
  });
}

async function stopAll(
  services: Services,
  profileName: string,
  graceS: number,
  context: OperationContext,
): Promise<void> {
  const envNames = new Set(runningClients(services, profileName).map((vm) => vm.envName));
  for (const envName of envNames) {
    context.signal.throwIfAborted();
    await services.locks.hold(envName, context.kind, () => haltAll(services, envName, graceS, context));
  }
}

/** A session that was being made when its profile was opened is refused when it is about to run; until then it counts. */
function checkNobodyRuns(services: Pick<Services, 'inventory' | 'reservations'>, profileName: string): void {
  const clients = runningClients(services, profileName).map((vm) => vm.name);
  if (clients.length > 0) throw new TtError('PROFILE_CLIENTS_RUN', { profileName, clients });
}
