// The words of the window. Components call useWords() and get t('section.key', values); stores and tests call translate().
// One file per section in en/ and zh-CN/; a key missing in zh-CN is a type error.
import { automaticSnapshot } from '@tt/protocol';
import { createInstance, type i18n } from 'i18next';
import { useSyncExternalStore } from 'react';
import { en } from './en/index.ts';
import { type Language, languages } from './language.ts';
import { timesOf } from './times.ts';
import type { WordKey, WordValues } from './words.ts';
import { zhCN } from './zh-CN/index.ts';

export type Word = WordKey<typeof en>;
export type Translate = (key: Word, values?: WordValues) => string;

const instance: i18n = createInstance();

void instance.init({
  resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
  lng: 'en',
  fallbackLng: 'en',
  supportedLngs: [...languages],
  interpolation: { escapeValue: false },
  initAsync: false,
  returnNull: false,
});

/** Changes the language of the whole window, including <html lang>. */
export function setLanguage(language: Language): void {
  void instance.changeLanguage(language);
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

/** The words in the language of now, for code outside components. */
export const translate: Translate = (key, values) => wordsNow(key, values);

/** Looked up once: a page asks for the same thousand words each time it is drawn. */
function wordsOf(): Translate {
  const plain = new Map<Word, string>();
  return (key, values) => {
    if (values !== undefined) return instance.t(key, shown(values));
    const known = plain.get(key) ?? instance.t(key);
    plain.set(key, known);
    return known;
  };
}

let wordsNow = wordsOf();
const listeners = new Set<() => void>();
instance.on('languageChanged', () => {
  wordsNow = wordsOf();
  for (const listener of listeners) listener();
});

function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * What a snapshot is called in the window: by its name, or by what it is when TT took it automatically ("Before revert, 12:04").
 * Sentences with a `{{snapshot}}` do it themselves; this is for names that stand alone.
 */
export function snapshotLabel(name: string, language: Language = languageNow()): string {
  const automatic = automaticSnapshot(name);
  if (automatic === null) return name;
  const time = timesOf(language).time(automatic.takenAt);
  return instance.t(`snapshots.automatic.${automatic.kind}`, { lng: language, time });
}

/** No sentence shows a name that nobody chose. */
function shown(values: WordValues | undefined): WordValues {
  const snapshot = values?.['snapshot'];
  return typeof snapshot === 'string' ? { ...values, snapshot: snapshotLabel(snapshot) } : { ...values };
}

function languageNow(): Language {
  return languages.find((language) => language === instance.language) ?? 'en';
}

function translationNow(): Translate {
  return wordsNow;
}

/** The words for a component; it is drawn again when the language changes. */
export function useWords(): Translate {
  return useSyncExternalStore(onLanguage, translationNow, translationNow);
}

/** The language of now, for formats of dates and numbers. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, languageNow, languageNow);
}
