// The language of menus, tray and notifications: that of the window that spoke last, before that of the system.
import { en, type Words } from './en.ts';
import { zhCN } from './zh-CN.ts';

export type { Words } from './en.ts';

export const desktopLanguages = ['en', 'zh-CN'] as const;
export type DesktopLanguage = (typeof desktopLanguages)[number];

const catalogues: Readonly<Record<DesktopLanguage, Words>> = { en, 'zh-CN': zhCN };

export function wordsOf(language: DesktopLanguage): Words {
  return catalogues[language];
}

/** `locale`: of the system, such as `zh_TW` or `de-AT`; what is not spoken is English. */
export function languageOf(locale: string): DesktopLanguage {
  return /^zh\b/i.test(locale.replace('_', '-')) ? 'zh-CN' : 'en';
}

/** Puts values into the places of a text. Throws for a place that has none: a fault of the program. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`“${text}” needs ${name}`);
    return String(value);
  });
}

/** Time that is left, to the minute; what is over is “less than a minute”. */
export function leftText(words: Words, ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return words.less;
  if (minutes < 60) return fill(words.minutes, { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return fill(words.hours, { hours, minutes: minutes % 60 });
  return fill(words.days, { days: Math.floor(hours / 24), hours: hours % 24 });
}
