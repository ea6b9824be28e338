// The guests of a revert whose memory is saved when they have been reverted (decision 0121). Their safety snapshot has their disks and
// devices; the memory stays in the paused processes until nobody waits for it any more. An agent that is killed in between leaves them
// to the next one.
import type { RunningVm } from '../../engines/interface.ts';
import type { SavedState, VmHeld, VmLiveSave } from '../../snapshots/vm-live-save.ts';
import type { HeldMark, SnapshotRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { heldGroupOf } from '../vms/held-group.ts';
import { startSpec } from '../vms/launch-spec.ts';
import { forgetMemory } from './late-flush.ts';
import { memoryProgress } from './memory-progress.ts';

export interface HeldPart {
  vm: VmRecord;
  /** Its process when it was held. */
  running: RunningVm;
  live: VmLiveSave;
  held: VmHeld;
}

/** What writing the memory claims of the disk, until it is written. */
interface Claim {
  signal: AbortSignal;
  close: () => void;
}

/** Those of one revert. */
export class HeldGuests {
  /** Ids of VMs whose process is replaced, and which the host has the memory for twice. */
  readonly #wanted: ReadonlySet<string>;
  #parts: HeldPart[] = [];
  #claim: Claim | null = null;

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted);
  }

  get parts(): readonly HeldPart[] {
    return this.#parts;
  }

  get signal(): AbortSignal | undefined {
    return this.#claim?.signal;
  }

  wants(vmId: string): boolean {
    return this.#wanted.has(vmId);
  }

  /** Whether this process keeps a memory that is not saved. */
  has(running: RunningVm): boolean {
    return this.#parts.some((part) => part.running === running);
  }

  add(part: HeldPart): void {
    this.#parts.push(part);
  }

  /** `claim` is closed when all is saved. */
  begin(claim: Claim): void {
    if (this.#parts.length > 0) this.#claim = claim;
    else claim.close();
  }

  /** Nothing of them is saved; they go on. For a snapshot that failed after all. */
  async cancel(): Promise<void> {
    const parts = this.end();
    await Promise.all(parts.map(({ live }) => live.cancel()));
    await Promise.all(parts.map(({ running }) => running.resume()));
  }

  /** Forgets them, and gives those that there were. */
  end(): HeldPart[] {
    this.#claim?.close();
    this.#claim = null;
    return this.#parts.splice(0);
  }

  marks(): HeldMark[] {
    return this.#parts.map(({ vm, running }) => ({ vmId: vm.id, process: running.process }));
  }
}

/**
 * Saves the memory of all, and ends their processes. A guest whose process was not replaced goes on. Memory that can't be saved is
 * forgotten: its snapshot has the disks. Never rejects.
 */
export async function finishHeld(
  services: Services,
  guests: HeldGuests,
  { envName, snapshotName }: { envName: string; snapshotName: string },
  context: OperationContext,
): Promise<void> {
  if (guests.parts.length === 0) return;
  const { inventory } = services;
  const progress = memoryProgress(context);
  const { signal } = guests;
  const saved = new Map<string, SavedState>();
  const failures: unknown[] = [];
  // One after the other: memory is given back soon, and of all that are held one at most is in the middle when the agent is killed.
  for (const { vm, held } of guests.parts) {
    const onProgress = progress.of(vm.id, vm.spec.memoryMiB);
    try {
      saved.set(vm.id, await held.finish({ onProgress, ...(signal && { signal }) }));
    } catch (error) {
      failures.push(error);
    }
    services.checkpoint('memory saved');
    await atAllCosts(services, vm, 'a process whose memory was saved did not end', () => held.close());
  }
  progress.end();
  for (const { vm, running } of guests.end()) {
    await atAllCosts(services, vm, 'a guest did not go on after its memory was saved', async () => {
      if (services.running.get(vm.id) !== running) return endBeside(services, vm.id);
      if (!running.isInTrouble) await running.resume();
    });
  }
  const snapshot = inventory.snapshotsOf(envName).find(({ name }) => name === snapshotName);
  if (snapshot) await noteMemory(services, snapshot, saved, failures[0]);
  noteSaved(services, envName);
}

/** At the start, before any VM is taken up: saves what a killed agent has left so. */
export async function settleHeld(services: Services): Promise<void> {
  const { inventory, engines, snapshots } = services;
  for (const { name, unflushed } of inventory.envs()) {
    if (unflushed?.held === undefined) continue;
    const { snapshotId, held: marks } = unflushed;
    const snapshot = inventory.snapshotsOf(name).find(({ id }) => id === snapshotId);
    const saved = new Map<string, SavedState>();
    let failure: unknown = null;
    // Without a snapshot nothing was reverted: they are taken over, and go on.
    for (const { vmId, process } of snapshot ? marks : []) {
      try {
        const vm = inventory.vm(vmId);
        const held = await snapshots.adoptHeld(engines.forVm(vm), startSpec(services, vm), process, snapshotId);
        try {
          saved.set(vmId, await held.finish());
        } finally {
          await held.close();
        }
      } catch (error) {
        failure ??= error;
      }
    }
    if (snapshot) await noteMemory(services, snapshot, saved, failure);
    noteSaved(services, name);
  }
}

/** The limit of a VM that runs beside its held process counted for both. */
async function endBeside(
  { cgroups, inventory, running }: Pick<Services, 'cgroups' | 'inventory' | 'running'>,
  vmId: string,
): Promise<void> {
  await cgroups.destroy(heldGroupOf(vmId));
  if (running.get(vmId)) await cgroups.update(vmId, inventory.vm(vmId).spec);
}

/** No process has anything of it any more; it may not be on the platter yet. */
function noteSaved({ inventory }: Pick<Services, 'inventory'>, envName: string): void {
  const { unflushed, ...env } = inventory.env(envName);
  if (!unflushed) return;
  const { snapshotId, bootId } = unflushed;
  inventory.putEnv({ ...env, unflushed: { snapshotId, bootId } });
}

async function noteMemory(
  services: Pick<Services, 'inventory' | 'snapshots' | 'logger'>,
  snapshot: SnapshotRecord,
  saved: ReadonlyMap<string, SavedState>,
  failure: unknown,
): Promise<void> {
  if (failure) {
    await forgetMemory(services, snapshot, failure);
    return;
  }
  const vms = snapshot.vms.map((part) => ({ ...part, ...saved.get(part.vmId) }));
  const sizeBytes = vms.reduce((sum, { vmStateBytes }) => sum + vmStateBytes, 0);
  services.inventory.putSnapshot({ ...snapshot, vms, sizeBytes });
}

async function atAllCosts(
  { logger }: Pick<Services, 'logger'>,
  { id: vmId, name: vmName }: VmRecord,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await work().catch((error: unknown) => logger.error({ err: error, vmId, vmName }, what));
}
