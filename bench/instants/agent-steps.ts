// What the agent did between two times, from its own log at level `debug`: commands to QEMU and steps of operations, with
// milliseconds since the beginning. Says where the time of a call goes.
import { readFile } from 'node:fs/promises';

interface Line {
  time?: string;
  msg?: string;
  command?: string;
  step?: string;
}

/** Dates by the clock of the host, as in the log. */
export async function stepsBetween(logFile: string, from: Date, until: Date): Promise<string> {
  const steps: string[] = [];
  for (const text of (await readFile(logFile, 'utf8')).split('\n')) {
    // Other output of the process is not JSON.
    if (!text.startsWith('{')) continue;
    const { time = '', msg = '', command, step } = JSON.parse(text) as Line;
    const sinceMs = Date.parse(time) - from.getTime();
    if (sinceMs >= 0 && Date.parse(time) <= until.getTime()) steps.push(`+${sinceMs} ${command ?? step ?? msg}`);
  }
  return steps.join(', ');
}
