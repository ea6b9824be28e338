// What somebody answers who was asked whether a server is the one that was meant: yes, or what they see there, in digits or in words.
import { readFingerprintWords } from '@tt/client/fingerprint-words';
import { readFingerprint } from '@tt/client/node';
import { isYes } from './confirm.ts';

/** The 64 digits of the fingerprint that counts from now on, perhaps another than the one that was presented; null: no answer that trusts any. */
export function comparedFingerprint(answer: string, presented: string): string | null {
  if (isYes(answer)) return readFingerprint(presented);
  return readFingerprint(answer) ?? readFingerprintWords(answer);
}
