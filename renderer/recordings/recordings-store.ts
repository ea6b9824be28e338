// The recordings that this window makes now, one for each machine at most. They go on when their console is left, and end with the window.
import { autorun, observable, runInAction, when } from 'mobx';
import { RECORDING_END, type RecordingFacts, type Vm } from '@tt/protocol';
import type { Bridge } from '../bridge.ts';
import { consoleSourceOf, followVm } from '../consoles/console-source.ts';
import { translate } from '../i18n/index.ts';
import type { VmStore } from '../machines/vm-store.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { shortVmName } from '../state/vm-name.ts';
import { paintHidden } from './hidden-painter.ts';
import type { RecordedInput } from '@tt/client/recordings';
import type { RecordingSink } from './recording-writer.ts';
import { type Painter, ScreenRecorder } from './screen-recorder.ts';
import { chooseSink } from './sinks.ts';

/** Each has an encoder on a host, and a decoder here. */
export const MOST_RECORDINGS = 4;

type Served = Pick<Bridge, 'kind' | 'client' | 'openStream'>;
interface Uses {
  link: LinkStore;
  vms: VmStore;
  snapshots: SnapshotStore;
  toasts: ToastStore;
}

export interface RecordingsStoreOptions {
  chooseSink?: (name: string) => Promise<RecordingSink | null>;
  painter?: Painter;
}

/** A recording that this window made, and its file. */
export interface MadeRecording {
  /** Of this page. */
  id: string;
  fileName: string;
  envName: string;
  facts: RecordingFacts;
  /** Rejects when it is not where it was written any more. */
  file: () => Promise<Blob>;
}
/** The browser moves large ones to its disk; more are forgotten, the oldest first. */
const MOST_KEPT = 8;

export class RecordingsStore {
  /** Whole ones, oldest first: to attach them to capsules. */
  readonly made = observable.array<MadeRecording>([], { deep: false });
  /** By VM id. */
  readonly running = observable.map<string, ScreenRecorder>([], { deep: false });
  readonly #bridge: Served;
  readonly #stores: Uses;
  readonly #options: Required<RecordingsStoreOptions>;

  constructor(bridge: Served, stores: Uses, options: RecordingsStoreOptions = {}) {
    this.#bridge = bridge;
    this.#stores = stores;
    this.#options = { chooseSink: (name) => sinkOf(bridge, name), painter: paintHidden, ...options };
  }

  get isFull(): boolean {
    return this.running.size >= MOST_RECORDINGS;
  }

  /** Asks for a file first. To be called in answer to a press. */
  async start(vm: Vm, withInput: boolean): Promise<void> {
    if (this.isFull || this.running.has(vm.id)) return;
    const startedAt = new Date();
    const fileName = recordingName(vm.name, startedAt);
    const sink = await this.#options.chooseSink(fileName);
    // Meanwhile another one may have begun.
    if (!sink || this.isFull || this.running.has(vm.id)) {
      await sink?.abort();
      return;
    }
    const recorder = new ScreenRecorder({
      vmId: vm.id,
      vmName: vm.name,
      source: consoleSourceOf(this.#bridge),
      sink,
      painter: this.#options.painter,
      withInput,
    });
    const unlisten = this.#stores.snapshots.onReverted((id, snapshot) => {
      if (id === vm.id) recorder.reverted(snapshot);
    });
    const unfollow = followVm(this.#stores, vm.id, (state) => recorder.session.vmChanged(state));
    runInAction(() => this.running.set(vm.id, recorder));
    recorder.start();
    const follow = autorun(() => recorder.phaseChanged());
    void when(() => recorder.state.kind === 'ended' || recorder.state.kind === 'failed').then(() => {
      follow();
      unlisten();
      unfollow();
      runInAction(() => this.running.delete(vm.id));
      if (recorder.state.kind === 'ended' && sink.file) {
        const facts = {
          vmName: vm.name,
          startedAt: startedAt.toISOString(),
          lengthMs: Math.round(recorder.elapsedMs),
          hasKeys: withInput,
        };
        this.#keep({ id: crypto.randomUUID(), fileName, envName: vm.envName, facts, file: sink.file.bind(sink) });
      }
      this.#say(recorder, shortVmName(vm.name));
    });
  }

  async stop(vmId: string): Promise<void> {
    await this.running.get(vmId)?.stop();
  }

  stopAll(): void {
    for (const recorder of this.running.values()) void recorder.stop();
  }

  /** A key of the user for this machine. */
  input(vmId: string, { code, down }: RecordedInput): void {
    this.running.get(vmId)?.input({ code, down });
  }

  #keep(made: MadeRecording): void {
    runInAction(() => {
      this.made.push(made);
      if (this.made.length > MOST_KEPT) this.made.shift();
    });
  }

  #say({ state }: ScreenRecorder, vm: string): void {
    const { toasts } = this.#stores;
    if (state.kind === 'failed')
      toasts.say(translate('recordings.failed', { vm, why: state.error.message }), { tone: 'info', seconds: 30 });
    else if (state.kind === 'ended') toasts.say(translate(`recordings.ended.${state.reason}`, { vm }));
  }
}

/** The desktop lets no page write files (main/windows/permissions.ts): asking for one there would be in vain. */
function sinkOf({ kind }: Served, name: string): Promise<RecordingSink | null> {
  return kind === 'desktop' ? chooseSink(name, {}) : chooseSink(name);
}

/** `demo-tiny-2-1-2026-11-30-12-04-31.ttrec`, in UTC. */
export function recordingName(vmName: string, at: Date): string {
  const time = at.toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return `${vmName.replaceAll('/', '-')}-${time}${RECORDING_END}`;
}
