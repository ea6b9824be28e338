// Failures of what is done inside a guest, before operations convert them to coded errors for clients.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';

export type GuestErrorCode =
  /** The helper in the guest does not answer: it is missing, the guest hangs, is paused, or still boots. */
  | 'GUEST_HELPER_SILENT'
  /** The guest agent runs no programs there, or the guest lacks what commands need. */
  | 'GUEST_AGENT_UNFIT'
  /** What the guest agent answers makes no sense, or breaks the limits. */
  | 'GUEST_AGENT_INVALID'
  /** The guest had no space for what the command printed. */
  | 'GUEST_OUTPUT_LOST'
  /** It speaks another version of the protocol, and could not be replaced by the one of this agent. */
  | 'GUEST_HELPER_OTHER_VERSION'
  /** What it sent breaks the protocol or its limits. Nothing more is read from it. */
  | 'GUEST_HELPER_INVALID'
  /** The connection ended: the VM stopped, was reverted, or its helper was killed. The command is no longer running for us. */
  | 'GUEST_CHANNEL_CLOSED'
  /** The connection was ended because the helper was killed in the guest, which answers otherwise. */
  | 'GUEST_HELPER_ENDED'
  /** The connection was ended because the machine was reverted to a snapshot: what ran there is of another time. */
  | 'GUEST_REVERTED'
  /** The connection was ended because the machine was reset. */
  | 'GUEST_RESET'
  /** The connection was ended because the guest restarted itself, and all that ran in it has ended. */
  | 'GUEST_RESTARTED'
  /** Over ssh: no ssh server answers there, or not in time. */
  | 'GUEST_SSH_SILENT'
  /** Over ssh: what answers does not have the guest's host key. Nothing was sent to it. */
  | 'GUEST_SSH_HOST_KEY_WRONG'
  /** Over ssh: it does not accept the user with the key of the ENV. */
  | 'GUEST_SSH_LOGIN_REFUSED'
  /** Over ssh: what it sends breaks the protocol or its limits. */
  | 'GUEST_SSH_INVALID'
  /** Over ssh: this agent has as many connections in use as it may. */
  | 'GUEST_SSH_BUSY'
  /** The guest refused: `errno` says why (errno(3) of Linux). */
  | 'GUEST_REFUSED_COMMAND';

export class GuestError extends CodedError<GuestErrorCode> {
  override readonly name = 'GuestError';
  /** Of GUEST_REFUSED_COMMAND: the number that Linux gives, e.g. 2 (ENOENT); null where there is none. */
  readonly errno: number | null;

  constructor(code: GuestErrorCode, message: string, options: { cause?: unknown; errno?: number } = {}) {
    super(code, message, options);
    this.errno = options.errno ?? null;
  }

  get reason(): Reason {
    return quoted(`guest.${this.code}`, this.message);
  }
}

/** What the helper in a guest says breaks the protocol. */
export function invalid(what: string): GuestError {
  return new GuestError('GUEST_HELPER_INVALID', `the helper in the guest makes no sense: ${what}`);
}
