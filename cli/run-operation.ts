// Runs a call that may take long: creates its id before sending it, shows its progress on a terminal, and cancels it on Ctrl-C and
// similar signals.
import { randomUUID } from 'node:crypto';
import { followState } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type OperationPart, progressText, stepText, TtError } from '@tt/protocol';
import { onInterrupt } from './interrupts.ts';
import { inOneLine } from './output.ts';
import { printError, printProgress } from './terminal.ts';

/** `call` gets the operation id; its result is given back. `isShown`: false where something else shows how far it is. */
export async function runOperation<Result>(
  { client }: NodeConnection,
  call: (operationId: string) => Promise<Result>,
  { isShown = true } = {},
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
  const showing =
    isShown && process.stderr.isTTY ? showProgress(client, operationId, following.signal) : Promise.resolve();
  try {
    return await call(operationId);
  } finally {
    stopListening();
    following.abort();
    await showing;
  }
}

/** As many as fit into a line. */
const MOST_NAMED = 4;

/** How far each VM is, of an operation on several that end apart. */
export function partsText(parts: readonly OperationPart[]): string {
  if (parts.length < 2) return '';
  const count = (state: OperationPart['state']) => parts.filter((part) => part.state === state).length;
  const ended = `${count('done')} done, ${count('failed')} failed`;
  const running = parts.filter(({ state }) => state === 'running');
  const named = running.slice(0, MOST_NAMED).map(({ vmName, done, total }) => {
    return `${vmName} ${total === 0 ? 0 : Math.floor((100 * done) / total)} %`;
  });
  const more = running.length > MOST_NAMED ? [`${running.length - MOST_NAMED} more`] : [];
  return ` (${[ended, ...named, ...more].join(', ')})`;
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
      const parts = partsText(item.event.data.parts ?? []);
      printProgress(`${step ? stepText(step) : 'Starting'}${howFar === null ? '' : ` ${howFar}`} ...${parts}`);
    },
  });
  printProgress('');
}
