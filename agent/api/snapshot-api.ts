// Calls about snapshots.
import { TtError } from '@tt/protocol';
import type { Services } from '../operations/services.ts';
import { compareSnapshots } from '../operations/snapshots/compare-snapshots.ts';
import { snapshotUsage } from '../operations/snapshots/snapshot-usage.ts';
import { planFork } from '../operations/copies/plan-copies.ts';
import { mayChange } from '../operations/caller.ts';
import { briefSnapshot } from '../access/long-texts.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';
import { shownTo } from './shown.ts';

async function thumbnail(
  services: Pick<Services, 'inventory' | 'thumbnails'>,
  { envName, name, vmId }: { envName: string; name: string; vmId: string },
) {
  const snapshot = services.inventory.snapshot(services.inventory.env(envName).name, name);
  const part = snapshot.vms.find((candidate) => candidate.vmId === vmId && candidate.hasThumbnail);
  const png = part ? await services.thumbnails.read(snapshot.id, part.vmId) : null;
  if (!png) throw new TtError('THUMBNAIL_NOT_FOUND', { snapshotName: name, vmId });
  const dataBase64 = Buffer.from(png).toString('base64');
  return { takenAt: snapshot.createdAt, contentType: 'image/png' as const, dataBase64 };
}

export const snapshotApi = {
  list: api.snapshot.list.handler(({ input, context: { services, caller } }) => ({
    snapshots: services.inventory
      .snapshotsOf(services.inventory.env(input.envName).name)
      .map(shownTo(caller, services).snapshot)
      .map(briefSnapshot),
  })),
  show: api.snapshot.show.handler(({ input, context: { services, caller } }) =>
    shownTo(caller, services).snapshot(
      services.inventory.snapshot(services.inventory.env(input.envName).name, input.name),
    ),
  ),
  usage: api.snapshot.usage.handler(({ input, context: { services } }) => snapshotUsage(services, input.envName)),
  compare: api.snapshot.compare.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, input.envName);
    return compareSnapshots(services, input);
  }),
  thumbnail: api.snapshot.thumbnail.handler(({ input, context: { services, caller } }) => {
    mayChange(services, caller, input.envName);
    return thumbnail(services, input);
  }),
  create: api.snapshot.create.handler(byOperation('snapshot.create')),
  revert: api.snapshot.revert.handler(byOperation('snapshot.revert')),
  update: api.snapshot.update.handler(byOperation('snapshot.update')),
  fork: api.snapshot.fork.handler(byOperation('snapshot.fork')),
  planFork: api.snapshot.planFork.handler(({ input, context: { services, caller } }) =>
    planFork(services, caller, input),
  ),
  delete: api.snapshot.delete.handler(byOperation('snapshot.delete')),
};
