// Reverts VMs to a snapshot: a safety snapshot first (so that it can be undone), then all of them together.
import { freemem } from 'node:os';
import { safetySnapshotName, type Snapshot, TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { SnapshotRecord } from '../../state/records.ts';
import { withCapacityForChange } from '../capacity/capacity.ts';
import { inBackground } from '../background/in-background.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import { guestFailure, snapshotFailure } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { holdingEnvOfSnapshot } from '../targets.ts';
import { forgetSnapshot } from './delete-snapshot.ts';
import { atOneInstant, type Join } from './frozen-instant.ts';
import { setGuestClocksSoon } from './guest-clocks.ts';
import { finishHeld, HeldGuests } from './held-guests.ts';
import { flushLate } from './late-flush.ts';
import {
  holdViewers,
  isReplaced,
  type Prepared,
  prepareMachine,
  type Reverted,
  recordThen,
  revertVm,
  type Target,
} from './revert-vm.ts';
import { setClocksOperation } from './set-clocks.ts';
import { mustBeWhole, partsOf } from './snapshot-parts.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Of the host's memory, for all else. */
const SPARE_BYTES = 512 * 1024 * 1024;

type RevertRequest = InputOf<'snapshot.revert'>;

interface RevertResult {
  snapshot: Snapshot;
  safetySnapshotName: string | null;
  vms: Reverted[];
}

export const revertSnapshotOperation = defineOperation({
  kind: 'snapshot.revert',
  ...holdingEnvOfSnapshot,
  cancellable: true,
  run: ({ services, input, operation }) => revertSnapshot(services, input, operation),
});

async function revertSnapshot(
  services: Services,
  request: RevertRequest,
  context: OperationContext,
): Promise<RevertResult> {
  const snapshot = services.inventory.snapshot(request.envName, request.name);
  const targets = targetsOf(services, snapshot, request.vmIds);
  await mustBeWhole(services, snapshot, targets);
  return withCapacityForChange(services, changesOf(services, targets), async () => {
    // What is left to do for the safety snapshot is done when the guests run, whose pictures wait for nothing else any more.
    let reverted: RevertResult;
    const held = new HeldGuests(request.safety ? await savedLater(services, snapshot, targets) : []);
    const safetyName = safetySnapshotName(snapshot.name, services.now());
    try {
      reverted = await applyTo(services, request, { snapshot, targets, held, safetyName }, context);
    } finally {
      await finishHeld(services, held, { envName: request.envName, snapshotName: safetyName }, context);
      await flushLate(services, request.envName);
    }
    if (reverted.safetySnapshotName !== null)
      await forgetOlderSafety(services, request.envName, [reverted.safetySnapshotName, snapshot.name]);
    return reverted;
  });
}

interface Reverting {
  snapshot: SnapshotRecord;
  targets: readonly Target[];
  /** Gets the guests whose memory is saved afterwards. */
  held: HeldGuests;
  safetyName: string;
}

async function applyTo(
  services: Services,
  request: RevertRequest,
  reverting: Reverting,
  context: OperationContext,
): Promise<RevertResult> {
  const { snapshot, targets } = reverting;
  const vmIds = targets.map(({ vm }) => vm.id);
  let safety: Snapshot | null;
  let reverted: Reverted[];
  try {
    safety = request.safety ? await takeSafety(services, reverting, context) : null;
    // From here on the guests change: half of it is worse than all of it.
    context.noReturn();
    context.signal.throwIfAborted();
    services.checkpoint('reverting');
    reverted = await revert(services, snapshot, targets, context);
  } catch (error) {
    // They were paused for the safety snapshot, or for what failed.
    setGuestClocksSoon(services, vmIds);
    throw error;
  }
  services.checkpoint('reverted');
  services.inventory.setPosition(request.envName, snapshot.kind === 'safety' ? snapshot.parentId : snapshot.id);
  for (const vmId of vmIds) {
    services.provisioning.askAgain(vmId);
    services.readiness.askAgain(vmId);
  }
  services.inventory.noteReverted(snapshot, vmIds, services.operations.startedBy(context.id) ?? null);
  services.logger.info({ snapshotId: snapshot.id, snapshotName: snapshot.name, vmIds }, 'snapshot reverted');
  setClocksAfterwards(services, snapshot, targets);
  return { snapshot, safetySnapshotName: safety?.name ?? null, vms: reverted };
}

function targetsOf(
  services: Pick<Services, 'inventory'>,
  snapshot: Snapshot,
  vmIds: readonly string[] | undefined,
): Target[] {
  return partsOf(services, snapshot, vmIds).map(({ vm, part: { hasRam, spec } }) => ({ vm, hasRam, spec }));
}

/** What the host needs capacity for: VMs that wake up, and those that had more of something. */
function changesOf(services: Pick<Services, 'running' | 'images'>, targets: readonly Target[]) {
  return targets.map((target) => ({
    vm: target.vm,
    wanted: recordThen(services, target),
    willRun: target.hasRam,
    runs: services.running.get(target.vm.id) !== null,
  }));
}

/** VMs that go on in another process: their memory is saved when they do, as long as the host has it twice for the moment. */
async function savedLater(services: Services, { id }: SnapshotRecord, targets: readonly Target[]): Promise<string[]> {
  const later: string[] = [];
  let leftBytes = freemem() - SPARE_BYTES;
  for (const target of targets) {
    const bytes = target.vm.spec.memoryMiB * 1024 * 1024;
    if (bytes > leftBytes || !(await isReplaced(services, id, target))) continue;
    leftBytes -= bytes;
    later.push(target.vm.id);
  }
  return later;
}

async function takeSafety(
  services: Services,
  { snapshot, targets, held, safetyName }: Reverting,
  context: OperationContext,
): Promise<Snapshot> {
  const { envName } = snapshot;
  const vmIds = targets.map(({ vm }) => vm.id);
  const isWhole = services.inventory.vmsOf(envName).every((vm) => vmIds.includes(vm.id));
  const request = { envName, name: safetyName, kind: 'safety' as const, ...(!isWhole && { vmIds }) };
  return takeSnapshot(services, request, context, held);
}

/** One safety snapshot per ENV is enough: the newest undoes the newest revert. What can't be deleted now is by the next revert. */
async function forgetOlderSafety(services: Services, envName: string, kept: readonly string[]): Promise<void> {
  for (const other of services.inventory.snapshotsOf(envName)) {
    if (other.kind !== 'safety' || kept.includes(other.name)) continue;
    await forgetSnapshot(services, other).catch((error: unknown) => {
      if (!(error instanceof TtError)) throw error;
      services.logger.warn(
        { err: error, envName, snapshotName: other.name },
        'could not delete an older safety snapshot',
      );
    });
  }
}

async function revert(
  services: Services,
  snapshot: Snapshot,
  targets: readonly Target[],
  context: OperationContext,
): Promise<Reverted[]> {
  const prepared = await prepareAll(services, snapshot, targets, context);
  services.checkpoint('drives reverted');
  const live = targets.flatMap(({ vm }) => services.running.get(vm.id) ?? []);
  let done = 0;
  const total = targets.length;
  context.step('revertingVms', { done, total });
  const viewers = holdViewers(services, prepared);
  const revertOne = async (target: Prepared, join: Join) => {
    try {
      const reverted = await revertVm(services, snapshot.id, target, join);
      context.step('revertingVms', { done: ++done, total });
      return reverted;
    } catch (error) {
      throw await snapshotFailure(services, snapshot.name, target.vm.name, error);
    } finally {
      void viewers.get(target.vm.id)?.release();
    }
  };
  try {
    const { result } = await atOneInstant(
      live,
      (join) => mapLimit(prepared, services.limits.startWidth, (target) => revertOne(target, join)),
      { guestFailure: guestFailure(services, snapshot.name, services.inventory.vmsOf(snapshot.envName)) },
    );
    return result;
  } finally {
    // Outside the pause: what is typed after the answer reaches the guest.
    await Promise.all([...viewers.values()].map((hold) => hold.release()));
  }
}

function prepareAll(
  services: Services,
  snapshot: Snapshot,
  targets: readonly Target[],
  context: OperationContext,
): Promise<Prepared[]> {
  context.step('revertingDrives');
  return mapLimit(targets, services.limits.startWidth, async (target) => {
    try {
      return { ...target, machine: await prepareMachine(services, snapshot.id, target) };
    } catch (error) {
      throw await snapshotFailure(services, snapshot.name, target.vm.name, error);
    }
  });
}

/** Nobody waits for it: the guests run, and their consoles can be used. */
function setClocksAfterwards(services: Services, { envName, name }: SnapshotRecord, targets: readonly Target[]): void {
  const vmIds = targets.map(({ vm }) => vm.id).filter((vmId) => services.running.get(vmId) !== null);
  if (vmIds.length === 0) return;
  const setting = runOperation(services, setClocksOperation, { envName, name, vmIds }, AGENT);
  inBackground(services, setting, { envName, snapshotName: name }, 'could not set the clocks of all guests');
}
