// Fingerprints in words: what BIP-39 says, and what people make of it when they type.
import { describe, expect, it } from 'vitest';
import { fingerprintWords, readFingerprintWords } from './index.ts';

const DIGITS = '68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c';
/** Of the standard’s own test vectors. */
const ENGLISH =
  'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length';

describe('words', () => {
  it('are those of the standard, in both languages, and are read back', () => {
    expect(fingerprintWords(DIGITS, 'en')).toBe(ENGLISH);
    const chinese = fingerprintWords(DIGITS, 'zh-CN');
    expect(chinese).toMatch(/^(?:\p{Script=Han}{4} ){5}\p{Script=Han}{4}$/u);
    expect([readFingerprintWords(ENGLISH), readFingerprintWords(chinese)]).toEqual([DIGITS, DIGITS]);
    const grouped = (DIGITS.match(/.{4}/g) ?? []).join(' ').toUpperCase();
    expect(fingerprintWords(grouped, 'en')).toBe(ENGLISH);
  });

  it('are read however they are typed', () => {
    const loud = ENGLISH.toUpperCase().replaceAll(' ', ',\n');
    const dense = fingerprintWords(DIGITS, 'zh-CN').replaceAll(' ', '');
    expect([readFingerprintWords(`  ${loud} `), readFingerprintWords(dense)]).toEqual([DIGITS, DIGITS]);
  });

  it.each([
    ['', 'nothing'],
    [ENGLISH.replace('hamster', 'hammer'), 'another word of the list: the checksum'],
    [ENGLISH.replace('hamster', 'hamstr'), 'a word that is none'],
    [ENGLISH.replace(' length', ''), 'one less'],
    [DIGITS, 'digits'],
  ])('%j are none: %s', (text) => {
    expect(readFingerprintWords(text)).toBe(null);
  });

  it('are made of fingerprints only', () => {
    expect(() => fingerprintWords('abc', 'en')).toThrow('not a fingerprint');
  });
});
