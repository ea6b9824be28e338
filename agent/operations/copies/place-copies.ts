// Sets up NICs and disks of recorded copies, whatever their source is (a saved state of this host, or the members of a capsule).
import { payersOf } from '../../access/owners.ts';
import { mapLimit } from '../../host/map-limit.ts';
import type { CopySource } from './copy-plan.ts';
import type { Copy } from './copy-reserve.ts';
import type { SealedRams } from './sealed-rams.ts';
import { snapshotFailure } from '../engine-failure.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { setUpNetwork } from '../vms/network-setup.ts';
import type { StepCode } from '@tt/protocol';

/** What tables and logs of a copy may take at once, beside its RAM. */
const FRESH_COPY_BYTES = 4 * 1024 * 1024;

export interface Placing {
  /** What needs the space, for people. */
  subject: string;
  neededBytes: number;
  /** The step shown meanwhile. */
  step: StepCode;
  /** How many at once. */
  width: number;
  /** Stops when `signal` aborts. */
  place: (copy: Copy, index: number, signal: AbortSignal) => Promise<void>;
}

/** The caller removes the copies if this fails. */
export async function placeCopies(
  services: Pick<Services, 'inventory' | 'storage' | 'budget' | 'networks' | 'firewalls' | 'checkpoint'>,
  copies: readonly Copy[],
  { subject, neededBytes, step, width, place }: Placing,
  context: OperationContext,
): Promise<void> {
  const vms = copies.map(({ vmId }) => services.inventory.vm(vmId));
  const [first] = vms;
  const growth = {
    ...(first ? payersOf(services.inventory.env(first.envName)) : { owner: null }),
    isAdmitted: true,
    subject,
    wantedBytes: neededBytes,
    measured: vms.map(({ id }) => services.storage.folderOf(id)),
    signal: context.signal,
  };
  await services.budget.write(growth, async ({ signal }) => {
    signal.throwIfAborted();
    context.step('connectingNetworks');
    await setUpNetwork(services, vms);
    let done = 0;
    context.step(step, { done, total: copies.length });
    await mapLimit(copies, width, async (copy, index) => {
      signal.throwIfAborted();
      await place(copy, index, signal);
      context.step(step, { done: ++done, total: copies.length });
    });
  });
}

/** What copies of VMs may take on the storage at once, at most. */
export interface CopiesBytes {
  /** For each copy of all of them. */
  eachBytes: number;
  /** In addition, however many copies there are: RAM that becomes a file for all. */
  onceBytes: number;
}

/** Of these VMs, each of them once: their RAM, and what is small. `tag`: the saved state; null if it is yet to be taken. */
export async function bytesOfCopies(
  { snapshots, engines }: Pick<Services, 'snapshots' | 'engines'>,
  sources: readonly CopySource[],
  tag: string | null,
): Promise<CopiesBytes> {
  const all: CopiesBytes = { eachBytes: sources.length * FRESH_COPY_BYTES, onceBytes: 0 };
  for (const { vm, hasRam } of sources) {
    if (!hasRam) continue;
    const { memoryMiB } = vm.spec;
    const ram =
      tag === null
        ? { eachBytes: snapshots.neededBytes(memoryMiB), onceBytes: 0 }
        : await snapshots.ramOfCopies.writtenBytes({ vmId: vm.id, tag, memoryMiB }, engines.forVm(vm).sharesMemory);
    all.eachBytes += ram.eachBytes;
    all.onceBytes += ram.onceBytes;
  }
  return all;
}

/** Places copies of VMs in the saved state `tag`; `sealed` has the RAM of those that need no file of it. The caller has locked the ENV of the sources, so that it is not deleted. */
export async function placeFromState(
  services: Services,
  copies: readonly Copy[],
  { tag, name }: { tag: string; name: string },
  context: OperationContext,
  sealed: SealedRams,
): Promise<void> {
  await sealed.begin(copies, tag, context.signal);
  const sources = new Map(copies.map(({ source }) => [source.vm.id, source]));
  const { eachBytes, onceBytes } = await bytesOfCopies(services, [...sources.values()], tag);
  const placing: Placing = {
    subject: name,
    // All copies have the same VMs, or parts of one image.
    neededBytes: eachBytes * Math.ceil(copies.length / Math.max(1, sources.size)) + onceBytes,
    step: 'copyingVms',
    width: services.limits.startWidth * 2,
    place: async ({ vmId, source: { vm } }, _index, signal) => {
      try {
        const { sharesMemory } = services.engines.forVm(vm);
        const withoutRam = sealed.has(vm.id);
        await services.snapshots.clone(vm.id, tag, vmId, { signal, sharesMemory, withoutRam });
        if (withoutRam && !(await sealed.of(vm.id)))
          await services.snapshots.ramOfCopies.clone(vm.id, tag, vmId, { signal, sharesMemory });
      } catch (error) {
        throw await snapshotFailure(services, name, vm.name, error);
      }
      services.checkpoint('copied');
    },
  };
  return placeCopies(services, copies, placing, context);
}
