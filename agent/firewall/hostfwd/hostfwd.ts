// Ports of guests with QEMU user networking. QEMU itself listens on them, so the host needs no rules. This driver stores the
// requested forwards and tells the engine about changes to running VMs.
import { FirewallError } from '../errors.ts';
import type { Firewall, FirewallFeature, ForeignDrop, Forward, VmRules } from '../interface.ts';
import { checkedRules, portName, RuleRegistry, type RuleChange } from '../rule-registry.ts';

/**
 * Changes what the QEMU of a VM listens on. Removes first, for a port may move to another guest port. Must resolve for a
 * VM that does not run: it gets its forwards at its start. All or nothing.
 */
export type ChangeForwards = (vmId: string, add: Forward[], remove: Forward[]) => Promise<void>;

export interface HostfwdOptions {
  changeForwards: ChangeForwards;
}

/**
 * `denyOutgoing` takes effect at the next start of the VM (QEMU's `restrict`), so there is no `liveChange`; guests reach this
 * host's services through QEMU, so there is no `isolation`; QEMUs are changed one by one, so there is no `bulk`.
 */
const FEATURES = ['tcp', 'udp', 'denyOutgoing'] as const;

export class HostfwdFirewall implements Firewall {
  readonly name = 'hostfwd';
  readonly #changeForwards: ChangeForwards;
  /** Last change of each VM that is under way: a VM's changes come one after the other, and no VM waits for another. */
  readonly #underWay = new Map<string, Promise<void>>();
  #registry = new RuleRegistry();

  constructor({ changeForwards }: HostfwdOptions) {
    this.#changeForwards = changeForwards;
  }

  /** The forwards a VM must be started with. */
  rulesOf(vmId: string): VmRules | undefined {
    return this.#registry.get(vmId);
  }

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((feature) => !FEATURES.includes(feature as (typeof FEATURES)[number] & FirewallFeature));
  }

  async setVms(rules: readonly VmRules[]): Promise<void> {
    const changes = rules.map((vm) => ({ vmId: vm.vmId, rules: supported(vm) }));
    await this.#inTurn(
      rules.map(({ vmId }) => vmId),
      () => this.#change(changes),
    );
  }

  async unsetVms(vmIds: readonly string[]): Promise<void> {
    const ids = [...new Set(vmIds)];
    await this.#inTurn(ids, () => this.#change(ids.map((vmId) => ({ vmId, rules: null }))));
  }

  setForwards(vmId: string, forwards: readonly Forward[]): Promise<void> {
    return this.#changeVms([vmId], (rules) => supported({ ...rules, forwards }));
  }

  denyOutgoing(vmIds: readonly string[]): Promise<void> {
    return this.#changeVms(vmIds, (rules) => ({ ...rules, denyOutgoing: true }));
  }

  allowOutgoing(vmIds: readonly string[]): Promise<void> {
    return this.#changeVms(vmIds, (rules) => ({ ...rules, denyOutgoing: false }));
  }

  setBlacklist(vmId: string, destinations: readonly string[]): Promise<void> {
    return this.#changeVms([vmId], (rules) => supported({ ...rules, blacklist: destinations }));
  }

  /** The QEMUs of these VMs already listen: no command is sent to them. */
  async restore(rules: readonly VmRules[]): Promise<void> {
    const registry = new RuleRegistry();
    registry.change(rules.map((vm) => ({ vmId: vm.vmId, rules: supported(vm) })));
    this.#registry = registry;
  }

  /** Nothing of ours is on the host that could drift. */
  async repair(): Promise<string[]> {
    return [];
  }

  async show(): Promise<string> {
    const lines = this.#registry.values().map(({ vmId, forwards, denyOutgoing }) => {
      const ports = forwards.map((forward) => `${portName(forward)} to guest port ${forward.guestPort}`);
      return `${vmId}: ${[...ports, `outgoing ${denyOutgoing ? 'denied' : 'allowed'}`].join(', ')}\n`;
    });
    return `# VMs with QEMU user networking: each QEMU process listens on its VM's ports itself, as the user it runs as. There
# are no rules on the host. "Outgoing denied" takes effect when a VM starts.
${lines.join('')}`;
  }

  /** Guests reach others as programs of this host do. */
  async foreignDrops(): Promise<ForeignDrop[]> {
    return [];
  }

  async destroy(): Promise<void> {
    await this.unsetVms(this.#registry.values().map(({ vmId }) => vmId));
  }

  async #changeVms(vmIds: readonly string[], change: (rules: VmRules) => VmRules): Promise<void> {
    const ids = [...new Set(vmIds)];
    await this.#inTurn(ids, () =>
      this.#change(ids.map((vmId) => ({ vmId, rules: change(this.#registry.mustGet(vmId)) }))),
    );
  }

  /** Reserves the ports immediately, so that no other VM can, then changes the QEMUs; undoes both if one of them fails. */
  async #change(changes: readonly RuleChange[]): Promise<void> {
    const before = this.#registry.change(changes);
    const steps = changes.map(({ vmId, rules }, index) => difference(vmId, before[index]?.rules ?? null, rules));
    const told = await Promise.allSettled(steps.map((step) => this.#tell(step)));
    const failed = told.find((result) => result.status === 'rejected');
    if (!failed) return;
    const done = steps.filter((_, index) => told[index]?.status === 'fulfilled');
    const undone = done.map(({ vmId, add, remove }) => this.#tell({ vmId, add: remove, remove: add }));
    await Promise.allSettled(undone);
    this.#registry.change(before);
    throw failed.reason;
  }

  async #tell({ vmId, add, remove }: Difference): Promise<void> {
    if (add.length + remove.length > 0) await this.#changeForwards(vmId, add, remove);
  }

  /** Runs `work` when all earlier changes of these VMs are through. */
  async #inTurn(vmIds: readonly string[], work: () => Promise<void>): Promise<void> {
    const earlier = vmIds.flatMap((vmId) => this.#underWay.get(vmId) ?? []);
    const run = Promise.all(earlier).then(work);
    const settled = run.catch(() => {});
    for (const vmId of vmIds) this.#underWay.set(vmId, settled);
    try {
      await run;
    } finally {
      for (const vmId of vmIds) if (this.#underWay.get(vmId) === settled) this.#underWay.delete(vmId);
    }
  }
}

interface Difference {
  vmId: string;
  add: Forward[];
  remove: Forward[];
}

/** A VM without earlier rules has not been started yet: no command is sent to its QEMU. */
function difference(vmId: string, before: VmRules | null, after: VmRules | null): Difference {
  if (!before) return { vmId, add: [], remove: [] };
  const wanted = after?.forwards ?? [];
  const isIn = (list: readonly Forward[], forward: Forward) =>
    list.some((other) => portName(other) === portName(forward) && other.guestPort === forward.guestPort);
  return {
    vmId,
    add: wanted.filter((forward) => !isIn(before.forwards, forward)),
    remove: before.forwards.filter((forward) => !isIn(wanted, forward)),
  };
}

function supported(rules: VmRules): VmRules {
  const checked = checkedRules(rules);
  if (checked.blacklist.length === 0) return checked;
  throw new FirewallError('FEATURE_UNSUPPORTED', 'user networking has no blacklist of destinations');
}
