// The open streams of people (consoles, shells, the output of runs): each ends at once when its user may no longer change the ENV it
// is about, because they left its team, or because it is shared with that team no more.
import type { Duplex } from 'node:stream';
import { streamClose } from '@tt/protocol';
import { type Asker, isSomebody, StreamEndError } from '@tt/server';
import { mayUse } from '../access/owners.ts';
import type { AgentPurpose } from '../api/context.ts';
import type { Services } from '../operations/services.ts';

interface OpenStream {
  purpose: AgentPurpose;
  caller: Asker;
}

export class StreamRights {
  readonly #services: Pick<Services, 'inventory' | 'teams' | 'log'>;
  readonly #open = new Map<Duplex, OpenStream>();

  constructor(services: Pick<Services, 'inventory' | 'teams' | 'log'>) {
    this.#services = services;
    services.teams.onChange(() => this.#look());
    services.log.onPublish((type) => {
      if (type === 'env.updated') this.#look();
    });
  }

  /** Rejects unless the caller may have this stream: when the ticket was issued they might. */
  async opening<End extends { stream: Duplex }>(
    purpose: AgentPurpose,
    caller: Asker,
    open: () => Promise<End>,
  ): Promise<End> {
    const one = { purpose, caller };
    if (!this.#holds(one)) throw ended();
    const end = await open();
    this.#open.set(end.stream, one);
    end.stream.once('close', () => this.#open.delete(end.stream));
    // Perhaps meanwhile.
    this.#look();
    return end;
  }

  #look(): void {
    for (const [stream, one] of this.#open) if (!this.#holds(one)) stream.destroy(ended());
  }

  #holds({ purpose, caller }: OpenStream): boolean {
    // Terminals of labs have a guard of their own; files belong to who sends and gets them.
    if (!('vmId' in purpose) || !isSomebody(caller) || ('withoutIdentity' in purpose && purpose.withoutIdentity))
      return true;
    const { inventory, teams } = this.#services;
    const vm = inventory.findVm(purpose.vmId);
    // What is gone ends in its own way.
    if (!vm || !inventory.hasEnv(vm.envName)) return true;
    return mayUse({ ...caller, teams: teams.of(caller.name) }, inventory.env(vm.envName));
  }
}

function ended(): StreamEndError {
  return new StreamEndError(streamClose.ticketInvalid, 'access has ended');
}
