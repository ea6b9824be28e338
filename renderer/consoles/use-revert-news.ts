// Says that somebody else has reverted the machine of a console, for as long as that is open: its picture changes without a word.
import { useEffect } from 'react';
import { translate } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';

const SECONDS = 15;

export function useRevertNews(vmId: string): void {
  const { snapshots, toasts, vms } = useStores();
  useEffect(
    () =>
      snapshots.onRevertedByOthers((id, snapshot, by) => {
        if (id !== vmId) return;
        const vm = shortVmName(vms.get(vmId)?.name ?? vmId);
        toasts.say(translate('consoles.revertedBy', { name: by, vm, snapshot }), { tone: 'info', seconds: SECONDS });
      }),
    [snapshots, toasts, vms, vmId],
  );
}
