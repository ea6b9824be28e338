// Typing on several machines at once: which are chosen, whether it is armed, and a line to each while it is. Keys go only to machines
// whose line is ready when a key is pressed; none is kept for later, none goes to a machine that came after the key.
import type { VmState } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import type { ConsoleSource } from '../consoles/console-session.ts';
import { type LineState, MachineLine } from './machine-line.ts';
import type { PadKey } from './pad-key.ts';

/** What a broadcast needs from outside; stores give it, tests give a fake. */
export interface BroadcastParts {
  source: ConsoleSource;
  /** Tells what the machine does, now and whenever it changes, null once it is gone; until the answer is called. */
  follow: (vmId: string, tell: (state: VmState | null) => void) => () => void;
  /** Whether somebody else has the keyboard there: the agent drops what is typed. Read where it is observed. */
  isTaken?: (vmId: string) => boolean;
  /** Whether the link to the agent works: a line may outlive it for a while. Read where it is observed; default: it does. */
  isLinkUp?: () => boolean;
}

interface OpenLine {
  line: MachineLine;
  stop: () => void;
}

export class Broadcast {
  armed = false;
  readonly #parts: BroadcastParts;
  readonly #chosen = observable.set<string>();
  readonly #lines = observable.map<string, OpenLine>({}, { deep: false });

  constructor(parts: BroadcastParts) {
    this.#parts = parts;
    makeObservable(this, {
      armed: observable,
      chosen: computed,
      ready: computed,
      choose: action,
      arm: action,
      disarm: action,
    });
  }

  get chosen(): readonly string[] {
    return [...this.#chosen];
  }

  isChosen(vmId: string): boolean {
    return this.#chosen.has(vmId);
  }

  /** null while it is not armed, and for machines that were not chosen. */
  stateOf(vmId: string): LineState | null {
    const state = this.#lines.get(vmId)?.line.state ?? null;
    if (state !== 'ready') return state;
    if (!this.#isLinkUp) return 'connecting';
    return (this.#parts.isTaken?.(vmId) ?? false) ? 'taken' : state;
  }

  /** Ids of the machines that get what is typed now. */
  get ready(): readonly string[] {
    return [...this.#lines.keys()].filter((vmId) => this.stateOf(vmId) === 'ready');
  }

  /** Takes a machine in or leaves it out, also while it is armed. Without machines it is not armed. */
  choose(vmId: string, isIn: boolean): void {
    if (isIn === this.#chosen.has(vmId)) return;
    if (isIn) this.#chosen.add(vmId);
    else this.#chosen.delete(vmId);
    if (!this.armed) return;
    if (isIn) this.#open(vmId);
    else this.#close(vmId);
    if (this.#chosen.size === 0) this.armed = false;
  }

  arm(): void {
    if (this.armed || this.#chosen.size === 0) return;
    this.armed = true;
    for (const vmId of this.#chosen) this.#open(vmId);
  }

  /** Nothing stays pressed anywhere. The choice is kept. */
  disarm(): void {
    this.armed = false;
    for (const vmId of this.#lines.keys()) this.#close(vmId);
  }

  /** While the link is down keys are only released: what is pressed would arrive later, on screens that nobody has seen. */
  key(key: PadKey): void {
    if (key.down && !this.#isLinkUp) return;
    for (const { line } of this.#lines.values()) line.send(key);
  }

  get #isLinkUp(): boolean {
    return this.#parts.isLinkUp?.() ?? true;
  }

  #open(vmId: string): void {
    const line = new MachineLine(vmId, this.#parts.source);
    const end = line.start();
    const unfollow = this.#parts.follow(vmId, (state) => line.session.vmChanged(state));
    this.#lines.set(vmId, {
      line,
      stop: () => {
        unfollow();
        end();
      },
    });
  }

  #close(vmId: string): void {
    this.#lines.get(vmId)?.stop();
    this.#lines.delete(vmId);
  }
}
