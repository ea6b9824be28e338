// Calls about ENVs: check who asks, then hand to an operation.
import type { OperationKind } from '@tt/protocol';
import { addVms } from '../operations/add-vms.ts';
import { mayChange } from '../operations/caller.ts';
import { deleteEnv, startEnv, stopEnv } from '../operations/change-env.ts';
import { cloneEnv } from '../operations/copies/clone-env.ts';
import { compactEnv } from '../operations/compact-env.ts';
import { createEnv } from '../operations/create-env.ts';
import { envDetail } from '../operations/env-detail.ts';
import { kickVms } from '../operations/kick.ts';
import { sshKeyOf } from '../operations/ssh-key.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { updateEnv } from '../operations/update-env.ts';
import { api, type KnownCallContext } from './context.ts';

/** Kinds that must run to their end. */
const steadfast: readonly OperationKind[] = ['env.stop', 'env.delete', 'env.update'];

/** Runs an operation on an ENV that the caller may change. */
async function onEnv<Result>(
  { services, caller }: KnownCallContext,
  kind: OperationKind,
  { name, operationId }: { name: string; operationId?: string | undefined },
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  // A repeated call gets its result also when the ENV is gone since (it may be the call that deleted it).
  const repetition = { id: operationId, kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  mayChange(services, caller, name);
  const cancellable = !steadfast.includes(kind);
  return services.operations.run({ ...repetition, subject: { envName: name }, cancellable }, work);
}

export const envApi = {
  list: api.env.list.handler(({ context: { services } }) => ({
    envs: services.inventory.envs().map((env) => services.inventory.envView(env)),
  })),

  show: api.env.show.handler(({ input, context: { services } }) => envDetail(services, input.name)),

  create: api.env.create.handler(({ input, context: { services, caller } }) => {
    const { operationId, ...request } = input;
    return services.operations.run(
      { id: operationId, kind: 'env.create', callerName: caller.name, subject: { envName: request.name } },
      (context) => createEnv(services, request, caller, context),
    );
  }),

  update: api.env.update.handler(({ input, context }) =>
    onEnv(context, 'env.update', input, (operation) =>
      updateEnv(context.services, input.name, input, context.caller, operation),
    ),
  ),

  addVms: api.env.addVms.handler(({ input, context }) =>
    onEnv(context, 'env.addVms', input, (operation) => addVms(context.services, input.name, input.groups, operation)),
  ),

  kick: api.env.kick.handler(({ input, context }) =>
    onEnv(context, 'env.kick', input, (operation) => kickVms(context.services, input.name, input, operation)),
  ),

  sshKey: api.env.sshKey.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, input.name);
    return sshKeyOf(services, input.name);
  }),
  clone: api.env.clone.handler(({ input, context }) =>
    onEnv(context, 'env.clone', input, (operation) =>
      cloneEnv(context.services, input.name, input, context.caller, operation),
    ),
  ),

  start: api.env.start.handler(({ input, context }) =>
    onEnv(context, 'env.start', input, (operation) => startEnv(context.services, input.name, operation)),
  ),

  stop: api.env.stop.handler(({ input, context }) =>
    onEnv(context, 'env.stop', input, (operation) => stopEnv(context.services, input.name, input.graceS, operation)),
  ),

  compact: api.env.compact.handler(({ input, context }) =>
    onEnv(context, 'env.compact', input, (operation) => compactEnv(context.services, input.name, operation)),
  ),

  delete: api.env.delete.handler(({ input, context }) =>
    onEnv(context, 'env.delete', input, (operation) => deleteEnv(context.services, input.name, operation)),
  ),
};
