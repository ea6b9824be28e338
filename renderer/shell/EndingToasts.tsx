// Warnings of ENVs that end soon, above the other messages: one row each, with +1 h and Keep. They stay until the ENV is
// extended or gone, or they are put aside.
import { AlarmClock, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { FewRows } from '../components/lists/FewRows.tsx';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { envActions } from '../env/actions.ts';
import type { Ending } from '../env/ending-store.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const EndingToasts = observer(function EndingToasts() {
  const { endings } = useStores();
  const t = useWords();
  return (
    <FewRows
      items={endings.shown}
      most={MOST}
      keyOf={({ name }) => name}
      height={64}
      className="toast-list"
      label={t('endings.warnings')}
      isLive
    >
      {(ending, place) => <EndingRow key={ending.name} ending={ending} place={place} />}
    </FewRows>
  );
});

/** Those that end soonest. */
const MOST = 4;
const CRITICAL_S = 300;

const EndingRow = observer(function EndingRow({ ending, place }: { ending: Ending; place: RowPlace }) {
  const stores = useStores();
  const { endings, envs } = stores;
  const t = useWords();
  const format = useFormat();
  const { name, endAt, endsInS } = ending;
  // The policy may have been changed since the warning.
  const env = envs.get(name);
  const endPolicy = env?.endPolicy ?? ending.endPolicy;
  const can = env ? envActions(stores, env, t) : null;
  return (
    <li className="toast-place" {...place}>
      <div className="toast" data-about="ending" data-tone={endsInS <= CRITICAL_S ? 'danger' : 'warning'}>
        <AlarmClock aria-hidden className="icon" />
        <div className="rows-main">
          <span className="toast-text">
            {t('endings.endsAt', { env: name, time: format.time(endAt) })} <TimeLeft endAt={endAt} />
          </span>
          <span className="muted">{t(`endings.after.${endPolicy}`)}</span>
        </div>
        {can && (
          <>
            <Button
              size="small"
              kind="primary"
              whyNot={can.extend.whyNot}
              aria-label={t('envs.addHourLong', { env: name })}
              onPress={can.extend.run}
            >
              {t('envs.addHour')}
            </Button>
            <Button
              size="small"
              whyNot={can.lifetime.whyNot}
              aria-label={t('endings.keepLong', { env: name })}
              onPress={can.lifetime.run}
            >
              {t('endings.keep')}
            </Button>
          </>
        )}
        <Button
          kind="quiet"
          size="small"
          icon={X}
          label={t('endings.dismiss', { env: name })}
          onPress={() => endings.dismiss(name)}
        />
      </div>
    </li>
  );
});

/** Counts down for the eye; the end itself was said already, so that no screen reader repeats each second. */
const TimeLeft = observer(function TimeLeft({ endAt }: { endAt: string }) {
  const { clock } = useStores();
  const t = useWords();
  const format = useFormat();
  return (
    <span className="number" aria-hidden="true">
      {t('endings.endsIn', { left: format.duration(Date.parse(endAt) - clock.known) })}
    </span>
  );
});
