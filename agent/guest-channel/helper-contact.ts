// The first contact with a guest: greets the helper that runs there, waits for one that is slow, puts ours in the place of one that is too
// old, and into a guest that has none.
import { connectUnixSocket } from '@tt/client/node';
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import { GuestChannel } from './guest-channel.ts';
import { GuestError } from './guest-error.ts';
import { pushHelper } from './push-helper.ts';

/** A helper that runs answers in milliseconds; on a host that emulates many guests, in a second or two. */
const RUNNING_ANSWER_MS = 2_000;
/** A guest agent that runs is asked in less; one that is not there is not waited for longer. */
const REPLACE_MS = 5_000;
/** The guest agent is heard first, and with less than this nobody need be asked. */
const AFTER_AGENT_MS = 500;
/** Ends at once. */
const NOTHING = ['/bin/sh', '-c', ':'] as const;

/** `RunningVm` as far as the contact needs it. */
type ContactHost = Pick<RunningVm, 'guestExec' | 'guestAnswers' | 'sockets' | 'isHelperPortOpen'>;

export class HelperContact {
  readonly #program: () => Promise<Uint8Array | null>;
  readonly #answerMs: number;

  /** See GuestChannels. */
  constructor(program: () => Promise<Uint8Array | null>, { answerMs = RUNNING_ANSWER_MS } = {}) {
    this.#program = program;
    this.#answerMs = answerMs;
  }

  /** As {@link GuestChannels.open}. */
  async open(vm: ContactHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    let silence: unknown;
    let listens = await this.#isListening(vm, deadline);
    if (listens === false) listens = await this.#listensOnceUp(vm, deadline);
    if (listens !== false) {
      try {
        return await this.#greet(vm, deadline, listens === true);
      } catch (error) {
        // Only where no other has its port could ours get it.
        if (!isSilent(error) || (listens === true && (await this.#isListening(vm, deadline)) !== false)) throw error;
        silence = error;
      }
    }
    const program = await this.#program();
    if (program === null) {
      const why = 'the guest has no helper, and this host has none to put there; run "tt-agent doctor" on the host';
      throw new GuestError('GUEST_HELPER_SILENT', why, { cause: silence });
    }
    await pushHelper(vm, program, leftMs(deadline));
    return this.#connectAnew(vm, deadline);
  }

  /** As {@link GuestChannels.openRunning}. */
  async openRunning(vm: ContactHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    const listens = await this.#isListening(vm, deadline);
    if (listens !== false) return this.#greet(vm, deadline, listens === true);
    throw nobodyListens();
  }

  /** As {@link GuestChannels.openFit}. Nothing is asked of the guest agent. */
  async openFit(vm: ContactHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    if ((await this.#isListening(vm, deadline)) !== true) throw nobodyListens();
    const channel = await this.#connect(vm, leftMs(deadline));
    if (channel.isUpToDate) return channel;
    channel.close();
    throw new GuestError('GUEST_HELPER_OTHER_VERSION', 'the helper in the guest is older than this agent');
  }

  /** `isThere`: somebody has opened the port, so another helper could not get it. */
  async #greet(vm: ContactHost, deadline: number, isThere: boolean): Promise<GuestChannel> {
    let channel: GuestChannel;
    try {
      channel = await this.#connectRunning(vm, deadline, isThere);
    } catch (error) {
      if (isOtherVersion(error)) return this.#exchange(vm, error, deadline);
      throw error;
    }
    return channel.isUpToDate ? channel : this.#replace(vm, channel, deadline);
  }

  async #connectRunning(vm: ContactHost, deadline: number, isThere: boolean): Promise<GuestChannel> {
    try {
      return await this.#connect(vm, Math.min(this.#answerMs, leftMs(deadline)));
    } catch (error) {
      if (!isThere || !isSilent(error) || leftMs(deadline) < AFTER_AGENT_MS) throw error;
      return this.#connectPatiently(vm, deadline);
    }
  }

  /** To one that is slow, as guests are that boot together on a busy host, or that hangs with its guest: the guest agent tells which. */
  async #connectPatiently(vm: ContactHost, deadline: number): Promise<GuestChannel> {
    const timeoutMs = leftMs(deadline);
    const giveUp = new AbortController();
    const connecting = this.#connect(vm, timeoutMs + AFTER_AGENT_MS, giveUp.signal);
    const living = vm.guestExec(NOTHING, { timeoutMs }).then(async () => {
      // It was killed meanwhile, or the port was that of a push which has ended without one: nobody will answer.
      if ((await this.#isListening(vm, deadline)) === false) throw nobodyListens();
      return connecting;
    });
    try {
      return await Promise.race([connecting, living]);
    } catch (error) {
      giveUp.abort();
      connecting.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    }
  }

  /** Puts ours in the place of one that can’t be spoken with. Where no program of ours can be, that is what is wrong. */
  async #exchange(vm: ContactHost, other: GuestError, deadline: number): Promise<GuestChannel> {
    const program = await this.#program();
    if (program === null) throw other;
    try {
      await pushHelper(vm, program, leftMs(deadline), '--replace');
    } catch (error) {
      throw error instanceof GuestError ? other : error;
    }
    return this.#connectAnew(vm, deadline);
  }

  /** Puts ours in the place of an older helper, which serves nobody yet. Where that can't be done, the older one is as good as it was. */
  async #replace(vm: ContactHost, older: GuestChannel, deadline: number): Promise<GuestChannel> {
    const program = await this.#program();
    if (program === null) return older;
    try {
      await pushHelper(vm, program, Math.min(REPLACE_MS, leftMs(deadline)), '--replace');
    } catch (error) {
      if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
      return older;
    }
    older.close();
    return this.#connectAnew(vm, deadline);
  }

  /** To ours, which has just been put there. */
  #connectAnew(vm: ContactHost, deadline: number): Promise<GuestChannel> {
    return this.#connect(vm, Math.max(this.#answerMs, leftMs(deadline)));
  }

  #connect(vm: ContactHost, timeoutMs: number, signal?: AbortSignal): Promise<GuestChannel> {
    return GuestChannel.open(connectUnixSocket(vm.sockets.guestHelper), timeoutMs, signal);
  }

