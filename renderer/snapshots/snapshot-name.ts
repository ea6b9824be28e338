// A first name for a snapshot: "clean" for the first, then numbered, so that Enter is enough. Pure.
import type { Snapshot } from '@tt/protocol';

/** `alsoTaken`: names that are known from elsewhere. */
export function suggestSnapshotName(
  existing: readonly Pick<Snapshot, 'name' | 'kind'>[],
  alsoTaken: readonly string[] = [],
): string {
  const taken = new Set([...existing.map(({ name }) => name), ...alsoTaken]);
  if (!existing.some(({ kind }) => kind === 'user') && !taken.has('clean')) return 'clean';
  let number = existing.filter(({ kind }) => kind === 'user').length + 1;
  while (taken.has(`step-${number}`)) number++;
  return `step-${number}`;
}
