// All windows of the desktop. Those of TT are opened as they were at the last end, remembered while they are moved, and told what menus
// want once they can hear it; those of single consoles are there beside them, and nothing is remembered of them.
import type { BrowserWindow, WebContents } from 'electron';
import { channels } from '../ipc/channels.ts';
import { type DesktopCommand, placeOr } from '../ipc/desktop-commands.ts';
import { connectionIdSchema } from '../session/connection-id.ts';
import { MOST_WINDOWS, nextZoom, type WindowMemory } from './window-memory.ts';
import { LEAST_POP_OUT, MOST_POP_OUTS, type PopOut, popOutState } from './pop-out.ts';
import {
  beside,
  fitted,
  MIN_HEIGHT,
  MIN_WIDTH,
  NEW_WINDOW,
  type Rectangle,
  type Size,
  type WindowState,
} from './window-place.ts';

export interface AppWindowsOptions {
  memory: Pick<WindowMemory, 'kept' | 'keep'>;
  /** Work areas of the screens, the first one first. */
  screens: () => Rectangle[];
  /** Creates a window, without its page. `least`: it can't be made smaller. */
  create: (state: WindowState, least: Size) => BrowserWindow;
  load: (window: BrowserWindow, state: WindowState) => Promise<void>;
}

interface Known {
  window: BrowserWindow;
  /** The page listens. */
  isReady: boolean;
  /** What it is told then. */
  waiting: DesktopCommand[];
}

/** Events after which a window is somewhere else. */
const moves = ['resize', 'move', 'maximize', 'unmaximize', 'enter-full-screen', 'leave-full-screen'] as const;
const SETTLE_MS = 400;
const LEAST: Size = { width: MIN_WIDTH, height: MIN_HEIGHT };

export class AppWindows {
  readonly #options: AppWindowsOptions;
  /** The one that had the focus last is the last. */
  #known: Known[] = [];
  /** Of single consoles. */
  readonly #popOuts = new Set<BrowserWindow>();
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
    const front = this.#known.at(-1);
    if (this.#known.length >= MOST_WINDOWS) return this.show();
    await this.#open(beside(front ? stateOf(front.window) : (this.#options.memory.kept.windows[0] ?? null)));
  }

  /** A console in a window of its own; one that is open on the same comes to the front. False: {@link MOST_POP_OUTS} are open. */
  async openPopOut(page: PopOut): Promise<boolean> {
    const state = popOutState(page);
    const open = [...this.#popOuts].find((window) => isOn(window, state));
    if (open) bringToFront(open);
    if (open || this.#popOuts.size >= MOST_POP_OUTS) return open !== undefined;
    const { create, load, memory } = this.#options;
    const window = create(state, LEAST_POP_OUT);
    this.#popOuts.add(window);
    window.on('closed', () => this.#popOuts.delete(window));
    window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(memory.kept.zoom));
    await load(window, state);
    return true;
  }

  /** Brings the one of TT that was used last to the front; makes one when there is none. */
  async show(): Promise<void> {
    const front = this.#known.at(-1);
    if (!front) return this.openAll();
    bringToFront(front.window);
  }

  /** True while somebody looks at one of them. */
  hasFocus(): boolean {
    return this.#all().some((window) => window.isFocused());
  }

  /** To the one in front, as soon as it listens; it is shown for that. */
  async tell(command: DesktopCommand): Promise<void> {
    await this.show();
    const front = this.#known.at(-1);
    if (!front) return;
    if (front.isReady) front.window.webContents.send(channels.command, command);
    else front.waiting.push(command);
  }

  /** To all of them. */
  sendAll(channel: string, content: unknown): void {
    for (const { webContents } of this.#all()) webContents.send(channel, content);
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
    for (const { webContents } of this.#all()) webContents.setZoomFactor(zoom);
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

  #all(): BrowserWindow[] {
    return [...this.#known.map(({ window }) => window), ...this.#popOuts];
  }

  async #open(wanted: WindowState): Promise<void> {
    const { create, load, memory, screens } = this.#options;
    const state = fitted(wanted, screens());
    const window = create(state, LEAST);
    const known: Known = { window, isReady: false, waiting: [] };
    this.#known.push(known);
    window.on('focus', () => {
      this.#known = [...this.#known.filter((one) => one !== known), known];
    });
    for (const event of moves) window.on(event as 'move', () => this.#keepSoon());
    // What was the last one is there next time; of several, this one is not.
    window.on('close', () => this.#known.length === 1 && this.#keepNow());
    window.on('closed', () => {
      this.#known = this.#known.filter((one) => one !== known);
      if (this.#known.length > 0) this.#keepSoon();
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
    if (this.#isQuitting || this.#known.length === 0) return;
    this.#options.memory.keep({ windows: this.#known.slice(-MOST_WINDOWS).map(({ window }) => stateOf(window)) });
  }
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function isOn(window: BrowserWindow, { place, connection }: WindowState): boolean {
  const shown = stateOf(window);
  return shown.place === place && shown.connection === connection;
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
