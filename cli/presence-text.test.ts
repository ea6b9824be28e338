// What `tt vm keyboard` prints.
import { expect, it } from 'vitest';
import { presenceText } from './commands/vm-keyboard.ts';

const since = '2026-11-30T12:00:00.000Z';

it('names who looks, who types, and who has the keyboard', () => {
  const text = presenceText('demo/tiny-2-1', {
    watchers: [
      { userName: 'ann', terminalName: null, consoles: 2, since, typing: true },
      { userName: null, terminalName: 'lab/desk-1', consoles: 1, since, typing: false },
    ],
    keyboard: { userName: 'ann', since },
  });
  expect(text).toBe(
    [
      'demo/tiny-2-1',
      `keyboard: ann, since ${since}`,
      `watching: ann, 2 consoles since ${since}, typing`,
      `watching: terminal lab/desk-1, 1 console since ${since}`,
      '',
    ].join('\n'),
  );
});

it('says that nobody looks', () => {
  expect(presenceText('vm', { watchers: [], keyboard: null })).toBe('vm\nkeyboard: everybody\nwatching: nobody\n');
});
