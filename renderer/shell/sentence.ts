// A sentence of the catalogue that is said of thousands of things: looked up once, then filled in by hand.
import type { Translate, Word } from '../i18n/index.ts';

/** Stand for the values while the sentence is looked up; of the characters that Unicode leaves to programs, so no sentence has them. */
const MARKS = ['\uE000', '\uE001'] as const;

/** `fill(...values)` says what `t(key, values)` would, of up to two values, whose names are given in the same order. */
export function sentence(t: Translate, key: Word, ...names: readonly [string] | readonly [string, string]): Fill {
  const marked = t(key, Object.fromEntries(names.map((name, index) => [name, MARKS[index] ?? ''])));
  const parts = marked.split(/([\uE000\uE001])/);
  return (first, second = '') => {
    let text = '';
    for (const part of parts) text += part === MARKS[0] ? first : part === MARKS[1] ? second : part;
    return text;
  };
}

export type Fill = (first: string, second?: string) => string;
