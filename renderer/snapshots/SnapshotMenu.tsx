// The verbs of one snapshot, for those who do not drag.
import type { Snapshot } from '@tt/protocol';
import { HardDrive, History, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-store.ts';

export const SnapshotMenu = observer(function SnapshotMenu({ snapshot }: { snapshot: Snapshot }) {
  const { view, link } = useStores();
  const t = useWords();
  return (
    <MenuButton
      size="small"
      label={t('snapshots.actionsOf', { snapshot: snapshot.name })}
      entries={[
        {
          id: 'putBack',
          label: t('snapshots.putBack'),
          icon: History,
          disabled: !link.up,
          run: () => view.open({ kind: 'putBack', snapshotId: snapshot.id }),
        },
        ...snapshot.vms
          .filter(({ removed }) => !removed)
          .map(({ vmId, vmName }) => ({
            id: `publish ${vmId}`,
            label: `${t('images.publishOpen')} (${shortVmName(vmName)})`,
            icon: HardDrive,
            disabled: !link.up,
            run: () => view.open({ kind: 'publishImage', vmId, snapshotName: snapshot.name }),
          })),
        {
          id: 'delete',
          label: t('snapshots.delete'),
          icon: Trash2,
          danger: true,
          disabled: !link.up,
          run: () => view.open({ kind: 'deleteSnapshot', snapshotId: snapshot.id }),
        },
      ]}
    />
  );
});
