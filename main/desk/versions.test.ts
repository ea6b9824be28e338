// Versions are compared by their numbers, and what is no version is never newer.
import { expect, test } from 'vitest';
import { newerThan } from './versions.ts';

test('a newer version is found by its numbers', () => {
  const versions = ['0.9.0', '0.10.0', 'nonsense', '0.2'].map((version) => ({ version }));
  expect(newerThan('0.9.1', versions)).toEqual({ version: '0.10.0' });
  expect([newerThan('0.10.0', versions), newerThan('1.0.0', versions), newerThan('0.1.0', [])]).toEqual([
    null,
    null,
    null,
  ]);
});
