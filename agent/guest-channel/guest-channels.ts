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
  readonly #open = new Set<Pick<CommandChannel, 'close'>>();
  #isClosed = false;

  /** `program`: that of the helper, for guests that don't have it; null if this host doesn't either. */
  constructor(program: () => Promise<Uint8Array | null>) {
    this.#program = program;
  }

  /**
   * GUEST_HELPER_SILENT if the guest has no helper and none can be started within `timeoutMs`: it hangs, still boots, or has no guest
   * agent. One that is open already costs nothing.
   */
  async open(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    return this.#keep(this.#channels, vm, () => this.#greet(vm, timeoutMs));
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
    for (const all of [this.#channels, this.#agentChannels] as Known<Pick<CommandChannel, 'close'>>[]) {
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
    const answerMs = Math.min(RUNNING_ANSWER_MS, timeoutMs);
    try {
      await mustListen(vm, answerMs);
      const channel = await this.#connect(vm, answerMs);
      return channel.isUpToDate ? channel : await this.#replace(vm, channel, deadline);
    } catch (error) {
      if (!isSilent(error)) throw error;
      const program = await this.#program();
      if (program === null) {
        const why = 'the guest has no helper, and this host has none to put there; run "tt-agent doctor" on the host';
        throw new GuestError('GUEST_HELPER_SILENT', why, { cause: error });
      }
      await pushHelper(vm, program, Math.max(1, deadline - Date.now()));
      return await this.#connect(vm, Math.max(RUNNING_ANSWER_MS, deadline - Date.now()));
    }
  }

  /** Puts ours in the place of an older helper, which serves nobody yet. Where that can't be done, the older one is as good as it was. */
  async #replace(vm: GuestHost, older: GuestChannel, deadline: number): Promise<GuestChannel> {
    const program = await this.#program();
    if (program === null) return older;
    const leftMs = () => Math.max(1, deadline - Date.now());
    try {
      await pushHelper(vm, program, Math.min(REPLACE_MS, leftMs()), '--replace');
    } catch (error) {
      if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
      return older;
    }
    older.close();
    return this.#connect(vm, Math.max(RUNNING_ANSWER_MS, leftMs()));
  }

  #connect(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    return GuestChannel.open(connectUnixSocket(vm.sockets.guestHelper), timeoutMs);
  }
}

/** A helper that was never there need not be waited for. Where the engine does not say so it is. */
async function mustListen(vm: GuestHost, timeoutMs: number): Promise<void> {
  const isOpen = await vm.isHelperPortOpen(timeoutMs).catch((error: unknown) => {
    if (error instanceof EngineError) return true;
    throw error;
  });
  if (!isOpen) throw new GuestError('GUEST_HELPER_SILENT', 'no program in the guest has opened the port of the helper');
}

function isSilent(error: unknown): boolean {
  return error instanceof GuestError && error.code === 'GUEST_HELPER_SILENT';
}
