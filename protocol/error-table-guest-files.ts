// The part of the error table about files in guests. See error-table.ts.
import { count, entry, reasonSchema, text } from './error-entry.ts';

export const guestFileErrors = {
  GUEST_FILES_UNREACHABLE: entry(
    504,
    'No files can be passed to or from {vmName}: {reason}.',
    'Wait until it has booted, and make sure that qemu-guest-agent runs in it. Then try again: files continue where they stopped.',
    { vmName: text, reason: reasonSchema },
  ),
  GUEST_FILE_EXISTS: entry(
    409,
    '{path} exists in {vmName}, with other content.',
    'Choose another path, or overwrite it.',
    { vmName: text, path: text },
  ),
  GUEST_FILE_MISSING: entry(404, '{path} does not exist in {vmName}.', 'Check its path, and the user who reads it.', {
    vmName: text,
    path: text,
  }),
  GUEST_FILE_REFUSED: entry(
    422,
    '{vmName} refuses {path}: {reason}.',
    'Check the path, the owner, and what the user may do in that guest.',
    { vmName: text, path: text, reason: reasonSchema },
  ),
  GUEST_FILE_CHANGED: entry(
    409,
    '{path} in {vmName} changed while it was read.',
    'Get it again when nothing writes to it.',
    { vmName: text, path: text },
  ),
  GUEST_FILES_TOO_MANY: entry(
    422,
    '{path} in {vmName} covers more than {most} files.',
    'Choose a smaller folder, or pack it into one file in the guest.',
    { vmName: text, path: text, most: count },
  ),
  GUEST_DISK_FULL: entry(
    409,
    'The disk of {vmName} has no space for {path}.',
    'Free space in that guest, or grow its disk. Nothing half-written is left there.',
    { vmName: text, path: text },
  ),
  GUEST_LIST_INVALID: entry(
    502,
    '{vmName} lists {path}, which can’t be a file below the requested folder.',
    'Nothing was written. Find out what answers in that guest.',
    { vmName: text, path: text },
  ),
} as const;
