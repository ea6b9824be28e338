// The test host: runs the desktop's real built main under Node with e2e/host/electron in place of Electron, and gives it
// windows that are real Chromium pages. The test owns the browser, so traces, screenshots and axe work as anywhere.
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import type * as Electron from 'electron';
import { keepOthersEmpty, PageHost, toStandIn } from './page-host.ts';
import { endProcess, forkNode } from './spawn.ts';
import type { FromMain, Question, ToMain } from './wire.ts';

/** What specs may use of the running desktop, with real Electron and with the test host alike. */
export interface AppHandle {
  readonly kind: 'electron' | 'test-host';
  firstWindow(): Promise<Page>;
  /** Pages of the windows that are open now, in the order they were opened. */
  windows(): Promise<Page[]>;
  /** Runs in main with the electron module; the function must not use anything from outside itself. */
  evaluate<Argument, Answer>(
    run: (electron: typeof Electron, argument: Argument) => Answer,
    argument: Argument,
  ): Promise<Awaited<Answer>>;
  close(): Promise<void>;
}

export interface TestHostOptions {
  browser: Browser;
  /** out/main/main.js */
  main: string;
  userData: string;
  env: Readonly<Record<string, string>>;
  contextOptions: BrowserContextOptions;
}

/** Permissions of Chromium that can be granted to a page from outside, and what Electron calls them. */
const permissionNames: Readonly<Record<string, string>> = {
  'clipboard-read': 'clipboard-read',
  'clipboard-write': 'clipboard-sanitized-write',
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  camera: 'media',
  microphone: 'media',
};

/** The system's key for one user: the same at each start of the app. */
function keyFor(userData: string): string {
  return createHash('sha256').update(userData).digest('hex');
}

export class TestHost implements AppHandle {
  readonly kind = 'test-host';
  readonly #options: TestHostOptions;
  readonly #child: ChildProcess;
  readonly #context: Promise<BrowserContext>;
  readonly #windows = new Map<number, Promise<PageHost>>();
  readonly #answers = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #first = Promise.withResolvers<Page>();
  /** Anything that went wrong out of sight of the spec; the fixture fails the test for it. */
  readonly faults: string[] = [];
  /** Addresses that were given to the system's browser. */
  readonly openedOutside: string[] = [];
  /** What the tray says now. */
  tray: Pick<Extract<FromMain, { type: 'tray' }>, 'tooltip' | 'labels'> = { tooltip: '', labels: [] };
  readonly notifications: Extract<FromMain, { type: 'notification' }>[] = [];
  output = '';
  /** Windows whose text was ever of another size. */
  readonly #zoomed = new Set<number>();
  #lastCall = 0;
  #quitting = false;

  constructor(options: TestHostOptions) {
    this.#options = options;
    // A spec that never asks for the window hears of its failure through the faults.
    this.#first.promise.catch(() => {});
    this.#context = this.#openContext();
    this.#child = forkNode({
      modulePath: options.main,
      imports: [pathToFileURL(path.join(import.meta.dirname, 'register.ts')).href],
      env: {
        ...options.env,
        TT_E2E_USER_DATA: options.userData,
        TT_E2E_SAFE_STORAGE_KEY: keyFor(options.userData),
      },
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString('utf8');
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    this.#child.on('message', (message) => void this.#received(message as FromMain));
    this.#child.on('exit', (code, signal) => this.#exited(code ?? signal));
  }

  firstWindow(): Promise<Page> {
    return this.#first.promise;
  }

