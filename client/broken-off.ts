// Ends of a fetch after which the same file can be gone on with; after others it would only fail again, or is another one.
import { TtError } from '@tt/protocol';

const BROKEN_OFF: readonly string[] = [
  'AGENT_GONE',
  'AGENT_UNREACHABLE',
  'OPERATION_CANCELLED',
  'GUEST_FILES_UNREACHABLE',
  'VM_NOT_RUNNING',
];

export function isBrokenOff(error: unknown): error is TtError {
  return error instanceof TtError && BROKEN_OFF.includes(error.code);
}
