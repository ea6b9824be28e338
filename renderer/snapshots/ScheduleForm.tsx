// Scheduled snapshots of an ENV: how often, and how many of them are kept.
import { type Env, snapshotScheduleSchema, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { z } from 'zod';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { NumberOf } from '../forms/fields.tsx';
import { limitsOf } from '../forms/limits.ts';
import { useFormOf } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const KEEP_DEFAULT = 5;

const scheduleForm = z.object({ everyMinutes: z.number().nullable(), keep: z.number().nullable() });

export const ScheduleForm = observer(function ScheduleForm({ env }: { env: Env }) {
  const { envs, toasts, link, rights } = useStores();
  const whyNoEdit = rights.whyNot('env.update') ?? link.whyNot;
  const t = useWords();
  const format = useFormat();
  const { snapshotSchedule, nextSnapshotAt } = env;
  const form = useFormOf(scheduleForm, {
    everyMinutes: snapshotSchedule?.everyMinutes ?? null,
    keep: snapshotSchedule?.keep ?? KEEP_DEFAULT,
  });
  const { control, watch, formState } = form;
  const [error, setError] = useState<TtError | null>(null);
  const wanted = scheduleOf(watch());
  const changed = JSON.stringify(wanted) !== JSON.stringify(snapshotSchedule);
  const save = form.handleSubmit(async (values) => {
    if (!link.up || !changed || formState.isSubmitting) return;
    const outcome = await envs.updateEnv(env.name, { snapshotSchedule: scheduleOf(values) });
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) toasts.say(t('envs.settingsSaved'));
  });
  return (
    <Form className="form" onSubmit={(event) => void save(event)}>
      <p className="muted">
        {nextSnapshotAt === null
          ? t('snapshots.scheduleOff')
          : t('snapshots.scheduleNext', { time: format.time(nextSnapshotAt) })}
      </p>
      <NumberOf
        control={control}
        name="everyMinutes"
        label={t('snapshots.scheduleEvery')}
        placeholder={t('snapshots.scheduleNever')}
        whyNot={whyNoEdit}
        {...limitsOf(snapshotScheduleSchema.shape.everyMinutes)}
      />
      <NumberOf
        control={control}
        name="keep"
        label={t('snapshots.scheduleKeep')}
        whyNot={whyNoEdit}
        {...limitsOf(snapshotScheduleSchema.shape.keep)}
      />
      <div>
        <Button
          type="submit"
          isBusy={formState.isSubmitting}
          whyNot={rights.whyNot('env.update') ?? firstReason({ unchanged: !changed, linkDown: !link.up })}
        >
          {t('common.save')}
        </Button>
      </div>
      {error && <ErrorNotice error={toErrorRecord(error)} />}
    </Form>
  );
});

function scheduleOf({ everyMinutes, keep }: z.output<typeof scheduleForm>): Env['snapshotSchedule'] {
  return everyMinutes === null ? null : { everyMinutes, keep: keep ?? KEEP_DEFAULT };
}
