// Takes the stream of a migration from QEMU's connection into a flat file. It can be held: then QEMU waits in its next write,
// which is how the copy of a running guest's memory waits until the guest is paused.
import { once } from 'node:events';
import { lchown, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { listenOnUnixSocket } from '@tt/client/node';
import { EngineError } from '../../errors.ts';
import type { VmSpec } from '../../interface.ts';
import { MAIN_MEMORY } from '../command-line.ts';
import { closeToOthers } from '../guarded-files.ts';
import { type FlatWriter, memoryBytesOf } from './flat-file.ts';
import { StreamSplitter } from './stream-splitter.ts';

export class RamReceiver {
  readonly socketPath: string;
  /** Resolves when the stream has ended and all of it is in the file; rejects when it is not one or could not be written. */
  readonly done: Promise<void>;
  readonly #server: Server;
  readonly #connected = Promise.withResolvers<Socket>();
  readonly #held = Promise.withResolvers<void>();
  readonly #writer: FlatWriter;
  readonly #splitter: StreamSplitter;
  readonly #memoryBytes: number;
  readonly #holdAtBytes: number;
  #socket: Socket | null = null;
  #isHeld = false;
  #wasHeld = false;
  #devices: Buffer | null = null;

  private constructor(spec: VmSpec, socketPath: string, server: Server, writer: FlatWriter, holdAtBytes: number) {
    this.socketPath = socketPath;
    this.#server = server;
    this.#writer = writer;
    this.#memoryBytes = memoryBytesOf(spec);
    this.#holdAtBytes = holdAtBytes;
    this.#splitter = new StreamSplitter(MAIN_MEMORY, writer);
    server.once('connection', (socket) => this.#connected.resolve(socket));
    this.done = this.#receive();
    // Whoever finishes or cancels hears of it.
    this.done.catch(() => {});
  }

  /**
   * Listens in the VM's run directory, for that VM's user alone. It holds itself when no more than `holdAtBytes` of the main
   * memory are left in the first pass; a negative number: never. The writer stays the caller's.
   */
  static async open(spec: VmSpec, writer: FlatWriter, holdAtBytes: number): Promise<RamReceiver> {
    const socketPath = path.join(spec.runDirectory, 'save.sock');
    await rm(socketPath, { force: true });
    const server = createServer({ pauseOnConnect: true });
    server.maxConnections = 1;
    await listenOnUnixSocket(server, socketPath);
    try {
      await closeToOthers(socketPath);
      if (spec.confinement) await lchown(socketPath, spec.confinement.uid, spec.confinement.gid);
    } catch (error) {
      server.close();
      throw error;
    }
    return new RamReceiver(spec, socketPath, server, writer, holdAtBytes);
  }

  /** How far it is in the first pass through the main memory. */
  get copiedBytes(): number {
    return this.#splitter.passes > 1 ? this.#memoryBytes : this.#splitter.offset;
  }

  /** Resolves when it holds. */
  get held(): Promise<void> {
    return this.#held.promise;
  }

  /** Goes on after it held, and does not hold again. */
  goOn(): void {
    this.#isHeld = false;
    this.#held.resolve();
    this.#takeMore();
  }

  /** QEMU will break its stream off, after all memory; see {@link StreamSplitter.endWith}. */
  endWith(devices: Buffer): void {
    this.#devices = devices;
  }

  /** Ends it, wherever it is; QEMU's migration then fails. Idempotent. */
  close(): void {
    this.#connected.reject(new EngineError('CANCELLED', 'the state is not saved any more'));
    this.#socket?.destroy();
    this.#server.close();
  }

  async #receive(): Promise<void> {
    const socket = await this.#connected.promise;
    this.#socket = socket;
    this.#server.close();
    const failed = Promise.withResolvers<never>();
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#take(chunk);
      } catch (error) {
        failed.reject(error);
      }
    });
    this.#writer.onSpace = () => this.#takeMore();
    // Its listeners first, so that an early failure is not missed.
    const ended = once(socket, 'end');
    socket.once('close', () => failed.reject(new EngineError('CANCELLED', 'the state is not saved any more')));
    this.#takeMore();
    try {
      await Promise.race([ended, failed.promise]);
      if (this.#devices) this.#splitter.endWith(this.#devices);
      else this.#splitter.end();
      if (this.#splitter.mainBytes !== this.#memoryBytes)
        throw new EngineError('COMMAND_FAILED', `QEMU sent ${this.#splitter.mainBytes} bytes of memory`);
      await this.#writer.end();
    } finally {
      socket.destroy();
    }
  }

  #take(chunk: Buffer): void {
    this.#splitter.write(chunk);
    const { passes, offset } = this.#splitter;
    if (passes === 1 && offset >= this.#memoryBytes - this.#holdAtBytes && !this.#wasHeld) {
      this.#wasHeld = true;
      this.#isHeld = true;
      this.#held.resolve();
    }
    if (this.#isHeld || this.#writer.isFull) this.#socket?.pause();
  }

  #takeMore(): void {
    if (!this.#isHeld && !this.#writer.isFull) this.#socket?.resume();
  }
}
