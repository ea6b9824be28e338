// Waits for a condition outside this process (a socket that opens, a process that ends), with frequent checks and a time limit.
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with the first value that is not null; rejects when none came within `timeoutMs`. */
export async function waitUntil<Value>(
  what: string,
  look: () => Promise<Value | null>,
  { timeoutMs = 30_000, everyMs = 5 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== null) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await delay(everyMs);
  }
}
