// Runs once at start: compares the records with the host, and repairs each difference. VMs that outlived the agent are adopted;
// what an interrupted create or delete left is removed.
import { type ErrorRecord, quoted, reason, toErrorRecord, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import { eachApartInTurn } from '../../host/each-apart.ts';
import { sweepBaseImages } from '../../labs/retained-versions.ts';
import { isWaking, NO_PROCESS, type VmRecord } from '../../state/vm-record.ts';
import { StorageError } from '../../storage/errors.ts';
import { memoryKillOf } from '../engine-failure.ts';
import { removeEnv } from '../envs/remove-env.ts';
import type { Services } from '../services.ts';
import { settleHeld } from '../snapshots/held-guests.ts';
import { settleUnflushed } from '../snapshots/late-flush.ts';
import { rememberDiskSizes } from '../snapshots/revert-disks.ts';
import { dropTemporarySnapshots } from '../snapshots/temporary-snapshot.ts';
import { settleDrives } from '../vms/drives/change-drives.ts';
import { settleDisks } from '../vms/drives/settle-disks.ts';
import { bareSpec, startSpec } from '../vms/launch-spec.ts';
import { removeVms } from '../vms/remove-vm.ts';
import { sweepWarm } from '../warm/remove-warm.ts';
import { restoreNetworkSetup, sweepNetworks } from '../vms/restore-networks.ts';
import { diedRecord } from '../vms/running-vms.ts';
import { noteMissingDisks } from './missing-disks.ts';
import { sweepSources } from './sweep-sources.ts';

export async function reconcile(services: Services): Promise<void> {
  const { inventory, ports, logger } = services;
  ports.restore(inventory.vms().flatMap((vm) => vm.placement.portMap));
  await restoreNetworkSetup(services);
  await settleHeld(services);
  const mixed = await finishReverts(services);
  const unfinished: VmRecord[] = [];
  for (const vm of inventory.vms()) {
    const { state } = vm.status;
    if (state === 'creating' || state === 'deleting' || isWaking(vm)) unfinished.push(vm);
    else await reconcileVm(services, vm);
  }
  for (const [vmId, failure] of mixed) {
    if (inventory.hasVm(vmId)) inventory.updateVm(vmId, { status: { ...NO_PROCESS, state: 'failed', failure } });
  }
  const unasked = await removeUnfinished(services, unfinished);
  await dropTemporarySnapshots(services);
  await settleUnflushed(services);
  for (const vm of inventory.vms()) {
    await removeOrphanStates(services, vm);
    await settleDisks(services, vm.id);
  }
  await noteMissingDisks(services);
  for (const env of inventory.envs()) {
    if (env.phase === 'ready' || env.phase === 'deleted') continue;
    logger.warn({ envName: env.name, phase: env.phase }, 'finishing the work of an earlier agent');
    const vms = inventory.vmsOf(env.name);
    const isEmpty = await removeOrKeep(
      services,
      vms.filter(({ id }) => !unasked.has(id)),
    );
    if (isEmpty && !vms.some(({ id }) => unasked.has(id))) await removeEnv(services, env.name);
  }
  await sweepWarm(services);
  await services.sshKeys.sweep(new Set(inventory.envs().map((env) => env.name)));
  await services.hostKeys.sweep(new Set(inventory.vms().map((vm) => vm.id)));
  await sweepNetworks(services);
  await removeOrphanGroups(services);
  await removeOrphanDisks(services);
  const booted = inventory.vms().flatMap(({ placement: { boot } }) => (boot ? [boot.kernel, boot.initrd] : []));
  await services.bootFiles.sweep(new Set(booted));
  await removeOrphanPictures(services);
  await removeOrphanRecordings(services);
  await sweepBaseImages(services);
  await sweepSources(services);
}

/** A revert of several disks that was killed between them: VMs whose disks could not be brought to one instant, and why. */
async function finishReverts({
  storage,
  inventory,
  logger,
}: Pick<Services, 'logger' | 'inventory' | 'storage'>): Promise<Map<string, ErrorRecord>> {
  const failures = new Map<string, ErrorRecord>();
  for (const { vmId, tag, error } of await storage.finishReverts()) {
    failures.set(vmId, interrupted({ inventory }, vmId, tag, error));
    const vmName = inventory.findVm(vmId)?.name ?? vmId;
    logger.error({ err: error, vmId, vmName, tag }, 'its disks are from two different instants');
  }
  return failures;
}

function interrupted({ inventory }: Pick<Services, 'inventory'>, vmId: string, tag: string, error: Error): ErrorRecord {
  const vmName = inventory.findVm(vmId)?.name ?? vmId;
  const snapshotName = inventory.snapshots().find(({ id }) => id === tag)?.name ?? tag;
  const why = quoted('revertInterrupted', error.message);
  return toErrorRecord(new TtError('SNAPSHOT_FAILED', { snapshotName, vmName, reason: why }));
}

/** Gives those whose engine could not be asked whether they run: their disks must stay, and the next start tries again. */
async function removeUnfinished(services: Services, vms: readonly VmRecord[]): Promise<ReadonlySet<string>> {
  const unasked = new Set<string>();
  for (const vm of vms) {
    try {
      await endUnrecorded(services, vm);
    } catch (error) {
      unasked.add(vm.id);
      services.logger.warn(
        { err: error, vmId: vm.id, vmName: vm.name, engine: vm.placement.engine },
        'could not ask its engine',
      );
    }
  }
  await removeOrKeep(
    services,
    vms.filter(({ id }) => !unasked.has(id)),
  );
  return unasked;
}

/** False when an engine would not let some of them go: those keep their records, and the next start tries again. */
async function removeOrKeep(services: Services, vms: readonly VmRecord[]): Promise<boolean> {
  try {
    await removeVms(
      services,
      vms.map((vm) => vm.id),
    );
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) && !isEngineUnknown(error)) throw error;
    services.logger.warn({ err: error }, 'could not remove leftovers of an earlier agent; trying again later');
    return false;
  }
}

