// The keyboard stays with the guest when the tools of its console are used by pointer: what takes the focus there gives it back, then
// and after its menu or dialog. Who came by the keyboard, or let go of the guest, keeps the focus where they are.

/** The guest's side of it: a screen, or a console of text. */
export interface TakesKeys {
  takeKeys(): void;
}

const GUEST = 'canvas, [data-takes-keys] *';
/** What is written in; a choice between views is none. */
const FIELD = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]';
const OVERLAY = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

export class KeysBack {
  readonly #tools: HTMLElement;
  readonly #guest: () => TakesKeys | null;
  readonly #abort = new AbortController();
  /** The guest had the keyboard when the pointer came to the tools, and nobody has taken it in another way since. */
  #isOwed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `tools` is the element around them; `guest` is asked each time. Listens until `close`. */
  constructor(tools: HTMLElement, guest: () => TakesKeys | null) {
    this.#tools = tools;
    this.#guest = guest;
    const options = { capture: true, signal: this.#abort.signal };
    const page = tools.ownerDocument;
    tools.addEventListener('pointerdown', this.#pressed, options);
    tools.addEventListener('keydown', this.#forget, options);
    page.addEventListener('focusin', this.#focused, options);
    page.addEventListener('focusout', this.#left, options);
  }

  close(): void {
    this.#abort.abort();
    this.#clearTimer();
  }

  readonly #pressed = (): void => {
    if (this.#tools.ownerDocument.activeElement?.matches(GUEST)) this.#isOwed = true;
  };

  readonly #forget = (): void => {
    this.#isOwed = false;
  };

  readonly #focused = ({ target }: FocusEvent): void => {
    if (!this.#isOwed || !isElement(target)) return;
    if (this.#tools.contains(target)) {
      if (target.matches(FIELD)) this.#isOwed = false;
      else this.#giveBackSoon();
      return;
    }
    // A menu or a dialog of the tools comes in between; whatever else has the focus was chosen.
    if (!target.matches(GUEST) && !isInOverlay(target)) this.#isOwed = false;
  };

  /** What had the focus may be gone: a tool that is another one now, or a menu whose tool is. */
  readonly #left = ({ target, relatedTarget }: FocusEvent): void => {
    if (!this.#isOwed || relatedTarget !== null || !isElement(target)) return;
    if (this.#tools.contains(target) || isInOverlay(target)) this.#giveBackSoon();
  };

  /** Not at once: a toolbar moves the focus it gets on to another tool, and would have it back each time, for ever. */
  #giveBackSoon(): void {
    this.#clearTimer();
    this.#timer = setTimeout(() => {
      const { activeElement, body } = this.#tools.ownerDocument;
      // A menu may have taken it meanwhile.
      if (this.#isOwed && activeElement && (activeElement === body || this.#tools.contains(activeElement)))
        this.#guest()?.takeKeys();
    });
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** In a menu or a dialog, which lies over the page and is closed by Esc. */
export function isInOverlay(target: EventTarget | null): boolean {
  return isElement(target) && target.closest(OVERLAY) !== null;
}

/** Without `instanceof`: a popped-out window has classes of its own. */
function isElement(target: EventTarget | null): target is Element {
  return target !== null && 'matches' in target;
}
