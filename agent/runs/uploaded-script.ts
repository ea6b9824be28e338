// The script of a run that was uploaded, because it is longer than a call may be.
import { readFile } from 'node:fs/promises';
import { MOST_SCRIPT_BYTES, type NewRunCommand, reason, type Reason, type RunCommand, TtError } from '@tt/protocol';
import type { TakenUpload, Transfers, TransferUser } from '../transfers/interface.ts';

/**
 * Calls `use` with the command as it is to be run; the upload, if there is one, is used up when that went well. Throws RUN_SCRIPT_UNUSABLE,
 * TRANSFER_NOT_FOUND, TRANSFER_STATE.
 */
export async function withWholeCommand<Result>(
  { argv, script, uploadedScript }: NewRunCommand,
  transfers: Pick<Transfers, 'take'>,
  user: TransferUser,
  use: (command: RunCommand) => Promise<Result>,
): Promise<Result> {
  if (!uploadedScript) return use({ argv, script });
  const upload = transfers.take(uploadedScript.transferId, user);
  let text: string;
  try {
    text = await textOf(upload);
  } catch (error) {
    // Another attempt would find the same.
    if (error instanceof TtError) await upload.remove();
    else await upload.giveBack();
    throw error;
  }
  try {
    const result = await use({ script: { text, interpreter: uploadedScript.interpreter } });
    await upload.remove();
    return result;
  } catch (error) {
    await upload.giveBack();
    throw error;
  }
}

async function textOf({ path, sizeBytes }: TakenUpload): Promise<string> {
  if (sizeBytes > MOST_SCRIPT_BYTES) throw unusable(reason('fileTooLarge', { maxBytes: MOST_SCRIPT_BYTES }));
  const bytes = await readFile(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text !== '' && !text.includes('\0')) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw unusable(reason('notUtf8'));
}

function unusable(why: Reason): TtError {
  return new TtError('RUN_SCRIPT_UNUSABLE', { reason: why });
}
