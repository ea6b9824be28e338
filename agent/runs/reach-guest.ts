// Opens what a command is to run over in the guest of a VM; waits for one that still boots, as long as it is told. The only place that
// knows which ways there are.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, type RunVia, reason, TtError } from '@tt/protocol';
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import type { ChannelCommand } from '../guest-channel/command-channel.ts';
import type { ExecRequest } from '../guest-channel/exec-request.ts';
import type { FileChannel } from '../guest-channel/file-command.ts';
import type { GuestChannels } from '../guest-channel/guest-channels.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { openChannel } from '../guest-channel/open-channel.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RunningVms } from '../operations/vms/running-vms.ts';
import type { SshGuests } from '../ssh/ssh-guests.ts';
import { openBySsh } from './open-by-ssh.ts';

export interface Guests {
  inventory: Pick<Inventory, 'findVm'>;
  running: Pick<RunningVms, 'get'>;
  guestChannels: Pick<GuestChannels, 'open' | 'openAgent' | 'hasAgent'>;
  sshGuests: Pick<SshGuests, 'open'>;
}

/** A command of a run, as far as runs need it. */
export type RunningCommand = Pick<ChannelCommand, 'stdout' | 'stderr' | 'stdin' | 'exit'> & {
  /** Ends all processes it has started. */
  signal(name: 'SIGKILL'): void;
};

/** What starts commands in one guest: the channel to its helper or its guest agent, or an ssh connection. */
export type RunChannel = FileChannel | { readonly via: 'ssh'; exec(request: ExecRequest): RunningCommand };

/** Asking again changes nothing. */
const FINAL: ReadonlySet<string> = new Set([
  'GUEST_HELPER_INVALID',
  'GUEST_HELPER_OTHER_VERSION',
  'GUEST_AGENT_INVALID',
  'GUEST_AGENT_UNFIT',
  'GUEST_SSH_INVALID',
  'GUEST_SSH_HOST_KEY_WRONG',
]);
/** Enough to put the helper into a guest on a busy host, or to log in. */
const ANSWER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** `request`: what is to be run there; a way that can't is refused before anything runs. */
export interface Wanted {
  via: RunVia;
  request: ExecRequest;
}

/**
 * Rejects with RUN_GUEST_UNREACHABLE or RUN_SSH_UNREACHABLE, over ssh also with SSH_IMPOSSIBLE, SSH_HOST_KEY_UNKNOWN,
 * SSH_HOST_KEY_WRONG or RUN_NOT_OVER_SSH, or with the reason of `signal`.
 */
export async function reachGuest(
  guests: Guests,
  vm: { id: string; name: string },
  wanted: Wanted,
  waitMs: number,
  signal: AbortSignal,
): Promise<RunChannel> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const leftMs = deadline - performance.now();
    const found = await tryOnce(guests, vm.id, wanted, leftMs > 0 ? Math.min(leftMs, ANSWER_MS) : ANSWER_MS, signal);
    if ('channel' in found) return found.channel;
    if (!found.mayCome || performance.now() >= deadline) {
      const code = wanted.via === 'ssh' ? 'RUN_SSH_UNREACHABLE' : 'RUN_GUEST_UNREACHABLE';
      throw new TtError(code, { vmName: vm.name, reason: found.why });
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

type Found = { channel: RunChannel } | { why: Reason; mayCome: boolean };

async function tryOnce(
  guests: Guests,
  vmId: string,
  { via, request }: Wanted,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Found> {
  const vm = guests.inventory.findVm(vmId);
  if (!vm) return { why: reason('deletedMeanwhile'), mayCome: false };
  const handle = guests.running.get(vmId);
  if (!handle) return { why: reason('notRunning'), mayCome: vm.status.state === 'creating' };
  const hasPort = vm.spec.guestHelper === 'on';
  const open: Record<RunVia, (running: RunningVm) => Promise<RunChannel>> = {
    guestChannel: (running) => openChannel(guests.guestChannels, running, { hasPort, timeoutMs, signal }),
    ssh: (running) => unlessAborted(openBySsh(guests.sshGuests, vm, running, request, timeoutMs), signal),
  };
  try {
    return { channel: await open[via](handle) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
    return { why: error.reason, mayCome: !FINAL.has(error.code) };
  }
}
