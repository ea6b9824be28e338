// When guests reach their login prompt, read from their serial logs: the cost is the same for any number of
// guests, and no console is kept open.
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const PROMPT = 'login: ';
const LOOK_EVERY_MS = 100;
/** The prompt is the last output of a guest without input. */
const TAIL_BYTES = 512;

/**
 * Milliseconds since `begunMs` (performance.now) of each prompt, in the order they came; fewer than `count` when `limitMs`
 * passed. `logFiles` is asked each time: guests are being started meanwhile.
 */
export async function loginPrompts(
  logFiles: () => Promise<readonly string[]>,
  { count, begunMs, limitMs }: { count: number; begunMs: number; limitMs: number },
): Promise<number[]> {
  const seen = new Set<string>();
  const times: number[] = [];
  while (times.length < count && performance.now() - begunMs < limitMs) {
    const waiting = (await logFiles()).filter((file) => !seen.has(file));
    for (const file of waiting) {
      if (!(await hasPrompt(file))) continue;
      seen.add(file);
      times.push(performance.now() - begunMs);
    }
    if (times.length < count) await delay(LOOK_EVERY_MS);
  }
  return times;
}

/** False also while there is no log yet. */
export async function hasPrompt(file: string): Promise<boolean> {
  try {
    await using log = await open(file, 'r');
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(
      Buffer.alloc(TAIL_BYTES),
      0,
      TAIL_BYTES,
      Math.max(0, size - TAIL_BYTES),
    );
    return buffer.subarray(0, bytesRead).includes(PROMPT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
