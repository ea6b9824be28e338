// Tray and Notification: told to the test, which shows them to specs and clicks them as a hand would.
import type { NotificationConstructorOptions } from 'electron';
import { checkOptions, strict } from '../not-modelled.ts';
import { StrictEmitter } from './emitter.ts';
import { fault, send } from './link.ts';
import type { ModelledItem, ModelledMenu } from './menu.ts';

let tray: ModelledTray | null = null;

function remember(made: ModelledTray): void {
  tray = made;
}

export class ModelledTray extends StrictEmitter {
  #tooltip = '';
  menu: ModelledMenu | null = null;

  constructor(image: { isEmpty(): boolean }) {
    super('Tray', ['click']);
    if (image.isEmpty()) throw fault('a tray without a picture');
    if (tray) throw fault('a second tray');
    remember(this);
    // biome-ignore lint/correctness/noConstructorReturn: what is not modelled must throw on the tray itself too
    return strict('Tray', this);
  }

  setToolTip(text: string): void {
    this.#tooltip = text;
    this.#tell();
  }

  setContextMenu(menu: ModelledMenu | null): void {
    this.menu = menu;
    this.#tell();
  }

  destroy(): void {
    tray = null;
    send({ type: 'tray', tooltip: '', labels: [] });
  }

  #tell(): void {
    send({ type: 'tray', tooltip: this.#tooltip, labels: labelsOf(this.menu?.items ?? []) });
  }
}

function labelsOf(items: readonly ModelledItem[]): string[] {
  return items.flatMap(({ label, submenu }) => [
    ...(label === '' ? [] : [label]),
    ...labelsOf(submenu?.items ?? []).map((below) => `${label} > ${below}`),
  ]);
}

/** For the test host: an entry by its labels, `demo · 14 min > Open`. */
export function clickTray(labels: string): void {
  let items: readonly ModelledItem[] = tray?.menu?.items ?? [];
  let found: ModelledItem | undefined;
  for (const label of labels.split(' > ')) {
    found = items.find((item) => item.label === label);
    if (!found) throw new Error(`the tray has no ${labels}`);
    items = found.submenu?.items ?? [];
  }
  found?.click();
}

const shown = new Map<number, ModelledNotification>();
let lastId = 0;

export class ModelledNotification extends StrictEmitter {
  readonly #options: NotificationConstructorOptions;
  readonly #id = ++lastId;

  constructor(options: NotificationConstructorOptions = {}) {
    super('Notification', ['action', 'click', 'close']);
    checkOptions('Notification', options, ['actions', 'body', 'title']);
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    shown.set(this.#id, this);
    const { title = '', body = '', actions = [] } = this.#options;
    send({ type: 'notification', id: this.#id, title, body, actions: actions.map(({ text = '' }) => text) });
  }
}

/** For the test host: somebody clicks a notification, or its button. */
export function clickNotification(id: number, button: boolean): void {
  const notification = shown.get(id);
  if (!notification) throw new Error(`no notification ${id}`);
  shown.delete(id);
  if (button) notification.fire('action', {}, 0);
  else notification.fire('click', {});
  notification.fire('close', {});
}

export { ModelledNotification as Notification, ModelledTray as Tray };
