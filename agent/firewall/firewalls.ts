// Which firewall is responsible for which NIC: user networking has its ports in QEMU, bridged networks have theirs in nftables.
import { isBehindQemu } from '../network/behind-qemu.ts';
import type { NetKind } from '../network/interface.ts';
import type { Firewall, VmRules } from './interface.ts';

/** What a VM asks of a firewall before anything is made. */
export type FirewallPromises = Pick<Firewall, 'name' | 'checkFeatures'>;

/**
 * A network that is somebody else's: its guests are guarded by nobody but that network, so nothing can be denied or forwarded there. A
 * change of rules is no matter of a restart.
 */
const FOREIGN: FirewallPromises = {
  name: 'bridge',
  checkFeatures: (wanted) => wanted.filter((feature) => feature !== 'liveChange'),
};

export class Firewalls {
  readonly #user: Firewall;
  readonly #bridged: Firewall | null;

  /** `bridged` is null on hosts that offer no bridged network. */
  constructor(user: Firewall, bridged: Firewall | null) {
    this.#user = user;
    this.#bridged = bridged;
  }

  /** What the firewall of NICs of this kind can do. */
  of(kind: NetKind): FirewallPromises {
    return kind === 'bridge' ? FOREIGN : this.#of(kind);
  }

  #of(kind: Exclude<NetKind, 'bridge'>): Firewall {
    return isBehindQemu(kind) || !this.#bridged ? this.#user : this.#bridged;
  }

  all(): Firewall[] {
    return this.#bridged ? [this.#user, this.#bridged] : [this.#user];
  }

  /** Rules by the firewall they belong to, each of which takes its own in one transaction. */
  split(rules: readonly VmRules[]): Map<Firewall, VmRules[]> {
    return Map.groupBy(rules, ({ bridge, isForeign }) => this.#of(bridge === null && !isForeign ? 'user' : 'nat'));
  }
}
