// A load, and what its server took of the processor for each request: which says the same on a machine that others use too.
import { cpuSeconds } from '../proc.ts';
import { atLeast, type Comparison, pair, short } from '../comparison.ts';
import { median, min } from '../statistics.ts';
import { type Load, type LoadOptions, measureLoad } from './http-load.ts';

export interface ServedLoad extends Load {
  /** Microseconds of processor time, user and system, all threads. */
  cpuUs: number;
}

/** `pid`: the server at `url`. */
export async function measureServed(pid: number, url: URL, options: LoadOptions): Promise<ServedLoad> {
  let before = 0;
  const onReady = async () => {
    before = await cpuSeconds(pid);
  };
  const load = await measureLoad(url, { ...options, onReady });
  return { ...load, cpuUs: (1e6 * ((await cpuSeconds(pid)) - before)) / load.requests };
}

export function sayLoad({ requestsPerS, cpuUs }: ServedLoad): string {
  return `${short(requestsPerS)} requests/s, ${short(cpuUs)} us`;
}

/** Two lines: requests a second, and processor time. `goal`: of both, as a part of bare Node. */
export function compareServed(
  what: string,
  [ours, peer]: [ours: readonly ServedLoad[], peer: readonly ServedLoad[]],
  goal: number | null,
): Comparison[] {
  const rate = (loads: readonly ServedLoad[]) => median(loads.map(({ requestsPerS }) => requestsPerS));
  const cpu = (loads: readonly ServedLoad[]) => loads.map(({ cpuUs }) => cpuUs);
  const show = (values: number[]) => pair({ min: min(values), median: median(values) }, 'us');
  const atGoal = goal === null ? null : atLeast(goal);
  return [
    {
      what: `${what}, requests a second`,
      ours: short(rate(ours)),
      peer: short(rate(peer)),
      ratio: rate(ours) / rate(peer),
      goal: atGoal,
    },
    {
      what: 'the same, by processor time of the server for each',
      ours: show(cpu(ours)),
      peer: show(cpu(peer)),
      ratio: median(cpu(peer)) / median(cpu(ours)),
      goal: atGoal,
    },
  ];
}
