// The streams of this agent's VMs: which unix socket a ticket leads to, who watches, and when a terminal's screen goes dark.
import type { Duplex } from 'node:stream';
import { TtError } from '@tt/protocol';
import { connectUnix, type StreamEndpoint, type Tickets } from '@tt/server';
import type { ConsolePurpose } from '../api/context.ts';
import type { TerminalGrant } from '../labs/terminal-guard.ts';
import type { Services } from '../operations/services.ts';

export function consoleEndpoint(services: Services, tickets: Tickets<ConsolePurpose>): StreamEndpoint<ConsolePurpose> {
  const { inventory, running, logger, labs, terminals } = services;
  const screens = new Map<Duplex, TerminalGrant>();
  labs.onLabChange(() => {
    for (const [stream, terminal] of screens) if (!terminals.holds(terminal)) stream.destroy();
  });
  return {
    tickets,
    logger,
    isLive: ({ vmId, terminal }) => running.get(vmId) !== null && (!terminal || terminals.holds(terminal)),
    async open({ vmId, kind, terminal }) {
      const { sockets } = running.need(vmId);
      try {
        const farEnd = await connectUnix(sockets[kind]);
        if (terminal) {
          screens.set(farEnd.stream, terminal);
          farEnd.stream.once('close', () => screens.delete(farEnd.stream));
        }
        return farEnd;
      } catch (cause) {
        throw new TtError('VM_NOT_RUNNING', { vmName: inventory.vm(vmId).name, state: 'unknown' }, { cause });
      }
    },
    onViewer: ({ vmId }, change) => inventory.changeViewers(vmId, change),
  };
}