  /**
   * A guest that still boots starts its guest agent last: once that answers, the helper of its image is there. Otherwise ours would be sent to
   * it in vain. GUEST_AGENT_SILENT if that can't put ours there either.
   */
  async #listensOnceUp(vm: ContactHost, deadline: number): Promise<boolean | null> {
    if (await this.#agentIsSilent(vm, deadline)) throw new EngineError('GUEST_AGENT_SILENT', 'no guest agent answers');
    return this.#isListening(vm, deadline);
  }

  async #agentIsSilent(vm: ContactHost, deadline: number): Promise<boolean> {
    try {
      return !(await vm.guestAnswers(leftMs(deadline)));
    } catch (error) {
      // Others use its line, for one: whoever asks it next is told.
      if (error instanceof EngineError) return false;
      throw error;
    }
  }

  /** Whether a program in the guest has opened the port; null where the engine does not say so. */
  async #isListening(vm: ContactHost, deadline: number): Promise<boolean | null> {
    try {
      return await vm.isHelperPortOpen(Math.min(this.#answerMs, leftMs(deadline)));
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  }
}

function nobodyListens(): GuestError {
  return new GuestError('GUEST_HELPER_SILENT', 'no program in the guest has opened the port of the helper');
}

function leftMs(deadline: number): number {
  return Math.max(1, deadline - Date.now());
}

function isSilent(error: unknown): boolean {
  return error instanceof GuestError && error.code === 'GUEST_HELPER_SILENT';
}

function isOtherVersion(error: unknown): error is GuestError {
  return error instanceof GuestError && error.code === 'GUEST_HELPER_OTHER_VERSION';
}
