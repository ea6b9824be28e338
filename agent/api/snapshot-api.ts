// Calls about snapshots. The ENV is held while one of them runs.
import type { OperationKind } from '@tt/protocol';
import { mayChange } from '../operations/caller.ts';
import { applySnapshot } from '../operations/apply-snapshot.ts';
import { deleteSnapshot } from '../operations/delete-snapshot.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { takeSnapshot } from '../operations/take-snapshot.ts';
import { api, type CallContext } from './context.ts';

const doing = {
  'snapshot.create': 'a snapshot is being taken',
  'snapshot.apply': 'it is being put back to a snapshot',
  'snapshot.delete': 'a snapshot is being deleted',
} satisfies Partial<Record<OperationKind, string>>;

async function onSnapshot<Result>(
  { services, caller }: CallContext,
  kind: keyof typeof doing,
  { envName, name, operationId }: { envName: string; name: string; operationId?: string | undefined },
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  const repetition = { id: operationId, kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  mayChange(services, caller, envName);
  const start = {
    ...repetition,
    subject: { envName, snapshotName: name },
    cancellable: kind !== 'snapshot.delete',
  };
  return services.operations.run(start, (context) => services.locks.hold(envName, doing[kind], () => work(context)));
}

export const snapshotApi = {
  list: api.snapshot.list.handler(({ input, context: { services } }) => ({
    snapshots: services.inventory.snapshotsOf(services.inventory.env(input.envName).name),
  })),
  create: api.snapshot.create.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.create', input, (operation) =>
      takeSnapshot(context.services, { ...input, kind: 'user' }, operation),
    ),
  ),
  apply: api.snapshot.apply.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.apply', input, (operation) => applySnapshot(context.services, input, operation)),
  ),
  delete: api.snapshot.delete.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.delete', input, () => deleteSnapshot(context.services, input.envName, input.name)),
  ),
};