function isEngineUnknown(error: unknown): boolean {
  return error instanceof TtError && error.code === 'ENGINE_UNKNOWN';
}

/**
 * Never rejects because of one VM or one engine, so that the other VMs are adopted all the same. A VM whose state is unknown
 * may still run: nothing must be started in its place. {@link retryUnknown} tries again.
 */
async function reconcileVm(services: Services, vm: VmRecord): Promise<void> {
  const { inventory, logger } = services;
  try {
    await takeUp(services, vm);
  } catch (error) {
    const about = { err: error, vmId: vm.id, vmName: vm.name, engine: vm.placement.engine };
    if (error instanceof EngineError || error instanceof TtError)
      logger.warn(about, 'could not ask a VM whether it is running');
    else logger.error(about, 'could not ask a VM whether it is running');
    if (inventory.hasVm(vm.id) && inventory.vm(vm.id).status.state !== 'unknown') {
      inventory.updateVm(vm.id, { status: { state: 'unknown' } });
    }
  }
}

async function takeUp(services: Services, vm: VmRecord): Promise<void> {
  const { inventory, logger } = services;
  const engine = services.engines.forVm(vm);
  if (!vm.status.process) {
    await endUnrecorded(services, vm);
    if (vm.status.state === 'unknown')
      inventory.updateVm(vm.id, { status: { state: vm.status.failure ? 'failed' : 'stopped' } });
    return;
  }
  const handle = await engine.adopt(startSpec(services, vm), vm.status.process);
  if (handle) {
    const isPaused = await handle.isPaused();
    const staysPaused = isPaused && vm.status.state === 'paused';
    // A guest that was paused for a snapshot when the agent died must not stay so. One in trouble is told of by its watch.
    if (isPaused && !staysPaused && !handle.isInTrouble) await handle.resume();
    await services.cgroups.create(vm.id, vm.spec);
    await services.cgroups.add(vm.id, vm.status.process);
    const settled = { stopping: false, ...(vm.status.revertingTo && { revertingTo: null }) };
    inventory.updateVm(vm.id, {
      status: staysPaused ? { state: 'paused', ...settled } : { state: 'running', failure: null, ...settled },
    });
    services.running.watch(handle);
    await settleDrives(services, vm, handle);
    logger.info({ vmId: vm.id, vmName: vm.name, pid: vm.status.process.pid }, 'took over a running VM');
    return;
  }
  // One that was to take its place, when the agent was killed before it was written down.
  await endUnrecorded(services, vm);
  if (vm.status.revertingTo) {
    await finishReplacing(services, vm, vm.status.revertingTo);
    return;
  }
  if (vm.status.stopping) {
    inventory.updateVm(vm.id, { status: { ...NO_PROCESS, state: 'stopped', stopping: false, failure: null } });
    logger.info({ vmId: vm.id, vmName: vm.name }, 'a VM that was being stopped has stopped');
    return;
  }
  const logTail = await engine.readLogTail(bareSpec(services, vm));
  // Its group is there still, until the groups of nobody are removed.
  const kill = await memoryKillOf(services, vm.id);
  const failure = diedRecord(vm.name, { reason: reason('endedWithoutAgent'), logTail }, kill);
  inventory.updateVm(vm.id, { status: { ...NO_PROCESS, state: 'failed', failure } });
  logger.warn({ vmId: vm.id, vmName: vm.name, logTail }, 'VM ended while no agent was running');
}

