// Reverts one machine: to which of the snapshots it is in. Named by the machine, so that nobody reverts its whole ENV by mistake.
import { automaticSnapshot } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Radios } from '../components/Radios.tsx';
import { useFormat } from '../i18n/format.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { snapshotsOfVm } from './actions.ts';

export const RevertVmDialog = observer(function RevertVmDialog({ vmId }: { vmId: string }) {
  const stores = useStores();
  const { vms, envs, snapshots, view, link } = stores;
  const t = useWords();
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const machine = vms.get(vmId);
  if (!machine) return null;
  const vm = shortVmName(machine.name);
  const all = snapshotsOfVm(stores, machine);
  // What it was made from last is what is meant most often; it may have been deleted since.
  const current = all.find(({ id }) => id === envs.get(machine.envName)?.currentSnapshotId);
  const snapshot = all.find(({ id }) => id === chosen) ?? current ?? all[0];
  const revert = () => {
    if (!snapshot) return;
    view.close();
    void snapshots.revert(snapshot, [vmId]);
  };
  return (
    <Dialog
      title={t('machines.revertTitle', { vm })}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()}>
          <Button
            kind="primary"
            whyNot={firstReason({ noSnapshots: !snapshot, linkDown: !link.up })}
            autoFocus
            onPress={revert}
          >
            {t('machines.revertNow', { vm })}
          </Button>
        </DialogFoot>
      }
    >
      <Radios
        label={t('machines.revertWhich')}
        isLabelShown
        options={all.map(({ id, name, createdAt }) => ({
          value: id,
          // What TT took is called by its time.
          label: automaticSnapshot(name) === null ? `${name}, ${format.time(createdAt)}` : snapshotLabel(name),
          mono: true,
        }))}
        value={snapshot?.id ?? ''}
        onChange={setChosen}
      />
      <p className="muted">{t('machines.revertOnly', { vm })}</p>
    </Dialog>
  );
});
