// YAML that somebody types: what it says, or what is wrong with it, with line and column. What reads YAML is loaded when it is first
// needed. It is read a moment after the last key, and at once when somebody wants to go on with it.
import type { Problem } from '@tt/client/yaml';
import { TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';

export type EnvFileCode = typeof import('@tt/client/env-file');

export const envFileCode = (): Promise<EnvFileCode> => import('@tt/client/env-file');

/** Long enough not to call a word wrong that is being typed. */
const PAUSE_MS = 300;

export class CheckedText<Value> {
  text: string;
  problems: readonly Problem[] = [];
  /** null: it has not been read since it changed, or has problems. */
  value: Value | null = null;
  readonly #read: (code: EnvFileCode, text: string) => Value;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `read` throws DOCUMENT_INVALID. */
  constructor(text: string, read: (code: EnvFileCode, text: string) => Value) {
    this.text = text;
    this.#read = read;
    makeObservable(this, {
      text: observable,
      problems: observableRef,
      value: observableRef,
      isUsable: computed,
      type: action,
      take: action,
    });
  }

  /** Not known to be wrong. */
  get isUsable(): boolean {
    return this.problems.length === 0 && this.text.trim() !== '';
  }

  type(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.value = null;
    this.stop();
    this.#timer = setTimeout(() => void this.check(), PAUSE_MS);
  }

  /** Reads it now. null: it has problems, which are shown then. */
  async check(): Promise<Value | null> {
    this.stop();
    const { text } = this;
    const code = await envFileCode();
    // Somebody typed on meanwhile: that is read by its own turn.
    if (text !== this.text) return this.check();
    try {
      this.take(this.#read(code, text), []);
    } catch (error) {
      if (!(error instanceof TtError) || error.code !== 'DOCUMENT_INVALID') throw error;
      this.take(null, (error.data as TtError<'DOCUMENT_INVALID'>['data']).problems);
    }
    return this.value;
  }

  take(value: Value | null, problems: readonly Problem[]): void {
    this.value = value;
    this.problems = problems;
  }

  /** Nobody looks at it any more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
