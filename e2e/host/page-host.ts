// One BrowserWindow as a real Chromium page: the preload in an isolated world, messages over CDP, files from main's
// protocol handler, navigation and window.open asked of main. Made by test-host.ts.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BrowserContext, CDPSession, Page, Route } from '@playwright/test';
import { createCodec } from './codec.ts';
import type { Question, ServedResponse } from './wire.ts';
import type { PageMessage, ToPage } from './world/page-wire.ts';
import { PRELOAD_WORLD, pageScript, preloadScript } from './world/scripts.ts';

/** Chromium can't open app://; *.localhost is as good an origin: secure, its own, and nothing listens there. */
const STAND_IN = /^http:\/\/([a-z0-9-]+)\.([a-z]+)\.localhost(?=\/|$)/;

export const toStandIn = (url: string) => url.replace(/^([a-z]+):\/\/([a-z0-9-]+)(?=\/|$)/, 'http://$2.$1.localhost');
export const fromStandIn = (url: string) => url.replace(STAND_IN, '$2://$1');

export interface PageHostOptions {
  windowId: number;
  page: Page;
  preload: string;
  ask: (question: Question) => Promise<unknown>;
  onMessage: (message: PageMessage, senderUrl: string) => void;
  onUrl: (url: string) => void;
  /** Told of anything a test should fail for. */
  onFault: (message: string) => void;
}

const codec = createCodec();

const withoutView = (url: string) => url.replace(/#.*$/, '');

export class PageHost {
  readonly page: Page;
  readonly #options: PageHostOptions;
  readonly #cdp: CDPSession;
  #contextId: number | null = null;
  /** Messages for a preload that is not there yet. */
  #early: string[] = [];
  /** The address main itself loads: no will-navigate for that. */
  #loading: string | null = null;

  private constructor(options: PageHostOptions, cdp: CDPSession) {
    this.page = options.page;
    this.#options = options;
    this.#cdp = cdp;
  }

  static async open(options: PageHostOptions): Promise<PageHost> {
    const { page, preload } = options;
    const host = new PageHost(options, await page.context().newCDPSession(page));
    const names = { toPage: `tt-${randomUUID()}`, toPreload: `tt-${randomUUID()}` };
    await host.#prepareWorlds(preloadScript(names, await readFile(preload, 'utf8')), pageScript(names));
    await page.route('**/*', (route) => host.#route(route));
    page.on('popup', (popup) => void popup.close());
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) options.onUrl(fromStandIn(frame.url()));
    });
    return host;
  }

  async load(url: string): Promise<void> {
    this.#loading = toStandIn(url);
    try {
      await this.page.goto(this.#loading, { waitUntil: 'load' });
    } finally {
      this.#loading = null;
    }
  }

  deliver(message: ToPage): void {
    const text = codec.encode(message);
    if (this.#contextId === null) this.#early.push(text);
    else this.#evaluate(text, this.#contextId);
  }

  async #prepareWorlds(preload: string, page: string): Promise<void> {
    const cdp = this.#cdp;
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#contextId) this.#contextId = null;
    });
    cdp.on('Runtime.executionContextsCleared', () => {
      this.#contextId = null;
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === 'ttHostSend') this.#received(codec.decode(payload) as PageMessage, executionContextId);
    });
    cdp.on('Page.windowOpen', ({ url }) => {
      const { windowId, ask } = this.#options;
      void ask({ kind: 'open', windowId, url: fromStandIn(url) });
    });
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: 'ttHostSend', executionContextName: PRELOAD_WORLD });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: preload, worldName: PRELOAD_WORLD });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: page });
  }

  #received(message: PageMessage, contextId: number): void {
    if (message.type === 'ready') {
      this.#contextId = contextId;
      for (const text of this.#early.splice(0)) this.#evaluate(text, contextId);
    }
    if (message.type === 'file.met') void this.#tellPath(message.fileId, contextId);
    else this.#options.onMessage(message, fromStandIn(this.page.url()));
  }

  /** Chromium knows where a file is that was chosen or dropped, and that one which the page made is nowhere. */
  async #tellPath(fileId: number, contextId: number): Promise<void> {
    try {
      const { result } = await this.#cdp.send('Runtime.evaluate', {
        expression: `ttHostFiles.get(${fileId})`,
        contextId,
      });
      const { path } = await this.#cdp.send('DOM.getFileInfo', { objectId: result.objectId ?? '' });
      this.#evaluate(codec.encode({ type: 'file.path', fileId, path } satisfies ToPage), contextId);
    } catch (error) {
      // A page that has gone on needs no answer.
      if (contextId === this.#contextId) this.#options.onFault(`the path of a file: ${String(error)}`);
    }
  }

  #evaluate(text: string, contextId: number): void {
    const expression = `ttHostDeliver(${JSON.stringify(text)})`;
    this.#cdp.send('Runtime.evaluate', { expression, contextId }).then(
      ({ exceptionDetails }) => {
        if (!exceptionDetails) return;
        const { text: what, exception } = exceptionDetails;
        this.#options.onFault(`in the preload: ${exception?.description ?? what}`);
      },
      // The page has gone on or is closed: whatever was on its way is lost, as in Electron.
      () => {},
    );
  }

  async #route(route: Route): Promise<void> {
    const request = route.request();
    const url = request.url();
    // The view in the address may be left out of a request.
    const isOwnLoad = this.#loading !== null && withoutView(url) === withoutView(this.#loading);
    if (request.isNavigationRequest() && request.frame() === this.page.mainFrame() && !isOwnLoad) {
      const { windowId, ask } = this.#options;
      if (!(await ask({ kind: 'navigate', windowId, url: fromStandIn(url) }))) return route.abort('aborted');
    }
    if (!STAND_IN.test(url)) return route.continue();
    const served = (await this.#options.ask({
      kind: 'protocol',
      url: fromStandIn(url),
      method: request.method(),
      headers: request.headers(),
    })) as ServedResponse;
    return route.fulfill({ status: served.status, headers: served.headers, body: Buffer.from(served.body) });
  }
}

/** Lets whatever is not a window of main's (a popup, a worker) load nothing: what becomes of popups is main's decision. */
export async function keepOthersEmpty(context: BrowserContext): Promise<void> {
  await context.route('**/*', (route) => route.abort('blockedbyclient'));
}
