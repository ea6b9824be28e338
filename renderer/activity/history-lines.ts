// The lines of the history, made of entries of the audit trail: an operation or a stream is one line, although it has one entry for
// its beginning and one for its end, which may be on different pages, or left out by a filter. Pure.
import type { AuditEntry, Operation } from '@tt/protocol';

/** `running`: it goes on. `interrupted`: the agent was gone before it ended. `unknown`: there is no word of its end. */
export type HistoryState = 'done' | 'failed' | 'cancelled' | 'running' | 'interrupted' | 'unknown';

export interface HistoryEnd {
  /** ISO. */
  at: string;
  /** `ok`, the code of an error, or `failed`. */
  result: string;
  /** null: nobody knows, as the agent was killed. */
  durationMs: number | null;
}

export interface HistoryLine {
  key: string;
  /** What it was and who asked for it: the entry of the end, where that is known, as it may name more. */
  entry: AuditEntry;
  /** Milliseconds since 1970; of what was interrupted before its beginning is on a page, when that was noticed. */
  begunAtMs: number;
  /** null: there is only the beginning. */
  end: HistoryEnd | null;
}

/** `told`: ends that the trail has not told yet, by activity. The one that began last comes first. */
export function historyLines(
  entries: readonly AuditEntry[],
  told: { get(activityId: string): HistoryEnd | undefined },
): HistoryLine[] {
  const parts = new Map<string, { begun?: AuditEntry; ended?: AuditEntry }>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const part = parts.get(key) ?? {};
    parts.set(key, part);
    if (entry.phase === 'begun') part.begun = entry;
    else part.ended = entry;
  }
  const lines: HistoryLine[] = [];
  for (const [key, { begun, ended }] of parts) {
    const entry = ended ?? begun;
    if (!entry) continue;
    const end = ended ? endOf(ended) : (told.get(key) ?? null);
    lines.push({
      key,
      entry,
      begunAtMs: Date.parse(begun?.at ?? entry.at) - (begun ? 0 : (end?.durationMs ?? 0)),
      end,
    });
  }
  return lines.toSorted((one, other) => other.begunAtMs - one.begunAtMs || other.entry.id - one.entry.id);
}

/** `operation`: what is known of it beside the trail, where it is one. */
export function historyState(
  { entry, end }: Pick<HistoryLine, 'entry' | 'end'>,
  { isOperation, operation }: { isOperation: boolean; operation: Operation | undefined },
): HistoryState {
  if (end === null) return isOperation && operation?.state !== 'running' ? 'unknown' : 'running';
  if (end.result === 'ok') return 'done';
  if (end.result === 'OPERATION_CANCELLED') return 'cancelled';
  return end.result === 'AGENT_GONE' && entry.phase !== 'done' ? 'interrupted' : 'failed';
}

/** How an operation ended, as the agent tells it before the trail is read again; null while it runs. */
export function toldEnd({ state, startedAt, endedAt, error }: Operation): HistoryEnd | null {
  if (state === 'running' || endedAt === null) return null;
  const durationMs = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  return { at: endedAt, result: state === 'succeeded' ? 'ok' : (error?.code ?? 'failed'), durationMs };
}

function keyOf({ id, activityId }: AuditEntry): string {
  return activityId ?? String(id);
}

function endOf({ at, result, durationMs }: AuditEntry): HistoryEnd {
  return { at, result, durationMs };
}
