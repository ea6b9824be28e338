// The channels to each running guest: opened when they are first needed, kept while its VM runs, and shared by all who use them.
import type { RunningVm } from '../engines/interface.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import { AgentChannel } from './by-agent/agent-channel.ts';
import type { CommandChannel } from './command-channel.ts';
import type { GuestChannel } from './guest-channel.ts';
import { GuestError } from './guest-error.ts';
import { HelperContact } from './helper-contact.ts';

/** `RunningVm` as far as channels need it: another process of the same VM is another one. */
export type GuestHost = Pick<RunningVm, 'guestExec' | 'guestAnswers' | 'sockets' | 'onRestart' | 'isHelperPortOpen'>;
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
  readonly #contact: HelperContact;
  readonly #channels: Known<GuestChannel> = new WeakMap();
  readonly #agentChannels: Known<AgentChannel> = new WeakMap();
  /** Being opened by `openRunning` and `openFit`. */
  readonly #looks: Known<GuestChannel> = new WeakMap();
  readonly #open = new Set<Pick<CommandChannel, 'close'>>();
  #isClosed = false;

  /** `program`: that of the helper, for guests that don't have it; null if this host doesn't either. `answerMs`: for tests. */
  constructor(program: () => Promise<Uint8Array | null>, options: { answerMs?: number } = {}) {
    this.#contact = new HelperContact(program, options);
  }

  /**
   * To the helper that runs in the guest, of its image or of an earlier contact; where there is none, ours is put there. GUEST_HELPER_SILENT if
   * none can be started within `timeoutMs`: the guest hangs, still boots, or has no guest agent. GUEST_HELPER_OTHER_VERSION if it has one
   * that can neither be spoken with nor replaced. One that is open already costs nothing.
   */
  async open(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    // It has the port meanwhile, and what it finds serves all.
    for (let look = this.#looks.get(vm); look; look = this.#looks.get(vm)) await look.catch(() => {});
    return this.#keep(this.#channels, vm, () => this.#contact.open(vm, timeoutMs));
  }

  /** As `open`, but a guest without a helper is given none: GUEST_HELPER_SILENT. For what is asked of guests that nobody has asked for. */
  openRunning(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    return this.#look(vm, timeoutMs, () => this.#contact.openRunning(vm, timeoutMs));
  }

  /**
   * As `openRunning`, but one that is older than ours is left alone: GUEST_HELPER_OTHER_VERSION. For what can be done without a helper in less time than
   * it takes to put one there.
   */
  async openFit(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const channel = await this.#look(vm, timeoutMs, () => this.#contact.openFit(vm, timeoutMs));
    // Opened by others, who could not replace it.
    if (channel.isUpToDate) return channel;
    throw new GuestError('GUEST_HELPER_OTHER_VERSION', 'the helper in the guest is older than this agent');
  }

  async #look(vm: GuestHost, timeoutMs: number, open: () => Promise<GuestChannel>): Promise<GuestChannel> {
    const known = this.#channels.get(vm) ?? this.#looks.get(vm);
    if (known) return inTime(known, timeoutMs);
    const looking = open().then((channel) => this.#keep(this.#channels, vm, () => Promise.resolve(channel)));
    this.#looks.set(vm, looking);
    try {
      return await looking;
    } finally {
      if (this.#looks.get(vm) === looking) this.#looks.delete(vm);
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
}

/** What others wait for may take longer than one of them would wait. */
async function inTime(opening: Promise<GuestChannel>, timeoutMs: number): Promise<GuestChannel> {
  const late = new AbortController();
  const silence = new GuestError('GUEST_HELPER_SILENT', 'the helper in the guest has not answered yet');
  const timer = setTimeout(() => late.abort(silence), timeoutMs);
  try {
    return await unlessAborted(opening, late.signal);
  } finally {
    clearTimeout(timer);
  }
}
