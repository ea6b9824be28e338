// One command on one VM, from reaching its guest to its end. Whatever happens to the machine or the caller, it ends, and says how.
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, reason, type RunOutputChannel, type RunVm, TtError, toErrorRecord } from '@tt/protocol';
import { GuestError, type GuestErrorCode } from '../guest-channel/guest-error.ts';
import { signalName } from '../host/signal-name.ts';
import { type Guests, reachGuest, type RunChannel, type Wanted } from './reach-guest.ts';
import type { Slots } from '../host/slots.ts';
import { watchHelper } from './watch-helper.ts';

export type VmEnd = Pick<RunVm, 'exitCode' | 'signal' | 'failure'> & {
  state: Exclude<RunVm['state'], 'waiting' | 'running'>;
};

export interface CommandOnVm extends Wanted {
  vm: { id: string; name: string };
  stdin: Buffer | undefined;
  timeoutMs: number;
  waitMs: number;
  /** Those in which commands run; waiting for a guest takes none. */
  slots: Slots;
  /** Called when the command was sent to the guest. */
  onStart: (via: RunChannel['via']) => void;
  /** Keeps what it prints. Never rejects. */
  keep: (channel: RunOutputChannel, bytes: Buffer) => Promise<void>;
}

/** A guest that runs kills in milliseconds. */
const KILL_MS = 5_000;
/** How long the process of a VM may take to end after its ports were closed. */
const EXIT_MS = 1_000;
const ENOENT = 2;
const SIGKILL = constants.signals.SIGKILL;

/** Rejects for faults of the program only. */
export async function runOnVm(guests: Guests, about: CommandOnVm, cancel: AbortSignal): Promise<VmEnd> {
  try {
    await reachGuest(guests, about.vm, about, about.waitMs, cancel);
    return await about.slots.use(cancel, async () => {
      // Open already, unless its guest has gone while it waited for a slot.
      const channel = await reachGuest(guests, about.vm, about, 0, cancel);
      return execute(guests, about, channel, cancel);
    });
  } catch (error) {
    if (cancel.aborted) return ended('cancelled');
    if (error instanceof TtError) return ended('unreachable', { failure: toErrorRecord(error) });
    throw error;
  }
}

async function execute(
  guests: Guests,
  { vm, request, stdin, timeoutMs, onStart, keep }: CommandOnVm,
  channel: RunChannel,
  cancel: AbortSignal,
): Promise<VmEnd> {
  const handle = guests.running.get(vm.id);
  const command = channel.exec(request);
  onStart(channel.via);
  let stoppedBy: 'timedOut' | 'cancelled' | null = null;
  let patience: NodeJS.Timeout | undefined;
  const unconfirmed = Promise.withResolvers<null>();
  const kill = (why: 'timedOut' | 'cancelled') => {
    if (stoppedBy) return;
    stoppedBy = why;
    command.signal('SIGKILL');
    patience = setTimeout(() => unconfirmed.resolve(null), KILL_MS);
  };
  const over = new AbortController();
  if (handle && channel.via === 'helper') void watchHelper(channel, handle, over.signal);
  const limit = setTimeout(() => kill('timedOut'), timeoutMs);
  const onCancel = () => kill('cancelled');
  cancel.addEventListener('abort', onCancel);
  if (cancel.aborted) onCancel();
  if (stdin) command.stdin.end(stdin);
  const keepAll = async (name: RunOutputChannel, stream: Readable) => {
    for await (const bytes of stream as AsyncIterable<Buffer>) await keep(name, bytes);
  };
  const outputs = Promise.allSettled([keepAll('stdout', command.stdout), keepAll('stderr', command.stderr)]);
  try {
    const exit = await Promise.race([command.exit, unconfirmed.promise]);
    if (exit === null) {
      const failure = toErrorRecord(new TtError('RUN_END_UNCONFIRMED', { vmName: vm.name }));
      return ended(stoppedBy ?? 'timedOut', { failure });
    }
    await outputs;
    const signal = exit.signal === null ? null : signalName(exit.signal);
    // One that had ended before the kill came is as it was.
    if (stoppedBy && exit.signal === SIGKILL) return ended(stoppedBy, { signal });
    return ended('exited', { exitCode: exit.exitCode, signal });
  } catch (error) {
    if (!(error instanceof GuestError)) throw error;
    await outputs;
    if (error.code === 'GUEST_REFUSED_COMMAND') {
      const failure = toErrorRecord(new TtError('RUN_COMMAND_REFUSED', { vmName: vm.name, reason: error.reason }));
      return ended('exited', { exitCode: error.errno === ENOENT ? 127 : 126, failure });
    }
    if (stoppedBy) return ended(stoppedBy);
    const why = await whyGone(guests, vm.id, error, handle);
    return ended('lost', { failure: toErrorRecord(new TtError('RUN_VM_ENDED', { vmName: vm.name, reason: why })) });
  } finally {
    over.abort();
    clearTimeout(limit);
    clearTimeout(patience);
    cancel.removeEventListener('abort', onCancel);
    command.stdout.destroy();
    command.stderr.destroy();
  }
}

function ended(state: VmEnd['state'], how: Partial<VmEnd> = {}): VmEnd {
  return { exitCode: null, signal: null, failure: null, ...how, state };
}

/** The channel tells that it has ended; the machine may know why. */
export async function whyGone(
  guests: Pick<Guests, 'inventory'>,
  vmId: string,
  error: GuestError,
  handle: ReturnType<Guests['running']['get']>,
): Promise<Reason> {
  if (isTold(error.code)) return reason(`guest.${error.code}`);
  const hasExited = handle
    ? await Promise.race([handle.exited.then(() => true), sleep(EXIT_MS, false, { ref: false })])
    : true;
  const state = guests.inventory.findVm(vmId)?.status.state;
  if (state === undefined || state === 'deleting') return reason('deletedMeanwhile');
  return hasExited ? reason('stoppedMeanwhile') : error.reason;
}

const TOLD = [
  'GUEST_REVERTED',
  'GUEST_RESET',
  'GUEST_RESTARTED',
  'GUEST_HELPER_ENDED',
  'GUEST_OUTPUT_LOST',
] as const satisfies readonly GuestErrorCode[];

/** Whoever ended the channel has said why. */
function isTold(code: GuestErrorCode): code is (typeof TOLD)[number] {
  return (TOLD as readonly GuestErrorCode[]).includes(code);
}
