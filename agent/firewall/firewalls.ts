// Which firewall is responsible for which NIC: user networking has its ports in QEMU, bridged networks have theirs in nftables.
import type { NetKind } from '../network/interface.ts';
import type { Firewall, VmRules } from './interface.ts';

export class Firewalls {
  readonly #user: Firewall;
  readonly #bridged: Firewall | null;

  /** `bridged` is null on hosts that offer no bridged network. */
  constructor(user: Firewall, bridged: Firewall | null) {
    this.#user = user;
    this.#bridged = bridged;
  }

  /** The firewall for VMs whose first NIC is of this kind. */
  of(kind: NetKind): Firewall {
    return kind === 'user' || !this.#bridged ? this.#user : this.#bridged;
  }

  all(): Firewall[] {
    return this.#bridged ? [this.#user, this.#bridged] : [this.#user];
  }

  /** Rules by the firewall they belong to, each of which takes its own in one transaction. */
  split(rules: readonly VmRules[]): Map<Firewall, VmRules[]> {
    return Map.groupBy(rules, ({ bridge }) => this.of(bridge === null ? 'user' : 'nat'));
  }
}
