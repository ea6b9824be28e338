// One run as the agent holds it: its machines and what they print, written down and told to followers as they change.
import { countRun, MOST_OUTPUT_BYTES, type Run, type RunOutputChannel, type RunVm } from '@tt/protocol';
import { KeptOutput } from './kept-output.ts';
import type { RunFiles, RunNote } from './run-files.ts';
import { RunNews } from './run-news.ts';

export interface EntryParts {
  files: RunFiles;
  /** Publishes an event. */
  publish: (run: Run, vms: readonly RunVm[]) => void;
  /** Something of it could not be written down. */
  onProblem: (error: unknown, vmId?: string) => void;
  /** Bytes kept of one machine, and of the run; default: {@link MOST_OUTPUT_BYTES}. */
  mostBytes?: { vm: number; run: number };
}

interface Part {
  vm: RunVm;
  outputs: Record<RunOutputChannel, KeptOutput>;
}

export class RunEntry {
  readonly request: RunNote['request'];
  readonly #parts: EntryParts;
  readonly #vms = new Map<string, Part>();
  readonly #news: RunNews;
  readonly #cancel = new AbortController();
  readonly #over = Promise.withResolvers<void>();
  #run: RunNote['run'];
  #keptBytes = 0;
  #mayKeep: () => boolean = () => true;
  #saving: Promise<void> | null = null;
  #isUnsaved = false;
  #isGone = false;
  /** Resolves when all its commands have ended. */
  done: Promise<void> = Promise.resolve();

  /** `note` of a run that is to begin, or of one of an earlier agent. */
  constructor(note: RunNote, parts: EntryParts) {
    this.#run = note.run;
    this.request = note.request;
    this.#parts = parts;
    for (const vm of note.vms) {
      const output = (channel: RunOutputChannel) => {
        this.#keptBytes += vm[channel].keptBytes;
        const file = parts.files.outputOf(note.run.id, vm.vmId, channel);
        return new KeptOutput(file, { ...vm[channel], isEnded: vm.endedAt !== null });
      };
      this.#vms.set(vm.vmId, { vm, outputs: { stdout: output('stdout'), stderr: output('stderr') } });
    }
    if (!this.isRunning) this.#over.resolve();
    this.#news = new RunNews((vmIds) =>
      this.#parts.publish(
        this.view(),
        vmIds.flatMap((id) => this.vm(id) ?? []),
      ),
    );
  }

  get id(): string {
    return this.#run.id;
  }

  get envName(): string {
    return this.#run.envName;
  }

  get isRunning(): boolean {
    return this.#run.state === 'running';
  }

  /** Bytes of output on the disk. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Aborts when it is cancelled. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  view(): Run {
    return { ...this.#run, counts: countRun(this.vms()) };
  }

  vms(): RunVm[] {
    return [...this.#vms.values()].map(withOutput);
  }

  vm(vmId: string): RunVm | null {
    const part = this.#vms.get(vmId);
    return part ? withOutput(part) : null;
  }

  output(vmId: string, channel: RunOutputChannel): KeptOutput | null {
    return this.#vms.get(vmId)?.outputs[channel] ?? null;
  }

  /** Nothing is kept any more once `mayKeep` says no. */
  begin(mayKeep: () => boolean): void {
    this.#mayKeep = mayKeep;
    this.#news.flush({ always: true });
  }

  started(vmId: string, at: Date, via: RunVm['via'] = 'helper'): void {
    this.#change(vmId, { state: 'running', startedAt: at.toISOString(), via });
  }

  async ended(vmId: string, how: Partial<RunVm>, at: Date): Promise<void> {
    const part = this.#vms.get(vmId);
    await Promise.all(Object.values(part?.outputs ?? {}).map((output) => output.end()));
    this.#change(vmId, { ...how, endedAt: at.toISOString() });
    this.#saveSoon();
  }

  /** Never rejects. */
  async keep(vmId: string, channel: RunOutputChannel, bytes: Buffer): Promise<void> {
    const part = this.#vms.get(vmId);
    if (!part) return;
    try {
      await part.outputs[channel].append(bytes, (wanted) => this.#takeRoom(part, wanted));
    } catch (error) {
      this.#parts.onProblem(error, vmId);
    }
    this.#news.changed(vmId, 'output');
  }

  /** All of its machines have ended. */
  async finish(at: Date): Promise<void> {
    this.#run = { ...this.#run, state: 'ended', endedAt: at.toISOString() };
    this.#over.resolve();
    if (this.#isGone) return;
    this.#news.flush({ always: true });
    this.#saveSoon();
    await this.#saving;
  }

  /** Resolves when it has ended, was forgotten, or after `mostMs`; at once when `signal` aborts. */
  async untilOver(mostMs: number, signal?: AbortSignal): Promise<void> {
    const { promise: enough, resolve: stop } = Promise.withResolvers<void>();
    const late = setTimeout(stop, mostMs).unref();
    const leave = () => stop();
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) stop();
    await Promise.race([this.#over.promise, enough]);
    signal?.removeEventListener('abort', leave);
    clearTimeout(late);
  }

  /** Its commands end with this reason. */
  cancel(why: Error): void {
    this.#cancel.abort(why);
  }

  /** Nothing of it is told or written any more. Resolves when the last of it is written. */
  async forget(): Promise<void> {
    this.#isGone = true;
    this.#over.resolve();
    this.#news.drop();
    for (const { outputs } of this.#vms.values()) for (const output of Object.values(outputs)) await output.end();
    await this.#saving;
  }

  note(): RunNote {
    return { run: this.#run, vms: this.vms(), request: this.request };
  }

  #change(vmId: string, change: Partial<RunVm>): void {
    const part = this.#vms.get(vmId);
    if (!part) return;
    part.vm = { ...part.vm, ...change };
    this.#news.changed(vmId, 'state');
  }

  #takeRoom({ outputs }: Part, wanted: number): number {
    if (this.#isGone || !this.#mayKeep()) return 0;
    const most = this.#parts.mostBytes ?? MOST_OUTPUT_BYTES;
    const ofVm = outputs.stdout.counts.keptBytes + outputs.stderr.counts.keptBytes;
    const room = Math.max(0, Math.min(wanted, most.vm - ofVm, most.run - this.#keptBytes));
    this.#keptBytes += room;
    return room;
  }

  /** One write at a time; what has changed meanwhile is in the next. */
  #saveSoon(): void {
    this.#isUnsaved = true;
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
  }

  async #save(): Promise<void> {
    while (this.#isUnsaved && !this.#isGone) {
      this.#isUnsaved = false;
      // Not for each of a hundred that end in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#isGone) return;
      await this.#parts.files.write(this.note()).catch((error: unknown) => this.#parts.onProblem(error));
    }
  }
}

function withOutput({ vm, outputs }: Part): RunVm {
  const { stdout, stderr } = { stdout: outputs.stdout.counts, stderr: outputs.stderr.counts };
  const isCut = stdout.keptBytes < stdout.bytes || stderr.keptBytes < stderr.bytes;
  return { ...vm, stdout, stderr, isCut };
}
