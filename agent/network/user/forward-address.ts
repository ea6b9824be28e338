// The address of this host at which forwards of user networking listen. It is not the address of the window: a browser treats
// all ports of an address as one host, so a guest's service there would not be isolated from the window (decision 0034).
import { type Reason, reason } from '@tt/protocol';
import { isPortFree } from '../../firewall/probe-port.ts';

const CANDIDATES = ['127.0.0.2', '127.0.0.3'] as const;
/** Every system has this one. */
const FALLBACK = '127.0.0.1';

export interface ForwardAddress {
  address: string;
  /** Why guests share the address of the window; null when they don't. */
  problem: Reason | null;
}

/**
 * `configured` is `ports.hostAddress`, `windowAddress` is where the agent listens. `canListen` returns whether this host has an
 * address: Linux and Windows have all of 127/8, macOS only those added to lo0.
 */
export async function chooseForwardAddress(
  configured: string | null,
  windowAddress: string,
  canListen: (address: string) => Promise<boolean> = canListenAt,
): Promise<ForwardAddress> {
  if (configured !== null) {
    const isShared = configured === windowAddress;
    return {
      address: configured,
      problem: isShared ? reason('finding.forwardConfigured', { address: configured }) : null,
    };
  }
  for (const address of CANDIDATES) {
    if (address !== windowAddress && (await canListen(address))) return { address, problem: null };
  }
  return { address: FALLBACK, problem: reason('finding.forwardUnheard', { addresses: CANDIDATES.join(', ') }) };
}

/** Whether programs of this host can listen at an address; any trouble counts as no. */
export async function canListenAt(address: string): Promise<boolean> {
  try {
    return await isPortFree('tcp', address, 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'EINVAL') return false;
    throw error;
  }
}
