// The streams of this agent: consoles of its VMs, and files on their way. The ticket says which.
import { plainFarEnd, type StreamDoor, type Tickets } from '@tt/server';
import type { AgentPurpose, TransferPurpose } from '../api/context.ts';
import type { Services } from '../operations/services.ts';
import { transferStream } from '../transfers/transfer-stream.ts';
import { consoleDoor } from './console-endpoint.ts';

export function streamDoor(services: Services, tickets: Tickets<AgentPurpose>): StreamDoor<AgentPurpose> {
  const consoles = consoleDoor(services);
  return {
    tickets,
    logger: services.logger,
    isLive: (purpose) => isTransfer(purpose) || consoles.isLive(purpose),
    async open(purpose) {
      if (!isTransfer(purpose)) return consoles.open(purpose);
      return plainFarEnd(transferStream(services.transfers, purpose.transferId, purpose.user));
    },
    onViewer: (purpose, change) => {
      if (!isTransfer(purpose)) consoles.onViewer(purpose, change);
    },
  };
}

function isTransfer(purpose: AgentPurpose): purpose is TransferPurpose {
  return purpose.kind === 'upload' || purpose.kind === 'download';
}
