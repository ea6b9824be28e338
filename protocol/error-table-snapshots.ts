// The part of the error table about snapshots. See error-table.ts.
import { z } from 'zod';
import { entry, lines, openTerm, reasonSchema, text } from './error-entry.ts';

export const snapshotErrors = {
  // Snapshots
  SNAPSHOT_NAME_TAKEN: entry(
    409,
    '{envName} already has a snapshot called {snapshotName}.',
    'Choose another name, or delete that snapshot first.',
    { envName: text, snapshotName: text },
  ),
  SNAPSHOT_NOT_FOUND: entry(
    404,
    '{envName} has no snapshot called {snapshotName}.',
    'List the snapshots of the ENV to see their names.',
    { envName: text, snapshotName: text, suggestions: lines },
  ),
  SNAPSHOT_VM_MISSING: entry(
    409,
    'Snapshot {snapshotName} does not contain {vmId}: it was taken without this VM, or the VM was deleted.',
    'Choose a snapshot that contains this VM.',
    { snapshotName: text, vmId: text },
  ),
  SNAPSHOT_EMPTY: entry(409, '{envName} has no VM to take a snapshot of.', 'Add a VM first.', { envName: text }),
  SNAPSHOT_DAMAGED: entry(
    409,
    'Snapshot {snapshotName} is damaged: {vmName} lacks {missing}.',
    'Restore the file, or delete the snapshot; other snapshots are not affected.',
    { snapshotName: text, vmName: text, missing: z.array(openTerm('snapshotPart')) },
  ),
  THUMBNAIL_NOT_FOUND: entry(
    404,
    'Snapshot {snapshotName} has no picture of {vmId}.',
    'Only VMs that were running when it was taken have one.',
    { snapshotName: text, vmId: text },
  ),
  GUEST_CLOCK_NOT_SET: entry(
    504,
    'The clocks of these guests show the time of {snapshotName}: {vmNames}. No guest agent answered.',
    'Set them in the guests, or wait until their NTP clients do.',
    { snapshotName: text, vmNames: lines },
  ),
  SNAPSHOT_FAILED: entry(
    500,
    'Snapshot {snapshotName} failed at {vmName}: {reason}.',
    'Nothing was kept. Try again; if it still fails, run "npm run doctor".',
    { snapshotName: text, vmName: text, reason: reasonSchema },
  ),
} as const;
