// Warms an image: boots a VM of it that nobody sees, waits until its guest is up and quiet, saves it while it runs, and ends it. Its
// disks and its memory are what new VMs of the image wake from (decision 0068). All or nothing.
import { randomUUID } from 'node:crypto';
import { type Image, TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { versionOfImage } from '../../warm/image-version.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import { allOrNothing } from '../all-or-nothing.ts';
import { defineOperation } from '../define-operation.ts';
import { startFailure } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { saveGuests } from '../snapshots/save-guests.ts';
import { onImage } from '../targets.ts';
import { makeDisks } from '../vms/drives/make-disks.ts';
import { clearFreeMemory } from './clear-free-memory.ts';
import { endHidden } from './end-hidden.ts';
import { bootHidden, planHidden, reserveHidden, type WarmRequest } from './hidden-vm.ts';
import { dropWarm, removeWarm } from './remove-warm.ts';
import { untilQuiet } from './until-quiet.ts';

/** What the tables of its disk and its logs take, beside its memory and what its guest writes while it boots. */
const FRESH_BYTES = 64 * 1024 * 1024;

export const warmImageOperation = defineOperation({
  kind: 'image.warm',
  ...onImage,
  cancellable: true,
  run: ({ services, input: { name, operationId: _id, ...request }, caller, operation }) =>
    warmImage(services, name, request, caller === AGENT ? null : caller.name, operation),
});

/** `owner`: in whose quota its VM is while it runs; null: the agent itself keeps the image warm. */
export async function warmImage(
  services: Services,
  imageName: string,
  request: WarmRequest,
  owner: string | null,
  context: OperationContext,
): Promise<Image> {
  const { engines, images, warm } = services;
  await engines.settled();
  await warm.make(imageName, async (stop) => {
    const signal = AbortSignal.any([context.signal, stop]);
    const made = await allOrNothing(services, context, (undo) =>
      make(services, imageName, request, owner, undo, { ...context, signal }),
    );
    services.logger.info({ imageName, vmId: made.vm.id, sizeBytes: made.sizeBytes }, 'image is warm');
    for (const other of warm.list()) {
      if (other.imageName === imageName && other.vm.id !== made.vm.id) await dropWarm(services, other);
    }
  });
  return images.show(imageName);
}

async function make(
  services: Services,
  imageName: string,
  request: WarmRequest,
  owner: string | null,
  undo: UndoStack,
  context: OperationContext,
): Promise<WarmRecord> {
  const { allocation, budget, images, snapshots, storage, warm } = services;
  const image = images.ready(imageName);
  const imageVersion = await versionOfImage(image);
  if (imageVersion === null) throw notReady(services, imageName);
  const record = await allocation.run(async () => {
    const { vm, release } = await reserveHidden(services, planHidden(services, imageName, request), owner);
    undo.add('what it was allocated', release);
    const made: WarmRecord = {
      imageName,
      imageVersion,
      vm,
      tag: `tt-${randomUUID()}`,
      phase: 'making',
      acceleration: null,
      sizeBytes: 0,
      isAutomatic: owner === null,
      madeAt: services.now().toISOString(),
      lastUsedAt: null,
      useCount: 0,
    };
    warm.put(made);
    undo.add(`warm instant of ${imageName}`, () => removeWarm(services, made));
    return { ...made, release };
  });
  const { vm, tag, release } = record;
  services.checkpoint('reserved');
  const growth = {
    owner: null,
    subject: imageName,
    wantedBytes: snapshots.neededBytes(vm.spec.memoryMiB) + FRESH_BYTES,
    measured: [storage.folderOf(vm.id)],
    signal: context.signal,
  };
  const { acceleration, sizeBytes } = await budget.write(growth, ({ signal }) =>
    bootAndSave(services, vm, tag, undo, { ...context, signal }),
  );
  // Another image may lie there by now, which its guest has not booted from.
  if ((await versionOfImage(images.ready(imageName))) !== imageVersion) throw notReady(services, imageName);
  context.signal.throwIfAborted();
  context.noReturn();
  release();
  const { release: _release, ...made } = record;
  const ready: WarmRecord = { ...made, phase: 'ready', acceleration, sizeBytes };
  warm.put(ready);
  services.checkpoint('warm');
  return ready;
}

async function bootAndSave(
  services: Services,
  vm: VmRecord,
  tag: string,
  undo: UndoStack,
  context: OperationContext,
): Promise<Pick<WarmRecord, 'acceleration' | 'sizeBytes'>> {
  const { snapshots, storage } = services;
  const { signal } = context;
  context.step('cloningDisks');
  await makeDisks(services, vm, signal).catch(async (error: unknown) => {
    throw await startFailure(services, vm, error);
  });
  context.step('startingVm');
  const guest = await bootHidden(services, vm, signal);
  await untilQuiet(services, vm.name, guest, signal, context);
  context.step('clearingMemory');
  if (!(await clearFreeMemory(vm.name, guest, signal))) {
    services.logger.info(
      { vmId: vm.id, imageName: vm.name },
      'the guest could not clear its free memory; it is saved as it is',
    );
  }
  services.checkpoint('guest is quiet');
  const vmStateBytes = await save(services, vm, guest, tag, undo, context);
  context.step('stoppingVm');
  await endHidden(services, vm);
  await guest.exited;
  services.checkpoint('guest ended');
  try {
    await snapshots.flush(vm.id, tag);
    const use = (await storage.diskUse([vm.id])).get(vm.id);
    if (use instanceof Error) throw use;
    const sizeBytes = vmStateBytes + (use?.diskBytes ?? 0) + (use?.snapshotBytes ?? 0);
    return { acceleration: guest.acceleration, sizeBytes };
  } catch (error) {
    throw await startFailure(services, vm, error);
  }
}

/** As a snapshot does it, of one guest. Resolves with the bytes of its memory on the host. */
async function save(
  services: Services,
  vm: VmRecord,
  guest: RunningVm,
  tag: string,
  undo: UndoStack,
  context: OperationContext,
): Promise<number> {
  let hasEnded = false;
  void guest.exited.then(() => {
    hasEnded = true;
  });
  const running = { get: (vmId: string) => (vmId === vm.id && !hasEnded ? guest : null) };
  const saving = { snapshotName: vm.name, tag, vms: [vm], signal: context.signal };
  const saveIt = async () => {
    await guest.dropNetworks();
    return saveGuests({ ...services, running }, saving, undo, context);
  };
  const { saved } = await saveIt().catch((error: unknown) => {
    if (error instanceof EngineError)
      throw new TtError('IMAGE_WARM_FAILED', { imageName: vm.name, reason: error.reason });
    // What people know nothing of has no name for them but the image's.
    if (!(error instanceof TtError) || error.code !== 'SNAPSHOT_FAILED') throw error;
    const { reason } = (error as TtError<'SNAPSHOT_FAILED'>).data;
    throw new TtError('IMAGE_WARM_FAILED', { imageName: vm.name, reason }, { cause: error });
  });
  return saved.reduce((sum, { vmStateBytes }) => sum + vmStateBytes, 0);
}

function notReady({ images }: Pick<Services, 'images'>, imageName: string): TtError {
  return new TtError('IMAGE_NOT_READY', { imageName, state: images.show(imageName).state });
}
