// Which keys give which character on the layouts of guests.
import { describe, expect, it } from 'vitest';
import { keyboardLayouts, strokesIn, typingKeySchema, usKeys } from './index.ts';

/** `^A` is Shift, `~Q` AltGr with the key. */
const text = (layout: (typeof keyboardLayouts)[number], character: string) =>
  strokesIn(layout, character)
    ?.map(({ code, shift, altGr }) => `${shift ? '^' : ''}${altGr ? '~' : ''}${code.replace(/^(?:Key|Digit)/, '')}`)
    .join(' ') ?? null;

it.each([
  ['us', 'a', 'A'],
  ['us', '|', '^Backslash'],
  ['us', 'é', null],
  ['gb', '"', '^2'],
  ['gb', '@', '^Quote'],
  ['gb', '#', 'Backslash'],
  ['gb', '\\', 'IntlBackslash'],
  ['gb', '€', '~4'],
  ['de', 'z', 'Y'],
  ['de', 'Y', '^Z'],
  ['de', '@', '~Q'],
  ['de', '/', '^7'],
  ['de', '|', '~IntlBackslash'],
  ['de', 'ß', 'Minus'],
  ['de', 'Ü', '^BracketLeft'],
  ['de', '^', 'Backquote Space'],
  ['de', '`', '^Equal Space'],
  ['de', 'é', 'Equal E'],
  ['de', 'À', '^Equal ^A'],
  ['fr', 'a', 'Q'],
  ['fr', 'M', '^Semicolon'],
  ['fr', '1', '^1'],
  ['fr', '&', '1'],
  ['fr', '.', '^Comma'],
  ['fr', '^', '~9'],
  ['fr', 'ê', 'BracketLeft E'],
  ['fr', 'Ë', '^BracketLeft ^E'],
  ['fr', 'é', '2'],
  ['fr', 'É', null],
  ['es', 'ñ', 'Semicolon'],
  ['es', 'ó', 'Quote O'],
  ['es', 'ü', '^Quote U'],
  ['es', '{', '~Quote'],
  ['it', '{', '^~BracketLeft'],
  ['it', 'é', '^BracketLeft'],
  ['it', 'ê', null],
  ['se', '$', '~4'],
  ['se', 'ö', 'Semicolon'],
  ['se', 'ê', '^BracketRight E'],
  ['se', '环', null],
] as const)('%s types %s by %s', (layout, character, keys) => {
  expect(text(layout, character)).toBe(keys);
});

describe.each(keyboardLayouts)('%s', (layout) => {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  /** On a Swedish keyboard it is dead, and gives itself before a space; that is not so everywhere. */
  const missing: Readonly<Record<string, string>> = { se: '~' };

  it('types all of ASCII, tab and new line', () => {
    const untypable = [...printable, '\t', '\n'].filter((character) => !strokesIn(layout, character));
    expect(untypable.join('')).toBe(missing[layout] ?? '');
  });

  it('has a character of its own for each way to press a key', () => {
    const ways = printable.map((character) => text(layout, character)).filter((way) => way !== null);
    expect(new Set(ways).size).toBe(ways.length);
  });

  it('uses keys that can be typed', () => {
    const codes = printable.flatMap((character) => strokesIn(layout, character)?.map(({ code }) => code) ?? []);
    expect(codes.filter((code) => !typingKeySchema.safeParse(code).success)).toEqual([]);
  });
});

it('knows letters, which Caps Lock changes, from others', () => {
  const isLetter = (layout: (typeof keyboardLayouts)[number], character: string) =>
    strokesIn(layout, character)?.map((stroke) => stroke.isLetter);
  expect([isLetter('de', 'ä'), isLetter('de', 'Z'), isLetter('de', 'ß'), isLetter('fr', 'é')]).toEqual([
    [true],
    [true],
    [false],
    [false],
  ]);
});

it('is on a US keyboard what that has', () => {
  for (const [code, [plain, withShift]] of usKeys) {
    expect(strokesIn('us', plain)).toMatchObject([{ code, shift: false }]);
    if (withShift !== plain) expect(strokesIn('us', withShift)).toMatchObject([{ code, shift: true }]);
  }
});
