// Brings the agent's feed into the stores: first the whole picture, then each event once, older revisions ignored.
import { followState } from '@tt/client';
import type { EventSource, FeedItem, Operation, StateSnapshot, TtEvent } from '@tt/protocol';
import { runInAction } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { EndingStore } from '../env/ending-store.ts';
import type { EnvStore } from '../env/env-store.ts';
import type { FiguresStore } from '../metrics/metrics-store.ts';
import type { HostStore } from '../hosts/host-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { LabStore } from '../labs/lab-store.ts';
import type { LinkStore } from './link-store.ts';
import type { OperationStore } from '../activity/operation-store.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { VmStore } from '../machines/vm-store.ts';

export interface FeedTargets {
  link: LinkStore;
  hosts: HostStore;
  images: ImageStore;
  envs: EnvStore;
  vms: VmStore;
  snapshots: SnapshotStore;
  labs: LabStore;
  operations: OperationStore;
  figures: FiguresStore;
  endings: EndingStore;
}

export class Feed {
  readonly #bridge: Bridge;
  readonly #stores: FeedTargets;
  #seen: { revision: number; source: EventSource } | null = null;

  constructor(bridge: Bridge, stores: FeedTargets) {
    this.#bridge = bridge;
    this.#stores = stores;
  }

  /** Follows until disposed. */
  start(): () => void {
    const abort = new AbortController();
    void followState({
      client: this.#bridge.client,
      signal: abort.signal,
      onItem: (item) => this.apply(item),
      onLink: (state) => this.#stores.link.apply(state),
    });
    return () => abort.abort();
  }

  apply(item: FeedItem): void {
    runInAction(() => {
      if (item.kind === 'snapshot') {
        this.#seen = { revision: item.revision, source: item.source };
        this.#applySnapshot(item.state);
      } else if (item.kind === 'figures') {
        this.#stores.figures.apply(item.figures);
      } else if (this.#isNews(item.event)) {
        this.#seen = { revision: item.event.revision, source: item.event.source };
        this.#applyEvent(item.event);
      }
    });
  }

  #isNews(event: TtEvent): boolean {
    const { source, revision } = event;
    const known = this.#seen?.source;
    if (known?.hostId !== source.hostId || known.epoch !== source.epoch) return true;
    return revision > (this.#seen?.revision ?? 0);
  }

  #applySnapshot(state: StateSnapshot): void {
    const { hosts, images, envs, vms, snapshots, labs, operations, endings } = this.#stores;
    hosts.items.replaceAll([state.host]);
    images.items.replaceAll(state.images);
    envs.items.replaceAll(state.envs);
    vms.items.replaceAll(state.vms);
    snapshots.items.replaceAll(state.snapshots);
    labs.items.replaceAll(state.labs);
    labs.profiles.replaceAll(state.profiles);
    operations.replaceAll(state.operations);
    endings.noteMissed(state.envs);
  }

  #applyEvent(event: TtEvent): void {
    const { hosts, images, envs, vms, snapshots, labs, operations, endings } = this.#stores;
    switch (event.type) {
      case 'host.updated':
        hosts.items.put(event.data);
        break;
      case 'image.updated':
        images.items.put(event.data);
        break;
      case 'image.deleted':
        images.items.remove(event.data.name);
        break;
      case 'env.created':
      case 'env.updated':
        envs.items.put(event.data);
        break;
      case 'env.deleted':
        envs.items.remove(event.data.name);
        break;
      case 'env.ending':
        endings.note(event.data);
        break;
      case 'vm.created':
      case 'vm.updated':
        vms.items.put(event.data);
        break;
      case 'vm.deleted':
        vms.items.remove(event.data.id);
        break;
      case 'snapshot.created':
      case 'snapshot.updated':
        snapshots.items.put(event.data);
        break;
      case 'snapshot.applied':
        snapshots.items.put(event.data.snapshot);
        break;
      case 'snapshot.deleted':
        snapshots.items.remove(event.data.id);
        break;
      case 'lab.updated':
        labs.items.put(event.data);
        break;
      case 'lab.deleted':
        labs.items.remove(event.data.name);
        break;
      case 'profile.updated':
        labs.profiles.put(event.data);
        break;
      case 'profile.deleted':
        labs.profiles.remove(event.data.name);
        break;
      case 'operation.updated':
        if (changesMachines(event.data)) snapshots.forgetUndo(event.data.subject.envName ?? '', event.data.id);
        operations.apply(event.data);
        break;
    }
  }
}

/** A longer lifetime or another title is no change that stands in the way of undoing a revert. */
function changesMachines({ kind, state }: Operation): boolean {
  return state === 'running' && kind !== 'env.update';
}
