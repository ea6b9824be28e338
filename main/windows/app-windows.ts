// All windows of TT: opened as they were at the last end, remembered while they are moved, told what menus want once they can hear it.
// Beside them those of single consoles, which are neither remembered nor told that.
import type { BrowserWindow, WebContents } from 'electron';
import { channels } from '../ipc/channels.ts';
import { type DesktopCommand, placeOr } from '../ipc/desktop-commands.ts';
import { connectionIdSchema } from '../session/connection-id.ts';
import { MOST_POP_OUTS, type PopOut, popOutState } from './pop-out.ts';
import { MOST_WINDOWS, nextZoom, type WindowMemory } from './window-memory.ts';
import { beside, fitted, NEW_WINDOW, type Rectangle, type WindowState } from './window-place.ts';

export interface AppWindowsOptions {
  memory: Pick<WindowMemory, 'kept' | 'keep'>;
  /** Work areas of the screens, the first one first. */
  screens: () => Rectangle[];
  /** Creates a window, without its page. `isAlone`: of a single console. */
  create: (state: WindowState, isAlone: boolean) => BrowserWindow;
  load: (window: BrowserWindow, state: WindowState) => Promise<void>;
}

interface Known {
  window: BrowserWindow;
  /** The page listens. */
  isReady: boolean;
  /** What it is told then. */
  waiting: DesktopCommand[];
  /** Of a single console. */
  isAlone: boolean;
}

/** Events after which a window is somewhere else. */
const moves = ['resize', 'move', 'maximize', 'unmaximize', 'enter-full-screen', 'leave-full-screen'] as const;
const SETTLE_MS = 400;

export class AppWindows {
  readonly #options: AppWindowsOptions;
  /** The one that had the focus last is the last. */
  #known: Known[] = [];
  #isQuitting = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: AppWindowsOptions) {
    this.#options = options;
  }

  /** Those of the last end; at least one. */
  async openAll(): Promise<void> {
    const { windows } = this.#options.memory.kept;
    const states = windows.length === 0 ? [NEW_WINDOW] : windows;
    await Promise.all(states.map((state) => this.#open(state)));
  }

  /** Another one, beside the one in front. With {@link MOST_WINDOWS} it is that one which comes to the front. */
  async openNew(): Promise<void> {
    const front = this.#main.at(-1);
    if (this.#main.length >= MOST_WINDOWS) return this.show();
    await this.#open(beside(front ? stateOf(front.window) : (this.#options.memory.kept.windows[0] ?? null)));
  }

  /** One with a single console. False: there are too many. */
  async openAlone(page: PopOut): Promise<boolean> {
    if (this.#known.length - this.#main.length >= MOST_POP_OUTS) return false;
    await this.#open(popOutState(page), true);
    return true;
  }

  /** Brings the one that was used last to the front; makes one when there is none. */
  async show(): Promise<void> {
    const front = this.#main.at(-1);
    if (!front) return this.openAll();
    if (front.window.isMinimized()) front.window.restore();
    front.window.show();
    front.window.focus();
  }

  /** True while somebody looks at one of them. */
  hasFocus(): boolean {
    return this.#known.some(({ window }) => window.isFocused());
  }

  /** To the one in front, as soon as it listens; it is shown for that. */
  async tell(command: DesktopCommand): Promise<void> {
    await this.show();
    const front = this.#main.at(-1);
    if (!front) return;
    if (front.isReady) front.window.webContents.send(channels.command, command);
    else front.waiting.push(command);
  }

  /** To all of them. */
  sendAll(channel: string, content: unknown): void {
    for (const { window } of this.#known) window.webContents.send(channel, content);
  }

  /** Its page listens from now on. */
  greeted(contents: WebContents): void {
    const known = this.#known.find(({ window }) => window.webContents.id === contents.id);
    if (!known) return;
    known.isReady = true;
    for (const command of known.waiting.splice(0)) contents.send(channels.command, command);
  }

  /** Text of all pages: it belongs to where they come from, not to a window. */
  zoom(step: 'in' | 'out' | 'reset'): void {
    const zoom = nextZoom(this.#options.memory.kept.zoom, step);
    this.#options.memory.keep({ zoom });
    for (const { window } of this.#known) window.webContents.setZoomFactor(zoom);
  }

  /** The app ends: what is open now is opened next time, and not what is left while they close one by one. */
  quitting(): void {
    if (this.#isQuitting) return;
    this.#keepNow();
    this.#isQuitting = true;
  }

  /** It does not end after all. */
  stays(): void {
    this.#isQuitting = false;
  }

  /** Without those of single consoles. */
  get #main(): readonly Known[] {
    return this.#known.filter(({ isAlone }) => !isAlone);
  }

  async #open(wanted: WindowState, isAlone = false): Promise<void> {
    const { create, load, memory, screens } = this.#options;
    const state = fitted(wanted, screens());
    const window = create(state, isAlone);
    const known: Known = { window, isReady: false, waiting: [], isAlone };
    this.#known.push(known);
    window.on('focus', () => {
      this.#known = [...this.#known.filter((one) => one !== known), known];
    });
    for (const event of moves) window.on(event as 'move', () => this.#keepSoon());
    // What was the last one is there next time; of several, this one is not.
    window.on('close', () => this.#main.length === 1 && this.#keepNow());
    window.on('closed', () => {
      this.#known = this.#known.filter((one) => one !== known);
      if (this.#main.length > 0) this.#keepSoon();
    });
    // A page that is loaded anew says anew that it listens.
    window.webContents.on('did-navigate', () => {
      known.isReady = false;
    });
    window.webContents.on('did-navigate-in-page', () => this.#keepSoon());
    window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(memory.kept.zoom));
    await load(window, state);
  }

  #keepSoon(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keepNow(), SETTLE_MS);
  }

  #keepNow(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isQuitting || this.#main.length === 0) return;
    this.#options.memory.keep({ windows: this.#main.slice(-MOST_WINDOWS).map(({ window }) => stateOf(window)) });
  }
}

function stateOf(window: BrowserWindow): WindowState {
  const { x, y, width, height } = window.getNormalBounds();
  const url = URL.parse(window.webContents.getURL());
  return {
    x,
    y,
    width,
    height,
    isMaximized: window.isMaximized(),
    isFullScreen: window.isFullScreen(),
    place: placeOr(url?.hash ?? ''),
    connection: connectionIdSchema
      .nullable()
      .catch(null)
      .parse(url?.searchParams.get('c') ?? null),
  };
}
