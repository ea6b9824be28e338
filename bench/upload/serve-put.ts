// The HTTP of a receiver: node:http alone, on a free port of loopback, for what `curl -T` puts. Answers with the SHA-256.
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `receive` resolves once the body is on the disk. The port is told in a file. */
export function servePut(portFile: string, receive: (request: IncomingMessage) => Promise<string>): void {
  const server = createServer((request, response) => {
    receive(request).then(
      (sha256) => response.end(sha256),
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));
}
