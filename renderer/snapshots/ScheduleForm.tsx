// Snapshots that an ENV takes by itself: how often, and how many of them are kept.
import { type Env, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const KEEP_DEFAULT = 5;

export const ScheduleForm = observer(function ScheduleForm({ env }: { env: Env }) {
  const { envs, toasts, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const { snapshotSchedule, nextSnapshotAt } = env;
  const [everyMinutes, setEvery] = useState(snapshotSchedule?.everyMinutes ?? null);
  const [keep, setKeep] = useState<number | null>(snapshotSchedule?.keep ?? KEEP_DEFAULT);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const wanted = everyMinutes === null ? null : { everyMinutes, keep: keep ?? KEEP_DEFAULT };
  const changed = JSON.stringify(wanted) !== JSON.stringify(snapshotSchedule);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !link.up || !changed) return;
    setBusy(true);
    const outcome = await envs.updateEnv(env.name, { snapshotSchedule: wanted });
    setBusy(false);
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) toasts.say(t('envs.settingsSaved'));
  };
  return (
    <Form className="form" onSubmit={(event) => void save(event)}>
      <p className="muted">
        {nextSnapshotAt === null
          ? t('snapshots.scheduleOff')
          : t('snapshots.scheduleNext', { time: format.time(nextSnapshotAt) })}
      </p>
      <OptionalNumber
        label={t('snapshots.scheduleEvery')}
        placeholder={t('snapshots.scheduleNever')}
        value={everyMinutes}
        onChange={setEvery}
        min={1}
        max={1440}
        whyNot={link.whyNot}
      />
      <OptionalNumber
        label={t('snapshots.scheduleKeep')}
        value={keep}
        onChange={setKeep}
        min={1}
        max={100}
        whyNot={link.whyNot}
      />
      <div>
        <Button type="submit" isBusy={busy} whyNot={firstReason({ unchanged: !changed, linkDown: !link.up })}>
          {t('common.save')}
        </Button>
      </div>
      {error && <ErrorNotice error={toErrorRecord(error)} />}
    </Form>
  );
});
