// Converts failures of drivers to coded errors about a VM.
import { reason, TtError } from '@tt/protocol';
import { CgroupError } from '../cgroups/errors.ts';
import type { MemoryKill } from '../cgroups/interface.ts';
import { EngineError } from '../engines/errors.ts';
import { FirewallError } from '../firewall/errors.ts';
import { NetworkError } from '../network/errors.ts';
import { isDiskFull } from '../host/disk-full.ts';
import { diskFullError } from '../storage/disk-full-error.ts';
import { StorageError } from '../storage/errors.ts';
import type { Services } from './services.ts';
import type { GuestFailure } from './snapshots/frozen-instant.ts';
import type { Machine } from './vms/engine-features.ts';

/** See `Cgroups.memoryKill`; null also if the kernel cannot be asked, because that must not hide the actual error. */
export async function memoryKillOf(
  { cgroups, logger }: Pick<Services, 'cgroups' | 'logger'>,
  vmId: string,
): Promise<MemoryKill | null> {
  try {
    return await cgroups.memoryKill(vmId);
  } catch (error) {
    logger.warn({ err: error, vmId }, 'can’t tell whether the kernel killed it because memory ran out');
    return null;
  }
}

/** A failure while a VM was created or started. `kill`: what the kernel reports about its cgroup. */
export async function startFailure(
  services: Pick<Services, 'storage'>,
  { name: vmName, placement: { engine } }: Machine,
  error: unknown,
  kill: MemoryKill | null = null,
): Promise<unknown> {
  if (error instanceof TtError) return error;
  if (kill?.cause === 'group')
    return new TtError('VM_MEMORY_LIMIT', { vmName, limitMiB: kill.limitMiB }, { cause: error });
  if (kill) {
    const why = { vmName, reason: reason('hostOutOfMemory'), logTail: [] };
    return new TtError('VM_START_FAILED', why, { cause: error });
  }
  if (isDiskFull(error)) return diskFull(services, vmName, 0);
  if (error instanceof StorageError || error instanceof CgroupError) {
    return new TtError('VM_START_FAILED', { vmName, reason: error.reason, logTail: [] }, { cause: error });
  }
  if (!(error instanceof EngineError)) return error;
  if (error.code === 'CANCELLED') return new TtError('OPERATION_CANCELLED', { operation: 'vm.start' });
  if (error.code === 'ENGINE_MISSING') {
    return new TtError('ENGINE_MISSING', { engine, reason: error.reason }, { cause: error });
  }
  const data = { vmName, reason: error.reason, logTail: [...error.logTail] };
  return new TtError('VM_START_FAILED', data, { cause: error });
}

/** A failure of a command to a running VM. */
export function controlFailure(vmName: string, error: unknown): unknown {
  if (!(error instanceof EngineError || error instanceof CgroupError)) return error;
  return new TtError('VM_CONTROL_FAILED', { vmName, reason: error.reason }, { cause: error });
}

/** A failure of a network; `subject` is the ENV or VM it was for. */
export function networkFailure(subject: string, error: unknown): unknown {
  if (!(error instanceof NetworkError)) return error;
  switch (error.code) {
    case 'POOL_EXHAUSTED':
    case 'NETWORK_FULL':
      return new TtError('ADDRESSES_EXHAUSTED', { pool: error.message }, { cause: error });
    default:
      return new TtError('NETWORK_FAILED', { subject, reason: error.reason }, { cause: error });
  }
}

/** A failure of a firewall. */
export function firewallFailure(subject: string, error: unknown): unknown {
  if (!(error instanceof FirewallError)) return error;
  return new TtError('FIREWALL_FAILED', { subject, reason: error.reason }, { cause: error });
}

/** A failure while a snapshot was taken, reverted to or deleted. */
export async function snapshotFailure(
  services: Pick<Services, 'storage'>,
  snapshotName: string,
  vmName: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof TtError) return error;
  if (isDiskFull(error)) return diskFull(services, snapshotName, 0);
  if (error instanceof EngineError && error.code === 'CANCELLED') {
    return new TtError('OPERATION_CANCELLED', { operation: 'snapshot.create' });
  }
  const noMemory = error instanceof EngineError && error.code === 'STATE_NOT_FOUND';
  if (noMemory || (error instanceof StorageError && error.code === 'SNAPSHOT_NOT_FOUND')) {
    const missing = [noMemory ? 'memory' : 'diskState'];
    return new TtError('SNAPSHOT_DAMAGED', { snapshotName, vmName, missing }, { cause: error });
  }
  if (error instanceof EngineError || error instanceof StorageError) {
    return new TtError('SNAPSHOT_FAILED', { snapshotName, vmName, reason: error.reason }, { cause: error });
  }
  return error;
}

/** For a snapshot's frozen instant: a guest that could not be paused, or does not resume. */
export function guestFailure(
  services: Pick<Services, 'storage'>,
  snapshotName: string,
  vms: readonly { id: string; name: string }[],
): GuestFailure {
  const nameOf = (vmId: string) => vms.find(({ id }) => id === vmId)?.name ?? vmId;
  return (vm, error) => snapshotFailure(services, snapshotName, nameOf(vm.id), error);
}

export async function diskFull(
  services: Pick<Services, 'storage'>,
  subject: string,
  wantedBytes: number,
): Promise<TtError> {
  const { freeBytes } = await services.storage.space();
  return diskFullError(subject, freeBytes, wantedBytes);
}