/** Its old process was ended for a revert, and the agent was killed before the next one was written down: only the disks can be as then. */
async function finishReplacing(services: Services, vm: VmRecord, tag: string): Promise<void> {
  const { inventory, snapshots, logger } = services;
  const about = { vmId: vm.id, vmName: vm.name, tag };
  const gone = { ...NO_PROCESS, stopping: false, revertingTo: null };
  try {
    await snapshots.loadStopped(vm.id, tag);
    await rememberDiskSizes(services, vm.id);
    inventory.updateVm(vm.id, { status: { ...gone, state: 'stopped', failure: null } });
    logger.warn(about, 'a VM whose revert was interrupted is stopped, with the disks of the snapshot');
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    inventory.updateVm(vm.id, {
      status: { ...gone, state: 'failed', failure: interrupted(services, vm.id, tag, error) },
    });
    logger.error({ err: error, ...about }, 'the disks of a VM whose revert was interrupted could not be reverted');
  }
}

/** Checks VMs again that ran but did not answer. Called periodically while the agent runs. */
export async function retryUnknown(services: Services): Promise<void> {
  const { inventory } = services;
  await eachApartInTurn(inventory.vms(), async ({ id }) => {
    const vm = inventory.findVm(id);
    if (vm?.status.state !== 'unknown' || services.locks.isHeld(vm.envName)) return;
    // Held, so that nobody deletes it meanwhile, and a second look does not take it up twice.
    await services.locks.hold(vm.envName, 'unknown-vms', () => reconcileVm(services, vm));
  });
}

/** An agent killed while it saved may leave a complete saved state that belongs to no snapshot: it would use space for ever. */
async function removeOrphanStates(
  services: Pick<Services, 'logger' | 'inventory' | 'running' | 'storage' | 'snapshots'>,
  vm: VmRecord,
): Promise<void> {
  const { inventory, storage, snapshots, logger } = services;
  if (!inventory.hasVm(vm.id) || inventory.vm(vm.id).status.state === 'unknown' || !(await storage.exists(vm.id)))
    return;
  await snapshots.removeParts(vm.id);
  const known = new Set(inventory.snapshotsOf(vm.envName).map((snapshot) => snapshot.id));
  for (const tag of await snapshots.tags(vm.id)) {
    if (known.has(tag)) continue;
    logger.warn({ vmId: vm.id, vmName: vm.name, tag }, 'removing a saved state that belongs to no snapshot');
    try {
      await snapshots.delete(vm.id, tag, services.running.get(vm.id));
    } catch (error) {
      // It costs space, no more: the agent must come up all the same, and the next one tries again.
      if (!(error instanceof EngineError || error instanceof StorageError)) throw error;
      logger.warn(
        { err: error, vmId: vm.id, vmName: vm.name, tag },
        'could not delete the saved state; trying again later',
      );
    }
  }
}

/** A VM whose process was started but not written down before the agent was killed. */
async function endUnrecorded(services: Services, vm: VmRecord): Promise<void> {
  const spec = bareSpec(services, vm);
  const engine = services.engines.forVm(vm);
  const unrecorded = await engine.find(spec);
  if (!unrecorded) return;
  services.logger.warn({ vmId: vm.id, vmName: vm.name, pid: unrecorded.pid }, 'ending a process that is not recorded');
  await engine.stop(spec, unrecorded);
}

/** Cgroups of VMs that are gone or stopped; processes still running in one are orphans. */
async function removeOrphanGroups({
  inventory,
  running,
  cgroups,
  logger,
}: Pick<Services, 'logger' | 'inventory' | 'running' | 'cgroups'>): Promise<void> {
  for (const vmId of await cgroups.list()) {
    if (running.get(vmId) || (inventory.hasVm(vmId) && inventory.vm(vmId).status.state === 'unknown')) continue;
    logger.warn({ vmId }, 'removing a cgroup without a running VM');
    await cgroups.destroy(vmId);
  }
}

async function removeOrphanDisks({
  inventory,
  storage,
  warm,
  logger,
}: Pick<Services, 'logger' | 'inventory' | 'storage' | 'warm'>): Promise<void> {
  for (const vmId of await storage.list()) {
    if (inventory.hasVm(vmId) || warm.hasVm(vmId)) continue;
    logger.warn({ vmId }, 'removing a disk that belongs to no VM');
    await storage.destroyImage(vmId);
  }
}

async function removeOrphanPictures({
  inventory,
  thumbnails,
}: Pick<Services, 'inventory' | 'thumbnails'>): Promise<void> {
  const known = new Set(inventory.snapshots().map(({ id }) => id));
  for (const id of await thumbnails.list()) if (!known.has(id)) await thumbnails.remove(id);
}

async function removeOrphanRecordings({
  inventory,
  recordings,
}: Pick<Services, 'inventory' | 'recordings'>): Promise<void> {
  const known = new Set(inventory.envs().flatMap((env) => (env.recordings ?? []).map(({ id }) => id)));
  for (const id of await recordings.list()) if (!known.has(id)) await recordings.remove(id);
}
