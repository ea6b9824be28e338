// Copies a failure whole (code, words, data), for a report.
import type { ErrorRecord } from '@tt/protocol';
import { useState } from 'react';
import { useWords } from '../i18n/index.ts';
import { Button } from './Button.tsx';

export function CopyDetails({ error }: { error: ErrorRecord }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    const details = JSON.stringify({ ...error, at: new Date().toISOString() }, null, 2);
    void navigator.clipboard.writeText(details).then(() => setCopied(true));
  };
  return (
    <Button kind="quiet" size="small" onPress={copy}>
      {copied ? t('common.detailsCopied') : t('common.copyDetails')}
    </Button>
  );
}
