// After how many minutes a snapshot is deleted by itself; empty keeps it as long as its ENV.
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useWords } from '../i18n/index.ts';

/** The contract's year. */
const MOST_MINUTES = 525_600;

export interface ExpiryFieldProps {
  /** null = empty. */
  minutes: number | null;
  onChange: (minutes: number | null) => void;
  hint?: string;
}

export function ExpiryField({ minutes, onChange, hint }: ExpiryFieldProps) {
  const t = useWords();
  return (
    <OptionalNumber
      label={t('snapshots.expiry')}
      {...(hint === undefined ? { placeholder: t('snapshots.expiryNever') } : {})}
      value={minutes}
      onChange={onChange}
      min={1}
      max={MOST_MINUTES}
      {...(hint === undefined ? {} : { hint })}
    />
  );
}
