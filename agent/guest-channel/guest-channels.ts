// The channel to each running guest: opened when it is first needed, kept while its VM runs, and shared by all who use it.
import { connectUnixSocket } from '@tt/client/node';
import type { RunningVm } from '../engines/interface.ts';
import { GuestChannel } from './guest-channel.ts';
import { GuestError } from './guest-error.ts';
import { pushHelper } from './push-helper.ts';

/** A helper that runs answers in milliseconds; on a host that emulates many guests, in a second or two. */
const RUNNING_ANSWER_MS = 2_000;

/** `RunningVm` as far as channels need it: another process of the same VM is another one. */
export type GuestHost = Pick<RunningVm, 'guestExec' | 'sockets'>;

export class GuestChannels {
  readonly #program: () => Promise<Uint8Array | null>;
  readonly #channels = new WeakMap<GuestHost, Promise<GuestChannel>>();

  /** `program`: that of the helper, for guests that don't have it; null if this host doesn't either. */
  constructor(program: () => Promise<Uint8Array | null>) {
    this.#program = program;
  }

  /**
   * GUEST_HELPER_SILENT if the guest has no helper and none can be started within `timeoutMs`: it hangs, still boots, or has no guest
   * agent. One that is open already costs nothing.
   */
  async open(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const known = this.#channels.get(vm);
    if (known) return known;
    const opening = this.#greet(vm, timeoutMs);
    this.#channels.set(vm, opening);
    const forget = () => {
      if (this.#channels.get(vm) === opening) this.#channels.delete(vm);
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    return opening;
  }

  /**
   * Ends the channel to a guest whose memory will be another: what ran over it gets `code`. Where there is none it does nothing. The
   * process of the VM may stay, and its port with it, so that nobody else would be told.
   */
  end(vm: GuestHost, code: 'GUEST_REVERTED' | 'GUEST_RESET'): void {
    const known = this.#channels.get(vm);
    this.#channels.delete(vm);
    const why = new GuestError(code, code === 'GUEST_RESET' ? 'the machine was reset' : 'the machine was reverted');
    known?.then(
      (channel) => channel.close(why),
      () => {},
    );
  }

  async #greet(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    const deadline = Date.now() + timeoutMs;
    try {
      return await this.#connect(vm, Math.min(RUNNING_ANSWER_MS, timeoutMs));
    } catch (error) {
      const program = isSilent(error) ? await this.#program() : null;
      if (program === null) throw error;
      await pushHelper(vm, program, Math.max(1, deadline - Date.now()));
      return await this.#connect(vm, Math.max(RUNNING_ANSWER_MS, deadline - Date.now()));
    }
  }

  #connect(vm: GuestHost, timeoutMs: number): Promise<GuestChannel> {
    return GuestChannel.open(connectUnixSocket(vm.sockets.guestHelper), timeoutMs);
  }
}

function isSilent(error: unknown): boolean {
  return error instanceof GuestError && error.code === 'GUEST_HELPER_SILENT';
}
