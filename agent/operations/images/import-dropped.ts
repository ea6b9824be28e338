// Imports disks that somebody put into the image folder (`agent/images/dropped-disk.ts`): one at a time, as an operation that
// can be followed and cancelled. The image replaces the file; a failure leaves the file untouched.
import { rm } from 'node:fs/promises';
import { type Image, reason, TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import { Mutex } from '../../host/mutex.ts';
import type { DroppedDisk } from '../../images/dropped-disk.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { importFrom, importImageOperation } from './import-image.ts';
import { shownToWaiters } from './wait-for-images.ts';

/** For `ImageService.follow`. */
export function droppedImports(services: Services): (dropped: DroppedDisk) => Promise<Image> {
  // Each reads and writes a whole disk: two at once would only take turns.
  const queue = new Mutex();
  /** Names of those that are not done yet; the first is being imported. */
  const queued: string[] = [];
  return (dropped) => {
    const { name, path } = dropped;
    const operation = defineOperation({
      ...importImageOperation,
      run({ operation: context }) {
        const [current] = queued;
        if (current !== undefined) context.step('waitingForImage', undefined, { image: current });
        queued.push(name);
        return queue.run(() => importDropped(services, dropped, context).finally(() => queued.shift()));
      },
    });
    return runOperation(services, operation, { name, source: { kind: 'file', path } }, AGENT);
  };
}

async function importDropped(services: Services, dropped: DroppedDisk, context: OperationContext): Promise<Image> {
  const { images } = services;
  const { name, path, file, format } = dropped;
  context.signal.throwIfAborted();
  // Somebody may have gone on writing to it from another host: then the next look finds it changed, and begins again.
  const before = async () => {
    if (await images.isUnchanged(dropped)) return;
    throw new TtError('IMAGE_REFUSED', { source: file, reason: reason('changedMeanwhile') });
  };
  const request = { name, owner: null, format: format ?? undefined, around: { before, after: () => rm(path) } };
  try {
    const source = { kind: 'file', path, within: images.directory } as const;
    const made = await images.make(name, (report) =>
      importFrom(services, request, source, shownToWaiters(context, report)),
    );
    return images.show(made);
  } finally {
    images.tell();
  }
}
