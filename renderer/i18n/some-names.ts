// Names in a sentence, of which there may be thousands.
import type { Translate } from './index.ts';

const MOST = 12;

/** `a, b, c`, and of many the first twelve: `a, b, … and 588 more`. */
export function someNames(names: readonly string[], t: Translate): string {
  if (names.length <= MOST + 1) return names.join(', ');
  return t('common.namesAndMore', { names: names.slice(0, MOST).join(', '), count: names.length - MOST });
}
