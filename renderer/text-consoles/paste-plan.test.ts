// What a paste may type into a guest, and when it is looked at first.
import { expect, test } from 'vitest';
import { MOST_PASTED_CHARACTERS, planPaste } from './paste-plan.ts';

test('line ends are Enter, whichever they were', () => {
  expect(planPaste('a\nb\r\nc\rd\u2028e', true)).toMatchObject({ text: 'a\rb\rc\rd\re', lines: 5, leftOut: 0 });
});

test('characters that act as keys are left out: a paste can’t end itself, or interrupt', () => {
  expect(planPaste('x\u001b[201~\u0003rm\t-r\u009b1m环\u007f', true)).toEqual({
    text: 'x[201~rm\t-r1m环',
    lines: 1,
    leftOut: 4,
    asks: false,
    tooLong: false,
  });
});

test.each([
  ['echo hello', false, 1, false],
  ['echo hello\n', false, 1, false],
  ['echo one\necho two', false, 2, true],
  ['echo one\necho two', true, 2, false],
  ['x\n'.repeat(20), true, 20, false],
  ['x\n'.repeat(21), true, 21, true],
])('%j (taken as a paste: %s) has %i lines; asks: %s', (text, isTaken, lines, asks) => {
  expect(planPaste(text, isTaken)).toMatchObject({ lines, asks });
});

test('more than can be checked is refused', () => {
  expect(planPaste('x'.repeat(MOST_PASTED_CHARACTERS), false).tooLong).toBe(false);
  expect(planPaste('x'.repeat(MOST_PASTED_CHARACTERS + 1), false).tooLong).toBe(true);
});
