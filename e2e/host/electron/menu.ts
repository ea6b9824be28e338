// Menu and MenuItem: built from a template, found by id, clicked by specs as by a hand. What a template may say is checked.
import type { MenuItemConstructorOptions, MenuItem as ElectronItem } from 'electron';
import { checkOptions, strict } from '../not-modelled.ts';
import { fault } from './link.ts';

const modelledOptions = [
  'accelerator',
  'checked',
  'click',
  'enabled',
  'id',
  'label',
  'registerAccelerator',
  'role',
  'submenu',
  'type',
  'visible',
];

export class ModelledItem {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  readonly enabled: boolean;
  readonly submenu: ModelledMenu | undefined;
  checked: boolean;
  readonly #click: MenuItemConstructorOptions['click'];

  constructor(options: MenuItemConstructorOptions) {
    checkOptions('MenuItem', options, modelledOptions);
    const { id = '', label = '', role, type, accelerator, enabled = true, checked = false, click, submenu } = options;
    if (type !== 'separator' && label === '' && role === undefined) throw fault('a menu item without label and role');
    this.id = id;
    this.label = label;
    this.role = role;
    this.type = type ?? (submenu ? 'submenu' : 'normal');
    this.accelerator = accelerator;
    this.enabled = enabled;
    this.checked = checked;
    this.submenu = Array.isArray(submenu) ? new ModelledMenu(submenu) : undefined;
    this.#click = click;
  }

  /** As a hand would: what is greyed does nothing. */
  click(): void {
    if (!this.enabled) return;
    if (this.type === 'checkbox') this.checked = !this.checked;
    const { label, role } = this;
    if (this.#click) (this.#click as (item: unknown) => void)(this);
    else if (role !== undefined) throw fault(`the role ${role} (${label}) is not modelled: only Electron does it`);
  }
}

export class ModelledMenu {
  readonly items: ModelledItem[];

  constructor(template: readonly MenuItemConstructorOptions[]) {
    this.items = template.map((options) => strict('MenuItem', new ModelledItem(options)));
  }

  getMenuItemById(id: string): ModelledItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null);
      if (found) return found;
    }
    return null;
  }
}

type Conforming = Pick<ElectronItem, 'checked' | 'click' | 'enabled' | 'id' | 'label'>;
const conforms = (item: ModelledItem): Conforming => item;
void conforms;

let applicationMenu: ModelledMenu | null = null;

export const Menu = strict('Menu', {
  buildFromTemplate(template: MenuItemConstructorOptions[]): ModelledMenu {
    return strict('Menu', new ModelledMenu(template));
  },
  setApplicationMenu(menu: ModelledMenu | null): void {
    applicationMenu = menu;
  },
  getApplicationMenu(): ModelledMenu | null {
    return applicationMenu;
  },
});
