// The streams of this agent: consoles of its VMs, and files on their way. The ticket says which.
import { plainFarEnd, type StreamEndpoint, type Tickets } from '@tt/server';
import type { AgentPurpose, TransferPurpose } from '../api/context.ts';
import type { Services } from '../operations/services.ts';
import { transferStream } from '../transfers/transfer-stream.ts';
import { consoleEndpoint } from './console-endpoint.ts';

export function streamEndpoint(services: Services, tickets: Tickets<AgentPurpose>): StreamEndpoint<AgentPurpose> {
  const consoles = consoleEndpoint(services);
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
