// Many names in a sentence: the first of them, and how many more.
import { expect, test } from 'vitest';
import { translate } from './index.ts';
import { someNames } from './some-names.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index + 1}`);

test('a few are all named, of many the first twelve', () => {
  expect(someNames(names(2), translate)).toBe('vm-1, vm-2');
  expect(someNames(names(13), translate)).toMatch(/, vm-13$/);
  expect(someNames(names(600), translate)).toMatch(/^vm-1, vm-2, .*, vm-12 and 588 more$/);
});
