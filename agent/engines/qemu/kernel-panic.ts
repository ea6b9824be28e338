// Tells whether the kernel of a guest has panicked, from what it wrote last to its serial port: Linux says so there, and then nothing more. A
// device for it (pvpanic) would change the machine that saved states are of. Used by `running-qemu.ts`.
import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openPlainFile } from './guarded-files.ts';
import type { QmpClient } from './qmp-client.ts';

/** The line may name a reason of a few hundred characters. */
const TAIL_BYTES = 1024;
/** The last line of Linux's kernel/panic.c. What else prints it goes on: a prompt or another line follows. */
const LAST_LINE = /---\[ end Kernel panic - not syncing[^\n]*\]---\s*$/;

export class KernelPanic {
  readonly #log: string;
  /** What stands before was written before the guest was reset, or had the memory it has. */
  #fromBytes = 0;
  #seenBytes = 0;
  #isLast = false;

  /** `log`: what the guest writes to its first serial port; it is emptied when it gets long. */
  constructor(log: string, qmp: Pick<QmpClient, 'on'>) {
    this.#log = log;
    qmp.on('RESET', () => {
      // A log that can't be read is told of by the next look.
      void this.forget().catch(() => {});
    });
  }

  /** The guest is another one now: what it wrote says nothing any more. Rejects with the system's error. */
  async forget(): Promise<void> {
    this.#fromBytes = (await stat(this.#log)).size;
    this.#seenBytes = this.#fromBytes;
    this.#isLast = false;
  }

  /** Reads only what is new. Rejects with the system's error. */
  async look(): Promise<boolean> {
    const { size } = await stat(this.#log);
    if (size === this.#seenBytes) return this.#isLast;
    if (size < this.#fromBytes) this.#fromBytes = 0;
    const from = this.#fromBytes;
    await using log = await openPlainFile(this.#log, constants.O_RDONLY);
    const start = Math.max(from, size - TAIL_BYTES);
    const { bytesRead, buffer } = await log.read(Buffer.alloc(size - start), 0, size - start, start);
    // Forgotten meanwhile.
    if (from !== this.#fromBytes) return false;
    this.#seenBytes = size;
    this.#isLast = LAST_LINE.test(buffer.toString('latin1', 0, bytesRead));
    return this.#isLast;
  }
}
