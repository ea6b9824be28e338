// Opens the channel to the guest of a VM that a command is to run on; waits for one that still boots, as long as it is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, reason, TtError } from '@tt/protocol';
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import type { CommandChannel } from '../guest-channel/command-channel.ts';
import type { GuestChannels } from '../guest-channel/guest-channels.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RunningVms } from '../operations/vms/running-vms.ts';

export interface Guests {
  inventory: Pick<Inventory, 'findVm'>;
  running: Pick<RunningVms, 'get'>;
  guestChannels: Pick<GuestChannels, 'open' | 'openAgent' | 'hasAgent'>;
}

/** Of guests that will not answer otherwise by waiting. */
const HOPELESS: ReadonlySet<string> = new Set(['GUEST_HELPER_INVALID', 'GUEST_AGENT_INVALID', 'GUEST_AGENT_UNFIT']);
/** Enough to put the helper into a guest on a busy host. */
const ANSWER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Rejects with RUN_GUEST_UNREACHABLE, or the reason of `signal`. */
export async function reachGuest(
  guests: Guests,
  vm: { id: string; name: string },
  waitMs: number,
  signal: AbortSignal,
): Promise<CommandChannel> {
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

type Found = { channel: CommandChannel } | { why: Reason; mayCome: boolean };

async function tryOnce(guests: Guests, vmId: string, timeoutMs: number, signal: AbortSignal): Promise<Found> {
  const vm = guests.inventory.findVm(vmId);
  if (!vm) return { why: reason('deletedMeanwhile'), mayCome: false };
  const handle = guests.running.get(vmId);
  if (!handle) return { why: reason('notRunning'), mayCome: vm.status.state === 'creating' };
  try {
    const hasPort = vm.spec.guestHelper === 'on';
    return { channel: await openChannel(guests.guestChannels, handle, { hasPort, timeoutMs, signal }) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
    return { why: error.reason, mayCome: !HOPELESS.has(error.code) };
  }
}

/** The helper where it can be, otherwise the guest agent alone. What is opened is for others, too: nobody ends it. */
async function openChannel(
  channels: Guests['guestChannels'],
  handle: RunningVm,
  { hasPort, timeoutMs, signal }: { hasPort: boolean; timeoutMs: number; signal: AbortSignal },
): Promise<CommandChannel> {
  if (hasPort && !channels.hasAgent(handle)) {
    try {
      return await unlessAborted(channels.open(handle, timeoutMs), signal);
    } catch (error) {
      if (!hasOnlyAgent(error)) throw error;
    }
  }
  return unlessAborted(channels.openAgent(handle, timeoutMs), signal);
}

/** Its guest agent has answered, and no helper can run there: Windows, another architecture, no folder for programs. */
function hasOnlyAgent(error: unknown): boolean {
  if (error instanceof GuestError) return error.code === 'GUEST_HELPER_SILENT';
  return error instanceof EngineError && error.code === 'COMMAND_FAILED';
}
