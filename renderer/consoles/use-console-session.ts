// Gives a component the console session of a VM for as long as it is mounted, kept in step with what the VM does; also for sessions of
// other kinds.
import type { VmState } from '@tt/protocol';
import { autorun } from 'mobx';
import { useEffect, useMemo } from 'react';
import { useStores } from '../state/stores-context.ts';
import { ConsoleSession } from './console-session.ts';

export function useConsoleSession(vmId: string): ConsoleSession {
  const { bridge } = useStores();
  const session = useMemo(
    () =>
      new ConsoleSession({
        vmId,
        source: {
          openTicket: async (id) => (await bridge.client.console.open({ vmId: id, kind: 'vnc' })).ticket,
          openStream: (ticket) => bridge.openStream(ticket),
        },
      }),
    [bridge, vmId],
  );
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
    const { vmId } = session;
    const unfollow = autorun(() => {
      const vm = vms.get(vmId);
      // Before the first picture of the agent a VM that is not there may only be not known yet.
      if (vm || link.lastKnownAt !== null) session.vmChanged(vm?.state ?? null);
    });
    const stop = session.start();
    return () => {
      unfollow();
      stop();
    };
  }, [session, vms, link]);
}
