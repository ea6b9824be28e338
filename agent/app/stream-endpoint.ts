// The streams of this agent: consoles of its VMs, shells in them, their ports, transfers, and what runs print. The ticket says which one is meant.
import { TtError } from '@tt/protocol';
import { type FarEnd, plainFarEnd, type StreamEndpoint, type Tickets } from '@tt/server';
import type { AgentPurpose, ConsolePurpose, ShellPurpose, TransferPurpose } from '../api/context.ts';
import { consoleEndpoint } from '../console/console-endpoint.ts';
import { connectToPort } from '../console/guest-port.ts';
import type { Onlooker } from '../console/console-presence.ts';
import { TerminalScreens } from '../labs/terminal-screens.ts';
import type { Services } from '../operations/services.ts';
import { runStream } from '../runs/run-stream.ts';
import { transferStream } from '../transfers/transfer-stream.ts';
import { receiveUpload } from '../transfers/upload-request.ts';
import { StreamRights } from './stream-rights.ts';

export function streamEndpoint(services: Services, tickets: Tickets<AgentPurpose>): StreamEndpoint<AgentPurpose> {
  const consoles = consoleEndpoint<ConsolePurpose>(services, new TerminalScreens(services), onlookerOf);
  const rights = new StreamRights(services);
  const open = async (purpose: AgentPurpose): Promise<FarEnd> => {
    if (isConsole(purpose)) return consoles.open(purpose);
    if (isTransfer(purpose)) {
      return plainFarEnd(transferStream(services.transfers, purpose.transferId, purpose.user));
    }
    if (purpose.kind === 'shell') return plainFarEnd(await services.shells.open(purpose, purpose.callerName));
    if (purpose.kind === 'port') {
      return plainFarEnd(await connectToPort(services.inventory.vm(purpose.vmId), purpose.guestPort));
    }
    const { runId, vmId, channel, offset } = purpose;
    return plainFarEnd(runStream(services.runs.output(runId, vmId, channel), offset));
  };
  return {
    tickets,
    logger: services.logger,
    isLive: (purpose) =>
      purpose.kind === 'port'
        ? services.running.get(purpose.vmId) !== null
        : !isConsole(purpose) || consoles.isLive(purpose),
    about: aboutOf,
    // Connections to ports are counted by the calls for their tickets: a page makes dozens.
    witness: (purpose, from) =>
      purpose.kind === 'port'
        ? () => {}
        : services.witness.streamOpened(purpose, { ...aboutOf(purpose), kind: purpose.kind }, from),
    open: (purpose, caller) => rights.opening(purpose, caller, () => open(purpose)),
    async receive(purpose, _caller, { transferId, ...sent }) {
      if (!isTransfer(purpose) || purpose.transferId !== transferId) throw new TtError('TICKET_INVALID', {});
      return receiveUpload(services.transfers, sent, transferId, purpose.user);
    },
    onViewer: (purpose, change) => {
      if (isConsole(purpose) || purpose.kind === 'shell')
        services.presence.changeViewers(purpose.vmId, onlookerOf(purpose), change);
    },
  };
}

function aboutOf(purpose: AgentPurpose): Readonly<Record<string, string>> {
  if (isTransfer(purpose)) return { transferId: purpose.transferId };
  return purpose.kind === 'output' ? { vmId: purpose.vmId, runId: purpose.runId } : { vmId: purpose.vmId };
}

function onlookerOf(purpose: ConsolePurpose | ShellPurpose): Onlooker {
  const terminal = purpose.kind === 'shell' ? undefined : purpose.terminal;
  if (terminal) return { userName: null, terminalName: `${terminal.labName}/${terminal.terminalName}` };
  return { userName: purpose.person ?? purpose.callerName ?? null, terminalName: null };
}

function isConsole(purpose: AgentPurpose): purpose is ConsolePurpose {
  return purpose.kind === 'vnc' || purpose.kind === 'serial';
}

function isTransfer(purpose: AgentPurpose): purpose is TransferPurpose {
  return purpose.kind === 'upload' || purpose.kind === 'download';
}
