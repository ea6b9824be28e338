// Revert without dragging: choose all machines of the snapshot or one of them. From the menu, by Enter, from the palette.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { MachineRadios } from './MachineRadios.tsx';
import { useStores } from '../state/stores-context.ts';

const ALL = 'all';

export const PutBackDialog = observer(function PutBackDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots, view, link } = useStores();
  const t = useWords();
  const [which, setWhich] = useState<string>(ALL);
  const snapshot = snapshots.get(snapshotId);
  if (!snapshot) return null;
  const present = snapshot.vms.filter(({ removed }) => !removed);
  const putBack = () => {
    view.close();
    void snapshots.revert(snapshot, which === ALL ? null : [which]);
  };
  return (
    <Dialog
      title={t('snapshots.putBackTitle', { snapshot: snapshot.name })}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            whyNot={firstReason({ noMachines: present.length === 0, linkDown: !link.up })}
            autoFocus
            onPress={putBack}
          >
            {t('snapshots.putBackNow')}
          </Button>
        </>
      }
    >
      <MachineRadios
        label={t('snapshots.putBackWhich')}
        all={{ value: ALL, label: t('snapshots.allMachines', { count: present.length }) }}
        machines={present.map(({ vmId, vmName }) => ({ id: vmId, name: vmName }))}
        value={which}
        onChange={setWhich}
      />
      <p className="muted">{t('snapshots.putBackSafety')}</p>
    </Dialog>
  );
});
