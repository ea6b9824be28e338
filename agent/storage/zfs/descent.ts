// How two snapshots of a disk come from one another: the increments between them, over the snapshots that later lines were cloned from.
// Pure. Used by `zfs-snapshots.ts`.
import type { Line } from './zfs-datasets.ts';

/** A snapshot on a line, by names relative to the dataset above all. */
export interface LinePoint {
  line: string;
  snapshot: string;
}

export interface Increment {
  from: LinePoint;
  to: LinePoint;
}

/**
 * The increments that lead from where the two parted to each of them: what differs between the two was written in at least one of these.
 * Null if they have no common past.
 */
export function incrementsBetween(lines: readonly Line[], one: LinePoint, other: LinePoint): Increment[] | null {
  const known = new Map(lines.map((line) => [line.name, line]));
  const here = pastOf(known, one);
  const there = pastOf(known, other);
  for (const [index, point] of here.entries()) {
    const otherIndex = there.findIndex(({ line }) => line === point.line);
    const otherPoint = there[otherIndex];
    if (!otherPoint) continue;
    const along = alongLine(known.get(point.line), point, otherPoint);
    return along && [...steps(here.slice(0, index + 1)), ...along, ...steps(there.slice(0, otherIndex + 1))];
  }
  return null;
}

/** The snapshot itself, the one its line was cloned from, and so on. */
function pastOf(known: ReadonlyMap<string, Line>, point: LinePoint): LinePoint[] {
  const past: LinePoint[] = [];
  for (let at: LinePoint | null = point; at !== null; at = originOf(known.get(at.line))) past.push(at);
  return past;
}

function originOf(line: Line | undefined): LinePoint | null {
  const [name, snapshot] = line?.origin?.split('@') ?? [];
  return name === undefined || snapshot === undefined ? null : { line: name, snapshot };
}

/** From each one’s origin to it. */
function steps(past: readonly LinePoint[]): Increment[] {
  return past.flatMap((to, index) => {
    const from = past[index + 1];
    return from ? [{ from, to }] : [];
  });
}

function alongLine(line: Line | undefined, one: LinePoint, other: LinePoint): Increment[] | null {
  if (one.snapshot === other.snapshot) return [];
  const [here, there] = [one, other].map(({ snapshot }) => line?.snapshots.indexOf(snapshot) ?? -1) as [number, number];
  if (here === -1 || there === -1) return null;
  return [here < there ? { from: one, to: other } : { from: other, to: one }];
}
