// The agent's resident memory while something goes through it.
import { setTimeout as delay } from 'node:timers/promises';
import { residentBytes } from '../proc.ts';

const EVERY_MS = 100;
const MIB = 1024 ** 2;

export interface Memory {
  /** Just before. */
  idleMiB: number;
  mostMiB: number;
}

export async function watchMemory<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ result: Result; memory: Memory }> {
  const idleMiB = (await residentBytes(pid)) / MIB;
  let mostMiB = idleMiB;
  const stop = new AbortController();
  const look = async () => {
    while (!stop.signal.aborted) {
      mostMiB = Math.max(mostMiB, (await residentBytes(pid)) / MIB);
      await delay(EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  };
  const looking = look();
  // Whoever waits for the work hears of it there.
  looking.catch(() => {});
  try {
    const result = await work();
    return { result, memory: { idleMiB, mostMiB } };
  } finally {
    stop.abort();
    await looking;
  }
}
