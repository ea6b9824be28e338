// The quickest client: `curl -T` to the agent that the window sends to, as a script of a user would, into a transfer of its own.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OFFSET_HEADER, TICKET_HEADER, uploadPath } from '../../protocol/index.ts';
import type { AgentProcess } from '../agent-process.ts';

/** Sends the file by `curl` and removes it at the agent; what `curl` took, in seconds. */
export async function curlToAgentSeconds(
  { url, home, connection }: AgentProcess,
  file: string,
  sizeBytes: number,
  curl: (file: string, url: string, headers: string) => Promise<number>,
): Promise<number> {
  const { transfer } = connection.client;
  const { id: transferId } = await transfer.begin({ fileName: 'upload.bin', sizeBytes });
  const { ticket } = await transfer.open({ transferId });
  const token = (await readFile(path.join(home, 'token'), 'utf8')).trim();
  // In a file: the arguments of a program can be seen by others.
  const headers = path.join(path.dirname(file), 'upload.headers');
  const lines = [`authorization: Bearer ${token}`, `${TICKET_HEADER}: ${ticket}`, `${OFFSET_HEADER}: 0`];
  await writeFile(headers, lines.join('\n'), { mode: 0o600 });
  const seconds = await curl(file, url + uploadPath(transferId), headers);
  const { state } = await transfer.status({ transferId });
  if (state !== 'whole') throw new Error(`curl left the upload ${state}`);
  await transfer.drop({ transferId });
  return seconds;
}
