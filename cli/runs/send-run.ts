// Begins a run over the link; a script that is longer than a call may be is sent before.
import { withSentCommand } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import type { RunCommand, RunDetail } from '@tt/protocol';
import { showing } from '../transfer-progress.ts';

type Wanted = Omit<Parameters<NodeConnection['client']['run']['start']>[0], 'command'>;

export function sendRun(connection: NodeConnection, command: RunCommand, wanted: Wanted): Promise<RunDetail> {
  return withSentCommand(
    connection,
    command,
    (sent) => connection.client.run.start({ ...wanted, command: sent }),
    showing('sending'),
  );
}
