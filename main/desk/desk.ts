// What of TT is outside its windows, put together: the menu, the tray, notifications, and what they do.
import { app, type WebContents } from 'electron';
import { TtError } from '@tt/protocol';
import type { FileOnDisk } from '../files/file-on-disk.ts';
import type { DesktopRequest, DesktopState } from '../ipc/desktop-requests.ts';
import type { Connections } from '../session/connections.ts';
import type { ConnectionsView } from '../session/connection-state.ts';
import type { AppWindows } from '../windows/app-windows.ts';
import { setMenu } from '../windows/menu.ts';
import type { WindowMemory } from '../windows/window-memory.ts';
import { type DesktopLanguage, fill, languageOf, wordsOf } from '../words/index.ts';
import { type NotOpened, OpenedFiles, type ReadRequest } from './opened-files.ts';
import { Notifier } from './notifier.ts';
import type { NoticeDeed } from './notices.ts';
import { ServerWatch } from './server-watch.ts';
import { showNotice } from './show-notice.ts';
import { TraySign } from './tray.ts';
import { newerThan } from './versions.ts';

export interface DeskOptions {
  connections: Pick<Connections, 'view' | 'of'>;
  windows: AppWindows;
  memory: WindowMemory;
}

export class Desk {
  readonly #options: DeskOptions;
  readonly #watch: ServerWatch;
  readonly #notifier: Notifier;
  readonly #tray: TraySign;
  readonly #opened = new OpenedFiles();
  #language: DesktopLanguage;
  #menuSaid = '';

  constructor(options: DeskOptions) {
    this.#options = options;
    const { connections, windows, memory } = options;
    this.#language = languageOf(app.getLocale());
    this.#watch = new ServerWatch({
      clientOf: (id) => connections.of(id).client(),
      onNews: (id, news) => this.#notifier.take(id, news),
      onChange: () => this.#changed(),
    });
    this.#notifier = new Notifier({
      show: (notice) => showNotice(notice, (deed) => this.#carryOut(deed)),
      isWanted: () => memory.kept.notifies && !windows.hasFocus(),
      language: () => this.#language,
    });
    this.#tray = new TraySign(
      () => ({
        words: wordsOf(this.#language),
        ends: this.#watch.ends(),
        now: Date.now(),
        notifies: memory.kept.notifies,
        keepsRunning: memory.kept.keepsRunning,
      }),
      {
        carryOut: (deed) => this.#carryOut(deed),
        show: () => void windows.show(),
        newEnv: () => void windows.tell({ run: 'newEnv' }),
        setNotifies: (notifies) => this.#remember({ notifies }),
        setKeepsRunning: (keepsRunning) => this.#remember({ keepsRunning }),
        quit: () => app.quit(),
      },
    );
    this.#drawMenu();
  }

  /** Something about connections changed. */
  follow(view: ConnectionsView): void {
    this.#watch.follow(view);
    this.#drawMenu();
  }

  /** A window says something. `contents`: its own. */
  answer(request: DesktopRequest, contents: WebContents): DesktopState {
    this.#take(request, contents);
    const { notifies, keepsRunning } = this.#options.memory.kept;
    return { notifies, keepsRunning };
  }

  /** Files that were opened with TT: told to the window in front, which asks before it does anything with them. */
  async openFiles(files: readonly string[]): Promise<void> {
    const { windows } = this.#options;
    const opened = await Promise.all(files.map((file) => this.#opened.take(file)));
    const good = opened.flatMap((one) => (one.ok ? [one.file] : []));
    if (good.length > 0) await windows.tell({ open: good });
    for (const one of opened) if (!one.ok) await windows.tell({ explain: this.#whyNotOpened(one.name, one.why) });
  }

  /** Rejects for what was not opened, or has changed since. */
  readFile(request: ReadRequest): Promise<Uint8Array> {
    return this.#opened.read(request);
  }

  /** For whoever closes it; null for what was not opened, or has changed since. */
  openFile(id: string): Promise<FileOnDisk | null> {
    return this.#opened.open(id);
  }

  #whyNotOpened(file: string, why: NotOpened): string {
    return fill(wordsOf(this.#language).notOpened[why], { file });
  }

  stop(): void {
    this.#watch.stop();
    this.#notifier.stop();
    this.#tray.remove();
  }

  #take(request: DesktopRequest, contents: WebContents): void {
    const { windows } = this.#options;
    switch (request.do) {
      case 'state':
        return;
      case 'hello':
        this.#speak(request.language);
        windows.greeted(contents);
        return;
      case 'keys':
        contents.setIgnoreMenuShortcuts(request.toGuest);
        return;
      case 'zoom':
        windows.zoom(request.step);
        return;
      case 'newWindow':
        void windows.openNew();
        return;
      case 'notify':
        this.#remember({ notifies: request.on });
        return;
      case 'keepRunning':
        this.#remember({ keepsRunning: request.on });
        return;
      default:
        request satisfies never;
    }
  }

  #speak(language: DesktopLanguage): void {
    if (language === this.#language) return;
    this.#language = language;
    this.#drawMenu();
    this.#tray.changed();
  }

  #changed(): void {
    this.#tray.changed();
    this.#drawMenu();
  }

  #remember(change: Parameters<WindowMemory['keep']>[0]): void {
    this.#options.memory.keep(change);
    this.#tray.changed();
  }

  /** Made anew only if it would say something else: an open menu closes by that. */
  #drawMenu(): void {
    const { connections, windows } = this.#options;
    const view = connections.view();
    const version = app.getVersion();
    const newer = newerThan(version, this.#watch.versions());
    const nameOf = (id: string) => view.connections.find((one) => one.id === id)?.name ?? '';
    const words = wordsOf(this.#language);
    const facts = {
      words,
      platform: process.platform,
      version,
      connections: view.connections.map(({ id, name }) => ({ id, name })),
      // The agent of this computer comes with this very program, or is older.
      newer: newer && { server: nameOf(newer.connection) || words.thisComputer, version: newer.version },
    };
    const said = JSON.stringify(facts);
    if (said === this.#menuSaid) return;
    this.#menuSaid = said;
    setMenu(facts, {
      tell: (command) => void windows.tell(command),
      newWindow: () => void windows.openNew(),
      zoom: (step) => windows.zoom(step),
    });
  }

  #carryOut(deed: NoticeDeed): void {
    if (deed.do === 'extend') {
      void this.#extend(deed.connection, deed.envName);
      return;
    }
    // One that is gone since is not shown: the window stays where it is.
    const isThere = this.#options.connections.view().connections.some(({ id }) => id === deed.connection);
    if (isThere) void this.#options.windows.tell({ show: deed.connection, go: deed.place });
  }

  async #extend(connection: string, envName: string): Promise<void> {
    try {
      await this.#watch.extend(connection, envName);
    } catch (error) {
      const code = error instanceof TtError ? error.code : 'INTERNAL';
      const explain = fill(wordsOf(this.#language).extendFailed, { env: envName, code });
      await this.#options.windows.tell({ explain });
    }
  }
}
