// Work with the channel of one guest: given up when nothing moves for a while, and gone on with when the connection breaks and the
// machine still runs. Each guest has its own time, so that one that hangs delays no other.
import type { FileChannel } from '../../guest-channel/file-command.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import { openChannel } from '../../guest-channel/open-channel.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { stalled } from './guest-file-failure.ts';

/** A guest that loses each connection would be served for good. */
const MOST_CONNECTIONS = 20;
/** One after the other in which nothing moved. */
const MOST_IDLE_CONNECTIONS = 3;
/** A helper that runs answers in milliseconds; on a host that emulates many guests, in a second or two. */
const MOST_ANSWER_S = 5;

export type GuestServices = Pick<Services, 'guestChannels' | 'running'>;

export interface GuestWork {
  /** How long it may be silent, or take nothing more. */
  timeoutS: number;
  signal: AbortSignal;
}

export interface Connected {
  channel: FileChannel;
  /** Aborts when the work is cancelled, and when nothing has moved. */
  signal: AbortSignal;
  /** Something has moved. */
  moved: () => void;
  /** Waits for what the agent does itself, for which the guest is not to blame: until it ends, nothing need move. */
  meanwhile: <Result>(own: Promise<Result>) => Promise<Result>;
}

/**
 * Calls `work`, again with another connection when the first has broken, to continue there. Rejects with VM_NOT_RUNNING, the errors of
 * `work`, GuestError, and EngineError of the guest agent.
 */
export async function inGuest<Result>(
  { guestChannels, running }: GuestServices,
  vm: VmRecord,
  { timeoutS, signal }: GuestWork,
  work: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  const way = { hasPort: vm.spec.guestHelper !== 'off', timeoutMs: timeoutS * 1000, signal };
  let idle = 0;
  for (let connections = 1; ; connections++) {
    // What is opened meanwhile is kept for the next one.
    const channel = await openChannel(guestChannels, running.need(vm.id), way);
    let hasMoved = false;
    const stall = new AbortController();
    const begin = () => setTimeout(() => stall.abort(stalled(timeoutS)), timeoutS * 1000);
    let late = begin();
    try {
      const moved = () => {
        hasMoved = true;
        late.refresh();
      };
      const meanwhile = async <Own>(own: Promise<Own>) => {
        clearTimeout(late);
        try {
          return await own;
        } finally {
          late = begin();
        }
      };
      return await work({ channel, signal: AbortSignal.any([signal, stall.signal]), moved, meanwhile });
    } catch (error) {
      const isKilled = stall.signal.aborted && !(await isThere(channel, Math.min(timeoutS, MOST_ANSWER_S) * 1000));
      // Nobody else learns that a helper was killed: its port stays open. The next connection starts another one.
      if (isKilled) channel.close();
      if (!(isKilled || isBroken(error)) || connections >= MOST_CONNECTIONS) throw error;
      idle = hasMoved ? 0 : idle + 1;
      if (idle >= MOST_IDLE_CONNECTIONS) throw error;
    } finally {
      clearTimeout(late);
    }
  }
}

/** A guest agent that was killed is found by asking again; its channel waits for it. */
async function isThere(channel: FileChannel, timeoutMs: number): Promise<boolean> {
  return channel.via === 'guestAgent' || channel.answers(timeoutMs);
}

function isBroken(error: unknown): boolean {
  return error instanceof GuestError && error.code === 'GUEST_CHANNEL_CLOSED';
}
