// How a command is doing on one machine, and a run as a whole, in shape and words.
import { hasSucceeded, type Run, type RunVm } from '@tt/protocol';
import type { Mark } from '../components/marks.ts';
import type { Translate } from '../i18n/index.ts';

const marks: Record<Exclude<RunVm['state'], 'exited'>, Mark> = {
  waiting: 'empty',
  running: 'working',
  timedOut: 'failed',
  cancelled: 'stopped',
  unreachable: 'unknown',
  lost: 'unknown',
};

export function markOf(vm: RunVm): Mark {
  if (vm.state === 'exited') return hasSucceeded(vm) ? 'done' : 'failed';
  return marks[vm.state];
}

export function stateWords(vm: RunVm, t: Translate): string {
  if (vm.state !== 'exited') return t(`runs.states.${vm.state}`);
  if (vm.signal !== null) return t('runs.states.killed', { signal: vm.signal });
  return t(hasSucceeded(vm) ? 'runs.states.succeeded' : 'runs.states.failed');
}

/** How long it took, or has taken until `now`, in ms; null: it has not begun. */
export function tookMs({ startedAt, endedAt }: Pick<RunVm, 'startedAt' | 'endedAt'>, now: number): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

export function runMark({ state, counts }: Run): Mark {
  if (state === 'running') return 'working';
  const { succeeded, failed, timedOut, cancelled, unreachable, lost } = counts;
  if (failed + timedOut > 0) return 'failed';
  if (unreachable + lost > 0) return 'unknown';
  return cancelled > 0 && succeeded === 0 ? 'stopped' : 'done';
}

/** `5 succeeded, 1 failed`: what there is none of is left out. */
export function countWords({ counts }: Run, t: Translate): string {
  const parts = (['succeeded', 'failed', 'timedOut', 'cancelled', 'unreachable', 'lost', 'running', 'waiting'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => t(`runs.counts.${state}`, { count: counts[state] }));
  return parts.join(t('runs.counts.between'));
}

export function titleOf({ title }: Run, t: Translate): string {
  return title ?? t('runs.hidden');
}
