// Kills everything in a group, waits until it is empty, and removes it. Used by both cgroup drivers.
import { setTimeout as delay } from 'node:timers/promises';
import { CgroupError, errnoOf } from './errors.ts';

const FIRST_POLL_MS = 2;
const LAST_POLL_MS = 100;
const KILL_TIMEOUT_MS = 10_000;

/**
 * Calls `endSome` (which sends SIGKILL and returns how many were left) until nothing is left. Repeatedly, because a process may
 * have forked between the listing and the signal. KILL_TIMEOUT after 10 s.
 */
export async function untilEmpty(vmId: string, endSome: () => Promise<number>): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, LAST_POLL_MS)) {
    const left = await endSome();
    if (left === 0) return;
    if (performance.now() > deadline) {
      throw new CgroupError(
        'KILL_TIMEOUT',
        `${left} processes of VM ${vmId} still run ${KILL_TIMEOUT_MS} ms after SIGKILL`,
      );
    }
    await delay(pollMs);
  }
}

/** Calls `remove` when nothing is left, until that works. KILL_TIMEOUT after 10 s. */
export async function removeOnceEmpty(
  vmId: string,
  endSome: () => Promise<number>,
  remove: () => Promise<void>,
): Promise<void> {
  await untilEmpty(vmId, async () => {
    const left = await endSome();
    if (left > 0) return left;
    try {
      await remove();
      return 0;
    } catch (error) {
      // Somebody joined in between, or the last one is not quite through the kernel's exit.
      if (errnoOf(error) === 'EBUSY') return 1;
      throw error;
    }
  });
}
