// Changes when an ENV ends, earlier or later: +1 h, until 18:00, or a custom day and time; shows the limit before the agent
// refuses. Administrators can exceed it.
import { type Env, LIFETIME_MAX_S, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { clockText, endOfText, endText } from './clock-text.ts';
import { sixOClock } from './lifetime-choice.ts';

export const LifetimeForm = observer(function LifetimeForm({ env, onDone }: { env: Env; onDone?: () => void }) {
  const { envs, clock, toasts, link, me, hosts, rights } = useStores();
  const whyNo = rights.whyNot('env.update');
  const t = useWords();
  const format = useFormat();
  const [typed, setTyped] = useState(() =>
    endText(new Date(env.expired ? clock.now + 3_600_000 : env.endAt), new Date(clock.now)),
  );
  const [overrideLimit, setOverrideLimit] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const maxS = hosts.first?.lifetime.maxS ?? LIFETIME_MAX_S;
  const six = sixOClock(new Date(clock.now), maxS);
  const latest = new Date(Date.parse(env.startAt) + maxS * 1000);
  const own = endOfText(typed, new Date(clock.now), new Date(env.expired ? clock.now : env.endAt));
  const tooLate = own !== null && own > latest && !overrideLimit;
  const from = env.expired ? clock.now : Date.parse(env.endAt);
  const set = async (end: Date) => {
    setBusy(true);
    const outcome = await envs.setEnd(env.name, end, overrideLimit);
    setBusy(false);
    setError(outcome && !outcome.ok ? outcome.error : null);
    if (!outcome?.ok) return;
    setTyped(endText(end, new Date(clock.now)));
    toasts.say(t('envs.lifetimeSaved', { env: env.name, time: format.time(end) }));
    onDone?.();
  };
  const limit = t('envs.lifetimeLimit', { limit: format.duration(maxS * 1000), time: format.time(latest) });
  return (
    <div className="form">
      <p>
        {env.expired
          ? t('endings.expiredAt', { time: format.time(env.endAt) })
          : t('envs.lifetimeNow', {
              time: format.time(env.endAt),
              left: format.duration(Date.parse(env.endAt) - clock.now),
            })}
      </p>
      <div className="line">
        <Button
          whyNot={whyNo ?? firstReason({ busy, linkDown: !link.up })}
          onPress={() => void set(new Date(from + 3_600_000))}
          autoFocus={onDone !== undefined}
        >
          {t('envs.addHour')}
        </Button>
        {six && (
          <Button whyNot={whyNo ?? firstReason({ busy, linkDown: !link.up })} onPress={() => void set(six)}>
            {t('envs.lifetimeUntil', { time: clockText(six) })}
          </Button>
        )}
        {latest.getTime() > clock.now && (
          <Button whyNot={whyNo ?? firstReason({ busy, linkDown: !link.up })} onPress={() => void set(latest)}>
            {t('envs.lifetimeUntil', { time: format.time(latest) })}
          </Button>
        )}
      </div>
      <div className="line line-end">
        <Field
          label={t('envs.lifetimeCustom')}
          placeholder="18:00, 12-03 18:00, +2h"
          mono
          value={typed}
          onChange={setTyped}
          error={tooLate ? limit : own === null ? t('envs.lifetimePast') : null}
          hint={own !== null && !tooLate ? t('envs.lifetimeMeans', { time: format.dateTime(own) }) : limit}
        />
        <Button
          whyNot={whyNo ?? firstReason({ busy, incomplete: own === null || tooLate, linkDown: !link.up })}
          isBusy={busy}
          onPress={() => own && void set(own)}
        >
          {t('envs.lifetimeSet')}
        </Button>
      </div>
      {me.isAdmin && (
        <CheckField
          label={t('endings.overrideLimit')}
          hint={t('endings.overrideLimitHint')}
          value={overrideLimit}
          onChange={setOverrideLimit}
        />
      )}
      {error && <ErrorNotice title={t('envs.lifetimeFailed', { env: env.name })} error={toErrorRecord(error)} />}
    </div>
  );
});
