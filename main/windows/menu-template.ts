// The application menu as data: what it has on which system, in which language, with which keys. Pure; menu.ts gives it to Electron.
import type { MenuItemConstructorOptions } from 'electron';
import type { CommandName, DesktopCommand } from '../ipc/desktop-commands.ts';
import { fill, type Words } from '../words/index.ts';

export interface MenuDeeds {
  /** Told to the window in front. */
  tell: (command: DesktopCommand) => void;
  newWindow: () => void;
  zoom: (step: 'in' | 'out' | 'reset') => void;
}

export interface MenuFacts {
  words: Words;
  platform: NodeJS.Platform;
  version: string;
  connections: readonly { id: string; name: string }[];
  /** A server that runs a newer TT; null: none is known. */
  newer: { server: string; version: string } | null;
}

const places = {
  board: '#/envs',
  consoles: '#/consoles',
  images: '#/images',
  labs: '#/labs',
  hosts: '#/hosts',
  activity: '#/activity',
} as const;
const line: MenuItemConstructorOptions = { type: 'separator' };
/** Keys that the window itself listens to, on every page: shown here, and not taken from it. */
const ofWindow = { registerAccelerator: false } as const;
/** As many as have keys. */
const MOST_CONNECTIONS = 9;

export function menuTemplate(facts: MenuFacts, deeds: MenuDeeds): MenuItemConstructorOptions[] {
  const { words, platform } = facts;
  const isMac = platform === 'darwin';
  const run = (name: CommandName) => () => deeds.tell({ run: name });
  const go = (name: keyof typeof places): MenuItemConstructorOptions => ({
    id: `go-${name}`,
    label: words[name],
    click: () => deeds.tell({ go: places[name] }),
  });
  const settings: MenuItemConstructorOptions = {
    id: 'settings',
    label: words.settings,
    accelerator: 'CmdOrCtrl+,',
    click: () => deeds.tell({ go: '#/settings' }),
  };
  return [
    ...(isMac ? [appMenu(settings)] : []),
    {
      id: 'file',
      label: words.file,
      submenu: [
        { id: 'newEnv', label: words.newEnv, accelerator: 'CmdOrCtrl+N', click: run('newEnv') },
        { id: 'newWindow', label: words.newWindow, accelerator: 'CmdOrCtrl+Shift+N', click: () => deeds.newWindow() },
        line,
        { id: 'addServer', label: words.addServer, click: run('addServer') },
        ...(isMac ? [] : [settings]),
        line,
        { id: 'close', role: 'close', label: words.closeWindow },
        ...(isMac ? [] : [{ id: 'quit', role: 'quit', label: words.quit } as const]),
      ],
    },
    {
      id: 'edit',
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        line,
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      id: 'go',
      label: words.go,
      submenu: [
        { id: 'palette', label: words.palette, accelerator: 'CmdOrCtrl+K', ...ofWindow, click: run('palette') },
        line,
        ...(['board', 'consoles', 'images', 'labs', 'hosts', 'activity'] as const).map(go),
        line,
        ...connections(facts, deeds),
      ],
    },
    {
      id: 'view',
      label: words.view,
      submenu: [
        { id: 'shelf', label: words.shelf, accelerator: 'CmdOrCtrl+.', ...ofWindow, click: run('shelf') },
        line,
        { id: 'larger', label: words.larger, accelerator: 'CmdOrCtrl+Plus', click: () => deeds.zoom('in') },
        // The key of + without Shift, which is where most hands find it.
        {
          id: 'largerToo',
          label: words.larger,
          accelerator: 'CmdOrCtrl+=',
          visible: false,
          click: () => deeds.zoom('in'),
        },
        { id: 'smaller', label: words.smaller, accelerator: 'CmdOrCtrl+-', click: () => deeds.zoom('out') },
        { id: 'usualSize', label: words.usualSize, accelerator: 'CmdOrCtrl+0', click: () => deeds.zoom('reset') },
        line,
        { id: 'fullScreen', role: 'togglefullscreen', label: words.fullScreen },
      ],
    },
    isMac
      ? { role: 'windowMenu' }
      : { id: 'window', label: words.window, submenu: [{ role: 'minimize', label: words.minimize }] },
    { id: 'help', role: 'help', label: words.help, submenu: help(facts, deeds) },
  ];
}

function appMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    label: 'TT',
    submenu: [
      { role: 'about' },
      line,
      settings,
      line,
      { role: 'services' },
      line,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      line,
      { role: 'quit' },
    ],
  };
}

function connections({ connections: all, words }: MenuFacts, { tell }: MenuDeeds): MenuItemConstructorOptions[] {
  // Each window shows its own, so none is marked.
  return all.slice(0, MOST_CONNECTIONS).map(({ id, name }, index) => ({
    id: `connection-${id}`,
    // A name is text, never a key of the menu.
    label: (name === '' ? words.thisComputer : name).replaceAll('&', '&&'),
    accelerator: `CmdOrCtrl+${index + 1}`,
    ...ofWindow,
    click: () => tell({ show: id, go: null }),
  }));
}

function help({ words, version, newer, platform }: MenuFacts, { tell }: MenuDeeds): MenuItemConstructorOptions[] {
  return [
    { id: 'guide', label: words.guide, accelerator: 'F1', ...ofWindow, click: () => tell({ go: '#/help' }) },
    { id: 'keys', label: words.keys, click: () => tell({ run: 'keys' }) },
    line,
    ...(newer
      ? [
          {
            id: 'newer',
            label: fill(words.newerVersion, newer).replaceAll('&', '&&'),
            click: () => tell({ go: '#/help/getting-started' }),
          },
        ]
      : []),
    { id: 'version', label: fill(words.version, { version }), enabled: false },
    ...(platform === 'darwin' ? [] : [{ id: 'about', role: 'about', label: words.about } as const]),
  ];
}
