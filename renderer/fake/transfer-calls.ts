// Calls that carry files, against the fake world: the bytes stay in memory.
import { Sha256 } from '@tt/client';
import { type Transfer, TtError } from '@tt/protocol';
import type { FakeWorld } from './world.ts';

export function transferCalls(world: FakeWorld) {
  const find = (id: string) => {
    world.checkReachable();
    const found = world.transfers.get(id);
    if (!found) throw new TtError('TRANSFER_NOT_FOUND', { transferId: id });
    return found;
  };
  const change = (id: string, about: Partial<Transfer>): Transfer => {
    const entry = find(id);
    entry.transfer = { ...entry.transfer, ...about };
    return entry.transfer;
  };
  return {
    list: async () => ({ transfers: [...world.transfers.values()].map(({ transfer }) => transfer) }),
    begin: async ({ transferId, fileName, sizeBytes }: { transferId: string; fileName: string; sizeBytes: number }) => {
      world.checkReachable();
      const known = world.transfers.get(transferId);
      if (known) return known.transfer;
      const transfer = newTransfer(world, { id: transferId, direction: 'upload', fileName, sizeBytes });
      world.transfers.set(transferId, { transfer, bytes: new Uint8Array(sizeBytes) });
      return transfer;
    },
    status: async ({ transferId }: { transferId: string }) => find(transferId).transfer,
    write: async ({ transferId, offset, dataBase64 }: { transferId: string; offset: number; dataBase64: string }) => {
      const { transfer, bytes } = find(transferId);
      const { doneBytes } = transfer;
      if (offset !== doneBytes) throw new TtError('TRANSFER_OFFSET', { transferId, offset, expected: doneBytes });
      const piece = Uint8Array.from(atob(dataBase64), (letter) => letter.charCodeAt(0));
      bytes.set(piece, offset);
      return change(transferId, { doneBytes: offset + piece.length });
    },
    read: async ({ transferId, offset, maxBytes }: { transferId: string; offset: number; maxBytes: number }) => {
      const { bytes } = find(transferId);
      const piece = bytes.subarray(offset, offset + maxBytes);
      const dataBase64 = btoa(Array.from(piece, (byte) => String.fromCharCode(byte)).join(''));
      return { offset, dataBase64, isLast: offset + piece.length === bytes.length };
    },
    end: async ({ transferId, sha256 }: { transferId: string; sha256: string }) => {
      const { transfer, bytes } = find(transferId);
      const found = hashOf(bytes);
      if (found !== sha256)
        throw new TtError('TRANSFER_HASH', { fileName: transfer.fileName, expected: sha256, found });
      return change(transferId, { state: 'whole', sha256 });
    },
    drop: async ({ transferId }: { transferId: string }) => {
      find(transferId);
      world.transfers.delete(transferId);
      return { id: transferId };
    },
  };
}

/** A file that is ready to be fetched. */
export function offerDownload(world: FakeWorld, fileName: string, bytes: Uint8Array): Transfer {
  const about = { id: crypto.randomUUID(), direction: 'download' as const, fileName, sizeBytes: bytes.length };
  const transfer = {
    ...newTransfer(world, about),
    state: 'whole' as const,
    doneBytes: bytes.length,
    sha256: hashOf(bytes),
  };
  world.transfers.set(transfer.id, { transfer, bytes });
  return transfer;
}

function newTransfer(world: FakeWorld, about: Pick<Transfer, 'id' | 'direction' | 'fileName' | 'sizeBytes'>): Transfer {
  const now = Date.now();
  return {
    ...about,
    doneBytes: 0,
    state: 'open',
    sha256: null,
    owner: world.me.name,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 6 * 3_600_000).toISOString(),
  };
}

function hashOf(bytes: Uint8Array): string {
  const hash = new Sha256();
  hash.update(bytes);
  return hash.hex();
}
