// Disks of one machine: list, add, attach, detach, grow, limit, remove; its CD drives; firmware and boot order. What can be done
// while it runs is done at once. Key D on its tile.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { AddDiskForm } from './AddDiskForm.tsx';
import { MachineChoices } from './MachineChoices.tsx';
import { CdDrives } from './CdDrives.tsx';
import { DiskList } from './DiskList.tsx';
import type { RunChange } from './drive-store.ts';

export const DisksDialog = observer(function DisksDialog({ vmId }: { vmId: string }) {
  const { vms, view, link, rights } = useStores();
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<TtError | null>(null);
  const vm = vms.get(vmId);
  if (!vm) return null;
  const run: RunChange = async (change) => {
    setBusy(true);
    setFailure(null);
    const outcome = await change();
    setBusy(false);
    if (!outcome.ok) setFailure(outcome.error);
    return outcome.ok;
  };
  const whyNot = rights.whyNot('disk.add') ?? firstReason({ busy, linkDown: !link.up });
  return (
    <Dialog
      title={t('disks.title', { vm: shortVmName(vm.name) })}
      width="normal"
      onClose={() => view.close()}
      foot={<CloseFoot onClose={() => view.close()} />}
    >
      {failure && <ErrorNotice title={t('disks.failed')} error={toErrorRecord(failure)} />}
      <DiskList vm={vm} whyNot={whyNot} run={run} />
      <AddDiskForm vm={vm} whyNot={whyNot} run={run} />
      <CdDrives vm={vm} whyNot={whyNot} run={run} />
      <MachineChoices vm={vm} whyNot={whyNot} run={run} />
    </Dialog>
  );
});
