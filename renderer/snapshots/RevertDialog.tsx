// Revert without dragging: which machines of the snapshot, all at first. From the menu, by Enter, from the palette.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { SnapshotPicture } from './SnapshotPicture.tsx';

export const RevertDialog = observer(function RevertDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots, view, link } = useStores();
  const t = useWords();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const snapshot = snapshots.get(snapshotId);
  if (!snapshot) return null;
  const present = snapshot.vms.filter(({ removed }) => !removed);
  const chosen = present.filter(({ vmId }) => !left.has(vmId)).map(({ vmId }) => vmId);
  const choose = (vmId: string, isChosen: boolean) => {
    const other = new Set(left);
    if (isChosen) other.delete(vmId);
    else other.add(vmId);
    setLeft(other);
  };
  const chooseAll = (isChosen: boolean) => setLeft(new Set(isChosen ? [] : present.map(({ vmId }) => vmId)));
  const revert = () => {
    view.close();
    void snapshots.revert(snapshot, chosen.length === present.length ? null : chosen);
  };
  return (
    <Dialog
      title={t('snapshots.revertTitle', { snapshot: snapshot.name })}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()}>
          <Button
            kind="primary"
            whyNot={firstReason({
              noMachines: present.length === 0,
              noneChosen: chosen.length === 0,
              linkDown: !link.up,
            })}
            autoFocus
            onPress={revert}
          >
            {t('snapshots.revertNow')}
          </Button>
        </DialogFoot>
      }
    >
      <SnapshotPicture snapshot={snapshot} vmId={chosen.length === 1 ? (chosen[0] ?? null) : null} size="large" />
      {present.length > 1 && (
        <fieldset className="revert-which">
          <legend className="field-label">{t('snapshots.revertWhich')}</legend>
          <CheckField
            label={t('snapshots.allMachines', { count: present.length })}
            value={chosen.length === present.length}
            onChange={chooseAll}
          />
          <Rows items={present} keyOf={({ vmId }) => vmId} height={26} className="revert-machines">
            {({ vmId, vmName }, place) => (
              <li key={vmId} {...place}>
                <CheckField
                  label={shortVmName(vmName)}
                  value={!left.has(vmId)}
                  onChange={(isChosen) => choose(vmId, isChosen)}
                />
              </li>
            )}
          </Rows>
        </fieldset>
      )}
      <p className="muted">{t('snapshots.revertSafety')}</p>
    </Dialog>
  );
});
