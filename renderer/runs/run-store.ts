// Runs of commands on machines: those that are kept of an ENV, each with its machines once somebody looks at it. The feed brings what
// changes, not what was there before: that is asked for when a page shows it, and again after a link that was down.
import { withSentCommand } from '@tt/client';
import type { EventData, Run, RunCommand, RunDetail, RunVm, TtClient, TtError } from '@tt/protocol';
import { action, compareShallow, makeObservable, observable, observableRef, runInAction } from 'mobx';
import { asTtError, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { Collection } from '../state/collection.ts';
import { computedByKey } from '../state/computed-by-key.ts';
import { naturalOrder } from '../state/natural-order.ts';
import type { ToastStore } from '../state/toast-store.ts';
import type { OutputId, OutputSource } from './output-tail.ts';

/** With its whole script, however long that is. */
export type RunSpec = Omit<Parameters<TtClient['run']['start']>[0], 'runId' | 'command'> & { command: RunCommand };

/** What is known of one run besides its record. */
interface Details {
  vms: Collection<RunVm>;
  request: RunDetail['request'];
}

export class RunStore implements OutputSource {
  readonly items = new Collection<Run>(
    (run) => run.id,
    (run) => run.envName,
  );
  /** Grows whenever what is here may be old: pages ask again. */
  generation = 0;
  /** Somebody has asked by key or menu to type a command: the form takes the focus. */
  isCommandWanted = false;
  /** Machines that the wanted command is for; none: all. */
  wantedVmIds: readonly string[] = [];
  /** Why the runs of an ENV, or the machines of a run, could not be read; by the name of the ENV or the id of the run. */
  readonly failures = observable.map<string, TtError>({}, { deep: false });
  /** Runs that were asked to stop and have not yet ended. */
  readonly stopping = observable.set<string>();
  /** ENVs whose runs have been read at least once. */
  readonly #known = observable.set<string>();
  /** By ENV, the run that its page shows; none: its newest. */
  readonly #chosen = observable.map<string, string>();
  readonly #details = observable.map<string, Details>({}, { deep: false });
  /** What events have said while a list or a run was being read: that is newer than the answer. */
  readonly #heard = new Set<string>();
  readonly #bridge: Bridge;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#toasts = toasts;
    makeObservable(this, {
      generation: observable,
      isCommandWanted: observable,
      wantedVmIds: observableRef,
      wantCommand: action,
      stale: action,
      choose: action,
      apply: action,
      forget: action,
    });
  }

  /** Newest first. */
  readonly ofEnv = computedByKey((envName: string): Run[] =>
    this.items.inGroup(envName).sort((a, b) => b.startedAt.localeCompare(a.startedAt) || a.id.localeCompare(b.id)),
  );

  isKnown(envName: string): boolean {
    return this.#known.has(envName);
  }

  /** The one to show; undefined while there is none. */
  shownOf(envName: string): Run | undefined {
    const chosen = this.items.get(this.#chosen.get(envName) ?? '');
    return chosen ?? this.ofEnv(envName)[0];
  }

  /** `vmIds`: for these machines; none: for all. */
  wantCommand(isWanted: boolean, vmIds: readonly string[] = []): void {
    this.isCommandWanted = isWanted;
    this.wantedVmIds = vmIds;
  }

  choose(envName: string, runId: string): void {
    this.#chosen.set(envName, runId);
  }

  /** Its machines in the order of their names; undefined until they are known. */
  readonly vmsOf = computedByKey((runId: string): RunVm[] | undefined =>
    this.#details.get(runId)?.vms.all.sort((a, b) => naturalOrder(a.vmName, b.vmName)),
  );

  /** Their ids in the same order; the same array while none comes or goes. */
  readonly vmIdsOf = computedByKey(
    (runId: string): string[] => (this.vmsOf(runId) ?? []).map(({ vmId }) => vmId),
    compareShallow,
  );

  vmOf(runId: string, vmId: string): RunVm | undefined {
    return this.#details.get(runId)?.vms.get(vmId);
  }

  /** What was run; undefined until it is known, and for readers who do not own the ENV. */
  requestOf(runId: string): RunDetail['request'] {
    return this.#details.get(runId)?.request;
  }

  /** The link was down, or the agent is another one: what is here stays until it has been asked for again. */
  stale(): void {
    this.generation++;
  }

  /** Reads the runs of an ENV. */
  async load(envName: string): Promise<void> {
    this.#heard.clear();
    await this.#read(envName, async () => {
      const { runs } = await this.#bridge.client.run.list({ envName });
      return () => {
        const there = new Set(runs.map(({ id }) => id));
        for (const { id } of this.items.inGroup(envName))
          if (!there.has(id) && !this.#heard.has(id)) this.items.remove(id);
        for (const run of runs) if (!this.#heard.has(run.id)) this.items.put(run);
        this.#known.add(envName);
      };
    });
  }

  /** Reads the machines of a run. */
  async loadRun(runId: string): Promise<void> {
    const before = new Map(this.#details.get(runId)?.vms.all.map((vm) => [vm.vmId, vm]));
    await this.#read(runId, async () => {
      const detail = await this.#bridge.client.run.show({ runId });
      return () => this.#putDetail(detail, before);
    });
  }

  /** Begins one, and shows it. The caller shows a failure. */
  async begin(spec: RunSpec): Promise<Outcome<Run>> {
    const runId = crypto.randomUUID();
    try {
      const detail = await withSentCommand(this.#bridge, spec.command, (command) =>
        this.#bridge.client.run.start({ ...spec, command, runId }),
      );
      runInAction(() => {
        this.#putDetail(detail, new Map());
        if (!this.items.has(runId)) this.items.put(detail.run);
        this.choose(spec.envName, runId);
      });
      return { ok: true, value: detail.run };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  async stop(runId: string): Promise<void> {
    runInAction(() => this.stopping.add(runId));
    try {
      await this.#bridge.client.run.cancel({ runId });
    } catch (error) {
      runInAction(() => this.stopping.delete(runId));
      this.#toasts.fail(translate('runs.stopFailed'), asTtError(error));
    }
  }

  async remove(runId: string): Promise<void> {
    try {
      await this.#bridge.client.run.delete({ runId });
      this.forget(runId);
    } catch (error) {
      this.#toasts.fail(translate('runs.deleteFailed'), asTtError(error));
    }
  }

  async openOutput(id: OutputId, offset: number): Promise<string> {
    return (await this.#bridge.client.run.output({ ...id, offset })).ticket;
  }

  openStream(ticket: string): ReturnType<Bridge['openStream']> {
    return this.#bridge.openStream(ticket);
  }

  apply({ run, vms }: EventData<'run.updated'>): void {
    this.#heard.add(run.id);
    this.items.put(run);
    if (run.state === 'ended') this.stopping.delete(run.id);
    // Nobody has looked at the others: they are read when somebody does.
    const details = this.#details.get(run.id);
    for (const vm of vms) details?.vms.put(vm);
  }

  forget(runId: string): void {
    this.#heard.add(runId);
    this.items.remove(runId);
    this.#details.delete(runId);
    this.stopping.delete(runId);
    this.failures.delete(runId);
  }

  async #read(key: string, read: () => Promise<() => void>): Promise<void> {
    try {
      const put = await read();
      runInAction(() => {
        this.failures.delete(key);
        put();
      });
    } catch (error) {
      runInAction(() => this.failures.set(key, asTtError(error)));
    }
  }

  /** What an event has replaced since `before` is newer than the answer. */
  #putDetail({ run, vms, request }: RunDetail, before: ReadonlyMap<string, RunVm>): void {
    const known = this.#details.get(run.id);
    const collection = known?.vms ?? new Collection<RunVm>((vm) => vm.vmId);
    for (const vm of vms) if (collection.get(vm.vmId) === before.get(vm.vmId)) collection.put(vm);
    this.#details.set(run.id, { vms: collection, request });
  }
}
