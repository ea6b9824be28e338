// Changes size, ports, bandwidth and blacklist of all machines of an ENV or of some. Processors and memory need a stop: then the
// button stops, changes and starts them in one go.
import { bootDiskMiB, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { type ChangeFields, changeFrom, commonFields, freeMemory, isEmptyChange, mustStop } from './machine-change.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ChangeFieldset } from './ChangeFieldset.tsx';
import { MachineChecks } from './MachineChecks.tsx';
import { canStop } from './vm-store.ts';

export interface ChangeMachinesDialogProps {
  envName: string;
  /** Chosen from the start; null = all. */
  vmIds: readonly string[] | null;
}

export const ChangeMachinesDialog = observer(function ChangeMachinesDialog(props: ChangeMachinesDialogProps) {
  const { envName } = props;
  const { vms: store, hosts, machines, view, toasts, link } = useStores();
  const t = useWords();
  const all = store.ofEnv(envName);
  const [ticked, setTicked] = useState<readonly string[]>(() => props.vmIds ?? all.map(({ id }) => id));
  const [edits, setEdits] = useState<Partial<ChangeFields>>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ error: TtError; changed: number } | null>(null);
  const chosen = all.filter(({ id }) => ticked.includes(id));
  const common = commonFields(chosen);
  const change = changeFrom(common, edits);
  const refusedRunning = failure?.error.code === 'VM_MUST_BE_STOPPED';
  const toStop = change ? mustStop(chosen, change) : [];
  const stops = toStop.length > 0 || refusedRunning;
  const ready = change !== null && !isEmptyChange(change) && chosen.length > 0 && link.up;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setFailure(null);
    const ids = chosen.map(({ id }) => id);
    const work = () => machines.change(envName, ids, change);
    const stopIds = refusedRunning ? ids : toStop.map(({ id }) => id);
    const outcome = stops ? await machines.whileStopped(envName, stopIds, work) : await work();
    setBusy(false);
    if (outcome?.ok) {
      view.close();
      toasts.say(t('machines.changed', { count: ids.length }));
    } else if (outcome) setFailure(outcome);
  };
  return (
    <Dialog
      title={t('machines.changeTitle', { env: envName })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()}>
          <Button
            kind="primary"
            type="submit"
            form="change-machines"
            isBusy={busy}
            whyNot={ready ? null : (link.whyNot ?? 'incomplete')}
          >
            {stops ? t('machines.changeStopped') : t('machines.changeNow')}
          </Button>
        </DialogFoot>
      }
    >
      <Form id="change-machines" className="form" onSubmit={(event) => void save(event)}>
        <MachineChecks vms={all} chosen={ticked} onChange={setTicked} />
        {chosen.length === 0 && <p className="field-error">{t('machines.noneChosen')}</p>}
        <ChangeFieldset
          common={common}
          edits={edits}
          minDiskMiB={Math.max(1, ...chosen.map(({ spec }) => bootDiskMiB(spec)))}
          freeMemoryMiB={freeMemory(hosts.all, chosen)}
          mustStop={chosen.some(({ state }) => canStop(state))}
          onEdit={(edit) => setEdits({ ...edits, ...edit })}
        />
        {toStop.length > 0 && (
          <p className="hint-warning" role="status">
            {t('machines.changeMustStop', { count: toStop.length })}
          </p>
        )}
        {failure && (
          <ErrorNotice
            title={
              failure.changed > 0
                ? t('machines.changePartly', { changed: failure.changed, total: chosen.length })
                : t('machines.changeFailed', { env: envName })
            }
            error={toErrorRecord(failure.error)}
          />
        )}
      </Form>
    </Dialog>
  );
});
