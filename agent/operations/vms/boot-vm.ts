// Starts one existing VM: first the engine, then the record, then the watch. Shared by create, start and revert.
import { reason, TtError } from '@tt/protocol';
import type { Engine, RunningVm, VmSpec } from '../../engines/interface.ts';
import type { VmChanges } from '../../inventory/vm-changes.ts';
import { isBehindQemu } from '../../network/behind-qemu.ts';
import { NO_PROCESS, type VmRecord, type VmRecordChange, type VmStatus } from '../../state/vm-record.ts';
import type { SealedRam } from '../../snapshots/ram-of-copies.ts';
import { controlFailure, memoryKillOf, startFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { beginFresh, dropWrites } from './discard-writes.ts';
import { bareSpec, missingMedia, startSpec } from './launch-spec.ts';
import { writeSeed } from './write-seed.ts';

export interface BootOptions {
  /** Without KVM, whatever the host has. */
  acceleration?: 'tcg';
  /** Wake up in this saved state instead of booting. */
  loadTag?: string;
  /** With `loadTag`: it was copied in this state and has not run since. */
  isFresh?: boolean;
  /** With `loadTag`: its RAM is there, and not in a file of the VM. */
  sealedRam?: SealedRam | null;
  /** With `loadTag`: its NICs stay disconnected until the caller connects them. */
  linksDown?: boolean;
  signal?: AbortSignal;
  /** For one of many: how its record is written, and what is called when it runs and only its record is missing. */
  among?: { changes: VmChanges; onLaunched: () => void };
}

export interface LaunchOptions extends BootOptions {
  /** With `loadTag`: the guest stays paused until it is resumed. */
  paused?: boolean;
  /** Its process before this one has its memory still, which counts in its cgroup. */
  isBesideHeld?: boolean;
  /** Of a VM that is in no ENV; default: by its record. */
  spec?: VmSpec;
}

/** Rejects with VM_START_FAILED, VM_MEMORY_LIMIT, HOST_PORT_TAKEN, ENGINE_MISSING, ENGINE_UNKNOWN, DISK_FULL, PROFILE_IN_ADMIN_SESSION or OPERATION_CANCELLED; the VM then is as it was. */
export async function bootVm(services: Services, vmId: string, options: BootOptions = {}): Promise<VmRecord> {
  const { cgroups, engines } = services;
  await engines.settled();
  let vm = services.inventory.vm(vmId);
  const engine = engines.usable(vm.placement.engine);
  try {
    mustHaveMedia(services, vm);
    vm = withForwardsBesideWindow(services, vm);
    await mustHavePorts(services, vm);
    vm = await beginFresh(services, vm);
    const handle = await launch(services, engine, vm, options);
    const runningSince = services.now().toISOString();
    const sealedMemory = options.sealedRam?.memory ?? null;
    const change: VmRecordChange = {
      status: { state: 'running', failure: null, runningSince, ...statusOf(handle), sealedMemory },
    };
    options.among?.onLaunched();
    const record = options.among
      ? await options.among.changes.update(vmId, change)
      : services.inventory.updateVm(vmId, change);
    services.running.watch(handle);
    services.logger.info({ vmId, vmName: vm.name, pid: handle.process.pid, loadTag: options.loadTag }, 'VM started');
    return record;
  } catch (error) {
    const kill = await memoryKillOf(services, vmId);
    await cgroups.destroy(vmId);
    throw await startFailure(services, vm, error, kill);
  }
}

/**
 * A process for a VM that has none: its files, its cgroup, the saved state if one is asked for, then the engine. Rejects as the
 * drivers do; the process is gone then.
 */
export async function launch(
  services: Services,
  engine: Engine,
  vm: VmRecord,
  options: LaunchOptions,
): Promise<RunningVm> {
  const { cgroups, storage, snapshots } = services;
  await storage.setOwner(vm.id, vm.placement.confinement);
  const prepare = async () => {
    await writeSeed(services, vm);
    const { cpuCount, memoryMiB } = vm.spec;
    await cgroups.create(vm.id, { cpuCount, memoryMiB: options.isBesideHeld ? 2 * memoryMiB : memoryMiB });
    services.checkpoint('cgroup');
  };
  // Neither needs the other, and people wait for both. Nothing is left running when one fails.
  const [prepared, loading] = await Promise.allSettled([
    prepare(),
    options.loadTag === undefined
      ? null
      : (options.sealedRam?.source ??
        snapshots.loadInto(vm.id, options.loadTag, { isFresh: options.isFresh ?? false })),
  ]);
  if (prepared.status === 'rejected') throw prepared.reason;
  if (loading.status === 'rejected') throw loading.reason;
  const load = loading.value;
  const handle = await engine.start(options.spec ?? startSpec(services, vm), {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.acceleration ? { acceleration: options.acceleration } : {}),
    ...(load ? { load, linksDown: options.linksDown ?? false, paused: options.paused ?? false } : {}),
    onSpawned: async (process) => {
      services.checkpoint('spawned');
      await cgroups.add(vm.id, process);
    },
  });
  services.checkpoint('answers');
  return handle;
}

