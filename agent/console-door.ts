// The streams of this agent's VMs: which unix socket a ticket leads to, and who watches.
import { TtError } from '@tt/protocol';
import { connectUnix, type StreamDoor, type Tickets } from '@tt/server';
import type { ConsolePurpose } from './api/context.ts';
import type { Services } from './operations/services.ts';

export function consoleDoor(services: Services, tickets: Tickets<ConsolePurpose>): StreamDoor<ConsolePurpose> {
  const { inventory, running, logger } = services;
  return {
    tickets,
    logger,
    isLive: ({ vmId }) => running.get(vmId) !== null,
    async open({ vmId, kind }) {
      const { sockets } = running.need(vmId);
      try {
        return await connectUnix(sockets[kind]);
      } catch (cause) {
        throw new TtError('VM_NOT_RUNNING', { vmName: inventory.vm(vmId).name, state: 'unknown' }, { cause });
      }
    },
    onViewer: ({ vmId }, change) => inventory.changeViewers(vmId, change),
  };
}
