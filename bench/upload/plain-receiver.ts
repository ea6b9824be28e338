// The quickest peer: takes by node:http what is put to it, writes it into a file, hashes it, and syncs it before it answers, as the agent
// does, and nothing else. A process of its own, as the agent is one. Started with its folder, and the file it tells its port in.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const [folder = '', portFile = ''] = process.argv.slice(2);

const server = createServer((request, response) => {
  receive(request).then(
    (sha256) => response.end(sha256),
    (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
  );
});
server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));

/** Resolves once the body is on the disk. */
async function receive(request: IncomingMessage): Promise<string> {
  await using target = await open(path.join(folder, 'received.bin'), 'w', 0o600);
  const hash = createHash('sha256');
  for await (const bytes of request as AsyncIterable<Buffer>) {
    hash.update(bytes);
    await target.writeFile(bytes);
  }
  await target.datasync();
  return hash.digest('hex');
}
