// The desktop around the window: what it is told, and what it says of itself with each answer. A browser has none.
import { action, makeObservable, observableRef } from 'mobx';
import type { DesktopRequest, DesktopState } from '../bridge.ts';

export class DesktopStore {
  /** null until it has answered. The tray may have changed it since: {@link DesktopStore.load}. */
  state: DesktopState | null = null;
  readonly #tell: (request: DesktopRequest) => Promise<DesktopState>;

  constructor(tell: (request: DesktopRequest) => Promise<DesktopState>) {
    this.#tell = tell;
    makeObservable(this, { state: observableRef, take: action });
  }

  ask(request: DesktopRequest): void {
    // What main does not take is a fault of this very program, and is in its log; what is known here stays.
    void this.#tell(request).then(
      (state) => this.take(state),
      () => {},
    );
  }

  load(): void {
    this.ask({ do: 'state' });
  }

  take(state: DesktopState): void {
    this.state = state;
  }
}
