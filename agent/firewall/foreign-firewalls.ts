// Detects other firewalls of this host that drop packets of guests on bridges: checked periodically, logged when the result
// changes, and shown with hosts and ENVs. Their rules are never changed.
import { type Reason, reason } from '@tt/protocol';
import type { Logger } from 'pino';
import type { Firewalls } from './firewalls.ts';
import type { ForeignDrop } from './interface.ts';

export class ForeignFirewalls {
  readonly #firewalls: Firewalls;
  readonly #logger: Logger;
  #drops: readonly ForeignDrop[] = [];

  constructor({ firewalls, logger }: { firewalls: Firewalls; logger: Logger }) {
    this.#firewalls = firewalls;
    this.#logger = logger;
  }

  /** One for each chain that drops, from the last check. */
  get warnings(): Reason[] {
    return this.#drops.map(warningOf);
  }

  /** True if the result has changed. Rejects with FirewallError. */
  async look(): Promise<boolean> {
    const lists = await Promise.all(this.#firewalls.all().map((firewall) => firewall.foreignDrops()));
    const [before, now] = [this.#drops, lists.flat()];
    this.#drops = now;
    const isIn = (drops: readonly ForeignDrop[], one: ForeignDrop) =>
      drops.some(({ command, table, chain }) => one.command === command && one.table === table && one.chain === chain);
    const [fresh, gone] = [now.filter((one) => !isIn(before, one)), before.filter((one) => !isIn(now, one))];
    for (const drop of fresh) this.#logger.warn(drop, 'another firewall drops packets of guests on bridges');
    for (const { table, chain } of gone)
      this.#logger.info({ table, chain }, 'another firewall no longer drops packets of guests');
    return fresh.length > 0 || gone.length > 0;
  }
}

export function warningOf({ hook, table, chain, command }: ForeignDrop): Reason {
  const data = { table, chain, command };
  return hook === 'forward' ? reason('foreignForwardDrop', data) : reason('foreignInputDrop', data);
}
