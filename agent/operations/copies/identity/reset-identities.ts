// After copies are resumed, resets the identity of each while its NICs are disconnected, then connects them. Copies that are
// stopped, or whose guest agent does not answer, are reset when it does (`resetWaiting`, called periodically).
import { type Identity, TtError } from '@tt/protocol';
import { eachApartInTurn } from '../../../host/each-apart.ts';
import { mapLimit } from '../../../host/map-limit.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { controlFailure } from '../../engine-failure.ts';
import type { OperationContext } from '../../operation-registry.ts';
import type { Services } from '../../services.ts';
import { setGuestClocksSoon } from '../../snapshots/guest-clocks.ts';
import { hostKeysIn, readHostKeys } from '../../vms/host-keys.ts';
import { dropAddresses, resetGuestIdentity, renewAddresses, withParts } from './reset-guest-identity.ts';

export interface IdentityResetRequest {
  fenced: boolean;
  sshHostKeys: boolean;
  /** The original is in the same network: a copy whose identity cannot be reset must not be connected to it. */
  besideOriginal?: boolean;
}

type IdentityServices = Pick<Services, 'guestChannels' | 'hostKeys' | 'inventory' | 'logger' | 'now' | 'running'>;

/** Rejects with VM_CONTROL_FAILED if NICs cannot be connected; the results of the guests are in their records. */
export async function resetIdentities(
  services: IdentityServices & Pick<Services, 'limits' | 'checkpoint'>,
  vmIds: readonly string[],
  request: IdentityResetRequest,
  context: OperationContext,
): Promise<void> {
  let done = 0;
  const total = vmIds.length;
  context.step('resettingIdentity', { done, total });
  const byTheSecond: string[] = [];
  try {
    await mapLimit(vmIds, services.limits.startWidth * 2, async (vmId) => {
      context.signal.throwIfAborted();
      if (await resetIdentity(services, vmId, request)) byTheSecond.push(vmId);
      services.checkpoint('identity');
      context.step('resettingIdentity', { done: ++done, total });
    });
  } finally {
    // Their own programs know seconds at best, and nobody waits for more. Not while others are still without an identity: an emulated
    // guest needs a tenth of a second of a processor for it.
    setGuestClocksSoon(services, byTheSecond);
  }
}

/** True if its guest answered, and its clock is to be set to the millisecond. */
async function resetIdentity(
  services: IdentityServices,
  vmId: string,
  request: IdentityResetRequest,
): Promise<boolean> {
  const vm = services.inventory.vm(vmId);
  const running = services.running.get(vmId);
  const {
    guest: { identity },
  } = vm;
  if (!identity) return false;
  const { sshHostKeys } = request;
  const keysLater = sshHostKeys ? { sshHostKeys: 'waiting' as const } : {};
  if (!running) {
    services.inventory.updateVm(vmId, { guest: { identity: { ...identity, ...withParts(identity, keysLater) } } });
    return false;
  }
  // That with which its setup would provide it, where it has one.
  const sshHostKey = sshHostKeys ? await services.hostKeys.of(vmId) : null;
  const channels = services.guestChannels;
  const reset = { running, channels, vm, identity, oldMacs: identity.oldMacs, sshHostKey, now: services.now };
  const hasAgent = vm.placement.features.includes('guestAgent');
  const told = hasAgent
    ? await resetGuestIdentity(reset)
    : { identity: withoutAgent(identity), answered: false, isClockExact: false, hasGivenKey: false };
  let after = told.answered ? told.identity : withParts(told.identity, hasAgent ? keysLater : {});
  try {
    const isBridged = vm.spec.nics.some(({ kind }) => kind !== 'user');
    // In the network around the host every copy is beside its original.
    const isInLan = !request.fenced && vm.spec.nics.some(({ kind }) => kind === 'bridge');
    const isBeside = (request.besideOriginal === true && isBridged) || isInLan;
    const hasOldAddress = isInLan && identity.parts.address === 'waiting';
    if (isBeside && (after.parts.mac !== 'new' || (hasOldAddress && !(await dropAddresses(reset))))) {
      // On the same bridge with the same addresses it would take the original off the network.
      await running.reset();
      after = restarted(identity, hasAgent);
    }
    if (!request.fenced) await running.setLinks(true);
  } catch (error) {
    throw controlFailure(vm.name, error);
  }
  if (told.answered && after.parts.address === 'waiting') after = await renewAddresses({ ...reset, identity: after });
  const given = told.hasGivenKey && sshHostKey ? hostKeysIn(sshHostKey.publicKey) : null;
  const known = given ?? (after.parts.sshHostKeys === 'new' ? await readHostKeys(running) : null);
  if (!services.inventory.hasVm(vmId)) return false;
  const { isGiven = false } = vm.guest.hostKeys ?? {};
  const hostKeys = known ? { hostKeys: { isGiven, known } } : {};
  services.inventory.updateVm(vmId, { guest: { identity: { ...identity, ...after }, ...hostKeys } });
  return told.answered && !told.isClockExact;
}

/** What a guest without a guest agent keeps until its next boot, or for ever. */
function withoutAgent(identity: Identity): Identity {
  if (identity.fenced) return withParts(identity, { random: 'same', clock: 'same' });
  const { mac, address, clock } = identity.parts;
  const later = (state: Identity['parts']['mac']) => (state === 'waiting' ? 'afterRestart' : state);
  return withParts(identity, {
    mac: later(mac),
    address: later(address),
    clock: later(clock),
    hostname: 'same',
    machineId: 'same',
    random: 'same',
  });
}

function restarted(identity: Identity, hasAgent: boolean): Identity {
  const inGuest = hasAgent ? 'waiting' : 'same';
  const parts = { mac: 'new', address: 'new', uuid: 'new', clock: 'new' } as const;
  return {
    ...withParts(identity, { ...parts, hostname: inGuest, machineId: inGuest, random: 'new' }),
    restarted: true,
    problem: hasAgent ? 'agentSilent' : 'noAgent',
  };
}

/** Copies whose guests were not up when they were made, or did not answer. Called now and then while the agent runs. */
export async function resetWaiting(services: IdentityServices & Pick<Services, 'locks'>): Promise<void> {
  const { inventory } = services;
  await eachApartInTurn(inventory.vms(), async ({ id }) => {
    const vm = inventory.findVm(id);
    if (!vm || !isWaiting(vm) || services.locks.isHeld(vm.envName)) return;
    const running = services.running.get(vm.id);
    if (!running || !(await running.guestAnswers(500).catch(() => false))) return;
    if (services.locks.isHeld(vm.envName)) return;
    await services.locks.hold(vm.envName, 'identity-reset', async () => {
      try {
        const isByTheSecond = await resetIdentity(services, vm.id, {
          fenced: vm.guest.identity?.fenced ?? false,
          sshHostKeys: vm.guest.identity?.parts.sshHostKeys === 'waiting',
        });
        if (isByTheSecond) setGuestClocksSoon(services, [vm.id]);
      } catch (error) {
        // It ended meanwhile, say: it is told when it runs again.
        if (!(error instanceof TtError && error.code === 'VM_CONTROL_FAILED')) throw error;
        services.logger.warn({ err: error, vmId: vm.id, vmName: vm.name }, 'could not give a copy its identity');
      }
    });
  });
}

function isWaiting({ guest: { identity }, status: { state }, placement: { features } }: VmRecord): boolean {
  if (!identity || state !== 'running' || !features.includes('guestAgent')) return false;
  return Object.values(identity.parts).includes('waiting');
}
