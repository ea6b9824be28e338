// Test support: waits for a condition instead of sleeping, and reports which condition was never met.

const LOOK_EVERY_MS = 5;
/** For what never comes: on a busy machine, what comes may come late. Less than a test may take, so that what was waited for is said. */
const PATIENCE_MS = 30_000;

/** Resolves with the first truthy (or non-null) answer of `look`; rejects after `timeoutMs`. */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  timeoutMs = PATIENCE_MS,
): Promise<NonNullable<Found>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
