// Calls about snapshots. The ENV is held while one of them changes VMs or disks.
import { type OperationKind, TtError } from '@tt/protocol';
import { mayChange } from '../operations/caller.ts';
import { applySnapshot } from '../operations/snapshots/apply-snapshot.ts';
import { deleteSnapshot } from '../operations/snapshots/delete-snapshot.ts';
import { forkSnapshot } from '../operations/copies/fork-snapshot.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import type { Services } from '../operations/services.ts';
import { snapshotUsage } from '../operations/snapshots/snapshot-usage.ts';
import { takeSnapshot } from '../operations/snapshots/take-snapshot.ts';
import { updateSnapshot } from '../operations/snapshots/update-snapshot.ts';
import { api, type KnownCallContext } from './context.ts';

/** What holds the ENV meanwhile. */
const doing = {
  'snapshot.create': 'a snapshot is being taken',
  'snapshot.apply': 'it is being put back to a snapshot',
  'snapshot.delete': 'a snapshot is being deleted',
} satisfies Partial<Record<OperationKind, string>>;

async function onSnapshot<Result>(
  { services, caller }: KnownCallContext,
  kind: keyof typeof doing | 'snapshot.update' | 'snapshot.fork',
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
    cancellable: kind === 'snapshot.create' || kind === 'snapshot.apply' || kind === 'snapshot.fork',
  };
  // A fork holds the ENV only as long as it copies.
  if (kind === 'snapshot.update' || kind === 'snapshot.fork') return services.operations.run(start, work);
  return services.operations.run(start, (context) => services.locks.hold(envName, doing[kind], () => work(context)));
}

async function thumbnail(services: Services, { envName, name, vmId }: { envName: string; name: string; vmId: string }) {
  const snapshot = services.inventory.snapshot(services.inventory.env(envName).name, name);
  const part = snapshot.vms.find((candidate) => candidate.vmId === vmId && candidate.hasThumbnail);
  const png = part ? await services.thumbnails.read(snapshot.id, part.vmId) : null;
  if (!png) throw new TtError('THUMBNAIL_NOT_FOUND', { snapshotName: name, vmId });
  const dataBase64 = Buffer.from(png).toString('base64');
  return { takenAt: snapshot.createdAt, contentType: 'image/png' as const, dataBase64 };
}

export const snapshotApi = {
  list: api.snapshot.list.handler(({ input, context: { services } }) => ({
    snapshots: services.inventory.snapshotsOf(services.inventory.env(input.envName).name),
  })),
  show: api.snapshot.show.handler(({ input, context: { services } }) =>
    services.inventory.snapshot(services.inventory.env(input.envName).name, input.name),
  ),
  usage: api.snapshot.usage.handler(({ input, context: { services } }) => snapshotUsage(services, input.envName)),
  thumbnail: api.snapshot.thumbnail.handler(({ input, context: { services } }) => thumbnail(services, input)),
  create: api.snapshot.create.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.create', input, (operation) =>
      takeSnapshot(context.services, { ...input, kind: 'user' }, operation),
    ),
  ),
  apply: api.snapshot.apply.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.apply', input, (operation) => applySnapshot(context.services, input, operation)),
  ),
  update: api.snapshot.update.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.update', input, () => updateSnapshot(context.services, input)),
  ),
  fork: api.snapshot.fork.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.fork', input, (operation) =>
      forkSnapshot(context.services, input, context.caller, operation),
    ),
  ),
  delete: api.snapshot.delete.handler(({ input, context }) =>
    onSnapshot(context, 'snapshot.delete', input, () => deleteSnapshot(context.services, input.envName, input.name)),
  ),
};
