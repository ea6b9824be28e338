// Keys of somebody who is typing when the guest's screen goes, with its machine or its link: until the screen is back they go nowhere.
// Nobody who types a command means the shortcuts of the window.
import { HeldKeys } from './held-keys.ts';

export class KeptKeys {
  readonly #stageNow: () => HTMLElement | null;
  #stage: HTMLElement | null = null;
  #listening: AbortController | null = null;

  /** `stage` has the focus while keys are kept: it is there when the screen is not. Asked each time. */
  constructor(stage: () => HTMLElement | null) {
    this.#stageNow = stage;
  }

  /** From now on, until the user turns to something else or lets go (Ctrl-Alt), or `end`. Not if something else has the focus. */
  keep(): void {
    const stage = this.#stageNow();
    if (!stage || this.#listening) return;
    const { ownerDocument: page } = stage;
    if (page.activeElement !== page.body) return;
    const listening = new AbortController();
    this.#listening = listening;
    this.#stage = stage;
    // As a guest does that takes all keys (components/typing.ts).
    stage.dataset['takesKeys'] = '';
    stage.focus({ preventScroll: true });
    const options = { capture: true, signal: listening.signal };
    const held = new HeldKeys();
    page.addEventListener('pointerdown', () => this.end(), options);
    page.addEventListener('focusin', ({ target }) => target !== stage && this.end(), options);
    stage.addEventListener('keydown', (event) => held.press(event), options);
    stage.addEventListener('keyup', (event) => held.release(event) && this.end(), options);
  }

  /** Whether they were kept until now. */
  end(): boolean {
    if (!this.#listening) return false;
    this.#listening.abort();
    this.#listening = null;
    delete this.#stage?.dataset['takesKeys'];
    return true;
  }
}
