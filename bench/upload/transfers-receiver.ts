// The agent as `curl -T` would find it if it took files by plain HTTP: its own transfers (limits, budget of the disk, hash, notes of
// what is synced) behind node:http. The agent has no such route (0118). A process of its own, started as plain-receiver.ts is.
import path from 'node:path';
import { spaceBelow } from '../../agent/host/file-system-space.ts';
import { DiskBudget } from '../../agent/storage/disk-budget.ts';
import { FileTransfers } from '../../agent/transfers/file-transfers.ts';
import { servePut } from './serve-put.ts';

const [folder = '', portFile = ''] = process.argv.slice(2);
const user = { name: 'bench', role: 'admin' } as const;
const directory = path.join(folder, 'put-transfers');

const budget = new DiskBudget({
  space: async () => ({ id: 0, ...(await spaceBelow(folder)) }),
  quotaLeft: () => ({ allocatedBytes: Infinity, storedBytes: Infinity }),
  admit: () => {},
});
const transfers = new FileTransfers({ directory, now: () => new Date(), admit: () => {}, budget });
await transfers.init();

servePut(portFile, async (request) => {
  const sizeBytes = Number(request.headers['content-length']);
  const { id } = await transfers.begin({ fileName: 'upload.bin', sizeBytes }, user);
  const writer = await transfers.openUpload(id, user);
  try {
    for await (const bytes of request as AsyncIterable<Buffer>) await writer.write(bytes);
    const { sha256 } = await writer.end(null);
    return sha256 ?? '';
  } finally {
    await writer.close();
    await transfers.drop(id, user);
  }
});
