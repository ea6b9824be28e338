// One answer of the server that is asked for when somebody looks at it, and again now and then: what it was last, and why it could not be
// had. One question at a time, so a slow server is not asked faster than it answers.
import type { TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';

export class Report<Value> {
  /** null until it was there once. It stays when a later question fails, which `error` then says. */
  value: Value | null = null;
  error: TtError | null = null;
  isBusy = false;
  readonly #ask: () => Promise<Value>;

  constructor(ask: () => Promise<Value>) {
    this.#ask = ask;
    makeObservable(this, {
      value: observableRef,
      error: observableRef,
      isBusy: observable,
      begin: action,
      take: action,
      fail: action,
    });
  }

  async load(): Promise<void> {
    if (this.isBusy) return;
    this.begin();
    try {
      this.take(await this.#ask());
    } catch (error) {
      this.fail(error);
    }
  }

  begin(): void {
    this.isBusy = true;
  }

  take(value: Value): void {
    this.isBusy = false;
    this.error = null;
    this.value = value;
  }

  fail(error: unknown): void {
    this.isBusy = false;
    this.error = asTtError(error);
  }
}
