// Takes a snapshot of several ENVs by one name. Each is an operation of its own: one that fails does not stop the others, and says so.
import { titleSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { operationWords } from '../activity/operation-words.ts';
import { TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';
import { suggestSnapshotName } from './snapshot-name.ts';

const snapshotsForm = z.object({ name: nameField, title: titleSchema });

export const SnapshotEnvsDialog = observer(function SnapshotEnvsDialog({ names }: { names: readonly string[] }) {
  const { snapshots, takes, operations } = useStores();
  const t = useWords();
  // One that is free in all of them.
  const [name] = useState(() => suggestSnapshotName(names.flatMap((envName) => snapshots.ofEnv(envName))));
  const form = useFormOf(snapshotsForm, { name, title: '' });
  return (
    <FormDialog
      title={t('snapshots.takeSeveralTitle', { count: names.length })}
      verb={t('snapshots.takeNow')}
      form={form}
      submit={async ({ name: chosen, title }) => {
        const words = title === '' ? {} : { title };
        const outcomes = await Promise.all(names.map((envName) => takes.take({ envName, name: chosen, ...words })));
        const begun = outcomes.find(({ ok }) => ok);
        // None has begun: the dialog stays, and says why. Otherwise it goes, and those that have not begun are told of beside it.
        if (!begun) return outcomes[0] ?? { ok: true, value: null };
        for (const [index, envName] of names.entries()) {
          const outcome = outcomes[index];
          if (!outcome || outcome.ok) continue;
          const subject = { envName, snapshotName: chosen };
          operations.tellFailure(operationWords({ kind: 'snapshot.create', subject }), outcome.error);
        }
        return begun;
      }}
      done={() => null}
    >
      <p className="mono">{someNames(names, t)}</p>
      <TextOf control={form.control} name="name" label={t('snapshots.name')} mono autoFocus />
      <TextOf control={form.control} name="title" label={t('snapshots.title')} />
    </FormDialog>
  );
});
