// Error codes -> words. English comes from the table of the contract itself; Chinese stands in zh-CN/errors.ts.
import {
  type ErrorCode,
  type ErrorRecord,
  errorTable,
  fillTemplate,
  inWords,
  isErrorCode,
  type TermWords,
  terms,
} from '@tt/protocol';
import type { Language } from './language.ts';
import { zhErrors } from './zh-CN/errors.ts';
import { zhTerms } from './zh-CN/terms.ts';

export interface ErrorWords {
  message: string;
  fix: string;
}

/** What happened and what to do, in the user's language; as the agent wrote it when its code is newer than this window. */
export function errorWords(
  record: Pick<ErrorRecord, 'code' | 'message' | 'fix' | 'data'>,
  language: Language,
): ErrorWords {
  if (!isErrorCode(record.code)) return { message: record.message, fix: record.fix };
  const { message, fix } = templatesOf(record.code, language);
  const data = inWords(record.code, record.data, termsOf(language));
  return { message: fillTemplate(message, data), fix: fillTemplate(fix, data) };
}

function templatesOf(code: ErrorCode, language: Language): ErrorWords {
  return language === 'zh-CN' ? zhErrors[code] : errorTable[code];
}

/** The words for codes inside sentences, in this language. */
export function termsOf(language: Language): TermWords {
  return language === 'zh-CN' ? zhTerms : terms;
}

/** The last lines of a guest's log, when the error carries them. */
export function logTailOf(record: ErrorRecord): string[] {
  return textsOf(record.data['logTail']);
}

/** Names that may have been meant, when the error carries them. */
export function nearOf(record: ErrorRecord): string[] {
  return textsOf(record.data['near'] ?? record.data['suggestions']);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
