// New ENVs from a snapshot, or from an ENV as it is now: name, how many, how long, fenced or not. Enter is enough.
import { LIFETIME_DEFAULT_S } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { Stepper } from '../components/Stepper.tsx';
import { LifetimeChooser } from '../env/LifetimeChooser.tsx';
import { type LifetimeChoice, secondsOf } from '../env/lifetime-choice.ts';
import { CheckOf, TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { type FormState, nameField, useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';

const MOST_COPIES = 100;

const copyForm = z
  .object({
    newName: nameField,
    copies: z.number(),
    lifetime: z.custom<LifetimeChoice>(),
    fenced: z.boolean(),
    sshHostKeys: z.boolean(),
  })
  .transform(({ lifetime, ...request }) => ({ ...request, lifetimeS: secondsOf(lifetime) }));
type CopyValues = z.input<typeof copyForm>;

export interface CopyDialogProps {
  envName: string;
  /** null: the ENV as it is now. */
  snapshotId: string | null;
}

export const CopyDialog = observer(function CopyDialog({ envName, snapshotId }: CopyDialogProps) {
  const snapshot = useStores().snapshots.get(snapshotId ?? '');
  // Of a snapshot that is gone there is nothing to copy.
  if (snapshotId !== null && !snapshot) return null;
  return <CopyForm envName={envName} snapshotName={snapshot?.name ?? null} />;
});

const CopyForm = observer(function CopyForm(props: { envName: string; snapshotName: string | null }) {
  const { envName, snapshotName } = props;
  const { copies: store, envs, hosts, view } = useStores();
  const t = useWords();
  const [newName] = useState(() => suggestName(envName, (name) => envs.get(name) !== undefined));
  const form = useFormOf(copyForm, {
    newName,
    copies: 1,
    lifetime: { kind: 'seconds', seconds: hosts.first?.lifetime.defaultS ?? LIFETIME_DEFAULT_S },
    fenced: false,
    sshHostKeys: false,
  });
  const { control, watch } = form;
  const lifetime = useFieldOf<CopyValues, LifetimeChoice>({ control, name: 'lifetime' });
  return (
    <FormDialog
      title={
        snapshotName === null
          ? t('copies.cloneTitle', { env: envName })
          : t('copies.forkTitle', { snapshot: snapshotName })
      }
      verb={snapshotName === null ? t('copies.cloneNow') : t('copies.forkNow')}
      form={form}
      submit={(request) =>
        snapshotName === null ? store.clone(envName, request) : store.fork(envName, snapshotName, request)
      }
      done={({ envs: made }) => {
        const names = made.map(({ env }) => env.name);
        const [first] = names;
        if (first !== undefined) view.goToEnv(first);
        return t('copies.made', { count: names.length, names: someNames(names, t) });
      }}
    >
      <TextOf control={control} name="newName" label={t('copies.name')} mono autoFocus />
      <CopyCount control={control} newName={watch('newName')} />
      <LifetimeChooser lifetime={lifetime.value} onChange={lifetime.onChange} />
      <CheckOf control={control} name="fenced" label={t('copies.fenced')} hint={t('copies.fencedHint')} />
      {!watch('fenced') && <CheckOf control={control} name="sshHostKeys" label={t('copies.sshHostKeys')} />}
    </FormDialog>
  );
});

function CopyCount({ control, newName }: Pick<FormState<CopyValues>, 'control'> & { newName: string }) {
  const t = useWords();
  const { value: count, onChange } = useFieldOf<CopyValues, number>({ control, name: 'copies' });
  return (
    <div className="field">
      <span className="field-label">{t('copies.copiesLabel')}</span>
      <Stepper label={t('copies.copiesLabel')} value={count} min={1} max={MOST_COPIES} prefix="×" onChange={onChange} />
      {count > 1 && (
        <span className="field-hint">
          {t('copies.copiesHint', { first: `${newName}-1`, last: `${newName}-${count}` })}
        </span>
      )}
    </div>
  );
}

/** `demo-copy`, or the first free `demo-copy-2`. */
function suggestName(envName: string, isTaken: (name: string) => boolean): string {
  const base = `${envName.slice(0, 50)}-copy`;
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) if (!isTaken(`${base}-${number}`)) return `${base}-${number}`;
}
