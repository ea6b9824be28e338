// webContents and its main frame: the page as main sees it. Addresses are those main knows (app://…), never the stand-in.
import type { WebContents, WebFrameMain, WindowOpenHandlerResponse } from 'electron';
import { strict } from '../not-modelled.ts';
import type { ToPage } from '../world/page-wire.ts';
import { preventable, StrictEmitter } from './emitter.ts';
import { crossing, fault } from './link.ts';
import { PagePorts } from './page-ports.ts';
import { defaultSession } from './session.ts';

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];

export class ModelledFrame {
  url = '';
  readonly parent = null;
  readonly #deliver: (message: ToPage) => void;
  readonly ports: PagePorts;

  constructor(deliver: (message: ToPage) => void) {
    this.#deliver = deliver;
    this.ports = new PagePorts(deliver);
  }

  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    const copy = crossing(message);
    const portIds = transfer.map((port) => this.ports.transfer(port));
    this.#deliver({ type: 'event', channel, args: [copy], portIds });
  }

  send(channel: string, ...args: unknown[]): void {
    this.#deliver({ type: 'event', channel, args: crossing(args), portIds: [] });
  }

  isDestroyed(): boolean {
    return false;
  }
}

export interface ContentsWays {
  deliver: (message: ToPage) => void;
  zoom: (factor: number) => void;
}

export class ModelledContents extends StrictEmitter {
  readonly id: number;
  readonly session = strict('session', defaultSession);
  /** What the app is given. */
  readonly mainFrame: ModelledFrame;
  readonly frame: ModelledFrame;
  readonly #zoom: (factor: number) => void;
  #openHandler: OpenHandler | null = null;
  #zoomFactor = 1;
  /** For specs, which press no key of a menu: whether one would be heard. */
  ignoresMenuShortcuts = false;

  constructor(id: number, { deliver, zoom }: ContentsWays) {
    super('webContents', [
      'will-navigate',
      'will-redirect',
      'will-attach-webview',
      'did-navigate',
      'did-finish-load',
      'did-navigate-in-page',
      'destroyed',
    ]);
    this.id = id;
    this.#zoom = zoom;
    this.frame = new ModelledFrame(deliver);
    this.mainFrame = strict('webFrameMain', this.frame);
  }

  getURL(): string {
    return this.frame.url;
  }

  send(channel: string, ...args: unknown[]): void {
    this.frame.send(channel, ...args);
  }

  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error('zoomFactor must be a double greater than 0.0');
    this.#zoomFactor = factor;
    this.#zoom(factor);
  }

  getZoomFactor(): number {
    return this.#zoomFactor;
  }

  setIgnoreMenuShortcuts(ignore: boolean): void {
    this.ignoresMenuShortcuts = ignore;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** For the test host: whether the page may go there. */
  mayNavigate(url: string): boolean {
    const event = preventable({ url, isMainFrame: true, isSameDocument: false, frame: this.mainFrame });
    this.fire('will-navigate', event);
    return !event.defaultPrevented;
  }

  /** For the test host: the page wants a second window. */
  mayOpen(url: string): WindowOpenHandlerResponse['action'] {
    if (!this.#openHandler) throw fault(`window.open(${url}) with no setWindowOpenHandler`);
    const details = {
      url,
      frameName: '',
      features: '',
      disposition: 'foreground-tab',
      referrer: { url: '', policy: 'default' },
    };
    const { action } = this.#openHandler(details as Parameters<OpenHandler>[0]);
    if (action !== 'deny') throw fault(`a second window (${url}) is not modelled by the test host`);
    return action;
  }
}

type ConformingContents = Pick<
  WebContents,
  'getURL' | 'getZoomFactor' | 'id' | 'send' | 'setIgnoreMenuShortcuts' | 'setZoomFactor'
>;
type ConformingFrame = Pick<WebFrameMain, 'isDestroyed' | 'postMessage' | 'send' | 'url' | 'parent'>;
const conforms = (contents: ModelledContents): ConformingContents & { mainFrame: ConformingFrame } => contents;
void conforms;
