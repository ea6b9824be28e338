// "last known 12:04:31", for what would otherwise look as if it were true now.
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from './stores-context.ts';

/** null while the link is up, or nothing was ever known. */
export function useLastKnown(): string | null {
  const { link } = useStores();
  const t = useWords();
  const format = useFormat();
  if (!link.isStale || !link.lastKnownAt) return null;
  return t('shell.link.lastKnown', { time: format.timeWithSeconds(link.lastKnownAt) });
}
