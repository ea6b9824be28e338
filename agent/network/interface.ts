// What every network does for the operations: gives a VM its cards. `user` (QEMU user networking, no root) is the first;
// `nat` and `flat` follow.
import type { PortMapping } from '@tt/protocol';
import type { NicAttachment } from '../engines/interface.ts';

export interface NetworkRequest {
  mac: string;
  portMap: readonly PortMapping[];
  denyOutgoing: boolean;
}

export interface Network {
  readonly kind: 'user';
  /** A MAC address no VM of this host has; `taken` are those in use. */
  createMac(taken: ReadonlySet<string>): string;
  /** What the engine has to plug in. */
  setNet(request: NetworkRequest): Promise<NicAttachment[]>;
  /** Removes whatever setNet made on the host. Idempotent. */
  unsetNet(request: NetworkRequest): Promise<void>;
}
