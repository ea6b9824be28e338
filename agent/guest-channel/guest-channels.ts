// The channels to each running guest: opened when they are first needed, kept while its VM runs, and shared by all who use them.
import { connectUnixSocket } from '@tt/client/node';
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import { AgentChannel } from './by-agent/agent-channel.ts';
import type { CommandChannel } from './command-channel.ts';
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

/** `RunningVm` as far as channels need it: another process of the same VM is another one. */
export type GuestHost = Pick<RunningVm, 'guestExec' | 'sockets' | 'onRestart' | 'isHelperPortOpen'>;
type AgentHost = GuestHost & Pick<RunningVm, 'askGuestAgent'>;
type Endings = 'GUEST_REVERTED' | 'GUEST_RESET' | 'GUEST_RESTARTED';

const WHY: Readonly<Record<Endings, string>> = {
  GUEST_REVERTED: 'the machine was reverted',
  GUEST_RESET: 'the machine was reset',
  GUEST_RESTARTED: 'the guest restarted',
};

/** Those that are open or being opened, one for each guest. */
type Known<Channel> = WeakMap<GuestHost, Promise<Channel>>;

export class GuestChannels {
  readonly #program: () => Promise<Uint8Array | null>;
  readonly #channels: Known<GuestChannel> = new WeakMap();
  readonly #agentChannels: Known<AgentChannel> = new WeakMap();
  /** Being opened by `openRunning`. */
  readonly #looks: Known<GuestChannel> = new WeakMap();
  readonly #answerMs: number;
  readonly #open = new Set<Pick<CommandChannel, 'close'>>();
  #isClosed = false;

  /** `program`: that of the helper, for guests that don't have it; null if this host doesn't either. `answerMs`: for tests. */
  constructor(program: () => Promise<Uint8Array | null>, { answerMs = RUNNING_ANSWER_MS } = {}) {
    this.#program = program;
    this.#answerMs = answerMs;
  }

  /**
   * To the helper that runs in the guest, of its image or of an earlier contact; where there is none, ours is put there. GUEST_HELPER_SILENT if
   * none can be started within `timeoutMs`: the guest hangs, still boots, or has no guest agent. GUEST_HELPER_OTHER_VERSION if it has one
   * that can neither be spoken with nor replaced. One that is open already costs nothing.
   */
  async open(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    // It has the port meanwhile, and what it finds serves all.
    await this.#looks.get(vm)?.catch(() => {});
    return this.#keep(this.#channels, vm, () => this.#greet(vm, timeoutMs));
  }

