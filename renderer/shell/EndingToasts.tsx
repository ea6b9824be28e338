// Warnings of ENVs that end soon, above the other messages: one line for the soonest, with +1 h and Keep, the others on demand; several
// can be extended or put aside together. They stay until the ENV is extended or gone, or they are put aside.
import type { EndPolicy } from '@tt/protocol';
import { AlarmClock, AlarmClockOff, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { isAllowed } from '../components/action.ts';
import { FewRows } from '../components/lists/FewRows.tsx';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { envActions } from '../env/actions.ts';
import type { Ending } from '../env/ending-store.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const EndingToasts = observer(function EndingToasts() {
  const stores = useStores();
  const { endings, envs } = stores;
  const t = useWords();
  const extensions = endings.shown.flatMap(({ name }) => {
    const env = envs.get(name);
    const extend = env && envActions(stores, env, t).extend;
    return extend && isAllowed(extend) ? [extend] : [];
  });
  const all = endings.shown.length > 1 && (
    <>
      {extensions.length > 1 && (
        <Button
          size="small"
          kind="quiet"
          onPress={() => {
            for (const { run } of extensions) run();
          }}
        >
          {t('endings.addHourToAll', { count: extensions.length })}
        </Button>
      )}
      <Button size="small" kind="quiet" onPress={() => endings.dismissAll()}>
        {t('endings.dismissAll')}
      </Button>
    </>
  );
  return (
    <FewRows
      items={endings.shown}
      most={MOST}
      keyOf={({ name }) => name}
      height={40}
      className="toast-list"
      actions={all}
      label={t('endings.warnings')}
      isLive
    >
      {(ending, place) => <EndingRow key={ending.name} ending={ending} place={place} />}
    </FewRows>
  );
});

/** The one that ends soonest. */
const MOST = 1;
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
      <div
        className="toast"
        data-about="ending"
        title={t(`endings.after.${endPolicy}`)}
        data-tone={endsInS <= CRITICAL_S ? 'danger' : 'warning'}
      >
        <AlarmClock aria-hidden className="icon" />
        <span className="toast-line ending-line">
          <span className="toast-text-inline ellipsis" title={name}>
            {name}
          </span>{' '}
          <span className="visually-hidden">
            {t('endings.endsAt', { time: format.time(endAt) })} {t(`endings.after.${endPolicy}`)}
          </span>
          <Countdown endAt={endAt} endPolicy={endPolicy} />
        </span>
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
        <PutOffButton ending={ending} />
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

/** Not in its last minute: then it could not come back in time. */
const PutOffButton = observer(function PutOffButton({ ending }: { ending: Ending }) {
  const { endings, clock } = useStores();
  const t = useWords();
  if (endings.putOffUntil(ending, clock.now) === null) return null;
  return (
    <Button
      size="small"
      kind="quiet"
      icon={AlarmClockOff}
      label={t('endings.putOff', { env: ending.name })}
      onPress={() => endings.putOff(ending.name)}
    />
  );
});

/** Counts down for the eye; the end itself was said already, so that no screen reader repeats each second. */
const Countdown = observer(function Countdown({ endAt, endPolicy }: { endAt: string; endPolicy: EndPolicy }) {
  const { clock } = useStores();
  const t = useWords();
  const format = useFormat();
  return (
    <span className="ending-time number" aria-hidden="true">
      {t(`endings.endsIn.${endPolicy}`, {
        left: format.duration(Date.parse(endAt) - clock.known),
        time: format.time(endAt),
      })}
    </span>
  );
});
