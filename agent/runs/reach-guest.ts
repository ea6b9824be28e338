// Opens the channel to the guest of a VM that a command is to run on; waits for one that still boots, as long as it is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, reason, TtError } from '@tt/protocol';
import { EngineError } from '../engines/errors.ts';
import type { GuestChannel } from '../guest-channel/guest-channel.ts';
import type { GuestChannels } from '../guest-channel/guest-channels.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RunningVms } from '../operations/vms/running-vms.ts';

export interface Guests {
  inventory: Pick<Inventory, 'findVm'>;
  running: Pick<RunningVms, 'get'>;
  guestChannels: Pick<GuestChannels, 'open'>;
}

/** Enough to put the helper into a guest on a busy host. */
const ANSWER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Rejects with RUN_GUEST_UNREACHABLE, or the reason of `signal`. */
export async function reachGuest(
  guests: Guests,
  vm: { id: string; name: string },
  waitMs: number,
  signal: AbortSignal,
): Promise<GuestChannel> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const leftMs = deadline - performance.now();
    const found = await tryOnce(guests, vm.id, leftMs > 0 ? Math.min(leftMs, ANSWER_MS) : ANSWER_MS, signal);
    if ('channel' in found) return found.channel;
    if (!found.mayCome || performance.now() >= deadline) {
      throw new TtError('RUN_GUEST_UNREACHABLE', { vmName: vm.name, reason: found.why });
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

type Found = { channel: GuestChannel } | { why: Reason; mayCome: boolean };

async function tryOnce(guests: Guests, vmId: string, timeoutMs: number, signal: AbortSignal): Promise<Found> {
  const vm = guests.inventory.findVm(vmId);
  if (!vm) return { why: reason('deletedMeanwhile'), mayCome: false };
  if (vm.spec.guestHelper === 'off') return { why: reason('guestHelperOff'), mayCome: false };
  const handle = guests.running.get(vmId);
  if (!handle) return { why: reason('notRunning'), mayCome: vm.status.state === 'creating' };
  try {
    // It is opened for others too.
    return { channel: await unlessAborted(guests.guestChannels.open(handle, timeoutMs), signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
    return { why: error.reason, mayCome: error.code !== 'GUEST_HELPER_INVALID' };
  }
}
