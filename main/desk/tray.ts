// The sign of TT in the tray. Its menu is made anew when what it tells has changed, and once a minute, which is what it counts in.
import { Menu, nativeImage, Tray } from 'electron';
import { trayIconBase64 } from './tray-icon.ts';
import { type TrayDeeds, type TrayFacts, trayTemplate, trayTooltip } from './tray-menu.ts';

const MINUTE_MS = 60_000;
/** Many changes within this time are one. */
const SETTLE_MS = 200;

export class TraySign {
  readonly #tray: Tray;
  readonly #facts: () => TrayFacts;
  readonly #deeds: TrayDeeds;
  readonly #minute: NodeJS.Timeout;
  #soon: NodeJS.Timeout | null = null;
  #said = '';

  constructor(facts: () => TrayFacts, deeds: TrayDeeds) {
    this.#facts = facts;
    this.#deeds = deeds;
    // 32 px, which a menu bar of macOS shows as 16.
    const scaleFactor = process.platform === 'darwin' ? 2 : 1;
    this.#tray = new Tray(nativeImage.createFromBuffer(Buffer.from(trayIconBase64, 'base64'), { scaleFactor }));
    this.#tray.on('click', () => deeds.show());
    this.#minute = setInterval(() => this.#draw(), MINUTE_MS);
    this.#draw();
  }

  changed(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#draw();
    }, SETTLE_MS);
  }

  remove(): void {
    clearInterval(this.#minute);
    if (this.#soon) clearTimeout(this.#soon);
    this.#tray.destroy();
  }

  /** An open menu is left alone while it would say the same. */
  #draw(): void {
    const facts = this.#facts();
    const template = trayTemplate(facts, this.#deeds);
    const said = JSON.stringify(template);
    if (said === this.#said) return;
    this.#said = said;
    this.#tray.setToolTip(trayTooltip(facts));
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }
}
