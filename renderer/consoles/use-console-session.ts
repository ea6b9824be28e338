// Gives a component the console session of a VM for as long as it is mounted, kept in step with what the VM does; also for sessions of
// other kinds.
import type { VmState } from '@tt/protocol';
import { autorun } from 'mobx';
import { useEffect, useMemo } from 'react';
import type { Bridge } from '../bridge.ts';
import type { Stores } from '../state/stores.ts';
import { useStores } from '../state/stores-context.ts';
import { ConsoleSession, type ConsoleSource } from './console-session.ts';

export function useConsoleSession(vmId: string): ConsoleSession {
  const { bridge } = useStores();
  const session = useMemo(() => new ConsoleSession({ vmId, source: consoleSourceOf(bridge) }), [bridge, vmId]);
  useFollowedVm(session);
  return session;
}

/** Screens of machines. */
export function consoleSourceOf(bridge: Pick<Bridge, 'client' | 'openStream'>): ConsoleSource {
  return {
    openTicket: async (vmId) => (await bridge.client.console.open({ vmId, kind: 'vnc' })).ticket,
    openStream: (ticket) => bridge.openStream(ticket),
  };
}

/** Tells what a VM does, now and whenever that changes, null once it is gone; until the answer is called. */
export function followVm(
  { link, vms }: Pick<Stores, 'link' | 'vms'>,
  vmId: string,
  tell: (state: VmState | null) => void,
): () => void {
  return autorun(() => {
    const vm = vms.get(vmId);
    // Before the first picture of the agent a VM that is not there may only be not known yet.
    if (vm || link.lastKnownAt !== null) tell(vm?.state ?? null);
  });
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
