// A fingerprint in words, in both languages: for two people who compare by ear or by eye. The lists of words are loaded only here.
import { useEffect, useState } from 'react';
import { useWords } from '../i18n/index.ts';

export function FingerprintWords({ fingerprint }: { fingerprint: string }) {
  const t = useWords();
  const [words, setWords] = useState<readonly string[]>([]);
  useEffect(() => {
    void import('@tt/client/fingerprint-words').then(({ fingerprintWords }) =>
      setWords((['en', 'zh-CN'] as const).map((language) => fingerprintWords(fingerprint, language))),
    );
  }, [fingerprint]);
  return (
    <div role="note">
      <p className="muted">{t('connections.inWords')}</p>
      {words.map((each) => (
        <p key={each}>{each}</p>
      ))}
    </div>
  );
}
