// Pure: what was measured of runs and files -> lines of the table.
import { atMost, type Comparison, type Goal, pair, short } from '../comparison.ts';
import { median, min } from '../statistics.ts';
import type { DeadGuest } from './dead-guest.ts';
import type { ExecTimes } from './exec.ts';
import type { Memory } from './memory-watch.ts';
import type { FirstByte, OutputTimes } from './output.ts';
import type { PushTimes } from './push.ts';

/**
 * What the agent's memory may grow by: what is on its way to and from each guest, and what the collector has not taken back yet. Far less
 * than passes through.
 */
const MOST_GROWTH_MIB = 64;

export function ratioRow(
  what: string,
  ours: readonly number[],
  peer: readonly number[],
  goal: Goal | null,
): Comparison {
  const shown = (values: readonly number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  return { what, ours: shown(ours), peer: shown(peer), ratio: median(ours) / median(peer), goal };
}

export function warmRows({ parallel, kept, tt, api, apiOverSsh }: ExecTimes): Comparison[] {
  return [
    ratioRow('warm: tt env run (npm package), against parallel-ssh', tt, parallel, atMost(0.35)),
    ratioRow('the same, against kept connections of ssh', tt, kept, atMost(1.2)),
    ratioRow('warm: through the API, against parallel-ssh', api, parallel, null),
    ratioRow('the same, against kept connections of ssh', api, kept, null),
    ratioRow('warm: through the API over kept connections of its own, against those of ssh', apiOverSsh, kept, null),
  ];
}

export function deadRows({ withDead, without }: DeadGuest): Comparison[] {
  return [ratioRow('one dead guest: the others have ended, against without it', withDead, without, atMost(1.1))];
}

export function pushRows(size: string, { ttMs, scpMs, scpAndSyncMs, memory }: PushTimes): Comparison[] {
  return [
    ratioRow(`tt env push (npm package) of ${size}, against scp`, [ttMs], [scpMs], atMost(1)),
    ratioRow('the same, against scp and sync', [ttMs], [scpAndSyncMs], null),
    memoryRow('memory of the agent meanwhile, against before', memory),
  ];
}

export function outputRows(size: string, { ttMs, sshMs, memory }: OutputTimes): Comparison[] {
  return [
    ratioRow(`${size} of output, against cat over ssh`, ttMs, sshMs, atMost(1.2)),
    ...(memory ? [memoryRow('memory of the agent meanwhile, against before', memory)] : []),
  ];
}

export function firstByteRow(what: string, { ttMs, sshMs }: FirstByte): Comparison {
  return ratioRow(`${what}: until the first byte, against ssh`, ttMs, sshMs, null);
}

/** Bytes a second of both; more is better. */
export function rateRow(what: string, sizeMiB: number, { ttMs, sshMs }: OutputTimes): Comparison {
  const rate = (values: readonly number[]) => (1000 * sizeMiB) / median(values);
  const shown = (values: readonly number[]) => `${short(rate(values))} MiB/s`;
  return {
    what: `${what}: output, against cat over ssh`,
    ours: shown(ttMs),
    peer: shown(sshMs),
    ratio: rate(ttMs) / rate(sshMs),
    goal: null,
  };
}

function memoryRow(what: string, { idleMiB, mostMiB }: Memory): Comparison {
  return {
    what,
    ours: `${short(mostMiB)} MiB`,
    peer: `${short(idleMiB)} MiB`,
    ratio: mostMiB - idleMiB,
    goal: atMost(MOST_GROWTH_MIB),
    unit: 'MiB more',
  };
}
