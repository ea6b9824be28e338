// After how many minutes a snapshot is deleted automatically; empty keeps it until the ENV is deleted.
import type { FieldValues } from 'react-hook-form';
import { NumberOf, type Of } from '../forms/fields.tsx';
import { useWords } from '../i18n/index.ts';

/** The contract's year. */
const LIMITS = { min: 1, max: 525_600 };

export function ExpiryOf<Values extends FieldValues>({ hint, ...of }: Of<Values, number | null> & { hint?: string }) {
  const t = useWords();
  const about = hint === undefined ? { placeholder: t('snapshots.expiryNever') } : { hint };
  return <NumberOf {...of} label={t('snapshots.expiry')} {...about} {...LIMITS} />;
}
