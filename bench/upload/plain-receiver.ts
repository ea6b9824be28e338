// The peer: node:http alone, which writes what is put to it into a file, hashes it, and syncs it before it answers, as the agent does. A
// process of its own, as the agent is one. Started with the file to write, and the file it tells its port in.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const [targetFile = '', portFile = ''] = process.argv.slice(2);

async function receive(request: IncomingMessage): Promise<string> {
  await using target = await open(targetFile, 'w', 0o600);
  const hash = createHash('sha256');
  for await (const bytes of request as AsyncIterable<Buffer>) {
    hash.update(bytes);
    await target.writeFile(bytes);
  }
  await target.datasync();
  return hash.digest('hex');
}

const server = createServer((request, response) => {
  receive(request).then(
    (sha256) => response.end(sha256),
    (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
  );
});
server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));
