// What is typed as tags, and what is too much.
import { expect, test } from 'vitest';
import { addedTags, TAGS_MAX, tagsIn } from './tag-text.ts';

test('commas of both languages part tags, and each counts once', () => {
  expect(tagsIn(' red, blue，red、 green ,,')).toEqual(['red', 'blue', 'green']);
  expect(addedTags(['red'], 'blue, red')).toEqual(['red', 'blue']);
  expect(addedTags(['red'], ' ')).toEqual(['red']);
});

test('too long and too many are none', () => {
  expect(addedTags([], 'x'.repeat(64))).toEqual(['x'.repeat(64)]);
  expect(addedTags([], 'x'.repeat(65))).toBeNull();
  const many = Array.from({ length: TAGS_MAX }, (_, index) => `tag-${index}`);
  expect([addedTags(many.slice(1), 'one')?.length, addedTags(many, 'one')]).toEqual([TAGS_MAX, null]);
});
