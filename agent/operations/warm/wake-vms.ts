// Wakes new VMs from the warm instant of their image, by the code that forks snapshots. A VM whose guest does not wake, or does not get
// an identity of its own, is made anew and boots: nothing that another VM has may stay in it.
import { type Identity, type TermCode, TtError } from '@tt/protocol';
import { mapLimit } from '../../host/map-limit.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import { placeFromState } from '../copies/place-copies.ts';
import { SealedRams } from '../copies/sealed-rams.ts';
import { wakeCopies } from '../copies/wake-copies.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import type { Wake } from '../vms/allocate.ts';
import { haltVm } from '../vms/boot-vm.ts';

/** What says that this instant does not wake, where the same VM may well boot. */
const NOT_WOKEN: ReadonlySet<string> = new Set([
  'SNAPSHOT_FAILED',
  'SNAPSHOT_DAMAGED',
  'VM_START_FAILED',
  'VM_CONTROL_FAILED',
]);

/** There is no space for disk and memory of the copies; a fresh disk may well fit. */
const NO_SPACE: ReadonlySet<string> = new Set(['DISK_FULL', 'QUOTA_EXCEEDED']);

/** How each part of a woken guest's identity must be. What it has read of its machine, its UUID, changes when it is restarted. */
const OWN: { readonly [Part in keyof Identity['parts']]: readonly string[] } = {
  mac: ['new'],
  // Behind QEMU's own networking all guests have the same one.
  address: ['new', 'same'],
  uuid: ['afterRestart'],
  hostname: ['new'],
  machineId: ['new', 'absent'],
  random: ['new'],
  clock: ['new'],
  sshHostKeys: ['new', 'absent'],
};

/** Returns the VMs that have to boot instead: they have no disk and no process, as before. */
export async function wakeVms(
  services: Services,
  wakes: readonly Wake[],
  context: OperationContext,
): Promise<string[]> {
  const booting: string[] = [];
  for (const group of Map.groupBy(wakes, ({ warm }) => warm.vm.id).values()) {
    const [first] = group;
    if (!first) continue;
    const vmIds = group.map(({ vmId }) => vmId);
    booting.push(...(await wakeFrom(services, first.warm, vmIds, context)));
  }
  return booting;
}

async function wakeFrom(
  services: Services,
  record: WarmRecord,
  vmIds: readonly string[],
  context: OperationContext,
): Promise<string[]> {
  const { warm } = services;
  const { imageName, tag, vm } = record;
  // No wait between this look and the use: it may have been cooled or replaced since the VMs were planned.
  if (warm.ready(imageName)?.vm.id !== vm.id) {
    for (const vmId of vmIds) await makeAnew(services, vmId, 'notWarm');
    return [...vmIds];
  }
  const release = warm.use(vm.id);
  await using sealed = new SealedRams(services);
  try {
    const copies = vmIds.map((vmId) => ({ vmId, source: { vm, hasRam: true } }));
    const place = () => placeFromState(services, copies, { tag, name: imageName }, context, sealed);
    const failure = await notWoken(context, new Set([...NOT_WOKEN, ...NO_SPACE]), place);
    if (failure) {
      const isFull = NO_SPACE.has(failure.code);
      if (!isFull) giveUp(services, record, failure);
      for (const vmId of vmIds) await makeAnew(services, vmId, isFull ? 'noSpace' : 'wakeFailed');
      return [...vmIds];
    }
    let done = 0;
    const booting: string[] = [];
    context.step('wakingVms', { done, total: copies.length });
    await mapLimit(copies, services.limits.startWidth, async (copy) => {
      const { vmId } = copy;
      const begun = performance.now();
      const each = { ...context, step: () => {} };
      const wake = () => wakeCopies(services, [copy], tag, { fenced: false, sshHostKeys: true }, each, sealed);
      const reason = await whyNotOwn(services, record, vmId, await notWoken(context, NOT_WOKEN, wake));
      if (reason === null) noteAwake(services, vmId, Math.round(performance.now() - begun));
      else {
        await makeAnew(services, vmId, reason);
        booting.push(vmId);
      }
      context.step('wakingVms', { done: ++done, total: copies.length });
    });
    if (booting.length < vmIds.length) warm.noteUse(vm.id, vmIds.length - booting.length, services.now());
    return booting;
  } finally {
    release();
  }
}

/** Its failure if it has one of these codes; any other is thrown. */
async function notWoken(
  context: OperationContext,
  codes: ReadonlySet<string>,
  work: () => Promise<void>,
): Promise<TtError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof TtError && codes.has(error.code)) return error;
    throw error;
  }
}

async function whyNotOwn(
  services: Pick<Services, 'inventory' | 'logger'>,
  { imageName }: WarmRecord,
  vmId: string,
  failure: TtError | null,
): Promise<'wakeFailed' | 'identityFailed' | null> {
  const { name, guest } = services.inventory.vm(vmId);
  const about = { vmId, vmName: name, imageName };
  if (failure) {
    services.logger.warn({ ...about, err: failure }, 'a VM did not wake from the warm instant of its image; it boots');
    return 'wakeFailed';
  }
  if (guest.identity && isOwn(guest.identity)) return null;
  const { parts, detail } = guest.identity ?? {};
  services.logger.warn({ ...about, parts, detail }, 'a woken guest did not get an identity of its own; it boots');
  return 'identityFailed';
}

export function isOwn({ parts }: Pick<Identity, 'parts'>): boolean {
  return Object.entries(parts).every(([part, state]) => OWN[part as keyof Identity['parts']].includes(state));
}

/** From now on it is a VM as any other: a guest that was woken has nothing left to be told. */
function noteAwake({ inventory }: Pick<Services, 'inventory'>, vmId: string, ms: number): void {
  inventory.updateVm(vmId, { guest: { identity: null }, origin: { start: { how: 'woken', ms, reason: null } } });
}

/** Nothing of the instant stays: neither disk nor memory. */
async function makeAnew(services: Services, vmId: string, reason: TermCode<'bootReason'>): Promise<void> {
  const { inventory, running, storage } = services;
  if (running.get(vmId)) await haltVm(services, vmId, 0);
  await storage.destroyImage(vmId);
  inventory.updateVm(vmId, { guest: { identity: null }, origin: { start: { how: 'booted', ms: null, reason } } });
}

/** Nobody else tries it; the background task removes it. */
function giveUp({ warm, logger }: Pick<Services, 'warm' | 'logger'>, record: WarmRecord, error: TtError): void {
  const { imageName, vm } = record;
  logger.warn({ err: error, imageName, vmId: vm.id }, 'a warm instant can’t be copied; it is removed');
  warm.put({ ...record, phase: 'deleting' });
}
