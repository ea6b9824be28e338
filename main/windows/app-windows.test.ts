// Windows are opened as they were, told what menus want once they listen, and what is remembered is what was open at the end.
import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppWindows } from './app-windows.ts';
import { WindowMemory } from './window-memory.ts';
import type { WindowState } from './window-place.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakeContents extends EventEmitter {
  readonly id: number;
  url = '';
  zoom = 1;
  readonly sent: unknown[] = [];

  constructor(id: number) {
    super();
    this.id = id;
  }

  getURL = () => this.url;
  send = (channel: string, content: unknown) => void this.sent.push([channel, content]);
  setZoomFactor = (factor: number) => {
    this.zoom = factor;
  };
}

class FakeWindow extends EventEmitter {
  readonly webContents: FakeContents;
  bounds: { x: number; y: number; width: number; height: number };
  isMinimized = () => false;
  isMaximized = () => false;
  isFullScreen = () => false;
  isFocused = () => false;
  getNormalBounds = () => this.bounds;
  show = () => this.focus();
  focus = () => void this.emit('focus');

  constructor(id: number, { x, y, width, height }: WindowState) {
    super();
    this.webContents = new FakeContents(id);
    this.bounds = { x: x ?? 0, y: y ?? 0, width, height };
  }

  close(): void {
    this.emit('close');
    this.emit('closed');
  }
}

function setUp(content: unknown = null) {
  let kept = content;
  const memory = new WindowMemory({
    read: () => kept,
    write: (next) => {
      kept = next;
    },
  });
  const made: FakeWindow[] = [];
  const windows = new AppWindows({
    memory,
    screens: () => [{ x: 0, y: 0, width: 1920, height: 1080 }],
    create: (state) => {
      const window = new FakeWindow(made.length + 1, state);
      made.push(window);
      return window as unknown as BrowserWindow;
    },
    load: async (window, { place, connection }) => {
      const contents = window.webContents as unknown as FakeContents;
      contents.url = `app://bundle/index.html${connection === null ? '' : `?c=${connection}`}${place}`;
      contents.emit('did-navigate');
      contents.emit('did-finish-load');
    },
  });
  const greet = (window: FakeWindow | undefined) => windows.greeted(window?.webContents as never);
  return { windows, made, memory, greet, places: () => memory.kept.windows.map(({ place }) => place) };
}

const saved = (place: string, { x = 40, connection = null as string | null } = {}) => ({
  x,
  y: 40,
  width: 1000,
  height: 700,
  isMaximized: false,
  isFullScreen: false,
  place,
  connection,
});

test('opens one at the first start, and all of the last end after that', async () => {
  const first = setUp();
  await first.windows.openAll();
  expect(first.made.map(({ webContents }) => webContents.url)).toEqual(['app://bundle/index.html#/envs']);
  const again = setUp({
    version: 1,
    windows: [saved('#/envs/a'), saved('#/images', { x: 80, connection: 'private' })],
    zoom: 1.5,
  });
  await again.windows.openAll();
  expect(again.made.map(({ bounds, webContents }) => [bounds.x, webContents.url, webContents.zoom])).toEqual([
    [40, 'app://bundle/index.html#/envs/a', 1.5],
    [80, 'app://bundle/index.html?c=private#/images', 1.5],
  ]);
  again.made[1]?.webContents.emit('did-navigate-in-page');
  vi.runAllTimers();
  expect(again.memory.kept.windows.map(({ connection }) => connection)).toEqual([null, 'private']);
});

test('a command waits until the page listens, and goes to the window that was used last', async () => {
  const { windows, made, greet } = setUp({ version: 1, windows: [saved('#/envs/a'), saved('#/images')] });
  await windows.openAll();
  const [one, two] = made;
  await windows.tell({ run: 'newEnv' });
  expect([one?.webContents.sent, two?.webContents.sent]).toEqual([[], []]);
  greet(two);
  expect(two?.webContents.sent).toEqual([['tt:command', { run: 'newEnv' }]]);
  one?.focus();
  greet(one);
  await windows.tell({ go: '#/hosts' });
  expect(one?.webContents.sent).toEqual([['tt:command', { go: '#/hosts' }]]);
  // Loaded anew it does not listen until it says so.
  one?.webContents.emit('did-navigate');
  await windows.tell({ run: 'keys' });
  expect(one?.webContents.sent).toHaveLength(1);
  greet(one);
  expect(one?.webContents.sent).toHaveLength(2);
});

test('what is open at the end is remembered, also while the windows close one by one', async () => {
  const { windows, made, places } = setUp({ version: 1, windows: [saved('#/envs/a'), saved('#/images')] });
  await windows.openAll();
  windows.quitting();
  for (const window of made) window.close();
  vi.runAllTimers();
  expect(places()).toEqual(['#/envs/a', '#/images']);
});

test('one of several that is closed is forgotten; the last one is not', async () => {
  const { windows, made, places } = setUp({ version: 1, windows: [saved('#/envs/a'), saved('#/images')] });
  await windows.openAll();
  made[0]?.close();
  vi.runAllTimers();
  expect(places()).toEqual(['#/images']);
  made[1]?.close();
  vi.runAllTimers();
  expect(places()).toEqual(['#/images']);
  await windows.show();
  expect(made.at(-1)?.webContents.url).toBe('app://bundle/index.html#/images');
});

test('eight at most; many moves are written once; zoom is that of all', async () => {
  const { windows, made, memory } = setUp();
  const keep = vi.spyOn(memory, 'keep');
  await windows.openAll();
  for (let number = 0; number < 12; number++) await windows.openNew();
  expect(made).toHaveLength(8);
  for (let number = 0; number < 50; number++) made[0]?.emit('move');
  vi.runAllTimers();
  expect(keep).toHaveBeenCalledOnce();
  windows.zoom('in');
  expect([memory.kept.zoom, ...made.map(({ webContents }) => webContents.zoom)]).toEqual(Array(9).fill(1.1));
});

const aConsole = { connection: 'private', hash: '#/envs/demo/console/0c5d7e9a/screen/alone' };

test('a console in a window of its own is told of connections, is zoomed with the others, and not remembered', async () => {
  const { windows, made, greet, places } = setUp({ version: 1, windows: [saved('#/envs/a')] });
  await windows.openAll();
  expect(await windows.openPopOut(aConsole)).toBe(true);
  const [own, console] = made;
  expect(console?.webContents.url).toBe(`app://bundle/index.html?c=private${aConsole.hash}`);
  greet(own);
  greet(console);
  windows.sendAll('tt:connections-changed', 1);
  console?.focus();
  // What menus want is done by a window of TT.
  await windows.tell({ go: '#/hosts' });
  expect(console?.webContents.sent).toEqual([['tt:connections-changed', 1]]);
  expect(own?.webContents.sent).toHaveLength(2);
  windows.zoom('in');
  expect(console?.webContents.zoom).toBe(1.1);
  own?.emit('move');
  vi.runAllTimers();
  expect(places()).toEqual(['#/envs/a']);
});

test('the same console opens one window, of all together 24, and again when one was closed', async () => {
  const { windows, made } = setUp();
  for (let number = 0; number < 3; number++) expect(await windows.openPopOut(aConsole)).toBe(true);
  expect(made).toHaveLength(1);
  const open = (number: number) =>
    windows.openPopOut({ ...aConsole, hash: aConsole.hash.replace('demo', `e${number}`) });
  for (let number = 1; number < 24; number++) expect(await open(number)).toBe(true);
  expect([await open(24), made.length]).toEqual([false, 24]);
  made[3]?.close();
  expect(await open(24)).toBe(true);
});
