// Shows runs that have begun until all have ended: a live table on a terminal, the lines of the machines, or nothing until the end.
import { type RunDetail, TtError } from '@tt/protocol';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import type { Reach } from '../server-choice.ts';
import { drawBlock } from '../terminal.ts';
import type { LineStreams } from './run-lines.ts';
import { countsText, runGrid } from './run-text.ts';

/** Lines of a terminal that are not for the table. */
const SPARE_LINES = 2;
const TICK_MS = 1_000;
/** Of one answer that waits for the end of a run; where a person looks, what lasts longer is followed as it changes. */
const WAIT_MS = 20_000;
const LIVE_WAIT_MS = 500;

/** Ctrl-C cancels the runs, and their end is shown; a second one leaves at once. */
export async function showRuns(
  reach: Reach,
  details: readonly RunDetail[],
  { stream, json }: { stream: boolean; json: boolean },
): Promise<{ ended: RunDetail[]; isInterrupted: boolean }> {
  let interrupts = 0;
  const stopListening = onInterrupt(() => {
    interrupts++;
    if (interrupts > 1) process.exit(exitCodes.interrupted);
    for (const { run: begun } of details) void cancel(reach, begun.id);
  });
  const isLive = !stream && !json && process.stderr.isTTY;
  const shown: Shown = { latest: details, lines: null };
  const draw = () => {
    if (isLive) drawBlock(liveText(shown.latest, process.stderr.rows, process.stderr.columns));
  };
  const ticking = setInterval(draw, TICK_MS);
  try {
    draw();
    const soon = stream ? null : await endOf(reach, details, isLive);
    return { ended: soon ?? (await follow(reach, details, shown, { stream, draw })), isInterrupted: interrupts > 0 };
  } finally {
    clearInterval(ticking);
    if (isLive) drawBlock('');
    stopListening();
  }
}

interface Shown {
  latest: readonly RunDetail[];
  lines: LineStreams | null;
}

/** Most commands are short, and need no link. Null: one has not ended, or there was no answer. */
async function endOf(reach: Reach, details: readonly RunDetail[], isLive: boolean): Promise<RunDetail[] | null> {
  const waitMs = isLive ? LIVE_WAIT_MS : WAIT_MS;
  for (;;) {
    const all = await Promise.all(
      details.map(async ({ run: { id } }) => {
        const answer = await reach.plain.ask('GET', `/runs/${id}?endWaitMs=${waitMs}`, { waitMs });
        return answer as RunDetail | null;
      }),
    );
    const known = all.filter((detail) => detail !== null);
    if (known.length < details.length) return null;
    if (known.every(({ run }) => run.state === 'ended')) return known;
    if (isLive) return null;
  }
}

async function follow(
  reach: Reach,
  details: readonly RunDetail[],
  shown: Shown,
  { stream, draw }: { stream: boolean; draw: () => void },
): Promise<RunDetail[]> {
  const connection = await reach.link();
  const { followRuns } = await import('./follow-runs.ts');
  if (stream) shown.lines = new (await import('./run-lines.ts')).LineStreams(connection);
  for (const { run: begun, vms } of details) shown.lines?.follow(begun.id, vms);
  const ended = await followRuns(connection, details, (all, { run: changed, vms }) => {
    shown.latest = all;
    shown.lines?.follow(changed.run.id, vms);
    draw();
  });
  for (const { run: over, vms } of ended) shown.lines?.follow(over.id, vms);
  await shown.lines?.end();
  return ended;
}

async function cancel(reach: Reach, runId: string): Promise<void> {
  try {
    await (await reach.link()).client.run.cancel({ runId });
  } catch (error) {
    if (!(error instanceof TtError)) throw error;
  }
}

/** The grid so far; where it does not fit on the screen, the numbers of each ENV. */
export function liveText(details: readonly RunDetail[], rows: number, columns: number): string {
  const grid = runGrid(details, columns);
  if (grid.split('\n').length + SPARE_LINES <= rows) return grid;
  return details
    .slice(0, Math.max(1, rows - SPARE_LINES))
    .map(({ run: { envName, counts } }) => `${envName}: ${countsText({ counts })}\n`)
    .join('');
}
