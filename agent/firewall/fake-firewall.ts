// A firewall without a kernel, for `npm run dev:fake` and fast tests: same checks, same answers, all features. The rules in
// force are kept apart from the requested ones, so that tests can damage them and see them repaired.
import { FirewallError, type FirewallErrorCode } from './errors.ts';
import type { Firewall, FirewallFeature, ForeignDrop, Forward, VmRules } from './interface.ts';
import { checkedRules, portName, RuleRegistry, type RuleChange } from './rule-registry.ts';

/** The methods a test may make fail. */
export type FailingFirewallMethod = 'setVms' | 'unsetVms' | 'setForwards' | 'denyOutgoing' | 'setBlacklist' | 'restore';

const FEATURES = ['tcp', 'udp', 'liveChange', 'denyOutgoing', 'blacklist', 'isolation', 'bulk'] as const;

export class FakeFirewall implements Firewall {
  readonly name = 'fake';
  readonly #failures = new Map<FailingFirewallMethod, FirewallErrorCode>();
  readonly #inForce = new Map<string, VmRules>();
  #registry = new RuleRegistry();
  #foreign: ForeignDrop[] = [];

  /** The next call of `method` rejects with `code` and changes nothing. */
  failNext(method: FailingFirewallMethod, code: FirewallErrorCode): void {
    this.#failures.set(method, code);
  }

  /** The rules in force for a VM. */
  inForce(vmId: string): VmRules | undefined {
    return this.#inForce.get(vmId);
  }

  /** Removes the rules in force for a VM, as an admin's `nft flush` would. */
  damage(vmId: string): void {
    this.#inForce.delete(vmId);
  }

  /** Other tables drop this from now on. */
  dropElsewhere(drops: readonly ForeignDrop[]): void {
    this.#foreign = [...drops];
  }

  async foreignDrops(): Promise<ForeignDrop[]> {
    return [...this.#foreign];
  }

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((feature) => !FEATURES.includes(feature as FirewallFeature));
  }

  async setVms(rules: readonly VmRules[]): Promise<void> {
    this.#failIfAsked('setVms');
    this.#change(rules.map((vm) => ({ vmId: vm.vmId, rules: checkedRules(vm) })));
  }

  async unsetVms(vmIds: readonly string[]): Promise<void> {
    this.#failIfAsked('unsetVms');
    this.#change([...new Set(vmIds)].map((vmId) => ({ vmId, rules: null })));
  }

  async setForwards(vmId: string, forwards: readonly Forward[]): Promise<void> {
    this.#failIfAsked('setForwards');
    this.#change([{ vmId, rules: checkedRules({ ...this.#registry.mustGet(vmId), forwards }) }]);
  }

  async denyOutgoing(vmIds: readonly string[]): Promise<void> {
    this.#failIfAsked('denyOutgoing');
    this.#deny(vmIds, true);
  }

  async allowOutgoing(vmIds: readonly string[]): Promise<void> {
    this.#deny(vmIds, false);
  }

  async setBlacklist(vmId: string, destinations: readonly string[]): Promise<void> {
    this.#failIfAsked('setBlacklist');
    this.#change([{ vmId, rules: checkedRules({ ...this.#registry.mustGet(vmId), blacklist: destinations }) }]);
  }

  async restore(rules: readonly VmRules[]): Promise<void> {
    this.#failIfAsked('restore');
    const registry = new RuleRegistry();
    registry.change(rules.map((vm) => ({ vmId: vm.vmId, rules: checkedRules(vm) })));
    this.#registry = registry;
    this.#inForce.clear();
    for (const vm of registry.values()) this.#inForce.set(vm.vmId, vm);
  }

  async repair(): Promise<string[]> {
    const missing = this.#registry.values().filter(({ vmId }) => !this.#inForce.has(vmId));
    for (const vm of missing) this.#inForce.set(vm.vmId, vm);
    return missing.map(({ vmId }) => `the rules of VM ${vmId} were missing`);
  }

  async show(): Promise<string> {
    const lines = [...this.#inForce.values()].map(({ vmId, address, forwards, denyOutgoing, blacklist }) => {
      const ports = forwards.map((forward) => `${portName(forward)} to ${address}:${forward.guestPort}`);
      return `${vmId}: ${[...ports, `outgoing ${denyOutgoing ? 'denied' : 'allowed'}`, ...blacklist].join(', ')}\n`;
    });
    return `# nothing real: rules of the fake firewall\n${lines.join('')}`;
  }

  async destroy(): Promise<void> {
    this.#registry = new RuleRegistry();
    this.#inForce.clear();
  }

  #deny(vmIds: readonly string[], denyOutgoing: boolean): void {
    const ids = [...new Set(vmIds)];
    this.#change(ids.map((vmId) => ({ vmId, rules: { ...this.#registry.mustGet(vmId), denyOutgoing } })));
  }

  #change(changes: readonly RuleChange[]): void {
    this.#registry.change(changes);
    for (const { vmId, rules } of changes) {
      if (rules) this.#inForce.set(vmId, rules);
      else this.#inForce.delete(vmId);
    }
  }

  #failIfAsked(method: FailingFirewallMethod): void {
    const code = this.#failures.get(method);
    if (!code) return;
    this.#failures.delete(method);
    throw new FirewallError(code, `${method} was told to fail`);
  }
}
