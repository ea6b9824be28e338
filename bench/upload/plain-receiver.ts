// The quickest peer: writes what is put to it into a file, hashes it, and syncs it before it answers, as the agent does, and nothing
// else. A process of its own, as the agent is one. Started with its folder, and the file it tells its port in.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { servePut } from './serve-put.ts';

const [folder = '', portFile = ''] = process.argv.slice(2);

servePut(portFile, async (request) => {
  await using target = await open(path.join(folder, 'received.bin'), 'w', 0o600);
  const hash = createHash('sha256');
  for await (const bytes of request as AsyncIterable<Buffer>) {
    hash.update(bytes);
    await target.writeFile(bytes);
  }
  await target.datasync();
  return hash.digest('hex');
});
