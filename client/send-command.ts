// A command as a run takes it: a script that is longer than a call may be is sent before, as an upload.
import { MOST_COMMAND_BYTES, type NewRunCommand, type RunCommand } from '@tt/protocol';
import { dropTransfer } from './drop-transfer.ts';
import { uploadFile } from './transfer.ts';
import type { TransferLink, TransferOptions } from './transfer-link.ts';

/** Calls `use` with it; nothing of an upload stays when that fails. */
export async function withSentCommand<Result>(
  link: TransferLink,
  command: RunCommand,
  use: (command: NewRunCommand) => Promise<Result>,
  options: TransferOptions = {},
): Promise<Result> {
  const { script } = command;
  const bytes = new TextEncoder().encode(script?.text ?? '');
  // The contract counts one more, for the zero behind an argument.
  if (!script || bytes.length < MOST_COMMAND_BYTES) return use(command);
  let transferId: string = crypto.randomUUID();
  const source = {
    fileName: 'script',
    sizeBytes: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  try {
    transferId = (await uploadFile(link, source, transferId, options)).id;
    return await use({ uploadedScript: { transferId, interpreter: script.interpreter } });
  } catch (error) {
    await dropTransfer(link, transferId);
    throw error;
  }
}
