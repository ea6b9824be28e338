// What is known about an image, in short words: a line of its row, and the list in its details.
import { type Image, imageMemo } from '@tt/protocol';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';

/** Without what the columns of the table say. */
export function imageFacts(image: Image, t: Translate, format: Format, language: Language): string[] {
  return [
    imageMemo(image, language),
    image.defaultLogin && t('images.login', { user: loginWords(t, image.defaultLogin) }),
    image.warm?.state === 'ready' &&
      t('images.warmFacts', {
        count: image.warm.useCount,
        cpu: image.warm.cpuCount,
        memory: format.mebibytes(image.warm.memoryMiB),
        size: format.bytes(image.warm.sizeBytes),
      }),
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '');
}

/** `root (empty password)`. */
export function loginWords(t: Translate, { user, password }: NonNullable<Image['defaultLogin']>): string {
  const how = password === null ? t('images.loginKey') : password === '' ? t('images.loginEmpty') : '';
  return `${user}${how === '' ? '' : ` (${how})`}`;
}
