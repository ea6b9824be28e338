// Error codes -> words. English comes from the table of the contract itself; Chinese stands in zh-CN/errors.ts.
import {
  type ErrorCode,
  type ErrorRecord,
  errorTable,
  fillTemplate,
  inWords,
  isErrorCode,
  messageText,
  type Reason,
  reasonText,
  terms,
  type TermWords,
} from '@tt/protocol';
import type { ErrorWords } from './words.ts';
import { snapshotLabel } from './index.ts';
import type { Language } from './language.ts';
import { zhErrors } from './zh-CN/errors.ts';
import { zhTerms } from './zh-CN/terms.ts';

/** What errors name snapshots in, also ones that nobody named: a full disk is told by what was to be written. */
const SNAPSHOT_FIELDS = ['snapshotName', 'subject'] as const;

/** What happened and what to do, in the user's language; as the agent wrote it when its code is newer than this window. */
export function errorWords(
  record: Pick<ErrorRecord, 'code' | 'message' | 'fix' | 'data'>,
  language: Language,
): ErrorWords {
  if (!isErrorCode(record.code)) return { message: record.message, fix: record.fix };
  const { message, fix } = templatesOf(record.code, language);
  const words = termsOf(language);
  const data = { ...record.data };
  for (const field of SNAPSHOT_FIELDS) {
    const name = data[field];
    if (typeof name === 'string') data[field] = snapshotLabel(name, language);
  }
  return {
    message: messageText(record.code, message, data, words),
    fix: fillTemplate(fix, inWords(record.code, data, words)),
  };
}

function templatesOf(code: ErrorCode, language: Language): ErrorWords {
  return language === 'zh-CN' ? zhErrors[code] : errorTable[code];
}

/** The words for codes inside sentences, in this language. */
export function termsOf(language: Language): TermWords {
  return language === 'zh-CN' ? zhTerms : terms;
}

/** Why something can’t be used, where no error says it. */
export function reasonWords(reason: Reason, language: Language): string {
  return reasonText(reason, termsOf(language));
}

/** The last lines of a guest's log, when the error carries them. */
export function logTailOf(record: ErrorRecord): string[] {
  return textsOf(record.data['logTail']);
}

/** Names that may have been meant, when the error carries them. */
export function nearOf(record: ErrorRecord): string[] {
  return textsOf(record.data['suggestions']);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
