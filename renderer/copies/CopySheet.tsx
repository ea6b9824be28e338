// New ENVs from a snapshot, or from an ENV as it is now: name, how many and how they will be called, how long, fenced or not; beside
// it what they take. The agent says beforehand what it would refuse, at the field that causes it. Enter is enough.
import {
  COPIES_MAX,
  copyNames,
  type ErrorRecord,
  isValidName,
  LIFETIME_DEFAULT_S,
  toErrorRecord,
  type TtError,
} from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { firstReason } from '../components/action.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { LifetimeChooser } from '../env/LifetimeChooser.tsx';
import { type LifetimeChoice, secondsOf } from '../env/lifetime-choice.ts';
import { CheckOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { CopyCosts } from './CopyCosts.tsx';
import { type CopyField, fieldOfProblem } from './copy-problem.ts';
import { useCopyPlan } from './use-copy-plan.ts';

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

export interface CopySheetProps {
  envName: string;
  /** null: the ENV as it is now. */
  snapshotId: string | null;
}

export const CopySheet = observer(function CopySheet({ envName, snapshotId }: CopySheetProps) {
  const snapshot = useStores().snapshots.get(snapshotId ?? '');
  // Of a snapshot that is gone there is nothing to copy.
  if (snapshotId !== null && !snapshot) return null;
  return <CopyForm envName={envName} snapshotName={snapshot?.name ?? null} />;
});

const CopyForm = observer(function CopyForm(props: { envName: string; snapshotName: string | null }) {
  const { envName, snapshotName } = props;
  const { copies: store, envs, hosts, operations, link } = useStores();
  const t = useWords();
  const language = useLanguage();
  const [suggested] = useState(() => suggestName(envName, (name) => envs.get(name) !== undefined));
  const [refused, setRefused] = useState<{ of: string; error: ErrorRecord } | null>(null);
  const form = useFormOf(copyForm, {
    newName: suggested,
    copies: 1,
    lifetime: { kind: 'seconds', seconds: hosts.first?.lifetime.defaultS ?? LIFETIME_DEFAULT_S },
    fenced: false,
    sshHostKeys: false,
  });
  const { control, watch } = form;
  const name = useFieldOf<CopyValues, string>({ control, name: 'newName' });
  const count = useFieldOf<CopyValues, number>({ control, name: 'copies' });
  const lifetime = useFieldOf<CopyValues, LifetimeChoice>({ control, name: 'lifetime' });
  const [fenced, sshHostKeys] = [watch('fenced'), watch('sshHostKeys')];
  const names = copyNames(name.value, count.value);
  const taken = names.filter((wanted) => envs.get(wanted) !== undefined);
  const request = { newName: name.value, copies: count.value, fenced, sshHostKeys };
  // To the minute: until 18:00 is another number of seconds each time it is asked.
  const lifetimeS = Math.round(secondsOf(lifetime.value) / 60) * 60;
  const asked = isValidName(name.value) ? { ...request, lifetimeS } : null;
  const { plan, isCurrent, error: noPlan } = useCopyPlan(envName, snapshotName, asked);

  const of = JSON.stringify(asked);
  const problem = refused?.of === of ? refused.error : isCurrent ? (plan?.problem ?? null) : null;
  const field = problem && fieldOfProblem(problem);
  const at = (place: CopyField) => (problem && field === place ? sentences(errorWords(problem, language)) : null);
  const [firstTaken] = taken;
  const nameError =
    name.error ?? (firstTaken === undefined ? at('newName') : t('newEnv.nameTaken', { env: firstTaken }));
  const countError = at('copies');
  const lifetimeError = at('lifetime');
  const saving = operations.isSaving(envName);
  const mistake = nameError !== null || lifetimeError !== null;
  const takeError = (error: TtError): boolean => {
    setRefused({ of, error: toErrorRecord(error) });
    return true;
  };
  return (
    <FormDialog
      title={
        snapshotName === null
          ? t('copies.cloneTitle', { env: envName })
          : t('copies.forkTitle', { snapshot: snapshotName })
      }
      verb={
        count.value > 1
          ? t(snapshotName === null ? 'copies.cloneCount' : 'copies.forkCount', { count: count.value })
          : t(snapshotName === null ? 'copies.cloneNow' : 'copies.forkNow')
      }
      width="large"
      form={form}
      whyNot={firstReason({ mistake, overCapacity: countError !== null, saving, linkDown: !link.up })}
      submit={(wanted) => store.copy(envName, snapshotName, wanted)}
      takeError={takeError}
      done={() => null}
    >
      <div className="copy-sheet">
        <div className="form">
          <Field
            label={t('copies.name')}
            value={name.value}
            onChange={name.onChange}
            error={nameError}
            mono
            autoFocus
          />
          <div className="field">
            <span className="field-label">{t('copies.copiesLabel')}</span>
            <Stepper
              label={t('copies.copiesLabel')}
              value={count.value}
              min={1}
              max={COPIES_MAX}
              prefix="×"
              onChange={count.onChange}
              error={countError}
            />
          </div>
          {names.length > 1 && <Names names={names} taken={taken} />}
          <div className="field">
            <LifetimeChooser lifetime={lifetime.value} onChange={lifetime.onChange} />
            {lifetimeError !== null && <span className="field-error">{lifetimeError}</span>}
          </div>
          <CheckOf control={control} name="fenced" label={t('copies.fenced')} hint={t('copies.fencedHint')} />
          {!fenced && <CheckOf control={control} name="sshHostKeys" label={t('copies.sshHostKeys')} />}
        </div>
        <CopyCosts each={plan?.each ?? null} count={count.value} />
      </div>
      {problem && field === null && <ErrorNotice error={problem} />}
      {noPlan && <ErrorNotice error={toErrorRecord(noPlan)} />}
    </FormDialog>
  );
});

/** So many are seen without scrolling, as `.copy-names` in copies.css. */
const NAMES_SEEN = 4;

/** As they will be; at most as many as one call makes. */
function Names({ names, taken }: { names: readonly string[]; taken: readonly string[] }) {
  const t = useWords();
  return (
    // What scrolls must be reachable by keyboard.
    <section
      className="copy-names"
      aria-label={t('copies.names')}
      {...(names.length > NAMES_SEEN ? { tabIndex: 0 } : {})}
    >
      <ol>
        {names.map((name) => (
          <li key={name} className="mono" data-taken={taken.includes(name) || undefined}>
            {name}
          </li>
        ))}
      </ol>
    </section>
  );
}

function sentences({ message, fix }: { message: string; fix: string }): string {
  return `${message} ${fix}`;
}

/** `demo-copy`, or the first free `demo-copy-2`. */
function suggestName(envName: string, isTaken: (name: string) => boolean): string {
  const base = `${envName.slice(0, 50)}-copy`;
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) if (!isTaken(`${base}-${number}`)) return `${base}-${number}`;
}
