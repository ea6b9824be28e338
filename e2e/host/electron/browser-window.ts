// BrowserWindow: refuses insecure options, then stands for a real Chromium page that the test opens.
import type { BrowserWindowConstructorOptions, BrowserWindow as ElectronWindow, Rectangle } from 'electron';
import { checkOptions, strict } from '../not-modelled.ts';
import { refusals } from '../window-rules.ts';
import type { PageMessage } from '../world/page-wire.ts';
import { app } from './app.ts';
import { preventable, StrictEmitter } from './emitter.ts';
import { invoked, sent } from './ipc-main.ts';
import { fault, send } from './link.ts';
import { ModelledContents } from './web-contents.ts';

const modelledOptions = [
  'autoHideMenuBar',
  'backgroundColor',
  'height',
  'icon',
  'minHeight',
  'minWidth',
  'show',
  'title',
  'webPreferences',
  'width',
  'x',
  'y',
];

const windows = new Map<number, BrowserWindow>();
/** The one that has the focus; null: none of them. */
let focusedId: number | null = null;
const loads = new Map<number, (error: string | undefined) => void>();
let lastId = 0;

export class BrowserWindow extends StrictEmitter {
  readonly id: number;
  readonly webContents: ModelledContents;
  readonly contents: ModelledContents;
  #visible: boolean;
  /** Of the window while it is neither maximized nor in full screen. */
  #bounds: Rectangle;
  #isMaximized = false;
  #isFullScreen = false;
  #closing: (() => void) | null = null;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow', [
      'close',
      'closed',
      'enter-full-screen',
      'focus',
      'leave-full-screen',
      'maximize',
      'move',
      'ready-to-show',
      'resize',
      'show',
      'unmaximize',
    ]);
    checkOptions('BrowserWindow', options, modelledOptions);
    const problems = refusals(options);
    if (problems.length > 0) throw fault(`the window is refused: ${problems.join('; ')}`);
    this.id = ++lastId;
    this.#visible = options.show !== false;
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.contents = new ModelledContents(this.id, {
      deliver: (message) => send({ type: 'page.deliver', windowId: this.id, message }),
      zoom: (factor) => send({ type: 'window.zoom', windowId: this.id, factor }),
    });
    this.webContents = strict('webContents', this.contents);
    windows.set(this.id, this);
    send({
      type: 'window.create',
      windowId: this.id,
      preload: options.webPreferences?.preload ?? '',
      title: options.title ?? '',
      show: this.#visible,
    });
    app.fire('web-contents-created', {}, this.webContents);
    // biome-ignore lint/correctness/noConstructorReturn: what is not modelled must throw on the window itself too
    return strict('BrowserWindow', this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows.values()].map((window) => strict('BrowserWindow', window));
  }

  async loadURL(url: string): Promise<void> {
    const callId = ++lastId;
    const loaded = new Promise<void>((resolve, reject) => {
      loads.set(callId, (error) => (error === undefined ? resolve() : reject(new Error(error))));
    });
    this.contents.frame.url = url;
    send({ type: 'window.load', windowId: this.id, callId, url });
    await loaded;
    this.contents.fire('did-finish-load');
    this.fire('ready-to-show');
  }

  show(): void {
    this.#visible = true;
    this.fire('show');
    this.focus();
  }

  focus(): void {
    if (focusedId === this.id) return;
    focusedId = this.id;
    this.fire('focus');
  }

  /** As if somebody went to another program. */
  blur(): void {
    if (focusedId === this.id) focusedId = null;
  }

  isFocused(): boolean {
    return focusedId === this.id;
  }

  restore(): void {}

  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.fire('move');
    this.fire('resize');
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  maximize(): void {
    this.#isMaximized = true;
    this.fire('maximize');
  }

  unmaximize(): void {
    this.#isMaximized = false;
    this.fire('unmaximize');
  }

  isFullScreen(): boolean {
    return this.#isFullScreen;
  }

  setFullScreen(on: boolean): void {
    this.#isFullScreen = on;
    this.fire(on ? 'enter-full-screen' : 'leave-full-screen');
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isMinimized(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return !windows.has(this.id);
  }

  close(): void {
    const event = preventable({});
    this.fire('close', event);
    if (!event.defaultPrevented) send({ type: 'window.close', windowId: this.id });
  }

  /** For the test host: closes it and waits until the page is gone; false when the app prevented it. */
  async closeAndWait(): Promise<boolean> {
    const event = preventable({});
    this.fire('close', event);
    if (event.defaultPrevented) return false;
    const gone = new Promise<void>((resolve) => {
      this.#closing = resolve;
    });
    send({ type: 'window.close', windowId: this.id });
    await gone;
    return true;
  }

  /** For the test host: the page is gone. */
  gone(): void {
    this.contents.frame.ports.closeAll();
    windows.delete(this.id);
    if (focusedId === this.id) focusedId = null;
    this.contents.fire('destroyed');
    this.fire('closed');
    this.#closing?.();
    if (windows.size === 0) app.fire('window-all-closed');
  }

  async received(message: PageMessage, senderUrl: string): Promise<void> {
    const { frame } = this.contents;
    frame.url = senderUrl;
    if (message.type === 'ready') {
      frame.ports.closeAll();
      this.contents.fire('did-navigate', {}, senderUrl, 200, 'OK');
    } else if (message.type === 'send') sent(this.contents, message.channel, message.args);
    else if (message.type === 'port.message') frame.ports.message(message.portId, message.data);
    else if (message.type === 'port.close') frame.ports.closed(message.portId);
    else if (message.type === 'invoke') {
      const { callId } = message;
      const answer = await invoked(this.contents, message.channel, message.args).then(
        (value) => ({ type: 'invoke.result', callId, value }) as const,
        (error: unknown) => ({ type: 'invoke.result', callId, error: String(error) }) as const,
      );
      send({ type: 'page.deliver', windowId: this.id, message: answer });
    }
  }
}

type Conforming = Pick<
  ElectronWindow,
  | 'blur'
  | 'close'
  | 'focus'
  | 'getNormalBounds'
  | 'id'
  | 'isDestroyed'
  | 'isFocused'
  | 'isFullScreen'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'maximize'
  | 'restore'
  | 'setBounds'
  | 'setFullScreen'
  | 'show'
  | 'unmaximize'
>;
const conforms = (window: BrowserWindow): Conforming => window;
void conforms;

app.closeWindows = async () => {
  for (const window of windows.values()) if (!(await window.closeAndWait())) return false;
  return true;
};

export const findWindow = (id: number): BrowserWindow | undefined => windows.get(id);

/** For the test host: a load has ended. */
export function loaded(callId: number, error: string | undefined): void {
  loads.get(callId)?.(error);
  loads.delete(callId);
}
