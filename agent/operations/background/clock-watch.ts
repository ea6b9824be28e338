// Detects that the wall clock was changed, and shifts the times of all ENVs and snapshots with it: an ENV with twenty minutes
// left still has twenty minutes. Called before anything is compared with the time of day.
import type { Logger } from 'pino';
import type { HostClock } from '../../host/boot-clock.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { StateStore } from '../../state/store.ts';

/** Smaller differences are routine corrections by time servers, and are ignored. */
const JUMP_MS = 30_000;
/** How often the pair of clocks is written down, to be compared after a restart. */
const REMEMBER_EVERY_MS = 60_000;

interface Anchor {
  wallMs: number;
  elapsedMs: number;
  bootId: string;
}

export interface ClockWatchParts {
  clock: HostClock;
  store: StateStore;
  inventory: Inventory;
  logger: Logger;
}

export class ClockWatch {
  readonly #parts: ClockWatchParts;
  #anchor: Anchor;
  #rememberedAtMs = Number.NEGATIVE_INFINITY;

  /** Compares with what an earlier agent wrote down, and moves the ENVs if the clock jumped since. */
  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
    this.#anchor = this.#read();
    const before = parts.store.settings.get('clock') as Anchor | null;
    if (before) this.#follow(jumpBetween(before, this.#anchor));
    this.#remember();
  }

  look(): void {
    const now = this.#read();
    const jumpMs = jumpBetween(this.#anchor, now);
    if (Math.abs(jumpMs) >= JUMP_MS) {
      this.#anchor = now;
      this.#follow(jumpMs);
      this.#remember();
    } else if (now.elapsedMs - this.#rememberedAtMs >= REMEMBER_EVERY_MS) this.#remember();
  }

  #read(): Anchor {
    const { clock } = this.#parts;
    return { wallMs: clock.now().getTime(), elapsedMs: clock.elapsedMs(), bootId: clock.bootId };
  }

  #remember(): void {
    const now = this.#read();
    this.#rememberedAtMs = now.elapsedMs;
    this.#parts.store.settings.put('clock', now);
  }

  #follow(jumpMs: number): void {
    if (Math.abs(jumpMs) < JUMP_MS) return;
    const { inventory, logger } = this.#parts;
    logger.warn({ jumpS: Math.round(jumpMs / 1000) }, 'the clock was changed: ENVs keep the time they had left');
    const moved = (time: string) => new Date(Date.parse(time) + jumpMs).toISOString();
    for (const env of inventory.envs()) {
      const nextSnapshotAt = env.nextSnapshotAt === null ? null : moved(env.nextSnapshotAt);
      const bin = env.bin && { deletedAt: moved(env.bin.deletedAt), keptUntil: moved(env.bin.keptUntil) };
      const times = { startAt: moved(env.startAt), endAt: moved(env.endAt), nextSnapshotAt };
      inventory.putEnv({ ...env, ...times, ...(bin && { bin }) });
    }
    for (const snapshot of inventory.snapshots()) {
      if (snapshot.expiresAt === null) continue;
      inventory.putSnapshot({ ...snapshot, expiresAt: moved(snapshot.expiresAt) });
    }
  }
}

/** How far the wall clock moved beyond the elapsed time; positive if it was set forward. */
function jumpBetween(before: Anchor, after: Anchor): number {
  const wallMs = after.wallMs - before.wallMs;
  if (before.bootId === after.bootId) return wallMs - (after.elapsedMs - before.elapsedMs);
  // How long the host was off nobody knows, only that it was not less than no time.
  return Math.min(0, wallMs);
}
