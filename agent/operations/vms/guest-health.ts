// How the guest of a VM is, as the guest helper in it says: without a network, and without a program that is started for it.
import { type GuestHealth, type Reason, reason, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import type { Services } from '../services.ts';

/** Enough to put the helper into a guest on a busy host. */
const ANSWER_MS = 15_000;

/** Throws VM_NOT_FOUND, VM_NOT_RUNNING, GUEST_HEALTH_UNKNOWN. */
export async function guestHealth(
  { inventory, running, guestChannels }: Pick<Services, 'inventory' | 'running' | 'guestChannels'>,
  vmId: string,
): Promise<GuestHealth> {
  const vm = inventory.vm(vmId);
  const handle = running.need(vmId);
  const unknown = (why: Reason, cause?: unknown) =>
    new TtError('GUEST_HEALTH_UNKNOWN', { vmName: vm.name, reason: why }, { cause });
  if (vm.spec.guestHelper === 'off') throw unknown(reason('guestHelperOff'));
  try {
    const channel = await guestChannels.open(handle, ANSWER_MS);
    if (!channel.has('reports')) throw unknown(reason('guestHelperOld'));
    return await channel.report(ANSWER_MS);
  } catch (error) {
    if (error instanceof GuestError || error instanceof EngineError) throw unknown(error.reason, error);
    throw error;
  }
}
