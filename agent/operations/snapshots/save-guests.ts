// Saves the VMs of a snapshot as of one instant. What runs is copied while it runs; when most of every guest is copied, all are paused
// together, the rest is saved, and they go on together (decision 0065). Guests that are reverted next are paused from the beginning:
// nobody needs what they would do meanwhile (decision 0106). Guests that are paused already are saved while the others are paused
// too; stopped VMs can't change, so their disks are saved before.
import type { RunningVm } from '../../engines/interface.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { UndoStack } from '../../host/undo-stack.ts';
import type { SavedState, VmLiveSave } from '../../snapshots/vm-live-save.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { guestFailure, snapshotFailure } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { atOneInstant, type Instant } from './frozen-instant.ts';
import type { HeldGuests } from './held-guests.ts';
import { memoryProgress } from './memory-progress.ts';

export interface Saving {
  snapshotName: string;
  tag: string;
  vms: readonly VmRecord[];
  signal: AbortSignal;
  /** Those that run are paused before anything is copied. Default: they run on until most of it is. */
  pausedThroughout?: boolean;
  /** With `pausedThroughout`: gets those whose memory is saved later; they stay paused. */
  held?: HeldGuests;
  /** Called when all are paused. */
  onPaused?: () => void;
}

export interface SavedGuests {
  takenAt: Date;
  /** In the order of the VMs. */
  saved: SavedState[];
  instant: Instant;
}

/** How far one VM is. */
interface Part {
  vm: VmRecord;
  /** null: it is stopped. */
  running: RunningVm | null;
  /** null: it is stopped, or paused, or not begun yet. */
  live: VmLiveSave | null;
  /** It runs, and its save begins when it is paused with the others. */
  beginsPaused: boolean;
  saved: SavedState | null;
}

type SavingServices = Pick<Services, 'now' | 'logger' | 'limits' | 'storage' | 'snapshots' | 'checkpoint'> & {
  running: Pick<Services['running'], 'get'>;
};

/** `undo` gets how to remove what was saved; its own saves are cancelled, and the guests go on, before it rejects. */
export async function saveGuests(
  services: SavingServices,
  { snapshotName, tag, vms, signal: asked, pausedThroughout = false, held, onPaused }: Saving,
  undo: UndoStack,
  context: OperationContext,
): Promise<SavedGuests> {
  const { snapshots, logger } = services;
  // The first failure ends the others, and is the one that is told.
  const stop = new AbortController();
  const signal = AbortSignal.any([asked, stop.signal]);
  const parts: Part[] = vms.map((vm) => ({ vm, running: null, live: null, beginsPaused: false, saved: null }));
  const step = async <Result>({ vm }: Part, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (stop.signal.aborted) throw stop.signal.reason;
      const told = await snapshotFailure(services, snapshotName, vm.name, error);
      if (!stop.signal.aborted) stop.abort(told);
      throw stop.signal.reason;
    }
  };
  let doneVms = 0;
  const onSaved = () => {
    services.checkpoint('state saved');
    context.step('savingVms', { done: ++doneVms, total: vms.length });
  };
  const progress = memoryProgress(context);
  const cancelAll = async () => {
    await Promise.all(
      parts.map(async ({ vm, live }) => {
        await live?.cancel().catch((error: unknown) => {
          logger.warn({ err: error, vmId: vm.id, vmName: vm.name }, 'a save of a guest could not be cancelled');
        });
      }),
    );
  };
  const begin = async ({ vm }: Part, running: RunningVm, isPaused: boolean): Promise<VmLiveSave | null> => {
    const onProgress = progress.of(vm.id, vm.spec.memoryMiB);
    const live = await snapshots.beginSave(vm.id, tag, running, { signal, onProgress, isPaused });
    services.checkpoint('save begun');
    return live;
  };
  const prepare = (part: Part) =>
    step(part, async () => {
      const { vm } = part;
      signal.throwIfAborted();
      undo.add(`saved state of ${vm.name}`, () => snapshots.delete(vm.id, tag, services.running.get(vm.id)));
      part.running = services.running.get(vm.id);
      if (!part.running) {
        part.saved = await snapshots.save(vm.id, tag, null, { signal });
        onSaved();
      } else if (pausedThroughout) {
        part.beginsPaused = !(await part.running.isPaused());
      } else {
        part.live = await begin(part, part.running, false);
      }
    });
  const finish = (part: Part) =>
    step(part, async () => {
      signal.throwIfAborted();
      const { vm, running } = part;
      if (part.beginsPaused && running) part.live = await begin(part, running, true);
      const { live } = part;
      const later = live && running && part.beginsPaused && held?.wants(vm.id) ? await live.hold() : null;
      if (live && running && later) held?.add({ vm, running, live, held: later });
      if (later) part.saved = { hasRam: true, vmStateBytes: 0 };
      else part.saved = live ? await live.finish() : await snapshots.save(vm.id, tag, running, { signal });
      onSaved();
    });

  try {
    await mapLimit(parts, services.limits.startWidth, prepare);
    const guests = parts.flatMap(({ running }) => running ?? []);
    const lives = parts.filter(({ live }) => live !== null);
    const { result, instant } = await atOneInstant(
      guests,
      async () => {
        const takenAt = services.now();
        onPaused?.();
        if (!pausedThroughout) {
          progress.end();
          context.step('savingVms', { done: doneVms, total: vms.length });
        }
        const whole = parts.filter(({ running, live }) => running !== null && live === null);
        // All at once, however many: each that waits keeps all of them standing still.
        await together([mapLimit(lives, lives.length, finish), mapLimit(whole, services.limits.startWidth, finish)]);
        progress.end();
        return { takenAt };
      },
      {
        guestFailure: guestFailure(services, snapshotName, vms),
        staysPaused: (guest) => held?.has(guest) ?? false,
        beforeResume: cancelAll,
      },
    );
    return { ...result, instant, saved: parts.map(({ saved }) => saved as SavedState) };
  } catch (error) {
    stop.abort(error);
    await cancelAll();
    held?.end();
    throw error;
  }
}

/** Waits for all; then rejects with the first failure, in this order. */
async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
