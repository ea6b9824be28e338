// What the tabs of one machine's console share, from the stores and the frame they stand in: a page, a pane, a window of its own.
import type { ConsoleOf } from './console-of.ts';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { canStart } from '../machines/vm-store.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { useRevertNews } from './use-revert-news.ts';

type Frame = Omit<ConsoleOf, 'vmId' | 'vm' | 'known' | 'envName' | 'start'>;

/** `envName`: where the machine is not known, or no more; null: nobody knows. To be used by an observer. */
export function useConsoleOf(vmId: string, envName: string | null, frame: Frame): ConsoleOf {
  const stores = useStores();
  const t = useWords();
  useRevertNews(vmId);
  const known = stores.vms.get(vmId);
  return {
    ...frame,
    vmId,
    vm: known ? shortVmName(known.name) : vmId,
    known,
    envName: known?.envName ?? envName,
    start: known && canStart(known.state) ? vmActions(stores, known, t).start : null,
  };
}
