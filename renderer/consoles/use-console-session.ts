// Gives a component the console session of a VM for as long as it is mounted, kept in step with what the VM does; also for sessions of
// other kinds.
import type { VmState } from '@tt/protocol';
import { useEffect, useMemo } from 'react';
import { useStores } from '../state/stores-context.ts';
import { ConsoleSession } from './console-session.ts';
import { consoleSourceOf, followVm } from './console-source.ts';

export function useConsoleSession(vmId: string): ConsoleSession {
  const { bridge } = useStores();
  const session = useMemo(() => new ConsoleSession({ vmId, source: consoleSourceOf(bridge) }), [bridge, vmId]);
  useFollowedVm(session);
  return session;
}

/** What is followed; starts when somebody looks, and the answer ends it. */
interface Following {
  readonly vmId: string;
  vmChanged(state: VmState | null): void;
  start(): () => void;
}

/** Runs it for as long as the component is mounted, told what its VM does. */
export function useFollowedVm(session: Following): void {
  const { link, vms } = useStores();
  useEffect(() => {
    const unfollow = followVm({ link, vms }, session.vmId, (state) => session.vmChanged(state));
    const stop = session.start();
    return () => {
      unfollow();
      stop();
    };
  }, [session, vms, link]);
}
