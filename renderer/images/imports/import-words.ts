// How far a file is, in words: percent, rate and time left while it is sent, otherwise what it waits for.
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/index.ts';
import type { ImageImport } from './image-import.ts';

export function percentOf({ passage: { doneBytes, totalBytes } }: Pick<ImageImport, 'passage'>): number {
  return totalBytes === 0 ? 0 : Math.floor((100 * doneBytes) / totalBytes);
}

export type ImportView = Pick<ImageImport, 'phase' | 'passage' | 'failure' | 'needsFile' | 'fileName'>;

export function importWords(one: ImportView, t: Translate, format: Format): string {
  const percent = percentOf(one);
  switch (one.phase) {
    case 'waiting':
      return t('images.imports.waiting');
    case 'checking':
      return t('images.imports.checking', { percent });
    case 'making':
      return t('images.imports.making');
    case 'stopped':
      if (!one.needsFile) return t(percent === 100 ? 'images.imports.sent' : 'images.imports.stopped', { percent });
      return t('images.imports.chooseToResume', { file: one.fileName, percent });
    case 'sending':
      return sendingWords(one, t, format);
  }
}

function sendingWords({ passage, ...one }: ImportView, t: Translate, format: Format): string {
  const { totalBytes, bytesPerS, leftMs } = passage;
  const parts = [
    t('images.imports.percent', { percent: percentOf({ ...one, passage }), size: format.bytes(totalBytes) }),
  ];
  if (bytesPerS !== null) parts.push(t('images.imports.rate', { rate: format.bytes(bytesPerS) }));
  if (leftMs !== null) parts.push(t('images.imports.left', { time: format.duration(leftMs) }));
  return parts.join(' · ');
}
