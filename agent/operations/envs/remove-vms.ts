// Deletes some VMs of an ENV: by id, by OS prefix, or because they do not answer. The ENV stays, even empty.
import { matchesOsPrefix, type RemovedVm } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { greetsBySsh } from '../../engines/ssh-greeting.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import { mapLimit } from '../../host/map-limit.ts';
import { sshAddressOf } from '../../inventory/guest-readiness.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { holdingEnv } from '../targets.ts';
import { removeVms } from '../vms/remove-vm.ts';
import { memberOf } from './member-of.ts';

/** How long a guest may take to answer, by each of the ways. */
const ANSWER_TIMEOUT_MS = 3_000;
/** The number of guests asked at the same time. */
const ASK_WIDTH = 32;

type ProbeServices = Pick<Services, 'running' | 'guestChannels'>;
type RemoveVmsRequest = Omit<InputOf<'env.removeVms'>, 'name'>;

export const removeVmsOperation = defineOperation({
  kind: 'env.removeVms',
  ...holdingEnv,
  cancellable: true,
  frees: true,
  run: ({ services, input, operation }) => removeChosenVms(services, input.name, input, operation),
});

async function removeChosenVms(
  services: Services,
  envName: string,
  request: RemoveVmsRequest,
  context: OperationContext,
): Promise<{ removed: RemovedVm[] }> {
  const removed = await chosen(services, envName, request, context);
  if (request.dryRun) return { removed };
  context.noReturn();
  let done = 0;
  context.step('deletingVms', { done, total: removed.length });
  await removeVms(
    services,
    removed.map(({ id }) => id),
    () => context.step('deletingVms', { done: ++done, total: removed.length }),
  );
  return { removed };
}

async function chosen(
  services: ProbeServices & Pick<Services, 'inventory'>,
  envName: string,
  { vmIds = [], osPrefixes = [], dead = false }: RemoveVmsRequest,
  context: OperationContext,
): Promise<RemovedVm[]> {
  const vms = services.inventory.vmsOf(envName);
  for (const vmId of vmIds) memberOf(vms, vmId);
  const silent = dead ? await findSilent(services, vms, context) : new Set<string>();
  return vms.flatMap(({ id, name, origin: { image } }) => {
    if (vmIds.includes(id)) return { id, name, why: 'id' as const };
    if (osPrefixes.some((prefix) => matchesOsPrefix(image, prefix))) return { id, name, why: 'osPrefix' as const };
    return silent.has(id) ? { id, name, why: 'dead' as const } : [];
  });
}

/** Ids of VMs that failed, or run and answer neither by guest agent or guest helper nor by ssh. Stopped ones are not dead, they sleep. */
async function findSilent(
  services: ProbeServices,
  vms: readonly VmRecord[],
  context: OperationContext,
): Promise<Set<string>> {
  const silent = new Set(vms.filter((vm) => vm.status.state === 'failed').map((vm) => vm.id));
  const asked = vms.filter((vm) => vm.status.state === 'running' || vm.status.state === 'unknown');
  let done = 0;
  context.step('probingVms', { done, total: asked.length });
  await mapLimit(asked, ASK_WIDTH, async (vm) => {
    context.signal.throwIfAborted();
    if (!(await answers(services, vm))) silent.add(vm.id);
    context.step('probingVms', { done: ++done, total: asked.length });
  });
  return silent;
}

async function answers(services: ProbeServices, vm: VmRecord): Promise<boolean> {
  const handle = services.running.get(vm.id);
  if (!handle) return false;
  const ssh = sshAddressOf(vm);
  const [fromInside, bySsh] = await Promise.all([
    vm.placement.features.includes('guestAgent')
      ? handle.guestAnswers(ANSWER_TIMEOUT_MS)
      : vm.spec.guestHelper === 'on' && helperAnswers(services, handle),
    ssh ? greetsBySsh(ssh, ANSWER_TIMEOUT_MS) : false,
  ]);
  return fromInside || bySsh;
}

/** One that the guest has already: none is put into a guest that is perhaps dead. */
async function helperAnswers({ guestChannels }: ProbeServices, handle: RunningVm): Promise<boolean> {
  try {
    const channel = await guestChannels.openRunning(handle, ANSWER_TIMEOUT_MS);
    return await channel.answers(ANSWER_TIMEOUT_MS);
  } catch (error) {
    // It says nothing, hardly boots, or has just ended.
    if (error instanceof GuestError || error instanceof EngineError) return false;
    throw error;
  }
}