  async windows(): Promise<Page[]> {
    const hosts = await Promise.all(this.#windows.values());
    return hosts.map(({ page }) => page).filter((page) => !page.isClosed());
  }

  /** An entry of the tray's menu, by its labels. */
  async clickTray(labels: string): Promise<void> {
    await this.#ask({ kind: 'tray', labels });
  }

  async clickNotification(id: number, { button = false }: { button?: boolean } = {}): Promise<void> {
    await this.#ask({ kind: 'notification', id, button });
  }

  async evaluate<Argument, Answer>(
    run: (electron: typeof Electron, argument: Argument) => Answer,
    argument: Argument,
  ): Promise<Awaited<Answer>> {
    return (await this.#ask({ kind: 'evaluate', code: run.toString(), argument })) as Awaited<Answer>;
  }

  /** Starts the app once more, as a double click would, or a link (`argv`). */
  async startAgain(argv: readonly string[] = []): Promise<void> {
    await this.#ask({ kind: 'second-instance', argv });
  }

  /** A link that the system hands over. */
  async openUrl(url: string): Promise<void> {
    await this.#ask({ kind: 'open-url', url });
  }

  async close(): Promise<void> {
    this.#quitting = true;
    this.#send({ type: 'ask', callId: ++this.#lastCall, question: { kind: 'quit' } });
    await endProcess(this.#child, null);
    await (await this.#context).close();
  }

  async #openContext(): Promise<BrowserContext> {
    const context = await this.#options.browser.newContext(this.#options.contextOptions);
    await keepOthersEmpty(context);
    return context;
  }

  async #received(message: FromMain): Promise<void> {
    switch (message.type) {
      case 'window.create':
        this.#windows.set(message.windowId, this.#createWindow(message.windowId, message.preload));
        return;
      case 'window.load':
        return this.#load(message.windowId, message.callId, message.url);
      case 'window.close':
        await (await this.#windows.get(message.windowId))?.page.close();
        return;
      case 'page.deliver':
        (await this.#windows.get(message.windowId))?.deliver(message.message);
        return;
      case 'answer': {
        const waiting = this.#answers.get(message.callId);
        this.#answers.delete(message.callId);
        if (message.error === undefined) waiting?.resolve(message.value);
        else waiting?.reject(new Error(message.error));
        return;
      }
      case 'window.zoom':
        return this.#zoom(message.windowId, message.factor);
      case 'tray':
        this.tray = message;
        return;
      case 'notification':
        this.notifications.push(message);
        return;
      case 'opened-outside':
        this.openedOutside.push(message.url);
        return;
      case 'fault':
        this.faults.push(message.message);
        this.#first.reject(new Error(message.message));
        return;
      case 'quit':
        this.#quitting = true;
    }
  }

  async #createWindow(windowId: number, preload: string): Promise<PageHost> {
    const page = await (await this.#context).newPage();
    page.on('close', () => this.#send({ type: 'window.closed', windowId }));
    return PageHost.open({
      windowId,
      page,
      preload,
      ask: (question) => this.#ask(question),
      onMessage: (received, senderUrl) => {
        if (received.type === 'preload-error') this.faults.push(`the preload failed: ${received.message}`);
        else this.#send({ type: 'page.message', windowId, senderUrl, message: received });
      },
      onUrl: (url) => this.#send({ type: 'window.url', windowId, url }),
      onFault: (fault) => this.faults.push(fault),
    });
  }

  async #load(windowId: number, callId: number, url: string): Promise<void> {
    try {
      const host = await this.#windows.get(windowId);
      if (!host) throw new Error('no such window');
      await this.#grantPermissions(windowId, url);
      await host.load(url);
      this.#send({ type: 'window.loaded', callId });
      this.#first.resolve(host.page);
    } catch (error) {
      this.#send({ type: 'window.loaded', callId, error: String(error) });
      this.#first.reject(error);
    }
  }

  /** Text that is larger has less space: the page is laid out for a smaller window. */
  async #zoom(windowId: number, factor: number): Promise<void> {
    const { viewport } = this.#options.contextOptions;
    const host = await this.#windows.get(windowId);
    if (!host || !viewport || host.page.isClosed()) return;
    const scaled = (pixels: number) => Math.round(pixels / factor);
    if (factor === 1 && !this.#zoomed.has(windowId)) return;
    this.#zoomed.add(windowId);
    await host.page.setViewportSize({ width: scaled(viewport.width), height: scaled(viewport.height) });
  }

  /** What main's session handlers grant, and nothing else. */
  async #grantPermissions(windowId: number, url: string): Promise<void> {
    const asked = [...new Set(Object.values(permissionNames))];
    const granted = (await this.#ask({ kind: 'permissions', windowId, url, permissions: asked })) as string[];
    const names = Object.entries(permissionNames).filter(([, name]) => granted.includes(name));
    const context = await this.#context;
    await context.grantPermissions(
      names.map(([name]) => name),
      { origin: new URL(toStandIn(url)).origin },
    );
  }

  #ask(question: Question): Promise<unknown> {
    const callId = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#answers.set(callId, { resolve, reject });
      this.#send({ type: 'ask', callId, question });
    });
  }

  #send(message: ToMain): void {
    // One that ends just now takes nothing more; the event of its end says so.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #exited(how: number | string | null): void {
    const error = new Error(`the desktop's main process ended (${how}):\n${this.output.slice(-4000)}`);
    this.#first.reject(error);
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
    if (!this.#quitting || (how !== 0 && how !== 'SIGTERM')) this.faults.push(error.message);
  }
}