  /** As `open`, but a guest without a helper is given none: GUEST_HELPER_SILENT. For what is asked of guests that nobody has asked for. */
  async openRunning(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const known = this.#channels.get(vm) ?? this.#looks.get(vm);
    if (known) return known;
    const looking = this.#lookFor(vm, timeoutMs).then((channel) =>
      this.#keep(this.#channels, vm, () => Promise.resolve(channel)),
    );
    this.#looks.set(vm, looking);
    try {
      return await looking;
    } finally {
      this.#looks.delete(vm);
    }
  }

  /**
   * The way of guests that can't have the helper: commands alone, by QEMU's guest agent. GUEST_AGENT_SILENT or ENGINE_TIMEOUT if there
   * is none that answers in time, GUEST_AGENT_UNFIT if it, or the guest, can't do it.
   */
  async openAgent(vm: AgentHost, timeoutMs: number): Promise<AgentChannel> {
    return this.#keep(this.#agentChannels, vm, () => AgentChannel.open(vm, timeoutMs));
  }

  /** Whether `openAgent` has opened one that is kept: its guest need not be tried for a helper again. */
  hasAgent(vm: GuestHost): boolean {
    return this.#agentChannels.has(vm);
  }

  #keep<Channel extends Pick<CommandChannel, 'close' | 'closed'>>(
    all: Known<Channel>,
    vm: GuestHost,
    open: () => Promise<Channel>,
  ): Promise<Channel> {
    const known = all.get(vm);
    if (known) return known;
    const opening = open();
    all.set(vm, opening);
    const forget = () => {
      if (all.get(vm) === opening) all.delete(vm);
    };
    opening.then((channel) => {
      this.#open.add(channel);
      if (this.#isClosed) channel.close();
      // The port of a guest that restarts itself stays open, and nobody would be told.
      const leave = vm.onRestart(() => this.end(vm, 'GUEST_RESTARTED'));
      return channel.closed.then(() => {
        leave();
        this.#open.delete(channel);
        forget();
      });
    }, forget);
    return opening;
  }

  /**
   * Ends the channels to a guest whose memory will be another: what ran over them gets `code`. Where there is none it does nothing. The
   * process of the VM may stay, and its ports with it, so that nobody else would be told.
   */
  end(vm: GuestHost, code: Endings): void {
    const why = new GuestError(code, WHY[code]);
    for (const all of [this.#channels, this.#looks, this.#agentChannels] as Known<Pick<CommandChannel, 'close'>>[]) {
      const known = all.get(vm);
      all.delete(vm);
      known?.then(
        (channel) => channel.close(why),
        () => {},
      );
    }
  }

  /** Ends all, for an agent that ends; the guests' helpers stay. */
  close(): void {
    this.#isClosed = true;
    for (const channel of this.#open) channel.close();
  }

  async #greet(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    let silence: unknown;
    const listens = await isListening(vm, Math.min(this.#answerMs, timeoutMs));
    if (listens !== false) {
      try {
        return await this.#greetRunning(vm, deadline, listens === true);
      } catch (error) {
        if (listens === true || !isSilent(error)) throw error;
        silence = error;
      }
    }
    const program = await this.#program();
    if (program === null) {
      const why = 'the guest has no helper, and this host has none to put there; run "tt-agent doctor" on the host';
      throw new GuestError('GUEST_HELPER_SILENT', why, { cause: silence });
    }
    await pushHelper(vm, program, leftMs(deadline));
    return await this.#connect(vm, Math.max(this.#answerMs, leftMs(deadline)));
  }

  async #lookFor(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    const listens = await isListening(vm, Math.min(this.#answerMs, timeoutMs));
    if (listens !== false) return this.#greetRunning(vm, deadline, listens === true);
    throw new GuestError('GUEST_HELPER_SILENT', 'no program in the guest has opened the port of the helper');
  }

  /** `isThere`: somebody has opened the port, so another helper could not get it. */
  async #greetRunning(vm: GuestHost, deadline: number, isThere: boolean): Promise<GuestChannel> {
    let channel: GuestChannel;
    try {
      channel = await this.#connect(vm, Math.min(this.#answerMs, leftMs(deadline)));
    } catch (error) {
      if (isOtherVersion(error)) return this.#exchange(vm, error, deadline);
      if (!isThere || !isSilent(error) || leftMs(deadline) < AFTER_AGENT_MS) throw error;
      channel = await this.#connectPatiently(vm, leftMs(deadline));
    }
    return channel.isUpToDate ? channel : this.#replace(vm, channel, deadline);
  }

  /** To one that is slow, as guests are that boot together on a busy host, or that hangs with its guest: the guest agent tells which. */
  async #connectPatiently(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const giveUp = new AbortController();
    const connecting = this.#connect(vm, timeoutMs + AFTER_AGENT_MS, giveUp.signal);
    const living = vm.guestExec(NOTHING, { timeoutMs }).then(() => connecting);
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
  async #exchange(vm: GuestHost, other: GuestError, deadline: number): Promise<GuestChannel> {
    const program = await this.#program();
    if (program === null) throw other;
    try {
      await pushHelper(vm, program, leftMs(deadline), '--replace');
    } catch (error) {
      throw error instanceof GuestError ? other : error;
    }
    return this.#connect(vm, Math.max(this.#answerMs, leftMs(deadline)));
  }

  /** Puts ours in the place of an older helper, which serves nobody yet. Where that can't be done, the older one is as good as it was. */
  async #replace(vm: GuestHost, older: GuestChannel, deadline: number): Promise<GuestChannel> {
    const program = await this.#program();
    if (program === null) return older;
    try {
      await pushHelper(vm, program, Math.min(REPLACE_MS, leftMs(deadline)), '--replace');
    } catch (error) {
      if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
      return older;
    }
    older.close();
    return this.#connect(vm, Math.max(this.#answerMs, leftMs(deadline)));
  }

  #connect(vm: GuestHost, timeoutMs: number, signal?: AbortSignal): Promise<GuestChannel> {
    return GuestChannel.open(connectUnixSocket(vm.sockets.guestHelper), timeoutMs, signal);
  }
}

/** Whether a program in the guest has opened the port; null where the engine does not say so. */
async function isListening(vm: GuestHost, timeoutMs: number): Promise<boolean | null> {
  try {
    return await vm.isHelperPortOpen(timeoutMs);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
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
