// The verbs of one snapshot, for those who do not drag.
import type { Snapshot } from '@tt/protocol';
import { GitFork, HardDrive, History, PackageOpen, Pencil, Trash2, Undo2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../machines/vm-store.ts';

export const SnapshotMenu = observer(function SnapshotMenu({ snapshot }: { snapshot: Snapshot }) {
  const { view, snapshots, link } = useStores();
  const t = useWords();
  return (
    <MenuButton
      size="small"
      label={t('snapshots.actionsOf', { snapshot: snapshot.name })}
      entries={[
        ...(snapshot.kind === 'safety'
          ? [
              {
                id: 'undo',
                label: t('snapshots.undoRevert'),
                icon: Undo2,
                disabled: !link.up,
                run: () => void snapshots.undoBy(snapshot),
              },
            ]
          : []),
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
          id: 'fork',
          label: t('copies.fork'),
          icon: GitFork,
          disabled: !link.up,
          run: () => view.open({ kind: 'copyEnv', envName: snapshot.envName, snapshotId: snapshot.id }),
        },
        {
          id: 'export',
          label: t('copies.capsule.export'),
          icon: PackageOpen,
          disabled: !link.up,
          run: () => view.open({ kind: 'exportCapsule', envName: snapshot.envName, snapshotName: snapshot.name }),
        },
        {
          id: 'edit',
          label: t('snapshots.edit'),
          icon: Pencil,
          disabled: !link.up,
          run: () => view.open({ kind: 'editSnapshot', snapshotId: snapshot.id }),
        },
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
