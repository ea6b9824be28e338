// Takes the stream of a migration from QEMU into a file, by a process of its own (cat(1)): gigabytes do not pass through the
// agent. It can be held: then QEMU waits in its next write, which is how a copy of running memory waits for that of others.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { lchown, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { listenOnUnixSocket } from '@tt/client/node';
import { spawnProcess } from '../../host/run-command.ts';
import { EngineError } from '../errors.ts';
import type { VmSpec } from '../interface.ts';
import { closeToOthers } from './guarded-files.ts';

export class RamReceiver {
  readonly socketPath: string;
  /** Resolves when the stream has ended and all of it is in the file; rejects when it could not be written. */
  readonly done: Promise<void>;
  readonly #server: Server;
  readonly #connected = Promise.withResolvers<Socket>();
  #child: ChildProcess | null = null;
  #isHeld = false;
  #isClosed = false;

  private constructor(spec: VmSpec, socketPath: string, server: Server, file: FileHandle) {
    this.socketPath = socketPath;
    this.#server = server;
    server.once('connection', (socket) => this.#connected.resolve(socket));
    this.done = this.#receive(spec, file);
    // Whoever finishes or cancels hears of it.
    this.done.catch(() => {});
  }

  /** Listens in the VM's run directory, for that VM's user alone. `file` is open for writing, and stays the caller's. */
  static async open(spec: VmSpec, file: FileHandle): Promise<RamReceiver> {
    const socketPath = path.join(spec.runDirectory, 'save.sock');
    await rm(socketPath, { force: true });
    // Nothing may be read here of what the other process is to read.
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
    return new RamReceiver(spec, socketPath, server, file);
  }

  hold(): void {
    this.#isHeld = true;
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#isHeld = false;
    this.#child?.kill('SIGCONT');
  }

  /** Ends it, wherever it is; QEMU's migration then fails. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#child?.kill('SIGKILL');
    this.#connected.reject(new EngineError('CANCELLED', 'the state is not saved any more'));
    this.#server.close();
  }

  async #receive({ confinement }: VmSpec, file: FileHandle): Promise<void> {
    const socket = await this.#connected.promise;
    this.#server.close();
    try {
      const child = await spawnProcess('cat', [], {
        stdin: socket,
        stdoutFd: file.fd,
        detached: false,
        ...(confinement ? { user: confinement } : {}),
      });
      const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
      this.#child = child;
      if (this.#isClosed) this.close();
      if (this.#isHeld) this.hold();
      const [exitCode] = await closed;
      if (exitCode !== 0)
        throw new EngineError('COMMAND_FAILED', 'the memory of the guest could not be written to its file');
    } finally {
      socket.destroy();
    }
  }
}
