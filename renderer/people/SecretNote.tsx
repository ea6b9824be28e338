// A link or a token just after it was made: to be copied now, since it is not shown again.
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { fingerprintOfPage, fingerprintOfPem } from './authority-fingerprint.ts';
import { linkFor, type Secret } from './people-store.ts';

export const SecretNote = observer(function SecretNote({ secret }: { secret: Secret }) {
  const { people, session, connections } = useStores();
  const t = useWords();
  const origin = session.canLeave ? window.location.origin : null;
  const shown = connections?.shown;
  // Over ssh it has an address on this computer alone.
  const server = shown?.ssh === null ? shown.address : null;
  const authority = shown?.authority ?? null;
  const [fingerprint, setFingerprint] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let isShown = true;
    const settle = (found: string | null) => isShown && setFingerprint(found);
    // Without it the link works too: whoever takes it is asked then.
    fingerprintFor(origin, authority).then(settle, () => settle(null));
    return () => {
      isShown = false;
    };
  }, [origin, authority]);
  // A link must not change after it was copied.
  if (fingerprint === undefined) return null;
  const link = linkFor(secret.text, { address: server, origin, fingerprint });
  const text = secret.kind === 'token' ? secret.text : (link ?? secret.text);
  return (
    <div role="status">
      <p className="muted">
        {t(secret.kind === 'token' ? 'settings.tokenShown' : 'settings.linkShown', { about: secret.about })}
      </p>
      <CopyChip text={text} hint={t('common.copy')} done={t('common.copied')}>
        {text}
      </CopyChip>
      <Button kind="quiet" size="small" onPress={() => people.show(null)}>
        {t('settings.hideSecret')}
      </Button>
    </div>
  );
});

/** `origin`: of this page, in a browser; `authority`: PEM of what the desktop has pinned. */
function fingerprintFor(origin: string | null, authority: string | null): Promise<string | null> {
  if (origin !== null) return fingerprintOfPage(origin);
  return authority === null ? Promise.resolve(null) : fingerprintOfPem(authority);
}
