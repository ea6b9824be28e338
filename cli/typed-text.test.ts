// Text as keys of a guest's layout, in portions.
import { expect, it } from 'vitest';
import { portionsOf, strokesOf } from './typed-text.ts';

const keys = (text: string, layout?: 'us' | 'de' | 'it') =>
  strokesOf(text, layout).map((stroke) => stroke.map(({ code, down }) => `${down ? '+' : '-'}${code}`).join(' '));

it('holds Shift and AltGr around a key, and types a dead key before its letter', () => {
  expect(keys('a|')).toEqual(['+KeyA -KeyA', '+ShiftLeft +Backslash -Backslash -ShiftLeft']);
  expect(keys('@\u00e9', 'de')).toEqual(['+AltRight +KeyQ -KeyQ -AltRight', '+Equal -Equal +KeyE -KeyE']);
  expect(keys('{', 'it')).toEqual(['+ShiftLeft +AltRight +BracketLeft -BracketLeft -AltRight -ShiftLeft']);
});

it('refuses text that the keyboard does not have', () => {
  expect(() => strokesOf('a\u00e9')).toThrow('"\u00e9" is not on a keyboard of layout us.');
});

it('makes no portion larger than a call takes, and no stroke larger than that either', () => {
  const strokes = strokesOf('\u00c0'.repeat(70), 'de');
  expect(portionsOf(strokes).map((portion) => portion.length)).toEqual([32, 32, 6]);
  expect(Math.max(...strokes.map((stroke) => stroke.length))).toBeLessThanOrEqual(16);
});
