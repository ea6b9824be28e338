// The networks this host offers, by kind. Created when the agent is assembled; operations get the driver of a NIC from it.
import { reason, type Reason, TtError } from '@tt/protocol';
import { NetworkError } from './errors.ts';
import type { NetKind, Network } from './interface.ts';

export interface NetworkChoice {
  kind: NetKind;
  /** null: not configured, so that there is a problem. */
  network: Network | null;
  /** Why it can't be used here; null when it can. */
  problem: Reason | null;
}

export class Networks {
  readonly defaultKind: NetKind;
  readonly #choices: NetworkChoice[];

  constructor(choices: readonly NetworkChoice[], defaultKind: NetKind) {
    this.#choices = [...choices];
    this.defaultKind = defaultKind;
  }

  /** Throws NETWORK_UNAVAILABLE, with the reason. */
  of(kind: NetKind): Network {
    const choice = this.#choices.find((candidate) => candidate.kind === kind);
    if (choice?.network && choice.problem === null) return choice.network;
    throw new TtError('NETWORK_UNAVAILABLE', { kind, reason: choice?.problem ?? reason('notConfigured') });
  }

  /**
   * For removing NICs and networks of ENVs: also one whose bridge is missing, or is not configured any more (null: its taps go with the
   * next start); and a switch of an agent that is root's now: it is files and a process. Throws NETWORK_UNAVAILABLE for others that can't be
   * used.
   */
  forRemoval(kind: NetKind): Network | null {
    const choice = this.#choices.find((candidate) => candidate.kind === kind);
    if (kind === 'switch') return choice?.network ?? null;
    if (kind !== 'bridge') return this.of(kind);
    const isHere = choice?.problem === null || choice?.problem.code === 'network.BRIDGE_MISSING';
    return isHere ? choice.network : null;
  }

  /** Tries those again whose bridge was missing, as it may come up after the agent; returns which can be used now. */
  async retry(): Promise<NetKind[]> {
    const found: NetKind[] = [];
    for (const [index, choice] of this.#choices.entries()) {
      if (choice.problem?.code !== 'network.BRIDGE_MISSING') continue;
      try {
        await choice.network?.init();
        this.#choices[index] = { ...choice, problem: null };
        found.push(choice.kind);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
      }
    }
    return found;
  }

  /** Those that can be used. */
  usable(): Network[] {
    return this.#choices.flatMap(({ network, problem }) => (network && problem === null ? [network] : []));
  }

  /** All kinds, each with its problem, the default first. */
  list(): { kind: NetKind; problem: Reason | null }[] {
    return this.#choices
      .map(({ kind, problem }) => ({ kind, problem }))
      .sort((a, b) => Number(b.kind === this.defaultKind) - Number(a.kind === this.defaultKind));
  }
}
