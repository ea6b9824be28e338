// When the certificate of the server ends, with a mark once that is near and nobody replaces it.
import type { ServerCertificate } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/** null: it speaks plain HTTP. */
export const CertificateEnd = observer(function CertificateEnd({
  certificate,
}: {
  certificate: ServerCertificate | null;
}) {
  const { clock } = useStores();
  const t = useWords();
  const format = useFormat();
  if (certificate === null) return <span className="muted">{t('administration.noCertificate')}</span>;
  const leftMs = Date.parse(certificate.validTo) - clock.now;
  const words = t('administration.endsAt', {
    at: format.dateTime(certificate.validTo),
    left: format.duration(leftMs),
  });
  if (leftMs <= 0) return <StateLabel mark="failed" word={t('administration.ended')} />;
  // Its own is replaced in time, as long as the agent runs.
  const isNear = certificate.renewAt === null && leftMs < SOON_MS;
  return <StateLabel mark={isNear ? 'paused' : 'done'} word={words} />;
});
