// Opens a console in a window of its own, and says where that can't be done. From the page of a machine, and from panes.
import { translate } from '../i18n/index.ts';
import { type ConsoleTab, formatRoute } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';
import { shortVmName } from '../state/vm-name.ts';

export interface PoppedConsole {
  vmId: string;
  envName: string;
  tab: ConsoleTab;
}

/** False: the browser blocks it, or too many are open. */
export async function popOut(
  { bridge, toasts, vms }: Pick<Stores, 'bridge' | 'toasts' | 'vms'>,
  { vmId, envName, tab }: PoppedConsole,
): Promise<boolean> {
  const opened = await bridge.openWindow(formatRoute({ page: 'console', envName, vmId, tab, alone: true }));
  if (!opened) toasts.explain(translate('consoles.popOutFailed', { vm: shortVmName(vms.get(vmId)?.name ?? vmId) }));
  return opened;
}
