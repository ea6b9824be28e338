// The open console streams of all VMs, and what holds them while a VM's process is replaced: viewers keep their connection and
// their last picture, and go on at the new process.
import type { Duplex } from 'node:stream';
import { type ConsoleKind, streamClose } from '@tt/protocol';
import { type FarEnd, StreamEndError } from '@tt/server';
import { HeldScreen } from './held-screen.ts';
import { HeldSerial } from './held-serial.ts';
import type { HeldStream } from './held-stream.ts';

export interface ConsolesOptions {
  /** Where the guest's ends of a VM are now; null while it does not run. */
  sockets: (vmId: string) => Readonly<Record<ConsoleKind, string>> | null;
  /** How long a viewer may take to get the rest of its last picture; default 2 s. */
  leaveTimeoutMs?: number;
  /** How long viewers are held without a guest; default 30 s. */
  holdTimeoutMs?: number;
}

/** Viewers of one VM that are held. */
export interface ConsoleHold {
  /**
   * Ends it: viewers go on at the process that the VM has now, be it the new or the old one, or are ended if it does not run. To be
   * called when the guest runs. Never rejects; a second call does nothing.
   */
  release(): Promise<void>;
}

interface Held {
  /** Resolves when it has ended; rejects with StreamEndError when that takes too long. */
  ended: Promise<void>;
}

interface OpenStream {
  stream: HeldStream;
  kind: ConsoleKind;
}

export class Consoles {
  readonly #options: Required<ConsolesOptions>;
  /** In the order they were opened: a serial port talks to the first. */
  readonly #open = new Map<string, Set<OpenStream>>();
  readonly #held = new Map<string, Held>();

  constructor(options: ConsolesOptions) {
    this.#options = { leaveTimeoutMs: 2_000, holdTimeoutMs: 30_000, ...options };
  }

  /** A VM whose viewers are held will have a guest's end again. */
  isHeld(vmId: string): boolean {
    return this.#held.has(vmId);
  }

  /** Opens a stream for one viewer; waits while the VM's viewers are held. Rejects if the guest's end can't be reached. */
  async open(vmId: string, kind: ConsoleKind): Promise<FarEnd & { stream: Duplex }> {
    const stream = kind === 'vnc' ? new HeldScreen() : new HeldSerial();
    for (;;) {
      await this.#held.get(vmId)?.ended;
      await this.#join(vmId, { stream, kind });
      if (!this.#held.has(vmId)) break;
      await stream.leave(this.#options.leaveTimeoutMs);
    }
    this.#remember(vmId, { stream, kind });
    return stream;
  }

  /**
   * From now on nothing that viewers of this VM send reaches its process, and viewers need it no more once this resolves: it may be
   * ended. Rejects if they are held already. The VM's streams are ended by 4504 if `release` is not called in time.
   */
  async hold(vmId: string): Promise<ConsoleHold> {
    if (this.#held.has(vmId)) throw new Error(`the viewers of ${vmId} are held already`);
    const ended = Promise.withResolvers<void>();
    const held = { ended: ended.promise };
    // Nobody may be waiting for it.
    held.ended.catch(() => {});
    this.#held.set(vmId, held);
    const timer = setTimeout(() => {
      const late = new StreamEndError(streamClose.replacementLate, 'the new process did not come in time');
      ended.reject(late);
      for (const { stream } of this.#streamsOf(vmId)) stream.destroy(late);
    }, this.#options.holdTimeoutMs);
    timer.unref();
    await Promise.all(this.#streamsOf(vmId).map(({ stream }) => stream.leave(this.#options.leaveTimeoutMs)));
    const release = async () => {
      if (this.#held.get(vmId) !== held) return;
      clearTimeout(timer);
      this.#held.delete(vmId);
      ended.resolve();
      // One after the other: they are to be in the same order at the new serial port.
      for (const open of this.#streamsOf(vmId)) await this.#rejoin(vmId, open);
    };
    return { release };
  }

  async #rejoin(vmId: string, open: OpenStream): Promise<void> {
    try {
      if (this.#options.sockets(vmId)) await this.#join(vmId, open);
      else open.stream.destroy();
    } catch (error) {
      open.stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #join(vmId: string, { stream, kind }: OpenStream): Promise<void> {
    const sockets = this.#options.sockets(vmId);
    if (!sockets) throw new StreamEndError(streamClose.vmNotRunning, 'not running');
    await stream.join(sockets[kind]);
  }

  #remember(vmId: string, open: OpenStream): void {
    const streams = this.#open.get(vmId) ?? new Set();
    this.#open.set(vmId, streams);
    streams.add(open);
    open.stream.once('close', () => {
      streams.delete(open);
      if (streams.size === 0 && this.#open.get(vmId) === streams) this.#open.delete(vmId);
    });
  }

  #streamsOf(vmId: string): OpenStream[] {
    return [...(this.#open.get(vmId) ?? [])];
  }
}
