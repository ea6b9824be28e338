// Times, sizes and durations as the user's language writes them. Pure functions; useFormat() binds them to the language.
import { type Translate, useLanguage, useWords } from './index.ts';
import type { Language } from './language.ts';
import { type Times, timesOf } from './times.ts';

const MEBIBYTES_UP = ['MiB', 'GiB', 'TiB'] as const;
const BYTES_UP = ['B', 'KiB', ...MEBIBYTES_UP] as const;

export interface Format extends Times {
  /** `14 min`, `2 h 5 min`, `40 s`: two units at most, rounded down. */
  readonly duration: (ms: number) => string;
  /** As duration, but below ten seconds with a decimal: `0.4 s`, `< 0.1 s`. */
  readonly took: (ms: number) => string;
  /** `512 MiB`, `1.5 GiB`, `8.6 TiB` */
  readonly mebibytes: (value: number) => string;
  readonly bytes: (value: number) => string;
  readonly number: (value: number) => string;
}

export function useFormat(): Format {
  const language = useLanguage();
  const words = useWords();
  const format = formats.get(words) ?? formatFor(language, words);
  formats.set(words, format);
  return format;
}

/** By the words of a language: a table has a thousand rows that write sizes. */
const formats = new WeakMap<Translate, Format>();

export function formatFor(language: Language, words: Translate): Format {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return {
    ...timesOf(language),
    duration: (ms) => durationWords(ms, words),
    took: (ms) => tookWords(ms, words),
    mebibytes: (value) => inUnits(value, MEBIBYTES_UP, number),
    bytes: (value) => inUnits(value, BYTES_UP, number),
    number: (value) => number.format(value),
  };
}

function durationWords(ms: number, words: Translate): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  if (total < 60) return words('common.time.seconds', { count: total });
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return words('common.time.minutes', { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return words('common.time.days', { count: Math.floor(hours / 24) });
  if (minutes % 60 === 0) return words('common.time.hours', { count: hours });
  return words('common.time.hoursMinutes', { hours, minutes: minutes % 60 });
}

function tookWords(ms: number, words: Translate): string {
  if (ms >= 10_000) return durationWords(ms, words);
  if (ms < 50) return words('common.time.under', { time: words('common.time.seconds', { count: 0.1 }) });
  return words('common.time.seconds', { count: Math.round(ms / 100) / 10 });
}

/** From the unit that `value` is in up to the greatest that is written. */
function inUnits(value: number, units: readonly string[], number: Intl.NumberFormat): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${number.format(amount)} ${units[unit]}`;
}
