// The folder that files of an ENV last went to, over restarts of the window.
import { expect, it } from 'vitest';
import { DEFAULT_FOLDER, RememberedFolders } from './remembered-folders.ts';

function place(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem(_key: string, value: string) {
      kept = value;
    },
  };
}

it('is that of the ENV, and another window finds it', () => {
  const kept = place();
  const folders = new RememberedFolders(kept);
  expect(folders.of('demo')).toBe(DEFAULT_FOLDER);
  folders.remember('demo', '/srv');
  folders.remember('other', '/opt');
  folders.remember('demo', '/srv/www');
  expect(['demo', 'other', 'third'].map((name) => new RememberedFolders(kept).of(name))).toEqual([
    '/srv/www',
    '/opt',
    DEFAULT_FOLDER,
  ]);
});

it('is kept for the ENVs that were used last', () => {
  const kept = place();
  const folders = new RememberedFolders(kept);
  for (let index = 0; index <= 50; index++) folders.remember(`env-${index}`, '/srv');
  expect([folders.of('env-0'), folders.of('env-1'), folders.of('env-50')]).toEqual([DEFAULT_FOLDER, '/srv', '/srv']);
});

it.each(['{', '{}', '[1, ["a"], ["demo", 2]]'])('what is broken counts as nothing: %s', (text) => {
  expect(new RememberedFolders(place(text)).of('demo')).toBe(DEFAULT_FOLDER);
});
