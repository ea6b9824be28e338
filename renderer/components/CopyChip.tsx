// A chip whose click copies a text and says so for a moment.
import { Check } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ListedButton } from './ListedButton.tsx';
import { WithTooltip } from './WithTooltip.tsx';

export interface CopyChipProps {
  children: ReactNode;
  /** What is copied. */
  text: string;
  /** Tooltip before, e.g. what is copied. */
  hint: string;
  /** Said once it is copied. */
  done: string;
}

export function CopyChip({ children, text, hint, done }: CopyChipProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <>
      <WithTooltip text={copied ? done : hint}>
        <ListedButton className="chip" data-copied={copied || undefined} onPress={copy}>
          {children}
          {copied && <Check aria-hidden className="icon" />}
        </ListedButton>
      </WithTooltip>
      <span className="visually-hidden" aria-live="polite">
        {copied ? done : ''}
      </span>
    </>
  );
}
