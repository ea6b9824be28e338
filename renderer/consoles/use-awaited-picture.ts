// While a machine is being reverted from this window: the snapshot whose picture its console waits for. The agent keeps the stream
// and sends nothing from the step in which guests are replaced until the new picture (decision 0064): the first bytes after that step are it.
import { autorun, observable, runInAction } from 'mobx';
import { useEffect, useState } from 'react';
import { useStores } from '../state/stores-context.ts';
import type { ConsoleSession } from './console-session.ts';

/** Step and picture come over two streams: a picture that overtook the step is not waited for longer than this, after the answer. */
const LIMIT_MS = 10_000;

/** Name of the snapshot; null when the picture is that of now. */
export function useAwaitedPicture(vmId: string | null, session: ConsoleSession): string | null {
  const stores = useStores();
  const [awaited, setAwaited] = useState<string | null>(null);
  useEffect(() => {
    if (vmId === null) return;
    const seen = observable.box(false);
    let limit: ReturnType<typeof setTimeout> | null = null;
    let isReplacing = false;
    const unlisten = session.onBytes(() => {
      if (isReplacing) runInAction(() => seen.set(true));
    });
    const unfollow = autorun(() => {
      const name = stores.snapshots.reverting.get(vmId) ?? null;
      const envName = stores.vms.get(vmId)?.envName ?? '';
      if (name === null) {
        // It has answered: the guest runs, or nothing was changed.
        if (!isReplacing || seen.get()) end();
        else limit ??= setTimeout(end, LIMIT_MS);
        return;
      }
      isReplacing ||= stores.operations
        .runningFor({ envName })
        .some(({ kind, step }) => kind === 'snapshot.revert' && step?.code === 'revertingVms');
      setAwaited(seen.get() ? null : name);
    });
    function end() {
      if (limit) clearTimeout(limit);
      limit = null;
      isReplacing = false;
      runInAction(() => seen.set(false));
      setAwaited(null);
    }
    return () => {
      unfollow();
      unlisten();
      end();
    };
  }, [vmId, session, stores]);
  return awaited;
}
