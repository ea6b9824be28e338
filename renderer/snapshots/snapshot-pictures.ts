// The small pictures of snapshots: asked for once each, when somebody sees them, since they never change.
import { action, makeObservable, observable } from 'mobx';
import type { Snapshot } from '@tt/protocol';
import type { Bridge } from '../bridge.ts';
import type { RightsStore } from '../state/rights-store.ts';

export class SnapshotPictures {
  readonly #urls = observable.map<string, string>({}, { deep: false });
  readonly #asked = new Set<string>();
  readonly #bridge: Bridge;
  readonly #rights: Pick<RightsStore, 'whyNot'>;

  constructor(bridge: Bridge, rights: Pick<RightsStore, 'whyNot'>) {
    this.#bridge = bridge;
    this.#rights = rights;
    makeObservable(this, { keep: action });
  }

  /** What was on the screen of this VM; undefined when that is not known (yet). */
  of(snapshot: Snapshot, vmId: string): string | undefined {
    return this.#urls.get(`${snapshot.id}/${vmId}`);
  }

  async ask({ id, envName, name }: Snapshot, vmId: string): Promise<void> {
    const key = `${id}/${vmId}`;
    if (this.#asked.has(key) || this.#rights.whyNot('snapshot.thumbnail') !== null) return;
    this.#asked.add(key);
    try {
      const { contentType, dataBase64 } = await this.#bridge.client.snapshot.thumbnail({ envName, name, vmId });
      this.keep(key, `data:${contentType};base64,${dataBase64}`);
    } catch {
      // The row does without; whoever shows it next asks again, as the link may have been down.
      this.#asked.delete(key);
    }
  }

  keep(key: string, url: string): void {
    this.#urls.set(key, url);
  }
}

/** The machine whose picture stands for the snapshot; null: it has none. */
export function picturedVm({ vms }: Snapshot, wanted: string | null): string | null {
  const pictured = vms.filter(({ hasThumbnail, removed }) => hasThumbnail && !removed);
  const found = wanted === null ? pictured[0] : pictured.find(({ vmId }) => vmId === wanted);
  return found?.vmId ?? null;
}
