// Changes when an ENV ends: +1 h, until 18:00, or a time of one's own; says what the limit is before the agent has to.
import { type Env, LIFETIME_MAX_S, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { atClock, clockText } from './clock-text.ts';
import { sixOClock } from './new-env-draft.ts';

export const LifetimeForm = observer(function LifetimeForm({ env, onDone }: { env: Env; onDone?: () => void }) {
  const { envs, clock, toasts, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const [typed, setTyped] = useState(() => clockText(new Date(env.endAt)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const six = sixOClock(new Date(clock.now));
  const latest = new Date(Date.parse(env.startAt) + LIFETIME_MAX_S * 1000);
  const own = atClock(typed, new Date(clock.now));
  const tooLate = own !== null && own > latest;
  const set = async (end: Date) => {
    setBusy(true);
    const outcome = await envs.setEnd(env.name, end);
    setBusy(false);
    setError(outcome && !outcome.ok ? outcome.error : null);
    if (!outcome?.ok) return;
    setTyped(clockText(end));
    toasts.say(t('envs.lifetimeSaved', { env: env.name, time: format.time(end) }));
    onDone?.();
  };
  const limit = t('envs.lifetimeLimit', { time: format.time(latest) });
  return (
    <div className="form">
      <p>
        {t('envs.lifetimeNow', {
          time: format.time(env.endAt),
          left: format.duration(Date.parse(env.endAt) - clock.now),
        })}
      </p>
      <div className="line">
        <Button
          isDisabled={!link.up || busy}
          onPress={() => void set(new Date(Date.parse(env.endAt) + 3_600_000))}
          autoFocus={onDone !== undefined}
        >
          {t('envs.addHour')}
        </Button>
        {six && (
          <Button isDisabled={!link.up || busy} onPress={() => void set(six)}>
            {t('envs.lifetimeUntil', { time: clockText(six) })}
          </Button>
        )}
        <Button isDisabled={!link.up || busy} onPress={() => void set(latest)}>
          {t('envs.lifetimeUntil', { time: format.time(latest) })}
        </Button>
      </div>
      <div className="line line-end">
        <Field
          label={t('envs.lifetimeCustom')}
          placeholder="18:00"
          mono
          value={typed}
          onChange={setTyped}
          error={tooLate ? limit : own === null ? t('envs.lifetimePast') : null}
          hint={limit}
        />
        <Button
          isDisabled={!link.up || busy || own === null || tooLate}
          isBusy={busy}
          onPress={() => own && void set(own)}
        >
          {t('envs.lifetimeSet')}
        </Button>
      </div>
      {error && <ErrorNotice title={t('envs.lifetimeFailed', { env: env.name })} error={toErrorRecord(error)} />}
    </div>
  );
});
