// Runs a call that may take long: creates its id before sending it, shows its progress on a terminal, and cancels it on Ctrl-C and
// similar signals.
import { randomUUID } from 'node:crypto';
import { followState } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { progressText, stepText, TtError } from '@tt/protocol';
import { onInterrupt } from './interrupts.ts';
import { inOneLine } from './output.ts';
import { printError, printProgress } from './terminal.ts';

/** `call` gets the operation id; its result is given back. */
export async function runOperation<Result>(
  { client }: NodeConnection,
  call: (operationId: string) => Promise<Result>,
): Promise<Result> {
  const operationId = randomUUID();
  const following = new AbortController();
  const cancel = () => {
    client.operation.cancel({ operationId }).catch((error: unknown) => {
      // Too late to cancel: the call itself says how it ends. Anything else must be seen.
      if (!(error instanceof TtError)) throw error;
      printError(`tt: ${inOneLine(error.message)}\n`);
    });
  };
  const stopListening = onInterrupt(cancel);
  const showing = process.stderr.isTTY ? showProgress(client, operationId, following.signal) : Promise.resolve();
  try {
    return await call(operationId);
  } finally {
    stopListening();
    following.abort();
    await showing;
  }
}

async function showProgress(client: NodeConnection['client'], operationId: string, signal: AbortSignal): Promise<void> {
  await followState({
    client,
    signal,
    onLink: () => {},
    onItem(item) {
      if (item.kind !== 'event' || item.event.type !== 'operation.updated') return;
      const { id, step, state } = item.event.data;
      if (id !== operationId || state !== 'running') return;
      const howFar = progressText(item.event.data);
      printProgress(`${step ? stepText(step) : 'Starting'}${howFar === null ? '' : ` ${howFar}`} ...`);
    },
  });
  printProgress('');
}
