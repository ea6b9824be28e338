// A fingerprint in words, to be read aloud or compared by eye: 24 English words or 24 Chinese characters (BIP-39, whose lists are made to be
// told apart; its last word holds a checksum, so that one misheard word is noticed). Needs neither Node nor a browser.
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as chinese } from '@scure/bip39/wordlists/simplified-chinese.js';

export type WordsLanguage = 'en' | 'zh-CN';

/** Characters of a group, as people read Chinese ones. */
const GROUP = /.{4}/gu;

/** `fingerprint`: 64 hexadecimal digits, spaces among them do not count. English words in lower case, or six groups of four characters. */
export function fingerprintWords(fingerprint: string, language: WordsLanguage): string {
  const digits = fingerprint.replaceAll(/\s/g, '');
  if (!/^[\da-f]{64}$/i.test(digits)) throw new Error('not a fingerprint');
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (language === 'en') return entropyToMnemonic(bytes, english);
  return (entropyToMnemonic(bytes, chinese).replaceAll(' ', '').match(GROUP) ?? []).join(' ');
}

/** The 64 digits in lower case of a fingerprint as somebody typed it in words of either language; null if it is none. */
export function readFingerprintWords(text: string): string | null {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z]+|\p{Script=Han}/gu) ?? [];
  const list = /^[a-z]/.test(words[0] ?? '') ? english : chinese;
  if (words.length !== 24) return null;
  try {
    const bytes = mnemonicToEntropy(words.join(' '), list);
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    // A word that is in no list, or another checksum.
    return null;
  }
}
