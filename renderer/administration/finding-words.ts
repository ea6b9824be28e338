// Findings of a server's doctor in the language of the window. What an older agent tells without codes is shown as it wrote it.
import type { HostFinding } from '@tt/protocol';
import { reasonWords } from '../i18n/error-words.ts';
import type { Language } from '../i18n/language.ts';

const between: Readonly<Record<Language, string>> = { en: '; ', 'zh-CN': '；' };

export function findingWords({ description, codes = [] }: HostFinding, language: Language): string {
  if (codes.length === 0) return description;
  return codes.map((code) => reasonWords(code, language)).join(between[language]);
}

/** Commands are the same in every language. */
export function fixWords({ fixes, fixCodes = [] }: HostFinding, language: Language): string[] {
  return fixes.map((fix, index) => {
    const code = fixCodes[index] ?? null;
    return code === null ? fix : reasonWords(code, language);
  });
}
