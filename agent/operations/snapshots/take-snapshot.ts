// Takes a snapshot of one VM or of a whole ENV, all guests at one instant (`save-guests.ts`), and writes it down. All or nothing.
import { randomUUID } from 'node:crypto';
import { isValidName, type Snapshot, TtError } from '@tt/protocol';
import { payersOf } from '../../access/owners.ts';
import type { RunningVm } from '../../engines/interface.ts';
import type { SavedState } from '../../snapshots/vm-live-save.ts';
import type { SnapshotRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { allOrNothing, keepFromHere } from '../all-or-nothing.ts';
import { admitRecords, textSize } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { memberOf } from '../envs/member-of.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { holdingEnvOfSnapshot } from '../targets.ts';
import { mustHaveFeature } from '../vms/engine-features.ts';
import { setGuestClocksSoon } from './guest-clocks.ts';
import { HeldGuests } from './held-guests.ts';
import { flushAll, noteUnflushed } from './late-flush.ts';
import { saveGuests } from './save-guests.ts';
import { keepScreens, type Screens, takeScreens } from './snapshot-pictures.ts';

export interface SnapshotRequest {
  envName: string;
  name: string;
  title?: string | undefined;
  notes?: string | undefined;
  vmIds?: string[] | undefined;
  kind: Snapshot['kind'];
  lifetimeS?: number | undefined;
}

export const takeSnapshotOperation = defineOperation({
  kind: 'snapshot.create',
  ...holdingEnvOfSnapshot,
  cancellable: true,
  run: ({ services, input, operation }) => takeSnapshot(services, { ...input, kind: 'user' }, operation),
});

/**
 * The caller has locked the ENV, and calls `flushLate` after one of the kind `safety`. `held` gets the guests whose memory is saved later: they
 * stay paused, and `finishHeld` is for the caller.
 */
export async function takeSnapshot(
  services: Services,
  request: SnapshotRequest,
  context: OperationContext,
  held = new HeldGuests([]),
): Promise<Snapshot> {
  const vms = checkRequest(services, request);
  const running = vms.flatMap((vm) => services.running.get(vm.id) ?? []);
  const neededBytes = vms
    .filter((vm) => services.running.get(vm.id))
    .reduce((sum, vm) => sum + services.snapshots.neededBytes(vm.spec.memoryMiB), 0);
  // A quota does not refuse those that the agent takes automatically: nobody could undo a revert without its safety snapshot.
  const payers = request.kind === 'user' ? payersOf(services.inventory.env(request.envName)) : { owner: null };
  const id = `tt-${randomUUID()}`;
  const growth = {
    ...payers,
    subject: request.name,
    wantedBytes: neededBytes,
    measured: running.flatMap((vm) => services.snapshots.ramFilesOf(vm.id, id)),
    signal: context.signal,
  };
  const { write, close } = await services.budget.open(growth);
  const { signal } = write;
  try {
    const snapshot = await save(services, request, { id, vms, running, signal, held }, context);
    // What is written later is claimed until then.
    held.begin({ signal, close });
    return snapshot;
  } catch (error) {
    close();
    context.signal.throwIfAborted();
    throw write.refusal ?? error;
  }
}

interface Saving {
  /** The snapshot's, and the tag of its saved states. */
  id: string;
  vms: readonly VmRecord[];
  running: readonly RunningVm[];
  signal: AbortSignal;
  held: HeldGuests;
}

function save(
  services: Services,
  request: SnapshotRequest,
  { id, vms, running, signal, held }: Saving,
  context: OperationContext,
): Promise<Snapshot> {
  return allOrNothing(services, context, async (undo) => {
    // Those of a safety snapshot are reverted next.
    const pausedThroughout = request.kind === 'safety';
    const screens: { taken: Promise<Screens> | null } = { taken: null };
    const onPaused = () => {
      if (pausedThroughout) screens.taken = takeScreens(services, running);
    };
    const saving = { snapshotName: request.name, tag: id, vms, signal, pausedThroughout, held, onPaused };
    const { takenAt, saved, instant } = await withClocks(services, request, running, () =>
      saveGuests(services, saving, undo, context),
    );
    undo.add('guests whose memory is not saved', () => held.cancel());
    undo.add('pictures', () => services.thumbnails.remove(id));
    const withRam = vms.filter((_vm, index) => saved[index]?.hasRam);
    // The guests run again: neither keeps them, nor waits for the other.
    const [pictures, flush] = await Promise.allSettled([
      keepPictures(services, id, screens.taken ?? takeScreens(services, running)),
      // After a revert nobody waits for it any more.
      request.kind === 'safety' ? null : flushAll(services, request.name, withRam, id),
    ]);
    if (flush.status === 'rejected') throw flush.reason;
    if (pictures.status === 'rejected') throw pictures.reason;
    const pictured = pictures.value;
    keepFromHere(context);
    const snapshot: SnapshotRecord = {
      id,
      name: request.name,
      title: request.title ?? '',
      notes: request.notes ?? '',
      envName: request.envName,
      scope: request.vmIds ? 'vm' : 'env',
      kind: request.kind,
      parentId: services.inventory.positionOf(request.envName),
      vms: vms.map((vm, index) => ({
        vmId: vm.id,
        vmName: vm.name,
        removed: false,
        hasThumbnail: pictured.has(vm.id),
        spec: vm.spec,
        ...(saved[index] as SavedState),
      })),
      createdAt: takenAt.toISOString(),
      expiresAt: expiryOf(services, request.lifetimeS),
      ...instant,
      sizeBytes: saved.reduce((sum, { vmStateBytes }) => sum + vmStateBytes, 0),
    };
    services.checkpoint('states saved');
    if (request.kind === 'safety') noteUnflushed(services, request.envName, id, held.marks());
    services.inventory.putSnapshot(snapshot);
    services.inventory.setPosition(request.envName, id);
    undo.commit();
    services.checkpoint('snapshot written');
    services.logger.info({ snapshotId: id, snapshotName: request.name, ...instant }, 'snapshot taken');
    return snapshot;
  });
}

/** A moment late, unless it is paused anyway: no guest is paused for its picture. Gives the VMs that have one. */
async function keepPictures(
  services: Pick<Services, 'logger' | 'thumbnails' | 'checkpoint'>,
  snapshotId: string,
  screens: Promise<Screens>,
): Promise<Set<string>> {
  const kept = await keepScreens(services, snapshotId, await screens);
  services.checkpoint('pictures kept');
  return kept;
}

/** The clocks of guests that `work` pauses are set afterwards; before a revert, the revert does it. */
async function withClocks<Result>(
  services: Pick<Services, 'now' | 'logger' | 'inventory' | 'running'>,
  { kind }: SnapshotRequest,
  guests: readonly RunningVm[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    if (kind !== 'safety')
      setGuestClocksSoon(
        services,
        guests.map(({ id }) => id),
      );
  }
}

/** When a snapshot with this lifetime is deleted automatically; null: never. */
export function expiryOf({ now }: Pick<Services, 'now'>, lifetimeS: number | null | undefined): string | null {
  return lifetimeS ? new Date(now().getTime() + lifetimeS * 1000).toISOString() : null;
}

function checkRequest(services: Services, request: SnapshotRequest): VmRecord[] {
  const { inventory } = services;
  if (!isValidName(request.name)) throw new TtError('NAME_INVALID', { name: request.name });
  if (inventory.snapshotsOf(request.envName).some((snapshot) => snapshot.name === request.name)) {
    throw new TtError('SNAPSHOT_NAME_TAKEN', { envName: request.envName, snapshotName: request.name });
  }
  // Without a safety snapshot a revert could not be undone; an ENV has one at a time.
  if (request.kind !== 'safety') {
    const textBytes = textSize(request.title, request.notes);
    admitRecords(services, inventory.env(request.envName).owner, { snapshots: 1, textBytes });
  }
  const all = inventory.vmsOf(request.envName);
  const vms = request.vmIds ? [...new Set(request.vmIds)].map((vmId) => memberOf(all, vmId)) : all;
  mustHaveState(request.envName, vms);
  // One instant for VMs of several engines: each of them must be able to, before the first guest is paused.
  for (const vm of vms) if (services.running.get(vm.id)) mustHaveFeature(services, vm, 'liveSnapshot');
  return vms;
}

/** Throws WRITES_DISCARDED or SNAPSHOT_EMPTY if these VMs of an ENV have no state to keep or copy. */
export function mustHaveState(envName: string, vms: readonly VmRecord[]): void {
  const forgetful = vms.find((vm) => vm.origin.discardWrites);
  if (forgetful) throw new TtError('WRITES_DISCARDED', { vmName: forgetful.name });
  if (vms.length === 0) throw new TtError('SNAPSHOT_EMPTY', { envName });
}
