// Settings are kept, and a broken note of them counts as none.
import { expect, test } from 'vitest';
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
  store.toggleShelf();
  stop();
  const next = new SettingsStore(place, ['en']);
  expect([next.theme, next.boardView, next.shelfOpen]).toEqual(['dark', 'table', false]);
});

test.each(['nonsense', 'null', '[]', '{"theme":7,"language":"xx"}'])('%s is no setting', (text) => {
  const store = new SettingsStore(memory(text), ['en']);
  expect([store.theme, store.language, store.boardView, store.shelfOpen]).toEqual(['system', 'en', 'cards', true]);
});
