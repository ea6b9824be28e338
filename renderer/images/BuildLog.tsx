// What the build of an image prints, followed while it goes on; a failure to read it can be tried again.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { PrintedText } from '../components/PrintedText.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { BuildLogTail } from './build-log-tail.ts';

/** `isBuilding`: another build begins another log. */
export const BuildLog = observer(function BuildLog({ name, isBuilding }: { name: string; isBuilding: boolean }) {
  const { bridge } = useStores();
  const t = useWords();
  const [attempt, setAttempt] = useState(0);
  const tail = useMemo(() => new BuildLogTail(bridge.client, name), [bridge, name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a build that begins, and another attempt, are why it is read again
  useEffect(
    () => tail.start(),
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- both are why it is read again
    [tail, isBuilding, attempt],
  );
  const { text, state, isCut, failure } = tail;
  const label = t('images.log.of', { image: name });
  if (failure) {
    return (
      <ErrorNotice
        title={t('images.log.notRead')}
        error={toErrorRecord(failure)}
        actions={
          <Button size="small" onPress={() => setAttempt(attempt + 1)}>
            {t('common.tryAgain')}
          </Button>
        }
      />
    );
  }
  return (
    <section className="build-log" aria-label={label}>
      <h3>
        {t('images.log.title')} {isCut && <span className="muted">{t('images.log.cut')}</span>}
      </h3>
      {state === 'none' ? (
        <p className="muted">{t('images.log.none')}</p>
      ) : (
        <PrintedText text={text} label={label} className="build-log-text" />
      )}
    </section>
  );
});
