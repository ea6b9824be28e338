// Removes warm instants: of images that are cooled, deleted or warmed anew, of images that have changed since, and what a killed agent
// left half-made.
import { TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import { StorageError } from '../../storage/errors.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import type { Services } from '../services.ts';
import { endHidden } from './end-hidden.ts';
import { isStale } from './is-stale.ts';

type RemovingServices = Pick<
  Services,
  'runRoot' | 'storage' | 'images' | 'uefi' | 'engines' | 'cgroups' | 'warm' | 'logger' | 'checkpoint'
>;

/** VMs that are being copied from it are waited for; no other begins. Idempotent; after a failure the next sweep tries again. */
export function removeWarm(services: RemovingServices, { vm: { id } }: Pick<WarmRecord, 'vm'>): Promise<void> {
  const { warm, storage, logger } = services;
  return warm.removeOnce(id, async () => {
    const record = warm.list().find(({ vm }) => vm.id === id);
    if (!record) return;
    if (record.phase !== 'deleting') warm.put({ ...record, phase: 'deleting' });
    services.checkpoint('warm set aside');
    await warm.unused(id);
    await endHidden(services, record.vm);
    services.checkpoint('guest ended');
    await storage.destroyImage(id);
    services.checkpoint('warm removed');
    warm.delete(id);
    logger.info({ imageName: record.imageName, vmId: id }, 'removed the warm instant of an image');
  });
}

/** Nobody wakes from it any more when it resolves; what could not be removed is tried again by {@link sweepWarm}. */
export async function dropWarm(services: RemovingServices, record: WarmRecord): Promise<void> {
  try {
    await removeWarm(services, record);
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof StorageError || error instanceof TtError)) throw error;
    const { imageName, vm } = record;
    services.logger.warn({ err: error, imageName, vmId: vm.id }, 'could not remove a warm instant; trying again later');
  }
}

/** Called at start, when nothing is being made, and periodically. One that can't be removed is tried again. */
export async function sweepWarm(services: RemovingServices): Promise<void> {
  const { warm, logger } = services;
  for (const record of warm.list()) {
    const { imageName, vm, phase } = record;
    if (phase === 'making' && warm.isMaking(imageName)) continue;
    if (phase === 'ready' && !(await isStale(services, record))) continue;
    logger.info({ imageName, vmId: vm.id, phase }, 'removing a warm instant that nobody can use');
    await dropWarm(services, record);
  }
}
