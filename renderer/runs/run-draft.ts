// What is to be run on the machines of an ENV: the text of a command or a script, on which of them, how long at most.
import { MOST_SCRIPT_BYTES, type Run, type RunDetail, type Vm } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { RunSpec } from './run-store.ts';

const DEFAULT_MINUTES = 10;
/** How long guests that still boot are waited for. */
const WAIT_MS = 5 * 60_000;

export type ScriptProblem = 'tooLong' | 'notText';

export class RunDraft {
  readonly envName: string;
  text = '';
  /** Of a script that was dropped or chosen; null for what was typed. */
  fileName: string | null = null;
  fileProblem: { name: string; why: ScriptProblem } | null = null;
  /** Systems that are chosen; none: all. */
  readonly systems = observable.set<string>();
  /** Machines that are chosen; none: all. */
  readonly vmIds = observable.set<string>();
  minutes = DEFAULT_MINUTES;
  waits = true;
  usesSsh = false;

  constructor(envName: string) {
    this.envName = envName;
    makeObservable(this, {
      text: observable,
      fileName: observable,
      fileProblem: observableRef,
      minutes: observable,
      waits: observable,
      usesSsh: observable,
      problem: computed,
      type: action,
      take: action,
      refuse: action,
      toggleSystem: action,
      chooseVms: action,
      setMinutes: action,
      setWaits: action,
      setUsesSsh: action,
    });
  }

  get problem(): ScriptProblem | null {
    // A character is three bytes at most.
    if (this.text.length <= MOST_SCRIPT_BYTES / 3) return null;
    return new TextEncoder().encode(this.text).length > MOST_SCRIPT_BYTES ? 'tooLong' : null;
  }

  get isComplete(): boolean {
    return this.text.trim() !== '' && this.problem === null;
  }

  type(text: string): void {
    this.text = text;
    this.fileProblem = null;
    if (text === '') this.fileName = null;
  }

  /** A script from a file takes the place of what is there. */
  async read(file: File): Promise<void> {
    if (file.size > MOST_SCRIPT_BYTES) return this.refuse(file.name, 'tooLong');
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      if (text.includes('\0')) this.refuse(file.name, 'notText');
      else this.take(file.name, text);
    } catch {
      this.refuse(file.name, 'notText');
    }
  }

  take(name: string, text: string): void {
    this.fileName = name;
    this.text = text;
    this.fileProblem = null;
  }

  refuse(name: string, why: ScriptProblem): void {
    this.fileProblem = { name, why };
  }

  toggleSystem(os: string): void {
    if (!this.systems.delete(os)) this.systems.add(os);
  }

  chooseVms(vmIds: Iterable<string>): void {
    this.vmIds.replace([...vmIds]);
  }

  setMinutes(minutes: number): void {
    this.minutes = minutes;
  }

  setWaits(waits: boolean): void {
    this.waits = waits;
  }

  setUsesSsh(usesSsh: boolean): void {
    this.usesSsh = usesSsh;
  }

  /** Of these machines, those it is to run on: those of a chosen system among those that were chosen. */
  targets(vms: readonly Vm[]): Vm[] {
    return vms.filter(
      (vm) =>
        (this.systems.size === 0 || this.systems.has(systemOf(vm))) && (this.vmIds.size === 0 || this.vmIds.has(vm.id)),
    );
  }

  toRequest(vms: readonly Vm[]): RunSpec {
    const isWhole = this.systems.size === 0 && this.vmIds.size === 0;
    return {
      envName: this.envName,
      command: { script: { text: this.text } },
      ...(!isWhole && { vmIds: this.targets(vms).map(({ id }) => id) }),
      timeoutMs: this.minutes * 60_000,
      ...(this.waits && { waitMs: WAIT_MS }),
      ...(this.usesSsh && { via: 'ssh' as const }),
    };
  }
}

/** `debian-12` of `qemu:debian-12:default`. */
export function systemOf({ image }: Pick<Vm, 'image'>): string {
  return image.split(':')[1] ?? '';
}

/** The same again on some machines; null when it can't be: what was set in its environment, and a long script, is not kept. */
export function againOn(
  envName: string,
  request: RunDetail['request'],
  { timeoutMs, via }: Pick<Run, 'timeoutMs' | 'via'>,
  vmIds: readonly string[],
): RunSpec | null {
  if (!request || request.environmentNames.length > 0 || request.scriptBytes !== undefined) return null;
  const { command, user, cwd } = request;
  return {
    envName,
    command,
    vmIds: [...vmIds],
    timeoutMs,
    waitMs: WAIT_MS,
    ...(via !== undefined && { via }),
    ...(user !== null && { user }),
    ...(cwd !== null && { cwd }),
  };
}

/** As it was typed: a script as it is, a program with its arguments in one line. */
export function commandText({ argv, script }: NonNullable<RunDetail['request']>['command']): string {
  return script?.text ?? (argv ?? []).join(' ');
}
