// The DISK_FULL error: how much is free, and that it was not enough.
import { TtError } from '@tt/protocol';

const MIB = 1024 * 1024;

/**
 * `subject` names what was being created or changed. `wantedBytes` 0: not known, e.g. because the disk became full meanwhile;
 * in any case more than is available.
 */
export function diskFullError(subject: string, freeBytes: number, wantedBytes = 0, cause?: unknown): TtError {
  const freeMiB = Math.max(0, Math.floor(freeBytes / MIB));
  const wantedMiB = Math.max(Math.ceil(wantedBytes / MIB), freeMiB + 1);
  return new TtError('DISK_FULL', { freeMiB, wantedMiB, subject }, { cause });
}
