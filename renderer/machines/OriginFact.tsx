// How a machine's guest began: woken from the warm instant of its image and how fast, or booted and why it was not woken.
import { termText, type VmOrigin } from '@tt/protocol';
import { useFormat } from '../i18n/format.ts';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';

export function OriginFact({ origin }: { origin: VmOrigin }) {
  const t = useWords();
  const words = termsOf(useLanguage());
  const format = useFormat();
  if (origin.how === 'booted') {
    const { reason } = origin;
    if (reason === null) return <>{t('machines.booted')}</>;
    return <>{t('machines.bootedBecause', { reason: termText('bootReason', reason, {}, words) })}</>;
  }
  return <>{origin.ms === null ? t('machines.wokenNow') : t('machines.woken', { time: format.took(origin.ms) })}</>;
}
