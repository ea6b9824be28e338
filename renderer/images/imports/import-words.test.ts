// Percent, rate and time left of an import, and what a stopped one waits for.
import { expect, test } from 'vitest';
import { formatFor } from '../../i18n/format.ts';
import { translate } from '../../i18n/index.ts';
import { type ImportView, importWords, percentOf } from './import-words.ts';

const MIB = 1024 * 1024;
const sending: ImportView = {
  phase: 'sending',
  passage: { doneBytes: 450 * MIB, totalBytes: 1000 * MIB, bytesPerS: 55 * MIB, leftMs: 10_000 },
  failure: null,
  needsFile: false,
  fileName: 'disk.qcow2',
};
const words = (one: ImportView) => importWords(one, translate, formatFor('en', translate));

test('what is sent says how far it is, how fast, and how long it takes still', () => {
  expect(words(sending)).toBe('45 % of 1,000 MiB · 55 MiB/s · 10 s left');
  const { passage } = sending;
  expect(words({ ...sending, passage: { ...passage, bytesPerS: null, leftMs: null } })).toBe('45 % of 1,000 MiB');
});

test('what has stopped says what it needs', () => {
  const stopped: ImportView = { ...sending, phase: 'stopped' };
  expect(words(stopped)).toBe('Stopped at 45 %');
  expect(words({ ...stopped, needsFile: true })).toBe('Choose disk.qcow2 again to continue at 45 %');
  const whole = { ...stopped.passage, doneBytes: 1000 * MIB };
  expect(words({ ...stopped, passage: whole })).toBe('All of it was sent, and is not imported yet');
});

test('a percent is never rounded up to the end', () => {
  expect(percentOf({ passage: { ...sending.passage, doneBytes: 1000 * MIB - 1 } })).toBe(99);
  expect(percentOf({ passage: { ...sending.passage, doneBytes: 0, totalBytes: 0 } })).toBe(0);
});
