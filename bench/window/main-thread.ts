// Processor time of the page's main thread while something happens, task by task, from a trace of Chromium: a task that waited for a
// processor of a shared machine is not a long one.
import type { Page } from '@playwright/test';

/** What the main thread did, in ms of processor time. */
export interface MainThread {
  longestTaskMs: number;
  /** Of the next longest tasks too, longest first. */
  longestTasksMs: readonly number[];
  /** In a second of the wall. */
  msPerS: number;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread's own time; whole events only. */
  tdur?: number;
  args?: { name?: string };
}

const LONGEST_KEPT = 5;

export async function mainThreadDuring<Result>(
  page: Page,
  work: () => Promise<Result>,
): Promise<{ thread: MainThread; result: Result }> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser of its own');
  await browser.startTracing(page, { categories: ['toplevel'] });
  const begun = performance.now();
  let result: Result;
  let seconds: number;
  let trace: Buffer;
  try {
    result = await work();
    seconds = (performance.now() - begun) / 1000;
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const tasks = tasksOf(traceEvents);
  return {
    result,
    thread: {
      longestTaskMs: tasks[0] ?? 0,
      longestTasksMs: tasks.slice(0, LONGEST_KEPT),
      msPerS: tasks.reduce((sum, ms) => sum + ms, 0) / seconds,
    },
  };
}

/** Of the busiest main thread of a renderer: a spare process of Chromium does nothing. Longest first, in ms. */
function tasksOf(events: readonly TraceEvent[]): number[] {
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(placeOf),
  );
  const byThread = new Map<string, number[]>();
  for (const event of events) {
    if (event.name !== 'ThreadControllerImpl::RunTask' || event.tdur === undefined) continue;
    const place = placeOf(event);
    if (!mains.has(place)) continue;
    const tasks = byThread.get(place) ?? [];
    tasks.push(event.tdur / 1000);
    byThread.set(place, tasks);
  }
  const sumOf = (tasks: readonly number[]) => tasks.reduce((sum, ms) => sum + ms, 0);
  const [busiest] = [...byThread.values()].sort((a, b) => sumOf(b) - sumOf(a));
  if (!busiest) throw new Error('the trace has no task of a page');
  return busiest.sort((a, b) => b - a);
}

function placeOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}
