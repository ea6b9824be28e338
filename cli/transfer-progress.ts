// Hashes what `tt` downloads, and shows the progress of transfers on a terminal.
import { createHash } from 'node:crypto';
import type { TransferOptions } from '@tt/client';
import { size } from './output.ts';
import { printProgress } from './terminal.ts';

export const nodeHash = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
};

export function showing(what: string): TransferOptions {
  if (!process.stderr.isTTY) return {};
  return {
    onProgress: (done, total) => {
      printProgress(done === total ? '' : `${what} ${size(done)} of ${size(total)} ...`);
    },
  };
}
