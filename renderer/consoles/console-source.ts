// Where the screens of machines come from, and what their machines do: for sessions in components and beside them.
import type { VmState } from '@tt/protocol';
import { autorun } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { VmStore } from '../machines/vm-store.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { ConsoleSource } from './console-session.ts';

interface Followed {
  link: LinkStore;
  vms: VmStore;
}

/** Screens of machines. */
export function consoleSourceOf(bridge: Pick<Bridge, 'client' | 'openStream'>): ConsoleSource {
  return {
    openTicket: async (vmId) => (await bridge.client.console.open({ vmId, kind: 'vnc' })).ticket,
    openStream: (ticket) => bridge.openStream(ticket),
  };
}

/** Tells what a VM does, now and whenever that changes, null once it is gone; until the answer is called. */
export function followVm({ link, vms }: Followed, vmId: string, tell: (state: VmState | null) => void): () => void {
  return autorun(() => {
    const vm = vms.get(vmId);
    // Before the first picture of the agent a VM that is not there may only be not known yet.
    if (vm || link.lastKnownAt !== null) tell(vm?.state ?? null);
  });
}
