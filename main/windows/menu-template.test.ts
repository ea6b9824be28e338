// The menus in both languages and on each system: every command is one, no key stands twice, keys of the window stay its own.
import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import type { DesktopCommand } from '../ipc/desktop-commands.ts';
import { desktopLanguages, wordsOf } from '../words/index.ts';
import { type MenuFacts, menuTemplate } from './menu-template.ts';

function made(change: Partial<MenuFacts> = {}) {
  const done: unknown[] = [];
  const template = menuTemplate(
    {
      words: wordsOf('en'),
      platform: 'linux',
      version: '0.1.0',
      connections: [
        { id: 'private', name: '' },
        { id: 'x', name: 'R&D' },
      ],
      newer: null,
      ...change,
    },
    {
      tell: (command: DesktopCommand) => done.push(command),
      newWindow: () => done.push('window'),
      zoom: (step) => done.push(step),
    },
  );
  return { done, items: flat(template) };
}

function flat(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...flat(Array.isArray(item.submenu) ? item.submenu : [])]);
}

function click(items: readonly MenuItemConstructorOptions[], id: string): void {
  const item = items.find((one) => one.id === id);
  if (!item?.click) throw new Error(`no ${id}`);
  (item.click as () => void)();
}

test.each(['linux', 'win32', 'darwin'] as const)('on %s no key and no id stands twice, in any language', (platform) => {
  for (const language of desktopLanguages) {
    const { items } = made({ platform, words: wordsOf(language) });
    const keys = items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    const ids = items.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    // Reload and developer tools are in no menu.
    expect(items.filter(({ role }) => role !== undefined && /reload|devtools/i.test(role))).toEqual([]);
  }
});

test('its entries tell the window, and keys the window has itself are only shown', () => {
  const { items, done } = made();
  for (const id of ['newEnv', 'palette', 'go-images', 'newWindow', 'larger', 'connection-x', 'guide']) click(items, id);
  expect(done).toEqual([
    { run: 'newEnv' },
    { run: 'palette' },
    { go: '#/images' },
    'window',
    'in',
    { show: 'x', go: null },
    { go: '#/help' },
  ]);
  const shownOnly = items.filter(({ registerAccelerator }) => registerAccelerator === false);
  expect(shownOnly.map(({ accelerator }) => accelerator)).toEqual([
    'CmdOrCtrl+K',
    'CmdOrCtrl+1',
    'CmdOrCtrl+2',
    'CmdOrCtrl+.',
    'F1',
  ]);
});

test('connections stand there by name, and a name is no key', () => {
  const { items } = made();
  const found = items.filter(({ id = '' }) => id.startsWith('connection-'));
  expect(found.map(({ label }) => label)).toEqual(['This computer', 'R&&D']);
});

test('a newer server is told of', () => {
  expect(made().items.some(({ id }) => id === 'newer')).toBe(false);
  const { items } = made({ newer: { server: 'Lab', version: '0.2.0' }, words: wordsOf('zh-CN') });
  expect(items.find(({ id }) => id === 'newer')?.label).toContain('Lab');
});
