// What the build of an image prints: scrolls along while its end is in sight.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { BuildLogTail } from './build-log-tail.ts';

/** As far from the end as still counts as at the end, in px. */
const NEAR = 24;

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
    <section className="build-log" aria-label={t('images.log.of', { image: name })}>
      <h3>
        {t('images.log.title')} {isCut && <span className="muted">{t('images.log.cut')}</span>}
      </h3>
      {state === 'none' ? <p className="muted">{t('images.log.none')}</p> : <Text text={text} label={t('images.log.of', { image: name })} />}
    </section>
  );
});

function Text({ text, label }: { text: string; label: string }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is why it scrolls
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the text is why it scrolls
  }, [text]);
  return (
    <pre
      ref={box}
      className="build-log-text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label={label}
      // Hundreds of lines a second are not read aloud.
      aria-live="off"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {text}
    </pre>
  );
}
