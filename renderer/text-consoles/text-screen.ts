// One xterm.js terminal: what a text console is drawn on. The only file that imports @xterm, and it is loaded only when such a console
// is opened. Keys for the window itself are taken here before the guest has them; all others are the guest's, Tab and Esc too.
import { type TerminalSize, visible } from '@tt/protocol';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { type IDisposable, type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { TAB_KEY } from '../consoles/console-tab-key.ts';
import { HeldKeys } from '../consoles/held-keys.ts';
import { refuseSequences } from './guest-sequences.ts';
import type { TextSink } from './text-console-session.ts';
import { bufferText } from './buffer-text.ts';

/** How it looks; all may change while it is shown. */
export interface TextLook {
  colours: ITheme;
  /** As CSS has it. */
  fontFamily: string;
  fontSize: number;
  /** Lines that are kept above those in sight. */
  scrollbackLines: number;
  /** Says what is printed to a screen reader. */
  screenReader: boolean;
}

export interface TextScreenEvents {
  /** Keys and pasted text, as the guest is to have them. */
  onTyped: (text: string) => void;
  /** Keys go to the guest, or no more. */
  onKeys: (toGuest: boolean) => void;
  /** Ctrl-Alt alone: the user wants the keyboard back. */
  onLeave: () => void;
  onSelected: (isSomething: boolean) => void;
  onFind: () => void;
  onCopy: () => void;
  /** Text that was pasted by the browser's own means. */
  onPaste: (text: string) => void;
  /** It may have another size now. */
  onSize: (size: TerminalSize) => void;
  /** Where the search stands: of so many, the one of that number from 1, 0 when too many were found to count. */
  onFound: (found: { count: number; number: number }) => void;
}

export interface Search {
  text: string;
  matchCase: boolean;
}

/** More matches are not marked or counted. */
const MOST_MATCHES = 1000;
/** Ends a sequence that was cut off, resets modes, mouse, pastes and colours. */
const SETTLE = '\u0018\u001b[!p\u001b[?1000;1002;1003;1004;1006;2004l\u001b[0m';

export class TextScreen implements TextSink {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: MOST_MATCHES });
  readonly #events: TextScreenEvents;
  readonly #host: HTMLElement;
  readonly #undo: (() => void)[] = [];
  readonly #held = new HeldKeys();
  #hasKeys = false;
  #lastMatchCase = false;

  /** `host` is empty and in the document. `label`: the accessible name of what is typed into. */
  constructor(host: HTMLElement, label: string, look: TextLook, events: TextScreenEvents) {
    this.#events = events;
    this.#host = host;
    const terminal = new Terminal({
      ...optionsOf(look),
      // Marks of what was found, and of the window's own lines.
      allowProposedApi: true,
      altClickMovesCursor: false,
      cursorBlink: false,
      // Whatever colours a guest chooses can be read.
      minimumContrastRatio: 4.5,
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.attachCustomKeyEventHandler((event) => this.#isForGuest(event));
    this.#keep(
      refuseSequences(terminal.parser, () => this.#hasKeys),
      terminal.onData((text) => events.onTyped(text)),
      terminal.onBinary((text) => events.onTyped(text)),
      terminal.onSelectionChange(() => events.onSelected(terminal.hasSelection())),
      this.#search.onDidChangeResults(({ resultCount, resultIndex }) =>
        events.onFound({ count: resultCount, number: resultIndex + 1 }),
      ),
    );
    terminal.open(host);
    const { textarea } = terminal;
    if (textarea) {
      textarea.setAttribute('aria-label', label);
      // Tab would come in and not get out again: the frame around it is the stop, and Enter on it goes in.
      textarea.tabIndex = -1;
    }
    this.#listen('focusin', () => this.#setKeys(true));
    this.#listen('focusout', () => this.#setKeys(false));
    // Before xterm.js has it, which would send it as it is.
    this.#listen('paste', (event) => {
      event.preventDefault();
      event.stopPropagation();
      events.onPaste((event as ClipboardEvent).clipboardData?.getData('text/plain') ?? '');
    });
    const sizes = new ResizeObserver(() => this.#fitIn());
    sizes.observe(host);
    this.#undo.push(() => sizes.disconnect());
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Whether the guest takes pastes as such, and runs nothing of them before Enter is pressed. */
  get takesPastes(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  /** All text that is kept, for a file. */
  get text(): string {
    return bufferText(this.#terminal.buffer.normal);
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.#terminal.write(bytes, done);
  }

  settle(): void {
    // Leaving the second screen puts the cursor where it was on the first; on the first it would jump to its beginning.
    const isSecond = this.#terminal.buffer.active.type === 'alternate';
    this.#terminal.write(isSecond ? `\u0018\u001b[?1049l${SETTLE}` : SETTLE);
  }

  mark(text: string): void {
    const terminal = this.#terminal;
    const start = terminal.buffer.active.cursorX === 0 ? '' : '\r\n';
    terminal.write(start, () => {
      // A mark beside the line, which no guest can draw.
      const marker = terminal.registerMarker(0);
      const mark = terminal.registerDecoration({ marker, width: terminal.cols });
      mark?.onRender((element) => element.classList.add('text-console-mark'));
    });
    terminal.write(`\u001b[0m── ${visible(text)} ──\r\n`);
  }

  setLook(look: TextLook): void {
    Object.assign(this.#terminal.options, optionsOf(look));
    this.#fitIn();
  }

  setLabel(label: string): void {
    this.#terminal.textarea?.setAttribute('aria-label', label);
  }

  takeKeys(): void {
    this.#terminal.focus();
  }

  /** Types it, as a paste where the guest wants to know. */
  paste(text: string): void {
    this.#terminal.paste(text);
  }

  clear(): void {
    this.#terminal.clear();
  }

  find(search: Search, to: 'next' | 'previous' | 'same'): void {
    if (search.text === '') {
      this.#search.clearDecorations();
      this.#terminal.clearSelection();
      this.#events.onFound({ count: 0, number: 0 });
      return;
    }
    // The addon notices another text, but not the same one searched in another way.
    if (search.matchCase !== this.#lastMatchCase) this.#search.clearDecorations();
    this.#lastMatchCase = search.matchCase;
    const options = { caseSensitive: search.matchCase, incremental: to === 'same', decorations: matchColours };
    if (to === 'previous') this.#search.findPrevious(search.text, options);
    else this.#search.findNext(search.text, options);
  }

  endSearch(): void {
    this.#search.clearDecorations();
  }

  close(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
    this.#terminal.dispose();
  }

  #isForGuest(event: KeyboardEvent): boolean {
    if (event.type === 'keyup') {
      if (!this.#held.release(event)) return true;
      this.#events.onLeave();
      return false;
    }
    if (event.type !== 'keydown') return true;
    this.#held.press(event);
    if (!event.ctrlKey || !event.shiftKey || event.altKey) return true;
    switch (event.code) {
      case 'KeyC':
        event.preventDefault();
        this.#events.onCopy();
        return false;
      case 'KeyF':
        event.preventDefault();
        this.#events.onFind();
        return false;
      // The browser pastes, and the page changes its tab.
      case 'KeyV':
        return false;
      default:
        return !TAB_KEY.test(event.code);
    }
  }

  #setKeys(toGuest: boolean): void {
    this.#hasKeys = toGuest;
    this.#held.takeAll();
    this.#events.onKeys(toGuest);
  }

  /** Not while it is hidden: it would be fitted into nothing. */
  #fitIn(): void {
    if (this.#host.clientWidth === 0 || this.#host.clientHeight === 0) return;
    this.#fit.fit();
    this.#events.onSize({ columns: this.columns, rows: this.rows });
  }

  #listen(type: string, listener: (event: Event) => void): void {
    this.#host.addEventListener(type, listener, { capture: true });
    this.#undo.push(() => this.#host.removeEventListener(type, listener, { capture: true }));
  }

  #keep(...disposables: IDisposable[]): void {
    this.#undo.push(...disposables.map((disposable) => () => disposable.dispose()));
  }
}

const matchColours = {
  matchBackground: '#f2d98a',
  matchOverviewRuler: '#d8b04e',
  activeMatchBackground: '#f0a35e',
  activeMatchColorOverviewRuler: '#f0a35e',
} as const;

function optionsOf({ colours, fontFamily, fontSize, scrollbackLines, screenReader }: TextLook) {
  return { theme: colours, fontFamily, fontSize, scrollback: scrollbackLines, screenReaderMode: screenReader };
}
