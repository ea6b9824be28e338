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
  /** How long the rest of a viewer's last picture may take; default 2 s. Nobody but that viewer waits. */
  leaveTimeoutMs?: number;
  /** How long a new process may take to answer its viewers, from when it should be there; default 30 s. */
  answerTimeoutMs?: number;
}

/** Viewers of one VM that are held. */
export interface ConsoleHold {
  /**
   * Ends it: viewers go on at the process that the VM has now, be it the new or the old one, or are ended if it does not run. To be
   * called when that process is there. Resolves when what is typed at the serial port reaches it, which takes no viewer’s time; never
   * rejects. A second call does no more.
   */
  release(): Promise<void>;
}

interface OpenStream {
  stream: HeldStream;
  kind: ConsoleKind;
  /** What it does is done in turn: leaving one process, joining the next. Never rejects. */
  turn: Promise<void>;
}

export class Consoles {
  readonly #options: Required<ConsolesOptions>;
  /** In the order they were opened: a serial port talks to the first. */
  readonly #open = new Map<string, Set<OpenStream>>();
  /** Of VMs whose viewers are held: resolves when new ones may join. */
  readonly #held = new Map<string, Promise<void>>();

  constructor(options: ConsolesOptions) {
    this.#options = { leaveTimeoutMs: 2_000, answerTimeoutMs: 30_000, ...options };
  }

  /** A VM whose viewers are held will have a guest's end again. */
  isHeld(vmId: string): boolean {
    return this.#held.has(vmId);
  }

  /** Opens a stream for one viewer; waits while the VM's viewers are held. Rejects if the guest's end can't be reached. */
  async open(vmId: string, kind: ConsoleKind): Promise<FarEnd & { stream: Duplex }> {
    const stream = kind === 'vnc' ? new HeldScreen() : new HeldSerial();
    for (;;) {
      await this.#held.get(vmId);
      await stream.join(this.#socket(vmId, kind));
      if (!this.#held.has(vmId)) break;
      await stream.leave(this.#options.leaveTimeoutMs);
    }
    this.#remember(vmId, { stream, kind, turn: Promise.resolve() });
    return stream;
  }

  /**
   * From now on nothing that viewers of this VM send reaches its process. It waits for nobody: a viewer whose last picture is still
   * under way gets the rest of it if the process lives as long as that takes, and is ended otherwise. Without viewers it does
   * nothing. Throws if they are held already. Whoever holds them must release them, whatever becomes of the process.
   */
  hold(vmId: string): ConsoleHold {
    if (this.#held.has(vmId)) throw new Error(`the viewers of ${vmId} are held already`);
    const ended = Promise.withResolvers<void>();
    this.#held.set(vmId, ended.promise);
    for (const open of this.#streamsOf(vmId)) {
      const leaving = open.stream.leave(this.#options.leaveTimeoutMs);
      open.turn = open.turn.then(() => leaving);
    }
    const release = () => {
      if (this.#held.get(vmId) === ended.promise) {
        this.#held.delete(vmId);
        void this.#rejoinAll(vmId).then(ended.resolve);
      }
      return ended.promise;
    };
    return { release };
  }

  /** Resolves when those of the serial port have joined, one after the other: in the same order as before. */
  async #rejoinAll(vmId: string): Promise<void> {
    let before = Promise.resolve();
    for (const open of this.#streamsOf(vmId)) {
      const first = open.kind === 'serial' ? before : null;
      open.turn = open.turn.then(() => first).then(() => this.#rejoin(vmId, open));
      if (first) before = open.turn;
    }
    await before;
  }

  async #rejoin(vmId: string, { stream, kind }: OpenStream): Promise<void> {
    const { leaveTimeoutMs, answerTimeoutMs } = this.#options;
    try {
      // Held again meanwhile: whoever holds it lets it join.
      if (this.#held.has(vmId) || stream.destroyed) return;
      if (!this.#options.sockets(vmId)) {
        stream.destroy();
        return;
      }
      // There is nothing to leave, unless it joined while it was held once more.
      await stream.leave(leaveTimeoutMs);
      await stream.join(this.#socket(vmId, kind), answerTimeoutMs);
      if (this.#held.has(vmId)) await stream.leave(leaveTimeoutMs);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #socket(vmId: string, kind: ConsoleKind): string {
    const sockets = this.#options.sockets(vmId);
    if (!sockets) throw new StreamEndError(streamClose.vmNotRunning, 'not running');
    return sockets[kind];
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
