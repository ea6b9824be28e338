// The exit codes of `tt`, for scripts. Documented in docs/user-guide.md; part of the contract, so never renumbered.
import { type ErrorCode, errorTable } from '@tt/protocol';

export const exitCodes = {
  ok: 0,
  /** Something failed that has no better number. */
  failed: 1,
  /** The command line was wrong, or the server refused the input. */
  usage: 2,
  /** The ENV, VM, image or snapshot is not there. */
  notFound: 3,
  /** It clashes with what is there: name taken, busy, not running. */
  conflict: 4,
  /** The host has not enough processors, memory, disk, ports or addresses, or the user's quota is full. */
  noCapacity: 5,
  /** No agent answers. */
  unreachable: 6,
  /** The token is missing or wrong, or its user may not do this. */
  unauthorized: 7,
  /** The command of a run failed, or took too long, on some VM. */
  runFailed: 8,
  /** Some guest could not be reached, or nobody knows how the command of a run ended there. */
  guestUnreachable: 9,
  /** `tt diff` found differences. */
  different: 10,
  /** Ended by Ctrl-C, after cancelling. */
  interrupted: 130,
} as const;

const noCapacity: ReadonlySet<string> = new Set<ErrorCode>([
  'CPU_EXHAUSTED',
  'MEMORY_EXHAUSTED',
  'QUOTA_EXCEEDED',
  'TEAM_QUOTA_EXCEEDED',
  'LIMIT_REACHED',
  'ADDRESSES_EXHAUSTED',
  'DISK_EXHAUSTED',
  'DISK_FULL',
  'VM_PAUSED_DISK_FULL',
  'PORTS_EXHAUSTED',
  'LAB_FULL',
  'GUEST_DISK_FULL',
]);
const guestUnreachable: ReadonlySet<string> = new Set<ErrorCode>([
  'GUEST_HEALTH_UNKNOWN',
  'GUEST_FILES_UNREACHABLE',
  'SHELL_GUEST_UNREACHABLE',
]);
const unreachable: ReadonlySet<string> = new Set<ErrorCode>([
  'AGENT_UNREACHABLE',
  'AGENT_GONE',
  'AGENT_NOT_RUNNING',
  'AGENT_NOT_PROVEN',
  'SOCKET_UNSAFE',
  'TLS_REQUIRED',
  'TLS_EXPECTED',
  'SERVER_NOT_TRUSTED',
  'SERVER_IDENTITY_WRONG',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'SSH_UNREACHABLE',
  'SSH_SERVER_UNKNOWN',
  'SSH_SERVER_CHANGED',
  'SSH_LOGIN_REFUSED',
  'SSH_PORT_REFUSED',
  'SSH_SOCKET_REFUSED',
]);

/** The exit code for an error of the table. */
export function exitCodeFor(code: ErrorCode): number {
  if (noCapacity.has(code)) return exitCodes.noCapacity;
  if (unreachable.has(code)) return exitCodes.unreachable;
  if (guestUnreachable.has(code)) return exitCodes.guestUnreachable;
  switch (errorTable[code].status) {
    case 400:
    case 413:
    case 422:
      return exitCodes.usage;
    case 401:
    case 403:
      return exitCodes.unauthorized;
    case 404:
      return exitCodes.notFound;
    case 409:
      return exitCodes.conflict;
    default:
      return exitCodes.failed;
  }
}
