// Link up with its round trip, connecting, or down with when things were last known.
import { observer } from 'mobx-react-lite';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const LinkStatus = observer(function LinkStatus() {
  const { link } = useStores();
  const t = useWords();
  const format = useFormat();
  const { state, rttMs, lastKnownAt } = link;
  const mark = state === 'up' ? 'running' : state === 'down' ? 'failed' : 'working';
  return (
    <span className="status-item link-status" data-state={state} role="status">
      <StateMark mark={mark} size={12} />
      <span>{t(`shell.link.${state}`)}</span>
      {state === 'up' && rttMs !== null && (
        <span className="number muted" aria-hidden="true">
          {t('shell.link.rtt', { ms: rttMs < 1 ? '<1' : Math.round(rttMs) })}
        </span>
      )}
      {state === 'down' && lastKnownAt && (
        <span className="number">{t('shell.link.lastKnown', { time: format.timeWithSeconds(lastKnownAt) })}</span>
      )}
    </span>
  );
});
