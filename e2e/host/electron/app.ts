// electron.app: the life of the process. Ready comes a turn after the start, quitting closes the windows first.
import path from 'node:path';
import type { App } from 'electron';
import { notModelled } from '../not-modelled.ts';
import { preventable, StrictEmitter } from './emitter.ts';
import { send } from './link.ts';

const version = '0.0.0-e2e';

class ModelledApp extends StrictEmitter {
  readonly name = 'TT';
  readonly isPackaged = false;
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #quitting = false;
  /** Set by browser-window.ts: closes all windows; false when one refused. */
  closeWindows: () => Promise<boolean> = async () => true;

  constructor() {
    super('app', [
      'ready',
      'activate',
      'before-quit',
      'open-file',
      'open-url',
      'quit',
      'second-instance',
      'web-contents-created',
      'will-quit',
      'window-all-closed',
    ]);
    setImmediate(() => {
      this.#isReady = true;
      this.fire('ready', {}, {});
      this.#ready.resolve();
    });
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() must be called before the app is ready');
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  getVersion(): string {
    return version;
  }

  getLocale(): string {
    return 'en-US';
  }

  /** Nobody looks at the panel here: only Electron shows it. */
  setAboutPanelOptions(_options: Parameters<App['setAboutPanelOptions']>[0]): void {}

  getName(): string {
    return this.name;
  }

  /** Only the first start has a process in the test host; another is made by the spec (startAgain). */
  requestSingleInstanceLock(): boolean {
    return true;
  }

  getPath(name: Parameters<App['getPath']>[0]): string {
    const userData = process.env['TT_E2E_USER_DATA'] ?? '';
    if (name === 'userData') return userData;
    if (name === 'logs') return path.join(userData, 'logs');
    throw notModelled(`app.getPath('${name}')`);
  }

  quit(): void {
    if (!this.#quitting) void this.#quit();
  }

  async #quit(): Promise<void> {
    this.#quitting = true;
    const before = preventable({});
    this.fire('before-quit', before);
    if (before.defaultPrevented || !(await this.closeWindows())) {
      this.#quitting = false;
      return;
    }
    this.fire('will-quit', preventable({}));
    this.fire('quit', {}, 0);
    send({ type: 'quit' });
    process.exit(0);
  }
}

export const app = new ModelledApp() satisfies Pick<
  App,
  | 'enableSandbox'
  | 'getLocale'
  | 'getName'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setAboutPanelOptions'
  | 'whenReady'
>;
