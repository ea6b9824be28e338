// Failures of a network, before operations convert them to coded errors for clients.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';
import { RunError } from '../host/run-command.ts';

export type NetworkErrorCode =
  /** A program (ip, tc, bridge, dnsmasq) or /dev/net/tun is missing. */
  | 'TOOL_MISSING'
  /** The agent must run as root for this network. */
  | 'NOT_ROOT'
  /** No block of the pool is free for another ENV (or the wanted VNI is taken on this host). */
  | 'POOL_EXHAUSTED'
  /** The ENV has no address left for another NIC. */
  | 'NETWORK_FULL'
  /** The host has no bridge of the configured name. */
  | 'BRIDGE_MISSING'
  /** A command of the host failed; the message has its words. */
  | 'COMMAND_FAILED'
  /** This network does not support the request. */
  | 'FEATURE_UNSUPPORTED'
  /** An option, name or address passed to the driver is invalid. */
  | 'OPTION_INVALID';

export class NetworkError extends CodedError<NetworkErrorCode> {
  override readonly name = 'NetworkError';

  get reason(): Reason {
    return quoted(`network.${this.code}`, this.message);
  }
}

/** What a failed command means to the caller of a network. */
export function asNetworkError(error: unknown): unknown {
  if (!(error instanceof RunError)) return error;
  return new NetworkError(error.notFound ? 'TOOL_MISSING' : 'COMMAND_FAILED', error.message, { cause: error });
}
