// Puts VMs back to a snapshot: a safety snapshot first (so that it can be undone), then all of them together.
import { type Snapshot, TtError } from '@tt/protocol';
import { inWaves } from '../host/in-waves.ts';
import type { VmRecord } from '../state/records.ts';
import { bootVm, haltVm } from './boot-vm.ts';
import { forgetSnapshot } from './delete-snapshot.ts';
import { guestFailure, snapshotFailure } from './engine-failure.ts';
import { atOneInstant } from './frozen-instant.ts';
import { withRoomFor } from './start-claims.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { rememberDiskSizes } from './restore-disks.ts';

export interface ApplyRequest {
  envName: string;
  name: string;
  vmIds?: string[] | undefined;
  safety: boolean;
}

interface Target {
  vm: VmRecord;
  hasRam: boolean;
}

/** The caller holds the ENV's lock. */
export async function applySnapshot(
  services: Services,
  request: ApplyRequest,
  context: OperationContext,
): Promise<{ snapshot: Snapshot; safetySnapshotName: string | null }> {
  const snapshot = services.inventory.snapshot(request.envName, request.name);
  const targets = targetsOf(services, snapshot, request.vmIds);
  const wakers = wakersOf(services, targets);
  return withRoomFor(services, wakers, () => applyTo(services, request, snapshot, targets, context));
}

async function applyTo(
  services: Services,
  request: ApplyRequest,
  snapshot: Snapshot,
  targets: readonly Target[],
  context: OperationContext,
): Promise<{ snapshot: Snapshot; safetySnapshotName: string | null }> {
  const safety = request.safety ? await takeSafety(services, snapshot, targets, context) : null;
  // From here on the guests change: half of it is worse than all of it.
  context.noReturn();
  context.signal.throwIfAborted();
  services.checkpoint('reverting');
  await revert(services, snapshot, targets, context);
  services.checkpoint('reverted');
  services.inventory.setPosition(request.envName, snapshot.kind === 'safety' ? snapshot.parentId : snapshot.id);
  const vmIds = targets.map(({ vm }) => vm.id);
  for (const vmId of vmIds) services.provisioning.askAgain(vmId);
  services.inventory.noteApplied(snapshot, vmIds);
  services.logger.info({ snapshotId: snapshot.id, snapshotName: snapshot.name, vmIds }, 'snapshot applied');
  return { snapshot, safetySnapshotName: safety?.name ?? null };
}

function targetsOf(services: Services, snapshot: Snapshot, vmIds: readonly string[] | undefined): Target[] {
  const parts = snapshot.vms.filter((part) => !part.removed);
  const wanted = vmIds ? [...new Set(vmIds)] : parts.map((part) => part.vmId);
  const missing = (vmId: string) => new TtError('SNAPSHOT_VM_MISSING', { snapshotName: snapshot.name, vmId });
  if (wanted.length === 0) throw missing(snapshot.vms[0]?.vmId ?? '');
  return wanted.map((vmId) => {
    const part = parts.find((candidate) => candidate.vmId === vmId);
    if (!part) throw missing(vmId);
    return { vm: services.inventory.vm(vmId), hasRam: part.hasRam };
  });
}

/** VMs that stand still now and will run after the revert: they need memory. */
function wakersOf(services: Services, targets: readonly Target[]): VmRecord[] {
  return targets.filter(({ vm, hasRam }) => hasRam && !services.running.get(vm.id)).map(({ vm }) => vm);
}

/** One safety snapshot per ENV is enough: the newest undoes the newest revert. */
async function takeSafety(
  services: Services,
  snapshot: Snapshot,
  targets: readonly Target[],
  context: OperationContext,
): Promise<Snapshot> {
  const { envName } = snapshot;
  const older = services.inventory.snapshotsOf(envName).filter((other) => other.kind === 'safety');
  const stamp = services.now().toISOString().replace(/\D/g, '').slice(2, 17);
  const vmIds = targets.map(({ vm }) => vm.id);
  const isWhole = services.inventory.vmsOf(envName).every((vm) => vmIds.includes(vm.id));
  const name = `before-${snapshot.name.slice(0, 35)}-${stamp}`;
  const request = { envName, name, kind: 'safety' as const, ...(!isWhole && { vmIds }) };
  const safety = await takeSnapshot(services, request, context);
  for (const other of older) if (other.id !== snapshot.id) await forgetSnapshot(services, other);
  return safety;
}

async function revert(
  services: Services,
  snapshot: Snapshot,
  targets: readonly Target[],
  context: OperationContext,
): Promise<void> {
  const live = targets.flatMap(({ vm }) => services.running.get(vm.id) ?? []);
  let done = 0;
  const total = targets.length;
  context.step('Putting machines back', { done, total });
  await atOneInstant(
    live,
    () =>
      inWaves(targets, services.limits.startWidth, async (target) => {
        try {
          await revertOne(services, snapshot.id, target);
          await rememberDiskSizes(services, target.vm.id);
        } catch (error) {
          throw await snapshotFailure(services, snapshot.name, target.vm.name, error);
        }
        context.step('Putting machines back', { done: ++done, total });
      }),
    guestFailure(services, snapshot.name),
  );
}

async function revertOne(services: Services, tag: string, { vm, hasRam }: Target): Promise<void> {
  const running = services.running.get(vm.id);
  if (hasRam && running) return services.snapshots.loadRunning(vm.id, tag, running);
  if (hasRam) {
    await bootVm(services, vm.id, { loadTag: tag });
    return;
  }
  if (running) await haltVm(services, vm.id, 0);
  await services.snapshots.loadStopped(vm.id, tag);
  services.inventory.updateVm(vm.id, { state: 'stopped', failure: null });
}
