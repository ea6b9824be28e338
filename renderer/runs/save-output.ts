// All that was kept of one output, for a file. Resolves with its bytes; rejects with TtError.
import { streamClose, TtError } from '@tt/protocol';
import type { OutputId, OutputSource } from './output-tail.ts';

/** Ends with what is there at the end of the command: of one that runs, that is waited for. */
export async function wholeOutput(id: OutputId, source: OutputSource, keptBytes: number): Promise<Blob> {
  const ticket = await source.openOutput(id, 0);
  const parts: ArrayBuffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const channel = source.openStream(ticket);
    const finish = () => resolve(new Blob(parts, { type: 'text/plain' }));
    if (keptBytes === 0) {
      channel.onopen = () => channel.close(1000, 'nothing to read');
    }
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      parts.push(data);
      length += data.byteLength;
      // What is printed meanwhile is not waited for.
      if (length >= keptBytes) channel.close(1000, 'read');
    };
    channel.onclose = ({ code }) => {
      if (length >= keptBytes || code === streamClose.vmNotRunning) finish();
      else reject(new TtError('AGENT_GONE', { call: 'run.output' }));
    };
  });
}
