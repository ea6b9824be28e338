// How `tt` calls snapshots that TT took automatically: by what they are, with the name to type beside it.
import { automaticSnapshot, errorTable, isErrorCode, messageText, terms, type TtError } from '@tt/protocol';

const kinds = { safety: 'Before revert', scheduled: 'Scheduled', end: 'Lifetime ended' } as const;

/** `Before revert, 12:04`, in the time of this computer; null for a snapshot whose name somebody chose. */
export function snapshotLabel(name: string, now = new Date()): string | null {
  const automatic = automaticSnapshot(name);
  if (automatic === null) return null;
  const at = new Date(automatic.takenAt);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `;
  return `${kinds[automatic.kind]}, ${at.toDateString() === now.toDateString() ? '' : day}${time}`;
}

/** For sentences and cells: `Before revert, 12:04 (before-clean-261121021847624)`, or the name alone. */
export function namedSnapshot(name: string): string {
  const label = snapshotLabel(name);
  return label === null ? name : `${label} (${name})`;
}

/** What errors name snapshots in, also ones that nobody named: a full disk is told by what was to be written. */
const SNAPSHOT_FIELDS = ['snapshotName', 'subject'] as const;

/** The message of an error, its snapshots as {@link namedSnapshot} calls them. */
export function messageOf({ code, data, message }: Pick<TtError, 'code' | 'data' | 'message'>): string {
  if (!isErrorCode(code)) return message;
  const called: Record<string, unknown> = { ...data };
  for (const field of SNAPSHOT_FIELDS) {
    const name = called[field];
    if (typeof name === 'string') called[field] = namedSnapshot(name);
  }
  const isCalled = SNAPSHOT_FIELDS.some((field) => called[field] !== (data as Record<string, unknown>)[field]);
  return isCalled ? messageText(code, errorTable[code].message, called, terms) : message;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
