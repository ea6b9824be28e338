// Brings the agent's feed into the stores: first the whole picture, page by page, then each event once, older revisions ignored. What comes
// within one frame is applied together.
import { followState } from '@tt/client';
import type { EventSource, FeedItem, Operation, PageRecords, PictureKind, StateSnapshot, TtEvent } from '@tt/protocol';
import { runInAction } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import type { Frames } from '../components/frames.ts';
import type { EndingStore } from '../env/ending-store.ts';
import type { EnvStore } from '../env/env-store.ts';
import type { HostStore } from '../hosts/host-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { LabStore } from '../labs/lab-store.ts';
import type { VmStore } from '../machines/vm-store.ts';
import type { MetricsStore } from '../metrics/metrics-store.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TemplateStore } from '../templates/template-store.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { TakeStore } from '../snapshots/take-store.ts';
import type { Collection } from './collection.ts';
import { FrameBatches } from './frame-batches.ts';
import type { LinkStore } from './link-store.ts';

export interface FeedTargets {
  link: LinkStore;
  hosts: HostStore;
  images: ImageStore;
  envs: EnvStore;
  vms: VmStore;
  snapshots: SnapshotStore;
  takes: TakeStore;
  labs: LabStore;
  templates: TemplateStore;
  operations: OperationStore;
  runs: RunStore;
  metrics: MetricsStore;
  endings: EndingStore;
}

export class Feed {
  readonly #bridge: Bridge;
  readonly #stores: FeedTargets;
  #seen: { revision: number; source: EventSource } | null = null;

  readonly #batches: FrameBatches<FeedItem>;

  /** `frames`: when the window is drawn; null: it is not, and nothing waits. */
  constructor(bridge: Bridge, stores: FeedTargets, frames: Frames | null = null) {
    this.#bridge = bridge;
    this.#stores = stores;
    this.#batches = new FrameBatches((items) => this.#applyAll(items), frames);
  }

  /** Follows until disposed. */
  start(): () => void {
    const abort = new AbortController();
    void followState({
      client: this.#bridge.client,
      // Of machines only what is in sight is asked for (`metrics-asker.ts`).
      metrics: 'envs',
      signal: abort.signal,
      onItem: (item) => this.#batches.add(item),
      onLink: (state) => {
        // What came over the link is known before it is up or down.
        this.flush();
        this.#stores.link.apply(state);
      },
    });
    return () => {
      abort.abort();
      this.#batches.stop();
    };
  }

  /** Applies what has come and waits for the next frame. */
  flush(): void {
    this.#batches.flush();
  }

  apply(item: FeedItem): void {
    this.#applyAll([item]);
  }

  #applyAll(items: readonly FeedItem[]): void {
    runInAction(() => {
      for (const item of items) this.#applyOne(item);
    });
  }

  #applyOne(item: FeedItem): void {
    switch (item.kind) {
      case 'snapshot':
        this.#seen = { revision: item.revision, source: item.source };
        this.#stores.hosts.items.replaceAll([item.host]);
        for (const collection of Object.values(this.#collections())) collection.beginWhole();
        break;
      case 'page':
        this.#putPage(item.records);
        break;
      case 'snapshotEnd':
        this.#endSnapshot();
        break;
      case 'metrics':
        this.#stores.metrics.apply(item.metrics);
        break;
      case 'event':
        if (!this.#isNews(item.event)) break;
        this.#seen = { revision: item.event.revision, source: item.event.source };
        this.#applyEvent(item.event);
        break;
    }
  }

  #isNews(event: TtEvent): boolean {
    const { source, revision } = event;
    const known = this.#seen?.source;
    if (known?.hostId !== source.hostId || known.epoch !== source.epoch) return true;
    return revision > (this.#seen?.revision ?? 0);
  }

  #collections() {
    const { images, envs, vms, snapshots, labs, templates, operations } = this.#stores;
    return {
      envs: envs.items,
      vms: vms.items,
      snapshots: snapshots.items,
      images: images.items,
      labs: labs.items,
      profiles: labs.profiles,
      templates: templates.items,
      operations: operations.items,
    } satisfies { [Kind in PictureKind]: Collection<StateSnapshot[Kind][number]> };
  }

  /** What has come is shown; what was there before is replaced, one by one, or gone at the end. */
  #putPage(records: PageRecords): void {
    const { envs, vms, snapshots, images, labs, profiles, templates, operations } = this.#collections();
    envs.putSome(records.envs ?? []);
    vms.putSome(records.vms ?? []);
    snapshots.putSome(records.snapshots ?? []);
    images.putSome(records.images ?? []);
    labs.putSome(records.labs ?? []);
    profiles.putSome(records.profiles ?? []);
    templates.putSome(records.templates ?? []);
    operations.putSome(records.operations ?? []);
  }

  #endSnapshot(): void {
    const { operations, envs, endings, runs } = this.#stores;
    const { operations: _own, ...others } = this.#collections();
    for (const collection of Object.values(others)) collection.endWhole();
    operations.endWhole();
    endings.noteMissed(envs.all);
    // A picture has no runs.
    runs.stale();
  }

  #applyEvent(event: TtEvent): void {
    const { hosts, images, envs, vms, snapshots, takes, labs, templates, operations, runs, endings } = this.#stores;
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
      case 'snapshot.reverted':
        snapshots.noteReverted(event.data.snapshot, event.data.vmIds, event.at, event.data.by);
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
      case 'template.updated':
        templates.items.put(event.data);
        break;
      case 'template.deleted':
        templates.items.remove(event.data.id);
        break;
      case 'operation.updated':
        if (changesMachines(event.data)) {
          snapshots.forgetUndo(event.data.subject.envName ?? '', event.data.id);
          takes.forgetUndo(event.data.subject.envName ?? '', event.data.id);
        }
        operations.apply(event.data);
        break;
      case 'run.updated':
        runs.apply(event.data);
        break;
      case 'run.deleted':
        runs.forget(event.data.id);
        break;
    }
  }
}

/** A longer lifetime, another title or name or a clock that is set does not stand in the way of undoing. */
const harmless: ReadonlySet<Operation['kind']> = new Set(['env.update', 'snapshot.update', 'snapshot.setClocks']);

function changesMachines({ kind, state }: Operation): boolean {
  return state === 'running' && !harmless.has(kind);
}
