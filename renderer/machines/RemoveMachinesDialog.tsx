// Removes machines from an ENV: ticked ones, by system, or those that do not answer. First the agent lists them; only that list
// is then deleted.
import { type RemovedVm, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { asTtError } from '../activity/operation-store.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';
import { MachineChecks } from './MachineChecks.tsx';
import { RemovedVmList } from './RemovedVmList.tsx';

export interface RemoveMachinesDialogProps {
  envName: string;
  /** Ticked from the start. */
  vmIds: readonly string[];
}

export const RemoveMachinesDialog = observer(function RemoveMachinesDialog(props: RemoveMachinesDialogProps) {
  const { envName } = props;
  const { vms: store, machines, view, toasts, link } = useStores();
  const t = useWords();
  const [ticked, setTicked] = useState<readonly string[]>(props.vmIds);
  const [prefixes, setPrefixes] = useState('');
  const [dead, setDead] = useState(false);
  const [found, setFound] = useState<readonly RemovedVm[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const all = store.ofEnv(envName);
  const vmIds = ticked.filter((vmId) => all.some(({ id }) => id === vmId));
  const osPrefixes = prefixes
    .split(/[,，、]/)
    .map((prefix) => prefix.trim())
    .filter(Boolean);
  const ready = (vmIds.length > 0 || osPrefixes.length > 0 || dead) && link.up;
  /** What is asked for has changed: what was found no longer answers it. */
  const ask = (apply: () => void) => {
    apply();
    setFound(null);
    setError(null);
  };
  const show = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(null);
    try {
      setFound(await machines.preview(envName, { vmIds, osPrefixes, dead }));
    } catch (failed) {
      setError(asTtError(failed));
    } finally {
      setBusy(false);
    }
  };
  const remove = (removed: readonly RemovedVm[]) => {
    view.close();
    const names = someNames(
      removed.map(({ name }) => name),
      t,
    );
    void machines
      .removeVms(
        envName,
        removed.map(({ id }) => id),
      )
      .then((outcome) => outcome.ok && toasts.say(t('machines.removed', { names })));
  };
  return (
    <Dialog
      title={t('machines.removeTitle', { env: envName })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()} isCancelFirst={found !== null && found.length > 0}>
          {found && found.length > 0 ? (
            <Button kind="danger" whyNot={link.whyNot} onPress={() => remove(found)}>
              {t('machines.removeNow', { count: found.length })}
            </Button>
          ) : (
            <Button
              kind="primary"
              type="submit"
              form="remove-machines"
              isBusy={busy}
              whyNot={ready ? null : (link.whyNot ?? 'incomplete')}
            >
              {t('machines.removeShow')}
            </Button>
          )}
        </DialogFoot>
      }
    >
      <Form id="remove-machines" className="form" onSubmit={(event) => void show(event)}>
        <MachineChecks vms={all} chosen={vmIds} onChange={(next) => ask(() => setTicked(next))} />
        <Field
          label={t('machines.removePrefixes')}
          hint={t('machines.removePrefixesHint')}
          value={prefixes}
          onChange={(text) => ask(() => setPrefixes(text))}
          mono
        />
        <CheckField
          label={t('machines.removeDead')}
          hint={t('machines.removeDeadHint')}
          value={dead}
          onChange={(value) => ask(() => setDead(value))}
        />
        {found && <RemovedVmList removed={found} />}
        {error && <ErrorNotice title={t('machines.removeFailed')} error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});
