// The timeline of an ENV as rows with lanes, like a commit graph: oldest first, a branch opens a new lane. Pure.
import type { Snapshot } from '@tt/protocol';

export interface TimelineRow {
  snapshot: Snapshot;
  /** Column of its dot; 0 is the left one. */
  lane: number;
  /** Lanes that pass this row on their way further down. */
  through: number[];
  /** The lane its parent's line comes from; null at the start of a line. */
  from: number | null;
  /** True when a line goes on below it in its own lane. */
  continues: boolean;
}

/**
 * Rows for snapshots ordered by time. The first child of a snapshot stays in its lane, each further one opens the next free
 * lane. A parent that is no longer there counts as none.
 */
export function timeline(snapshots: readonly Snapshot[]): TimelineRow[] {
  const ordered = snapshots.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  const indexOf = new Map(ordered.map((snapshot, index) => [snapshot.id, index]));
  const lanes = new Map<string, number>();
  const lastChildAt = lastChildren(ordered, indexOf);
  const rows: TimelineRow[] = [];
  const laneEnds: number[] = [];
  ordered.forEach((snapshot, index) => {
    const parentIndex = snapshot.parentId === null ? undefined : indexOf.get(snapshot.parentId);
    const parent = parentIndex === undefined ? undefined : ordered[parentIndex];
    const parentLane = parent ? (lanes.get(parent.id) ?? 0) : null;
    const isFirstChild =
      parentIndex !== undefined &&
      !ordered.slice(parentIndex + 1, index).some(({ parentId }) => parentId === snapshot.parentId);
    const lane = isFirstChild && parentLane !== null ? parentLane : freeLane(laneEnds, index);
    lanes.set(snapshot.id, lane);
    const lastChild = lastChildAt.get(snapshot.id);
    laneEnds[lane] = Math.max(laneEnds[lane] ?? -1, lastChild ?? index);
    rows.push({ snapshot, lane, through: [], from: parentLane, continues: lastChild !== undefined });
    if (parentIndex !== undefined && parentLane !== null) passThrough(rows, parentIndex, index, parentLane);
  });
  return rows;
}

/** Marks the rows between a parent and its child as crossed by the parent's lane. */
function passThrough(rows: TimelineRow[], parentIndex: number, index: number, lane: number): void {
  for (const row of rows.slice(parentIndex + 1, index)) if (!row.through.includes(lane)) row.through.push(lane);
}

function lastChildren(ordered: readonly Snapshot[], indexOf: ReadonlyMap<string, number>): Map<string, number> {
  const last = new Map<string, number>();
  ordered.forEach(({ parentId }, index) => {
    if (parentId !== null && indexOf.has(parentId)) last.set(parentId, index);
  });
  return last;
}

/** The leftmost lane on which nothing stands any more. */
function freeLane(laneEnds: readonly number[], index: number): number {
  const free = laneEnds.findIndex((end) => end < index);
  return free === -1 ? laneEnds.length : free;
}
