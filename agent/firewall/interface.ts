// What every firewall does for the operations: makes ports of a guest reachable from outside, and takes that back.
// `hostfwd` (QEMU user networking) is the first; nftables follows.
import type { PortMapping } from '@tt/protocol';

export interface WantedPort {
  protocol: 'tcp' | 'udp';
  guestPort: number;
}

export interface Firewall {
  readonly name: string;
  /**
   * Reserves a host port for each wanted guest port, never one that something else listens on. All or nothing; throws
   * PORTS_EXHAUSTED. In force when the call answers (hostfwd: when the VM starts).
   */
  publish(wanted: readonly WantedPort[]): Promise<PortMapping[]>;
  /** Takes mappings back. Idempotent. */
  withdraw(mappings: readonly PortMapping[]): Promise<void>;
  /** Takes up mappings of VMs known from before a restart. */
  restore(mappings: readonly PortMapping[]): void;
}
