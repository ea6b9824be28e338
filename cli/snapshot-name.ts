// How `tt` calls snapshots that TT took automatically: by what they are, with the name to type beside it.
import { automaticSnapshot } from '@tt/protocol';

const kinds = { safety: 'Before revert', scheduled: 'Scheduled' } as const;

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

function two(number: number): string {
  return String(number).padStart(2, '0');
}
