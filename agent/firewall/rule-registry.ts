// The rules of a firewall in memory: validated, without conflicts, changed all or nothing. Every driver has one. The cost of a
// change depends on the VMs it names, never on the number of stored rules.
import { normaliseDestinations } from './destinations.ts';
import { FirewallError } from './errors.ts';
import type { Forward, VmRules } from './interface.ts';

/** `rules` null: the VM's rules go away. */
export interface RuleChange {
  vmId: string;
  rules: VmRules | null;
}

const LAST_PORT = 65_535;

export class RuleRegistry {
  readonly #vms = new Map<string, VmRules>();
  /** Host ports, addresses: each belongs to one VM. */
  readonly #owners = new Map<string, string>();

  get(vmId: string): VmRules | undefined {
    return this.#vms.get(vmId);
  }

  /** Throws FirewallError RULE_REFUSED for a VM that has no rules. */
  mustGet(vmId: string): VmRules {
    const rules = this.#vms.get(vmId);
    if (!rules) throw new FirewallError('RULE_REFUSED', `the firewall has no rules of VM ${vmId}`);
    return rules;
  }

  values(): VmRules[] {
    return [...this.#vms.values()];
  }

  /** Makes all changes, or throws RULE_REFUSED and makes none. Returns the changes that undo these. */
  change(changes: readonly RuleChange[]): RuleChange[] {
    const moving = new Set(changes.map(({ vmId }) => vmId));
    if (moving.size < changes.length) throw new FirewallError('RULE_REFUSED', 'a VM is named twice in one change');
    const claimed = new Map<string, string>();
    for (const { vmId, rules } of changes) {
      for (const key of rules ? ownedBy(rules) : []) {
        const owner = claimed.get(key) ?? this.#owners.get(key);
        if (owner !== undefined && (claimed.has(key) || !moving.has(owner))) {
          throw new FirewallError('RULE_REFUSED', `${key} of VM ${vmId} belongs to VM ${owner}`);
        }
        claimed.set(key, vmId);
      }
    }
    const undo = changes.map(({ vmId }) => ({ vmId, rules: this.#vms.get(vmId) ?? null }));
    for (const { rules } of undo) for (const key of rules ? ownedBy(rules) : []) this.#owners.delete(key);
    for (const [key, vmId] of claimed) this.#owners.set(key, vmId);
    for (const { vmId, rules } of changes) {
      if (rules) this.#vms.set(vmId, rules);
      else this.#vms.delete(vmId);
    }
    return undo;
  }
}

/**
 * Rules in the form the registry stores: copied, the blacklist normalised. Throws FirewallError RULE_REFUSED for invalid ports,
 * BAD_DESTINATION for an invalid blacklist.
 */
export function checkedRules(rules: VmRules): VmRules {
  for (const { protocol, hostPort, guestPort } of rules.forwards) {
    const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= LAST_PORT;
    if ((protocol === 'tcp' || protocol === 'udp') && isPort(hostPort) && isPort(guestPort)) continue;
    throw new FirewallError('RULE_REFUSED', `VM ${rules.vmId}: no forward: ${protocol} ${hostPort} to ${guestPort}`);
  }
  return { ...rules, forwards: [...rules.forwards], blacklist: normaliseDestinations(rules.blacklist) };
}

/** `tcp port 40001`: each has one owner; also the text for a conflict. */
export function portName({ protocol, hostPort }: Pick<Forward, 'protocol' | 'hostPort'>): string {
  return `${protocol} port ${hostPort}`;
}

function ownedBy(rules: VmRules): string[] {
  const addresses = [rules.address, ...(rules.otherNics ?? []).map(({ address }) => address)];
  return [
    // Fenced ones are found by nobody but their own bridge.
    ...(rules.fenced ? [] : addresses.filter((address) => address !== null).map((address) => `address ${address}`)),
    ...rules.forwards.map(portName),
  ];
}
