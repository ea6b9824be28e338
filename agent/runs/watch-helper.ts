// Notices a helper that was killed in its guest while a command ran: its port stays open, so nobody else would be told, and the command
// would never end.
import type { RunningVm } from '../engines/interface.ts';
import type { GuestChannel } from '../guest-channel/guest-channel.ts';
import { GuestError } from '../guest-channel/guest-error.ts';

const LOOK_EVERY_MS = 15_000;
/** A helper that runs answers in milliseconds; on a host that is very busy, in seconds. */
const ANSWER_MS = 10_000;

/** Closes the channel with GUEST_HELPER_ENDED. Never rejects; resolves once `signal` has aborted. */
export async function watchHelper(
  channel: Pick<GuestChannel, 'answers' | 'close'>,
  vm: Pick<RunningVm, 'guestAnswers'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(signal);
    if (signal.aborted) return;
    if (await channel.answers(ANSWER_MS)) continue;
    // A guest that is paused, or hangs, says nothing at all, and may go on.
    if (!(await vm.guestAnswers(ANSWER_MS).catch(() => false))) continue;
    if (signal.aborted || (await channel.answers(ANSWER_MS))) continue;
    channel.close(new GuestError('GUEST_HELPER_ENDED', 'the helper in the guest was ended'));
    return;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => resolve();
  const timer = setTimeout(go, LOOK_EVERY_MS).unref();
  signal.addEventListener('abort', go);
  if (signal.aborted) go();
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', go);
}
