// The open console streams of all VMs, and what holds them while a VM's process is replaced: viewers keep their connection and
// their last picture, and go on at the new process.
import type { Duplex } from 'node:stream';
import { type ConsoleKind, streamClose } from '@tt/protocol';
import { type FarEnd, StreamEndError } from '@tt/server';
import { anyTypist, type Typist } from './console-presence.ts';
import { HeldScreen } from './held-screen.ts';
import { HeldSerial } from './held-serial.ts';
import type { HeldStream } from './held-stream.ts';
import { SharedSerial } from './shared-serial.ts';

export interface ConsolesOptions {
  /** Where the guest's ends of a VM are now; null while it does not run. */
  sockets: (vmId: string) => Readonly<Record<ConsoleKind, string>> | null;
  /** How long the rest of a viewer's last picture may take; default 2 s. Nobody but that viewer waits. */
  leaveTimeoutMs?: number;
  /** How long a new process may take to answer its viewers, from when it should be there; default 30 s. */
  answerTimeoutMs?: number;
  /** How long a viewer of a serial port that takes nothing may keep its other viewers waiting; default 10 s. */
  stallTimeoutMs?: number;
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
  /** Each viewer of a screen, and the one connection to the serial port that its viewers share. */
  readonly #open = new Map<string, Set<OpenStream>>();
  readonly #serials = new Map<string, Promise<SharedSerial>>();
  /** Of VMs whose viewers are held: resolves when new ones may join. */
  readonly #held = new Map<string, Promise<void>>();

  constructor(options: ConsolesOptions) {
    this.#options = { leaveTimeoutMs: 2_000, answerTimeoutMs: 30_000, stallTimeoutMs: 10_000, ...options };
  }

  /** A VM whose viewers are held will have a guest's end again. */
  isHeld(vmId: string): boolean {
    return this.#held.has(vmId);
  }

  /**
   * Opens a stream for one viewer; waits while the VM's viewers are held. Rejects if the guest's end can't be reached. `typist`:
   * whether they may type, and who is told that they do.
   */
  async open(vmId: string, kind: ConsoleKind, typist: Typist = anyTypist): Promise<FarEnd & { stream: Duplex }> {
    if (kind === 'serial') return this.#openSerial(vmId, typist);
    const screen = new HeldScreen(typist);
    await this.#join(vmId, kind, screen);
    return screen;
  }

  async #openSerial(vmId: string, typist: Typist): Promise<FarEnd & { stream: Duplex }> {
    for (;;) {
      await this.#held.get(vmId);
      const sharing = this.#serials.get(vmId) ?? this.#shareSerial(vmId);
      const viewer = (await sharing).view(typist);
      if (viewer) return viewer;
      // Its last viewer has just left.
      this.#forgetSerial(vmId, sharing);
    }
  }

  #shareSerial(vmId: string): Promise<SharedSerial> {
    const port = new HeldSerial();
    const sharing = this.#join(vmId, 'serial', port).then(() => new SharedSerial(port, this.#options.stallTimeoutMs));
    this.#serials.set(vmId, sharing);
    const forget = () => this.#forgetSerial(vmId, sharing);
    port.once('close', forget);
    // Whoever waits for it is told.
    sharing.catch(forget);
    return sharing;
  }

  #forgetSerial(vmId: string, sharing: Promise<SharedSerial>): void {
    if (this.#serials.get(vmId) === sharing) this.#serials.delete(vmId);
  }

  async #join(vmId: string, kind: ConsoleKind, stream: HeldStream): Promise<void> {
    for (;;) {
      await this.#held.get(vmId);
      await stream.join(this.#socket(vmId, kind));
      if (!this.#held.has(vmId)) break;
      await stream.leave(this.#options.leaveTimeoutMs);
    }
    this.#remember(vmId, { stream, kind, turn: Promise.resolve() });
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

  /** Resolves when the serial port has joined. */
  async #rejoinAll(vmId: string): Promise<void> {
    for (const open of this.#streamsOf(vmId)) open.turn = open.turn.then(() => this.#rejoin(vmId, open));
    await this.#streamsOf(vmId).find(({ kind }) => kind === 'serial')?.turn;
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
