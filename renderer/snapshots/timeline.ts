// The timeline of an ENV, or of one of its machines, as rows with lanes, like a commit graph: oldest first, a branch opens a new
// lane, and the present state is the last node. Pure.
import type { Snapshot } from '@tt/protocol';

/** The id of the node that is the present state. */
export const NOW = 'now';

/** What the lanes are drawn from. */
export interface TimelineNode {
  id: string;
  /** The node it came from; null, or one that is not there: none. */
  parentId: string | null;
  /** null: the present state. */
  snapshot: Snapshot | null;
}

export interface TimelineRow extends TimelineNode {
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
 * The nodes of an ENV, oldest first. `vmId`: only of this machine; a snapshot without it is left out, and what came from that one
 * comes from the nearest older one with it. The current snapshot is the ENV's, as a revert of one machine sets it for all.
 */
export function nodesOf(
  snapshots: readonly Snapshot[],
  currentSnapshotId: string | null,
  vmId: string | null = null,
): TimelineNode[] {
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const isShown = ({ vms }: Snapshot) => vmId === null || vms.some((part) => part.vmId === vmId && !part.removed);
  const nearest = (id: string | null): string | null => {
    // No longer than the list, whatever the records say.
    for (let left = snapshots.length, at = id; left > 0 && at !== null; left--) {
      const snapshot = byId.get(at);
      if (!snapshot) return null;
      if (isShown(snapshot)) return snapshot.id;
      at = snapshot.parentId;
    }
    return null;
  };
  const saved = snapshots
    .filter(isShown)
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .map((snapshot): TimelineNode => ({ id: snapshot.id, parentId: nearest(snapshot.parentId), snapshot }));
  return [...saved, { id: NOW, parentId: nearest(currentSnapshotId), snapshot: null }];
}

/**
 * Rows for nodes ordered by time. The first child of a node stays in its lane, each further one opens the next free lane. A parent
 * that is no longer there counts as none.
 */
export function timeline(ordered: readonly TimelineNode[]): TimelineRow[] {
  const indexOf = new Map(ordered.map(({ id }, index) => [id, index]));
  const lanes = new Map<string, number>();
  const lastChildAt = lastChildren(ordered, indexOf);
  const withChild = new Set<string>();
  const rows: TimelineRow[] = [];
  const laneEnds: number[] = [];
  ordered.forEach((node, index) => {
    const parentIndex = node.parentId === null ? undefined : indexOf.get(node.parentId);
    const parent = parentIndex === undefined ? undefined : ordered[parentIndex];
    const parentLane = parent ? (lanes.get(parent.id) ?? 0) : null;
    const isFirstChild = parent !== undefined && !withChild.has(parent.id);
    if (parent) withChild.add(parent.id);
    const lane = isFirstChild && parentLane !== null ? parentLane : freeLane(laneEnds, index);
    lanes.set(node.id, lane);
    const lastChild = lastChildAt.get(node.id);
    laneEnds[lane] = Math.max(laneEnds[lane] ?? -1, lastChild ?? index);
    rows.push({ ...node, lane, through: [], from: parentLane, continues: lastChild !== undefined });
    if (parentIndex !== undefined && parentLane !== null) passThrough(rows, parentIndex, index, parentLane);
  });
  return rows;
}

/** Marks the rows between a parent and its child as crossed by the parent's lane. */
function passThrough(rows: TimelineRow[], parentIndex: number, index: number, lane: number): void {
  for (const row of rows.slice(parentIndex + 1, index)) if (!row.through.includes(lane)) row.through.push(lane);
}

function lastChildren(ordered: readonly TimelineNode[], indexOf: ReadonlyMap<string, number>): Map<string, number> {
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
