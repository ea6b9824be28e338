// The firewall of bridged networks: one nftables table of our own, see table-text.ts. Rules of VMs are kept in memory, so a
// change knows its difference without reading from the kernel; `repair` reads and corrects.
import { FirewallError } from '../errors.ts';
import type { Firewall, FirewallFeature, ForeignDrop, Forward, VmRules } from '../interface.ts';
import { checkedRules, RuleRegistry, type RuleChange } from '../rule-registry.ts';
import { ChangeQueue } from './change-queue.ts';
import { ElementDiff, elementsOf } from './elements.ts';
import { explain } from './explain.ts';
import { NftTable, type UidRange } from './nft-table.ts';
import { readForeignDrops } from './read-foreign-drops.ts';
import { asFirewallError, HostRefusal, type RunTool, runTool } from './run-tool.ts';

export interface NftOptions {
  /** Four hex digits of this agent: the table is called `tt_<agentTag>`. */
  agentTag: string;
  /** User ids that QEMU processes of bridged VMs run as: such a process gets no network of the host. null: none. */
  confinedUids: UidRange | null;
  /** Forwards answer guests and programs of this host only; default: everybody who reaches the host. */
  onlyThisHost?: boolean;
  /** For tests: runs nft and sysctl elsewhere, e.g. in a network namespace. */
  run?: RunTool;
}

/** Worked out in its turn: what a VM has may have changed while it waited. */
type Change = () => RuleChange[];

const FEATURES = ['tcp', 'udp', 'liveChange', 'denyOutgoing', 'blacklist', 'isolation', 'bulk'] as const;

export class NftFirewall implements Firewall {
  readonly name = 'nft';
  readonly #run: RunTool;
  readonly #bridgePrefix: string;
  readonly #table: NftTable;
  readonly #queue = new ChangeQueue<Change>((changes) => this.#commit(changes));
  #registry = new RuleRegistry();
  /** Differences corrected during a change; the next `repair` reports them. */
  #untold: string[] = [];

  constructor({ agentTag, confinedUids, onlyThisHost = false, run = runTool }: NftOptions) {
    if (!/^[0-9a-f]{4}$/.test(agentTag)) throw new Error(`not an agent tag: ${JSON.stringify(agentTag)}`);
    this.#run = run;
    this.#bridgePrefix = `ttb${agentTag}`;
    this.#table = new NftTable(`tt_${agentTag}`, confinedUids, run, { onlyThisHost });
  }

  /** Also makes the host pass packets between its networks (`net.ipv4.ip_forward=1`), which bridged VMs need. */
  async init(): Promise<void> {
    try {
      await this.#run('nft', ['list', 'tables']);
      await this.#run('sysctl', ['-w', 'net.ipv4.ip_forward=1']);
    } catch (error) {
      throw asFirewallError(error);
    }
  }

  checkFeatures(wanted: readonly string[]): string[] {
    return wanted.filter((feature) => !FEATURES.includes(feature as FirewallFeature));
  }

  async setVms(rules: readonly VmRules[]): Promise<void> {
    const changes = rules.map((vm) => ({ vmId: vm.vmId, rules: checkedRules(vm) }));
    await this.#queue.add(() => changes);
  }

  async unsetVms(vmIds: readonly string[]): Promise<void> {
    const ids = [...new Set(vmIds)];
    await this.#queue.add(() => ids.map((vmId) => ({ vmId, rules: null })));
  }

  setForwards(vmId: string, forwards: readonly Forward[]): Promise<void> {
    return this.#changeVms([vmId], (rules) => checkedRules({ ...rules, forwards }));
  }

  denyOutgoing(vmIds: readonly string[]): Promise<void> {
    return this.#changeVms(vmIds, (rules) => ({ ...rules, denyOutgoing: true }));
  }

  allowOutgoing(vmIds: readonly string[]): Promise<void> {
    return this.#changeVms(vmIds, (rules) => ({ ...rules, denyOutgoing: false }));
  }

  setBlacklist(vmId: string, destinations: readonly string[]): Promise<void> {
    return this.#changeVms([vmId], (rules) => checkedRules({ ...rules, blacklist: destinations }));
  }

  async restore(rules: readonly VmRules[]): Promise<void> {
    const changes = rules.map((vm) => ({ vmId: vm.vmId, rules: checkedRules(vm) }));
    await this.#queue.alone(async () => {
      const before = this.#registry;
      const registry = new RuleRegistry();
      registry.change(changes);
      const unused = new ElementDiff();
      const added = changes.flatMap((change) => elementsOf(change.rules));
      const removed = before.values().flatMap(elementsOf);
      this.#table.wanted.change(removed, added, unused);
      try {
        await this.#table.install();
        this.#registry = registry;
      } catch (error) {
        this.#table.wanted.change(added, removed, unused);
        throw error;
      }
    });
  }

  repair(): Promise<string[]> {
    return this.#queue.alone(async () => {
      const words = await this.#table.repair();
      return [...this.#untold.splice(0), ...words];
    });
  }

  async foreignDrops(): Promise<ForeignDrop[]> {
    try {
      return await readForeignDrops(this.#run, this.#bridgePrefix);
    } catch (error) {
      throw asFirewallError(error);
    }
  }

  show(): Promise<string> {
    return this.#queue.alone(async () => explain(this.#table.name, await this.#table.list()));
  }

  destroy(): Promise<void> {
    return this.#queue.alone(async () => {
      await this.#table.remove();
      this.#table.wanted.change(this.#registry.values().flatMap(elementsOf), [], new ElementDiff());
      this.#registry = new RuleRegistry();
    });
  }

  async #changeVms(vmIds: readonly string[], change: (rules: VmRules) => VmRules): Promise<void> {
    const ids = [...new Set(vmIds)];
    await this.#queue.add(() => ids.map((vmId) => ({ vmId, rules: change(this.#registry.mustGet(vmId)) })));
  }

  /** All or nothing. If the host refuses, its rules may have been changed by others: repairs them and tries again. */
  async #commit(changes: readonly Change[]): Promise<void> {
    try {
      await this.#attempt(changes);
    } catch (error) {
      if (!(error instanceof HostRefusal)) throw error;
      const words = await this.#table.repair();
      if (words.length === 0) throw error;
      this.#untold.push(...words);
      await this.#attempt(changes);
    }
  }

  async #attempt(changes: readonly Change[]): Promise<void> {
    const diff = new ElementDiff();
    const undo: (() => void)[] = [];
    try {
      for (const change of changes) undo.push(this.#apply(change(), diff));
      if (this.#table.isInstalled) await this.#table.change(diff);
      else await this.#table.install();
    } catch (error) {
      for (const step of undo.toReversed()) step();
      throw error instanceof FirewallError ? error : asFirewallError(error);
    }
  }

  /** In memory only; returns what takes it back. */
  #apply(changes: readonly RuleChange[], diff: ElementDiff): () => void {
    const added = changes.flatMap(({ rules }) => (rules ? elementsOf(rules) : []));
    const before = this.#registry.change(changes);
    const removed = before.flatMap(({ rules }) => (rules ? elementsOf(rules) : []));
    this.#table.wanted.change(removed, added, diff);
    return () => {
      this.#registry.change(before);
      this.#table.wanted.change(added, removed, diff);
    };
  }
}
