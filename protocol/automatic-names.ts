// Names of the snapshots that TT takes automatically: composed and read here, so that no client has to show one as it is.

export interface AutomaticSnapshot {
  kind: 'safety' | 'scheduled' | 'end';
  /** When it was begun, as ISO 8601 in UTC. */
  takenAt: string;
}

/** As much of the other name as leaves space for the rest: names have 63 characters. */
const OF_LENGTH = 35;
const SAFETY = /^before-.+-(\d{15})$/;
const SCHEDULED = /^auto-(\d{14})$/;
const END = /^end-(\d{14})$/;

/** Taken before a revert to the snapshot `of`: `before-clean-261121021847624`. */
export function safetySnapshotName(of: string, at: Date): string {
  return `before-${of.slice(0, OF_LENGTH)}-${digitsOf(at).slice(2)}`;
}

/** Taken by the schedule of an ENV: `auto-20261121021847`. */
export function scheduledSnapshotName(at: Date): string {
  return `auto-${digitsOf(at).slice(0, 14)}`;
}

/** Taken when the lifetime of an ENV ended: `end-20261121021847`. */
export function endSnapshotName(at: Date): string {
  return `end-${digitsOf(at).slice(0, 14)}`;
}

/**
 * What such a name says; null for names that people chose. Whoever chooses a name of this form gets it shown in this way: a name
 * decides nothing, `Snapshot.kind` does.
 */
export function automaticSnapshot(name: string): AutomaticSnapshot | null {
  const safety = SAFETY.exec(name)?.[1];
  if (safety !== undefined) return named('safety', `20${safety}`);
  const scheduled = SCHEDULED.exec(name)?.[1];
  if (scheduled !== undefined) return named('scheduled', `${scheduled}000`);
  const end = END.exec(name)?.[1];
  return end === undefined ? null : named('end', `${end}000`);
}

/** `20261121021847624` */
function digitsOf(at: Date): string {
  return at.toISOString().replace(/\D/g, '');
}

/** Null when the digits are no time, such as a thirteenth month. */
function named(kind: AutomaticSnapshot['kind'], digits: string): AutomaticSnapshot | null {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits) ?? [];
  const takenAt = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
  const at = new Date(takenAt);
  return Number.isNaN(at.getTime()) || at.toISOString() !== takenAt ? null : { kind, takenAt };
}
