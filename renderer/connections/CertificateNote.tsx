// What the server of a connection presents: its names, how long it is valid, and what to compare, in digits and in words.
import { toErrorRecord } from '@tt/protocol';
import { useEffect, useState } from 'react';
import type { Outcome } from '../activity/operation-store.ts';
import type { ServerCertificate } from '../bridge.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import type { ConnectionStore } from './connection-store.ts';
import { FingerprintWords } from './FingerprintWords.tsx';

/** Asked once, when it is shown; nothing for a connection without TLS. */
export function CertificateNote({ connections, id }: { connections: ConnectionStore; id: string }) {
  const t = useWords();
  const format = useFormat();
  const [asked, setAsked] = useState<Outcome<ServerCertificate | null> | null>(null);
  useEffect(() => void connections.certificate(id).then(setAsked), [connections, id]);
  if (asked === null || (asked.ok && asked.value === null)) return null;
  return (
    <section aria-label={t('connections.certificate')}>
      <h3>{t('connections.certificate')}</h3>
      {!asked.ok && <ErrorNotice error={toErrorRecord(asked.error)} />}
      {asked.ok && asked.value && (
        <>
          <p>{t('connections.certificateNames', { names: asked.value.names.join(', ') })}</p>
          <p>
            {t('connections.certificateTimes', {
              from: format.dateTime(asked.value.validFrom),
              to: format.dateTime(asked.value.validTo),
            })}
          </p>
          <p>{t('connections.certificateBy', { issuer: asked.value.issuer })}</p>
          <p className="mono">SHA-256 {(asked.value.fingerprint.match(/.{4}/g) ?? []).join(' ')}</p>
          <FingerprintWords fingerprint={asked.value.fingerprint} />
        </>
      )}
    </section>
  );
}
