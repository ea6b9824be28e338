// Time that only goes forward: seconds since the host booted, sleep included (proc(5), /proc/uptime), which nobody can set.
// Held against the wall clock it shows when that one was put forward or back.
import { readFileSync } from 'node:fs';

export interface HostClock {
  /** The wall clock. */
  now(): Date;
  /** Milliseconds since this host booted, time asleep included. */
  elapsedMs(): number;
  /** Differs after each boot of the host. */
  bootId: string;
}

export const hostClock: HostClock = {
  now: () => new Date(),
  elapsedMs: () => Number(readOr('/proc/uptime', String(performance.now() / 1000)).split(' ')[0]) * 1000,
  bootId: readOr('/proc/sys/kernel/random/boot_id', 'unknown').trim(),
};

/** A clock of a test's own: nothing but `now` moves, so the two never differ. */
export function clockOf(now: () => Date): HostClock {
  return { now, elapsedMs: () => now().getTime(), bootId: 'test' };
}

/** Elsewhere than on Linux there is no such file; then this process's own clock has to do. */
function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback;
    throw error;
  }
}
