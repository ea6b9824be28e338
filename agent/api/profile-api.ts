// Calls about profiles: each runs as an operation, so that it is shown, and repeats nothing when it is sent again.
import type { OperationKind } from '@tt/protocol';
import { discard, openAdminSession, publish } from '../labs/admin-session.ts';
import { cloneProfile, createProfile, deleteProfile, rollBackProfile, updateProfile } from '../labs/change-profiles.ts';
import { profileView } from '../labs/lab-book.ts';
import { profileToChange } from '../labs/rights.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { api, type KnownCallContext } from './context.ts';

/** Kinds that can be cancelled, and then leave nothing. */
const cancellable: readonly OperationKind[] = ['profile.openAdmin', 'profile.publish'];

function onProfile<Result>(
  { services, caller }: KnownCallContext,
  kind: OperationKind,
  { name, operationId }: { name: string; operationId?: string | undefined },
  work: (operation: OperationContext) => Promise<Result>,
): Promise<Result> {
  const repetition = { id: operationId, kind, callerName: caller.name };
  return services.operations.run(
    { ...repetition, subject: { profileName: name }, cancellable: cancellable.includes(kind) },
    work,
  );
}

/** On one the caller may change. */
function onOwn<Result>(
  context: KnownCallContext,
  kind: OperationKind,
  input: { name: string; operationId?: string | undefined },
  work: (operation: OperationContext) => Promise<Result>,
): Promise<Result> {
  const { services, caller } = context;
  // A repeated call gets its result also when the profile is gone since.
  const again = services.operations.resultOf<Result>({ id: input.operationId, kind, callerName: caller.name });
  if (again) return again;
  profileToChange(services, caller, input.name);
  return onProfile(context, kind, input, work);
}

export const profileApi = {
  list: api.profile.list.handler(({ context: { services } }) => ({
    profiles: services.labs.profiles().map(profileView),
  })),

  show: api.profile.show.handler(({ input, context: { services } }) => profileView(services.labs.profile(input.name))),

  create: api.profile.create.handler(({ input, context }) => {
    const { operationId: _id, ...wish } = input;
    return onProfile(context, 'profile.create', input, async () =>
      createProfile(context.services, context.caller, wish),
    );
  }),

  update: api.profile.update.handler(({ input, context }) => {
    const { operationId: _id, ...change } = input;
    return onOwn(context, 'profile.update', input, () => updateProfile(context.services, context.caller, change));
  }),

  clone: api.profile.clone.handler(({ input, context }) =>
    onProfile(context, 'profile.clone', input, () =>
      cloneProfile(context.services, context.caller, input.name, input.newName),
    ),
  ),

  rollback: api.profile.rollback.handler(({ input, context }) =>
    onOwn(context, 'profile.rollback', input, () =>
      rollBackProfile(context.services, context.caller, input.name, input.version),
    ),
  ),

  delete: api.profile.delete.handler(({ input, context }) =>
    onOwn(context, 'profile.delete', input, () => deleteProfile(context.services, context.caller, input.name)),
  ),

  openAdmin: api.profile.openAdmin.handler(({ input, context }) => {
    const { services, caller } = context;
    return onOwn(context, 'profile.openAdmin', input, (operation) =>
      openAdminSession(services, caller, services.labs.profile(input.name), input, operation),
    );
  }),

  publish: api.profile.publish.handler(({ input, context }) => {
    const { services, caller } = context;
    return onOwn(context, 'profile.publish', input, (operation) =>
      publish(services, caller, services.labs.profile(input.name), input, operation),
    );
  }),

  discard: api.profile.discard.handler(({ input, context: callContext }) => {
    const { services } = callContext;
    return onOwn(callContext, 'profile.discard', input, (operation) =>
      discard(services, services.labs.profile(input.name), operation),
    );
  }),
};
