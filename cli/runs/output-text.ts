// What a machine of a run has printed, as text for reports: of much, its beginning and its end.
import { type NodeConnection, runOutput } from '@tt/client/node';
import type { MatrixOutput, RunOutputChannel, RunVm } from '@tt/protocol';

export interface OutputPlace {
  runId: string;
  vm: Pick<RunVm, 'vmId' | 'stdout' | 'stderr'>;
  channel: RunOutputChannel;
}

/** At most `mostBytes`, half of them from the end. */
export async function outputText(
  connection: NodeConnection,
  { runId, vm, channel }: OutputPlace,
  mostBytes: number,
): Promise<MatrixOutput> {
  const { bytes, keptBytes } = vm[channel];
  const most = Math.max(0, Math.min(mostBytes, keptBytes));
  const leftOutBytes = bytes - most;
  const gap = leftOutBytes > 0 ? `\n[${leftOutBytes} more bytes]\n` : '';
  const read = async (offset: number, length: number) =>
    (await readSome(connection, { runId, vmId: vm.vmId, channel, offset }, length)).toString('utf8');
  if (most === keptBytes) return { text: `${await read(0, most)}${gap}`, bytes, leftOutBytes };
  const ofEnd = Math.floor(most / 2);
  const text = `${await read(0, most - ofEnd)}${gap}${await read(keptBytes - ofEnd, ofEnd)}`;
  return { text, bytes, leftOutBytes };
}

async function readSome(
  connection: NodeConnection,
  place: Parameters<typeof runOutput>[1],
  length: number,
): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  let read = 0;
  for await (const piece of runOutput(connection, place)) {
    parts.push(piece);
    read += piece.length;
    if (read >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}
