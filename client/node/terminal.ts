// The only code of `tt`, `tt-agent` and `tt-proxy` that writes to their output: nothing in it can act on the terminal.
import { visible } from '@tt/protocol';

/** Writes to standard output. */
export function print(text: string): void {
  process.stdout.write(visible(text));
}

/** Writes to standard error. */
export function printError(text: string): void {
  process.stderr.write(visible(text));
}

/** Bytes as they are to standard output, which must be a file or another program; resolves when it has taken them, else rejects. */
export function writeOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
