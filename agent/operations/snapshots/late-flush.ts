// The memory of a safety snapshot reaches the platter after the revert that it was taken for, so that nobody waits for it. A power
// failure before that may tear it, as it would have ended the guests themselves without the revert: then it is forgotten, and the
// snapshot has the disks of its VMs, as they would be after any power failure (decision 0094).
import type { Snapshot } from '@tt/protocol';
import { hostClock } from '../../host/boot-clock.ts';
import type { HeldMark, SnapshotRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { snapshotFailure } from '../engine-failure.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { Services } from '../services.ts';

/**
 * The number of RAM files flushed concurrently: they wait for the disk, not for a processor, and the file system combines
 * concurrent requests.
 */
const FLUSH_WIDTH = 8;

type FlushServices = Pick<Services, 'storage' | 'snapshots'>;
type LateServices = FlushServices & Pick<Services, 'inventory' | 'logger'>;
type Flushed = Pick<VmRecord, 'id' | 'name'>;

/** Waits until the RAM of these VMs under `tag` would survive a power failure. Rejects as `snapshotFailure` says. */
export async function flushAll(
  services: FlushServices,
  snapshotName: string,
  vms: readonly Flushed[],
  tag: string,
): Promise<void> {
  await mapLimit(vms, FLUSH_WIDTH, async ({ id, name }) => {
    try {
      await services.snapshots.flush(id, tag);
    } catch (error) {
      throw await snapshotFailure(services, snapshotName, name, error);
    }
  });
}

/** To be called before the snapshot is written down; then {@link flushLate} as soon as nobody waits for it. */
export function noteUnflushed(
  { inventory }: Pick<Services, 'inventory'>,
  envName: string,
  snapshotId: string,
  held: readonly HeldMark[] = [],
): void {
  const unflushed = { snapshotId, bootId: hostClock.bootId, ...(held.length > 0 && { held: [...held] }) };
  inventory.putEnv({ ...inventory.env(envName), unflushed });
}

/** Flushes what {@link noteUnflushed} noted, if anything. Memory that can't be flushed is forgotten: nobody may wake up in it. */
export async function flushLate(services: LateServices, envName: string): Promise<void> {
  const snapshot = unflushedOf(services, envName);
  if (snapshot) {
    const parts = partsWithRam(snapshot).map(({ vmId, vmName }) => ({ id: vmId, name: vmName }));
    await flushAll(services, snapshot.name, parts, snapshot.id).catch((error: unknown) =>
      forgetMemory(services, snapshot, error),
    );
  }
  noteFlushed(services, envName);
}

/** At the start: flushes what a killed agent left unflushed; forgets it where the host was started anew since. */
export async function settleUnflushed(services: LateServices, bootId = hostClock.bootId): Promise<void> {
  for (const { name, unflushed } of services.inventory.envs()) {
    if (unflushed === undefined) continue;
    if (unflushed.bootId !== bootId) {
      const snapshot = unflushedOf(services, name);
      if (snapshot)
        await forgetMemory(services, snapshot, new Error('the host was started anew before it was flushed'));
    }
    await flushLate(services, name);
  }
}

function unflushedOf({ inventory }: Pick<Services, 'inventory'>, envName: string): SnapshotRecord | null {
  const { unflushed } = inventory.env(envName);
  return inventory.snapshotsOf(envName).find(({ id }) => id === unflushed?.snapshotId) ?? null;
}

function noteFlushed({ inventory }: Pick<Services, 'inventory'>, envName: string): void {
  const { unflushed, ...env } = inventory.env(envName);
  if (unflushed !== undefined) inventory.putEnv(env);
}

/** The snapshot keeps its disks. */
export async function forgetMemory(
  { inventory, snapshots, logger }: Pick<Services, 'inventory' | 'snapshots' | 'logger'>,
  snapshot: SnapshotRecord,
  why: unknown,
): Promise<void> {
  const { id, name, envName } = snapshot;
  logger.warn(
    { err: why, envName, snapshotName: name },
    'a safety snapshot has lost its memory; it has its disks only',
  );
  const vms = snapshot.vms.map((part) => ({ ...part, hasRam: false, vmStateBytes: 0 }));
  // First the record: an agent that is killed in between must not wake anybody in what is half gone.
  inventory.putSnapshot({ ...snapshot, vms, sizeBytes: 0 });
  for (const { vmId } of partsWithRam(snapshot)) await snapshots.forgetRam(vmId, id);
}

function partsWithRam({ vms }: Pick<Snapshot, 'vms'>): Snapshot['vms'] {
  return vms.filter(({ hasRam, removed }) => hasRam && !removed);
}
