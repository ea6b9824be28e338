// Reports troubles that do not end a guest: QEMU pauses a guest that writes when the host's disk is full (QEMU's
// qapi/block-core.json, BLOCK_IO_ERROR), and one that KVM cannot continue (qapi/run-state.json, internal-error). Used by
// `running-qemu.ts`.
import { isDeepStrictEqual } from 'node:util';
import { quoted, reason, type Reason } from '@tt/protocol';
import { EngineError } from '../errors.ts';
import type { TroubleKind, TroubleListener } from '../interface.ts';
import type { QmpClient } from './qmp-client.ts';
import type { BlockIoErrorEvent, QueryStatusResultStatus } from './qmp-schema.gen.ts';

interface Trouble {
  reason: Reason;
  kind: TroubleKind;
}

const INTERNAL_ERROR: Trouble = { reason: reason('kvmInternalError'), kind: 'internalError' };

/** For a guest found paused in such a state, whose event nobody received. */
export const FOUND_STOPPED: Partial<Record<QueryStatusResultStatus, Trouble>> = {
  'io-error': { reason: reason('pausedDiskFullOrBroken'), kind: 'disk' },
  'internal-error': INTERNAL_ERROR,
};

export class Troubles {
  readonly #qmp: QmpClient;
  readonly #listeners = new Set<TroubleListener>();
  /** The last reported trouble; reset when the guest resumes. */
  #told: Trouble | null = null;
  /** Why the guest is stopped; what its disks report meanwhile does not change that. */
  #halt: Trouble | null = null;

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
    qmp.on('BLOCK_IO_ERROR', (data) => this.raise(describe(data)));
    qmp.on('STOP', () => void this.#askWhy());
    qmp.on('RESUME', () => {
      this.#told = null;
      this.#halt = null;
    });
  }

  /** True while QEMU itself keeps the guest stopped. */
  get isHalted(): boolean {
    return this.#halt !== null;
  }

  /** Each failed request of a guest is a separate event; the listeners only get the first. */
  raise(trouble: Trouble): void {
    if (isDeepStrictEqual(this.#told?.reason, trouble.reason)) return;
    this.#told = trouble;
    if (trouble.kind !== 'diskError') this.#halt = trouble;
    for (const listener of this.#listeners) listener(trouble.reason, trouble.kind);
  }

  listen(listener: TroubleListener): () => void {
    // A copy of its own: the same function may listen twice.
    const own: TroubleListener = (why, kind) => listener(why, kind);
    this.#listeners.add(own);
    const current = this.#halt ?? this.#told;
    if (current) queueMicrotask(() => this.#listeners.has(own) && own(current.reason, current.kind));
    return () => this.#listeners.delete(own);
  }

  /** The event itself has no reason, and most stops are our own. */
  async #askWhy(): Promise<void> {
    try {
      if ((await this.#qmp.execute('query-status', {})).status === 'internal-error') this.raise(INTERNAL_ERROR);
    } catch (error) {
      // It ended meanwhile, which its handle tells.
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

function describe({ action, nospace, reason: said }: BlockIoErrorEvent): Trouble {
  if (action !== 'stop') return { reason: quoted('diskFailed', said), kind: 'diskError' };
  return { reason: nospace ? reason('pausedDiskFull') : quoted('pausedDiskFailed', said), kind: 'disk' };
}
