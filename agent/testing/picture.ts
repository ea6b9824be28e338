// Test support: a client's state of an agent, built from the feed alone as the window builds it.
import { type WholeItem, WholeItems, wholeItems } from '@tt/client';
import type { EventSource, FeedItem, StateSnapshot, TtClient, TtEvent } from '@tt/protocol';

export class Picture {
  readonly items: WholeItem[] = [];
  readonly #pages = new WholeItems();
  revision = -1;
  source: EventSource | null = null;
  #state: StateSnapshot | null = null;

  take(fed: FeedItem): void {
    const item = this.#pages.take(fed);
    if (!item) return;
    this.items.push(item);
    if (item.kind === 'snapshot') {
      this.#state = structuredClone(item.state);
      ({ revision: this.revision, source: this.source } = item);
      return;
    }
    if (item.kind === 'metrics') return;
    if (this.#state) change(this.#state, item.event);
    ({ revision: this.revision, source: this.source } = item.event);
  }

  /** Everything, in an order that does not depend on how it was learnt. */
  get state(): StateSnapshot | null {
    return this.#state && sorted(this.#state);
  }

  /** `e1:s4 5 6 e2:s0 1`: what came in which epoch, `s` for a snapshot. */
  get story(): { epoch: string; snapshot: boolean; revision: number }[] {
    return this.items
      .filter((item) => item.kind !== 'metrics')
      .map((item) =>
        item.kind === 'snapshot'
          ? { epoch: item.source.epoch, snapshot: true, revision: item.revision }
          : { epoch: item.event.source.epoch, snapshot: false, revision: item.event.revision },
      );
  }
}

/** What the agent itself says, all at once, and at which revision. */
export async function askPicture(client: TtClient): Promise<{ revision: number; state: StateSnapshot }> {
  const abort = new AbortController();
  for await (const item of wholeItems(await client.event.follow({}, { signal: abort.signal }))) {
    abort.abort();
    if (item.kind === 'snapshot') return { revision: item.revision, state: sorted(item.state) };
  }
  throw new Error('the feed did not begin with a snapshot');
}

function change(state: StateSnapshot, event: TtEvent): void {
  switch (event.type) {
    case 'host.updated':
      state.host = event.data;
      return;
    case 'image.updated':
      put(state.images, event.data, 'name');
      return;
    case 'image.deleted':
      drop(state.images, event.data.name, 'name');
      return;
    case 'env.created':
    case 'env.updated':
      put(state.envs, event.data, 'name');
      return;
    case 'env.deleted':
      drop(state.envs, event.data.name, 'name');
      return;
    case 'vm.created':
    case 'vm.updated':
      put(state.vms, event.data, 'id');
      return;
    case 'vm.deleted':
      drop(state.vms, event.data.id, 'id');
      return;
    case 'snapshot.created':
    case 'snapshot.updated':
      put(state.snapshots, event.data, 'id');
      return;
    case 'snapshot.deleted':
      drop(state.snapshots, event.data.id, 'id');
      return;
    case 'lab.updated':
      put(state.labs, event.data, 'name');
      return;
    case 'lab.deleted':
      drop(state.labs, event.data.name, 'name');
      return;
    case 'profile.updated':
      put(state.profiles, event.data, 'name');
      return;
    case 'profile.deleted':
      drop(state.profiles, event.data.name, 'name');
      return;
    case 'template.updated':
      put(state.templates, event.data, 'id');
      return;
    case 'template.deleted':
      drop(state.templates, event.data.id, 'id');
      return;
    case 'operation.updated':
      put(state.operations, event.data, 'id');
      return;
    // What happens, not what there is.
    case 'env.ending':
    case 'snapshot.reverted':
      return;
    // No part of it: who shows runs asks for them.
    case 'run.updated':
    case 'run.deleted':
  }
}

function put<Key extends string, Item extends Record<Key, string>>(list: Item[], item: Item, key: Key): void {
  const index = list.findIndex((other) => other[key] === item[key]);
  if (index === -1) list.push(item);
  else list[index] = item;
}

function drop<Key extends string>(list: Record<Key, string>[], value: string, key: Key): void {
  const index = list.findIndex((item) => item[key] === value);
  if (index !== -1) list.splice(index, 1);
}

function sorted(state: StateSnapshot): StateSnapshot {
  const by = <Item>(list: readonly Item[], key: (item: Item) => string) =>
    list.toSorted((a, b) => key(a).localeCompare(key(b)));
  return {
    host: state.host,
    images: by(state.images, ({ name }) => name),
    envs: by(state.envs, ({ name }) => name),
    vms: by(state.vms, ({ id }) => id),
    snapshots: by(state.snapshots, ({ id }) => id),
    labs: by(state.labs, ({ name }) => name),
    profiles: by(state.profiles, ({ name }) => name),
    templates: by(state.templates, ({ id }) => id),
    operations: by(state.operations, ({ id }) => id),
  };
}
