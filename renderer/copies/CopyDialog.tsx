// New ENVs from a snapshot, or from an ENV as it is now: name, how many, how long, fenced or not. Enter is enough.
import { isValidName, LIFETIME_DEFAULT_S, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { LifetimeChooser } from '../env/LifetimeChooser.tsx';
import { type LifetimeChoice, secondsOf } from '../env/lifetime-choice.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const MOST_COPIES = 100;

/** `snapshotId` null: the ENV as it is now. */
export const CopyDialog = observer(function CopyDialog(props: { envName: string; snapshotId: string | null }) {
  const { envName, snapshotId } = props;
  const { copies: store, envs, hosts, snapshots, view, toasts, link } = useStores();
  const t = useWords();
  const snapshot = snapshotId === null ? null : (snapshots.get(snapshotId) ?? null);
  const [newName, setNewName] = useState(() => suggestName(envName, (name) => envs.get(name) !== undefined));
  const [count, setCount] = useState(1);
  const [lifetime, setLifetime] = useState<LifetimeChoice>({
    kind: 'seconds',
    seconds: hosts.first?.lifetime.defaultS ?? LIFETIME_DEFAULT_S,
  });
  const [fenced, setFenced] = useState(false);
  const [sshHostKeys, setSshHostKeys] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  if (snapshotId !== null && !snapshot) return null;
  const nameError = isValidName(newName) ? null : t('newEnv.nameInvalid');
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (nameError !== null || busy || !link.up) return;
    setBusy(true);
    const request = { newName, copies: count, fenced, sshHostKeys, lifetimeS: secondsOf(lifetime) };
    const outcome = await (snapshot ? store.fork(envName, snapshot.name, request) : store.clone(envName, request));
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    view.close();
    const names = outcome.value.envs.map(({ env }) => env.name);
    toasts.say(t('copies.made', { count: names.length, names: names.join(', ') }));
    const [first] = names;
    if (first !== undefined) view.goToEnv(first);
  };
  return (
    <Dialog
      title={snapshot ? t('copies.forkTitle', { snapshot: snapshot.name }) : t('copies.cloneTitle', { env: envName })}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form="copy-env" isBusy={busy} whyNot={link.whyNot}>
            {snapshot ? t('copies.forkNow') : t('copies.cloneNow')}
          </Button>
        </>
      }
    >
      <Form id="copy-env" className="form" onSubmit={(event) => void make(event)}>
        <Field label={t('copies.name')} value={newName} onChange={setNewName} error={nameError} mono autoFocus />
        <div className="field">
          <span className="field-label">{t('copies.copiesLabel')}</span>
          <Stepper
            label={t('copies.copiesLabel')}
            value={count}
            min={1}
            max={MOST_COPIES}
            prefix="×"
            onChange={setCount}
          />
          {count > 1 && (
            <span className="field-hint">
              {t('copies.copiesHint', { first: `${newName}-1`, last: `${newName}-${count}` })}
            </span>
          )}
        </div>
        <LifetimeChooser lifetime={lifetime} onChange={setLifetime} />
        <CheckField label={t('copies.fenced')} hint={t('copies.fencedHint')} value={fenced} onChange={setFenced} />
        {!fenced && <CheckField label={t('copies.sshHostKeys')} value={sshHostKeys} onChange={setSshHostKeys} />}
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});

/** `demo-copy`, or the first free `demo-copy-2`. */
function suggestName(envName: string, isTaken: (name: string) => boolean): string {
  const base = `${envName.slice(0, 50)}-copy`;
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) if (!isTaken(`${base}-${number}`)) return `${base}-${number}`;
}