/** What the record says of a process that was just started. */
export function statusOf({ process, acceleration }: RunningVm): Partial<VmStatus> {
  // It was made of what is written down.
  return { process, acceleration, unsettledDrives: false, sealedMemory: null };
}

/** Ports keep their numbers; the address they listen at may have been another one when they were allocated. */
function withForwardsBesideWindow(services: Pick<Services, 'hostAddress' | 'inventory'>, vm: VmRecord): VmRecord {
  const hostAddress = services.hostAddress('user');
  const isThere = vm.placement.portMap.every((mapping) => mapping.hostAddress === hostAddress);
  if (!isBehindQemu(vm.spec.nics[0]?.kind ?? 'nat') || isThere) return vm;
  return services.inventory.updateVm(vm.id, {
    placement: { portMap: vm.placement.portMap.map((mapping) => ({ ...mapping, hostAddress })) },
  });
}

/** Rejects with HOST_PORT_TAKEN. User networking listens itself; forwards of bridges are rules, which no other program can take. */
export async function mustHavePorts(
  { ports }: Pick<Services, 'ports'>,
  { name: vmName, spec, placement }: VmRecord,
): Promise<void> {
  if (!isBehindQemu(spec.nics[0]?.kind ?? 'nat')) return;
  const taken = await ports.firstTaken(placement.portMap);
  if (!taken) return;
  const { protocol, hostAddress, hostPort, guestPort } = taken;
  throw new TtError('HOST_PORT_TAKEN', { vmName, protocol, hostAddress, hostPort, guestPort });
}

/** Rejects with VM_START_FAILED. Rather than with an empty drive, which a guest may mistake for its own doing. */
export function mustHaveMedia(services: Pick<Services, 'images'>, vm: VmRecord): void {
  const missing = missingMedia(services, vm);
  if (missing.length === 0) return;
  const why = reason('mediaMissing', { media: missing.join(', ') });
  throw new TtError('VM_START_FAILED', { vmName: vm.name, reason: why, logTail: [] });
}

/** One that its engine has paused for a trouble can't go on; one that somebody has paused is resumed by the button. */
function hearsButton({ status: { state, failure } }: VmRecord): boolean {
  return state === 'running' || (state === 'paused' && failure === null);
}

/**
 * Ends a running VM: power button first (unless `graceS` is 0), then the plug. Leaves it `stopped`. Rejects with
 * VM_CONTROL_FAILED when its process does not end.
 */
export async function haltVm(services: Services, vmId: string, graceS: number): Promise<void> {
  const vm = services.inventory.vm(vmId);
  const handle = services.running.get(vmId);
  if (vm.status.state !== 'deleting') services.inventory.updateVm(vmId, { status: { stopping: true } });
  services.checkpoint('halting');
  if (handle && graceS > 0 && hearsButton(vm)) {
    try {
      await handle.powerDown(graceS * 1000);
    } catch (error) {
      services.logger.info({ vmId, vmName: vm.name, err: error }, 'guest did not power off in time; forcing it off');
    }
  }
  try {
    if (vm.status.process) await services.engines.forVm(vm).stop(bareSpec(services, vm), vm.status.process);
    // Whatever it may have started ends with it.
    await services.cgroups.destroy(vmId);
  } catch (error) {
    if (services.inventory.hasVm(vmId)) services.inventory.updateVm(vmId, { status: { stopping: false } });
    throw controlFailure(vm.name, error);
  }
  if (handle) await handle.exited;
  services.checkpoint('halted');
  if (services.inventory.hasVm(vmId) && services.inventory.vm(vmId).status.state !== 'deleting') {
    services.inventory.updateVm(vmId, {
      status: { ...NO_PROCESS, state: 'stopped', stopping: false, failure: null },
    });
    await dropWrites(services, vmId);
  }
}
