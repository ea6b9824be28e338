// Settings are kept, and a broken note of them counts as none.
import { expect, test, vi } from 'vitest';
import { noFilter } from './kept-filter.ts';
import { SettingsStore } from './settings-store.ts';

function memory(text: string | null = null) {
  const kept = new Map(text === null ? [] : [['tt.settings', text]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
}

test('language: the setting, else the browser, else English', () => {
  expect(new SettingsStore(null, ['de', 'zh-TW', 'en']).language).toBe('zh-CN');
  expect(new SettingsStore(null, ['de']).language).toBe('en');
  const store = new SettingsStore(null, ['en']);
  store.chooseLanguage('zh-CN');
  expect(store.language).toBe('zh-CN');
});

test('what was chosen is there next time', () => {
  const place = memory();
  const store = new SettingsStore(place, ['en']);
  const stop = store.start();
  store.chooseTheme('dark');
  store.showBoardAs('table');
  store.showMachinesAs('table');
  store.sizeTiles('L');
  store.filterBoard({ marks: ['mine'] });
  store.filterBoardBy('tag', 'nightly');
  store.filterBoard({ state: 'failed' });
  store.showShelf('closed');
  store.setTextSize(40);
  store.keepScrollback(20_000);
  store.readTextAloud(true);
  store.rememberConsoleTab('v1', 'serial');
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'c']) store.rememberCommand(id);
  stop();
  const next = new SettingsStore(place, ['en']);
  expect([next.theme, next.boardView, next.shelf]).toEqual(['dark', 'table', 'closed']);
  expect([next.machineView, next.tileSize]).toEqual(['table', 'L']);
  expect(next.boardFilter).toEqual({ ...noFilter, marks: ['mine'], tag: 'nightly', state: 'failed' });
  expect(next.recentCommands).toEqual(['c', 'f', 'e', 'd', 'b']);
  expect([next.textSize, next.scrollbackLines, next.textForScreenReader]).toEqual([24, 20_000, true]);
  expect([next.consoleTabOf('v1'), next.consoleTabOf('v2')]).toEqual(['serial', 'screen']);
});

test('what another window chose is true here too, and is not written again; what this one shows stays its own', () => {
  const place = memory();
  const setItem = vi.spyOn(place, 'setItem');
  const store = new SettingsStore(place, ['en']);
  const stop = store.start();
  store.showBoardAs('table');
  expect(setItem).toHaveBeenCalledOnce();
  store.follow(JSON.stringify({ ...store.kept, theme: 'dark', boardView: 'cards', shelf: 'closed' }));
  expect([store.theme, store.boardView, store.shelf]).toEqual(['dark', 'table', 'auto']);
  expect(setItem).toHaveBeenCalledOnce();
  store.chooseTheme('light');
  store.chooseTheme('dark');
  expect(new SettingsStore(place, ['en']).theme).toBe('dark');
  stop();
});

test.each([
  ['{"shelfOpen":false}', 'closed'],
  ['{"shelfOpen":true}', 'auto'],
  ['{"shelf":"open","shelfOpen":false}', 'open'],
])('%s, of an older window or not, is a shelf that is %s', (text, shelf) => {
  expect(new SettingsStore(memory(text), ['en']).shelf).toBe(shelf);
});

test('the tabs of 200 consoles are remembered: those looked at last', () => {
  const store = new SettingsStore(null, ['en']);
  for (let index = 0; index < 201; index++) store.rememberConsoleTab(`v${index}`, 'serial');
  expect([store.consoleTabs.size, store.consoleTabOf('v0'), store.consoleTabOf('v1')]).toEqual([
    200,
    'screen',
    'serial',
  ]);
});

test.each([
  'nonsense',
  'null',
  '[]',
  '{"theme":7,"machineView":"cards","tileSize":"XL","language":"xx","textSize":"9","scrollbackLines":7,"consoleTabs":[["v1"],7,[7,"serial"],["v2","x"]]}',
])('%s is no setting', (text) => {
  const store = new SettingsStore(memory(text), ['en']);
  expect([store.textSize, store.scrollbackLines, store.consoleTabs.size]).toEqual([13, 5000, 0]);
  expect([store.theme, store.language, store.boardView, store.shelf]).toEqual(['system', 'en', 'cards', 'auto']);
  expect([store.machineView, store.tileSize]).toEqual(['tiles', 'M']);
});
