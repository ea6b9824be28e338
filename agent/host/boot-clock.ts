// A monotonic clock: seconds since the host booted, including sleep (proc(5), /proc/uptime), which nobody can set. Comparing it
// with the wall clock shows when that was changed.
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

/** On other systems than Linux the file does not exist; then this process's own clock is used. */
function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback;
    throw error;
  }
}
