// As long as the console of this machine is open, it is said when somebody else reverts it.
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';

export function useRevertNews(vmId: string): void {
  const { revertNews } = useStores();
  useEffect(() => revertNews.watch(vmId), [revertNews, vmId]);
}
