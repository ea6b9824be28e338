// Follows runs, however many begin meanwhile: what has changed comes by events, and after a break everything is asked again.
import { followState } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type RunDetail, type RunVm, TtError } from '@tt/protocol';

/** Attempts to reach the server again; some two seconds. */
const MOST_BREAKS = 4;

export interface RunHeard {
  /** The run as it is now, and those of its machines that have changed. */
  changed: (run: RunDetail, vms: readonly RunVm[]) => void;
  /** It was deleted, or can't be asked for. */
  gone: (why: unknown) => void;
}

export class RunFollower {
  readonly #client: NodeConnection['client'];
  readonly #runs = new Map<string, { detail: RunDetail; heard: RunHeard }>();
  readonly #leaving = new AbortController();
  readonly #broken = Promise.withResolvers<never>();
  readonly #following: Promise<void>;
  #breaks = 0;

  constructor({ client }: Pick<NodeConnection, 'client'>) {
    this.#client = client;
    this.#broken.promise.catch(() => {});
    this.#following = followState({
      client,
      signal: this.#leaving.signal,
      onLink: ({ up, error }) => {
        this.#breaks = up ? 0 : this.#breaks + 1;
        if (error && this.#breaks >= MOST_BREAKS) this.#broken.reject(error);
      },
      onItem: (item) => {
        if (item.kind === 'snapshotEnd') for (const runId of this.#runs.keys()) this.ask(runId);
        else if (item.kind !== 'event') return;
        else if (item.event.type === 'run.updated') this.#apply(item.event.data);
        else if (item.event.type === 'run.deleted') this.#tellGone(item.event.data.id);
        else if (item.event.type === 'env.deleted') this.#tellAllGone(item.event.data.name);
      },
    });
    this.#following.catch(this.#broken.reject);
  }

  /** Never resolves; rejects as the link does, when it stays down. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  add(detail: RunDetail, heard: RunHeard): void {
    this.#runs.set(detail.run.id, { detail, heard });
  }

  /** Its events may have come before it was added. */
  ask(runId: string): void {
    this.#client.run.show({ runId }).then(
      (detail) => this.#apply(detail),
      (error: unknown) => {
        // A broken link is found by following, which tries again.
        if (error instanceof TtError && error.code !== 'AGENT_GONE') this.#runs.get(runId)?.heard.gone(error);
      },
    );
  }

  /** Nothing more is told of it. */
  remove(runId: string): void {
    this.#runs.delete(runId);
  }

  /** With an ENV its runs are deleted, which no event of theirs tells. */
  #tellAllGone(envName: string): void {
    for (const [runId, { detail }] of this.#runs) if (detail.run.envName === envName) this.#tellGone(runId);
  }

  #tellGone(runId: string): void {
    const known = this.#runs.get(runId);
    if (known && known.detail.run.state !== 'ended') known.heard.gone(new TtError('RUN_NOT_FOUND', { runId }));
  }

  #apply({ run, vms, request }: RunDetail): void {
    const known = this.#runs.get(run.id);
    const before = known?.detail;
    // What is late tells of the time before its end.
    if (!known || !before || (before.run.state === 'ended' && run.state !== 'ended')) return;
    const changed = new Map(vms.map((vm) => [vm.vmId, vm]));
    const detail: RunDetail = {
      run,
      vms: before.vms.map((vm) => changed.get(vm.vmId) ?? vm),
      ...((request ?? before.request) && { request: request ?? before.request }),
    };
    known.detail = detail;
    known.heard.changed(detail, vms);
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#following.catch(() => {});
  }
}
