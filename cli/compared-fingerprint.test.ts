// Answers to the question whether a server is the one that was meant.
import { fingerprintWords } from '@tt/client/fingerprint-words';
import { fingerprintText } from '@tt/client/node';
import { expect, it } from 'vitest';
import { comparedFingerprint } from './compared-fingerprint.ts';

const [presented, other] = ['12'.repeat(32), 'ab'.repeat(32)];

it.each([
  ['y', presented],
  ['YES', presented],
  [fingerprintText(presented), presented],
  [fingerprintWords(presented, 'en'), presented],
  [fingerprintWords(presented, 'zh-CN'), presented],
  // What is typed counts, whatever was presented: the connection is refused then.
  [fingerprintWords(other, 'en'), other],
  [other.toUpperCase(), other],
  ['', null],
  ['n', null],
  ['abandon', null],
  [fingerprintWords(presented, 'en').replace(/ \w+$/, ' zoo'), null],
])('%j trusts %j', (answer, fingerprint) => {
  expect(comparedFingerprint(answer, fingerprintText(presented))).toBe(fingerprint);
});
