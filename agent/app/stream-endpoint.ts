// The streams of this agent: consoles of its VMs, and transfers. The ticket says which one is meant.
import { plainFarEnd, type StreamEndpoint, type Tickets } from '@tt/server';
import type { AgentPurpose, ConsolePurpose, TransferPurpose } from '../api/context.ts';
import { consoleEndpoint } from '../console/console-endpoint.ts';
import { TerminalScreens } from '../labs/terminal-screens.ts';
import type { Services } from '../operations/services.ts';
import { transferStream } from '../transfers/transfer-stream.ts';

export function streamEndpoint(services: Services, tickets: Tickets<AgentPurpose>): StreamEndpoint<AgentPurpose> {
  const consoles = consoleEndpoint<ConsolePurpose>(services, new TerminalScreens(services));
  return {
    tickets,
    logger: services.logger,
    isLive: (purpose) => isTransfer(purpose) || consoles.isLive(purpose),
    about: (purpose) => (isTransfer(purpose) ? { transferId: purpose.transferId } : { vmId: purpose.vmId }),
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
