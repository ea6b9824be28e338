// Failures of a firewall, before operations convert them to coded errors for clients.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';

export type FirewallErrorCode =
  | 'TOOL_MISSING'
  | 'NOT_ROOT'
  /** Rules that contradict each other or the host; nothing changed. */
  | 'RULE_REFUSED'
  | 'FEATURE_UNSUPPORTED'
  /** Not an IPv4 address or CIDR. */
  | 'BAD_DESTINATION';

export class FirewallError extends CodedError<FirewallErrorCode> {
  override readonly name = 'FirewallError';

  get reason(): Reason {
    return quoted(`firewall.${this.code}`, this.message);
  }
}
