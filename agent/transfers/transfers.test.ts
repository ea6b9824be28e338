// Files through the calls of an agent: complete even if the link is cut, never partial or wrong, only for their owner, within
// limits; unfinished ones are removed.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chmod, open, readdir, readFile, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  checkSent,
  encodeFrame,
  FrameReader,
  FrameStream,
  type TransferFrame,
  type UploadSource,
  uploadFile,
} from '@tt/client';
import { quoted, TRANSFER_CHUNK_BYTES, type Transfer, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';
import { DiskBudget } from '../storage/disk-budget.ts';
import { FileTransfers } from './file-transfers.ts';
import { transferStream } from './transfer-stream.ts';

const MIB = 1024 * 1024;
const mei = { name: 'mei', role: 'user' } as const;
const bytes = randomBytes(2 * MIB + 12_345);
const sha256 = hex(bytes);

function hex(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function sourceOf(data: Uint8Array, fileName = 'a.capsule'): UploadSource {
  return { fileName, sizeBytes: data.length, read: async (offset, length) => data.subarray(offset, offset + length) };
}

afterEach(() => vi.restoreAllMocks());

describe('over the calls', () => {
  let agent: TestAgent;
  let now: Date;
  beforeEach(async () => {
    now = new Date();
    agent = await startTestAgent({ now: () => now });
  });
  afterEach(() => agent.stop());

  const opened: FrameStream[] = [];
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.close();
  });
  /** The bare stream of an upload, once the agent has said how far it is. */
  async function openAt(transferId: string): Promise<FrameStream> {
    const { ticket } = await agent.client.transfer.open({ transferId });
    const stream = new FrameStream(agent.openStream(ticket));
    opened.push(stream);
    await stream.progress();
    return stream;
  }

  const folder = async () => (await readdir(path.join(agent.home, 'transfers'))).length;

  it('an upload arrives as it was sent, with progress; dropped, nothing of it is left', async () => {
    const id = randomUUID();
    const seen: number[] = [];
    const sent = await uploadFile(agent, sourceOf(bytes), id, { onProgress: (done) => seen.push(done) });
    expect(sent).toMatchObject({ id, state: 'whole', sha256, doneBytes: bytes.length, direction: 'upload' });
    expect([seen.at(-1), seen]).toEqual([bytes.length, seen.toSorted((one, other) => one - other)]);
    expect(await readFile(path.join(agent.home, 'transfers', `${id}.bytes`))).toEqual(bytes);
    await agent.client.transfer.drop({ transferId: id });
    expect([await folder(), (await agent.client.transfer.list()).transfers]).toEqual([0, []]);
  });

  it('resumes where it was cut, also by the next agent, and sends nothing twice', async () => {
    const id = randomUUID();
    const abort = new AbortController();
    const cut = uploadFile(agent, sourceOf(bytes), id, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('the link is cut')),
    });
    await expect(cut).rejects.toThrow();
    await agent.stop({ keep: true });
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, now: () => now });
    const before = (await agent.client.transfer.status({ transferId: id })).doneBytes;
    expect(before).toBeGreaterThan(0);
    const read: number[] = [];
    const source = sourceOf(bytes);
    const counted: UploadSource = {
      ...source,
      read(offset, length) {
        read.push(offset);
        return source.read(offset, length);
      },
    };
    expect(await uploadFile(agent, counted, id)).toMatchObject({ state: 'whole', sha256 });
    expect(Math.min(...read)).toBe(before);
  });

  it('hashes parts of what has arrived, so that a file that is chosen again is told from another one', async () => {
    const { transfer } = agent.client;
    const { id } = await transfer.begin({ fileName: 'a.raw', sizeBytes: bytes.length });
    const stream = await openAt(id);
    stream.send({ kind: 'data', bytes: bytes.subarray(0, 100_000) });
    expect(await stream.progress()).toBe(100_000);
    const digest = (offset: number, lengthBytes: number) => transfer.digest({ transferId: id, offset, lengthBytes });
    expect(await digest(10, 1000)).toEqual({ lengthBytes: 1000, sha256: hex(bytes.subarray(10, 1010)) });
    expect(await digest(99_000, 5000)).toEqual({ lengthBytes: 1000, sha256: hex(bytes.subarray(99_000, 100_000)) });
    expect(await digest(200_000, 5)).toEqual({ lengthBytes: 0, sha256: hex(new Uint8Array()) });
    const begun = await transfer.status({ transferId: id });
    await checkSent(agent, sourceOf(bytes), begun);
    const other = Uint8Array.from(bytes);
    other[99_999] = 255 - (bytes[99_999] ?? 0);
    for (const source of [sourceOf(other), sourceOf(bytes.subarray(1))]) {
      await expect(checkSent(agent, source, begun)).rejects.toMatchObject({ code: 'TRANSFER_OTHER_FILE' });
    }
    // What has not been sent may still change.
    await checkSent(agent, sourceOf(Uint8Array.from(bytes).fill(0, 100_000)), begun);
  });

  it('hashes no download', async () => {
    const { id } = await agent.client.transfer.reserve({});
    const asked = agent.client.transfer.digest({ transferId: id, offset: 0, lengthBytes: 1 });
    await expect(asked).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
  });

  it('refuses too many bytes, too few, and bytes that are not those that were counted', async () => {
    const { transfer } = agent.client;
    const { id } = await transfer.begin({ fileName: 'x', sizeBytes: 6 });
    const write = async (text: string) => {
      const stream = await openAt(id);
      stream.send({ kind: 'data', bytes: Buffer.from(text) });
      return stream.progress().finally(() => stream.close());
    };
    expect(await write('abc')).toBe(3);
    await expect(write('defg')).rejects.toMatchObject({
      code: 'TRANSFER_SIZE',
      data: { sizeBytes: 6, sentBytes: 7 },
    });
    const end = async (text: string) => {
      const stream = await openAt(id);
      stream.send({ kind: 'end', sha256: hex(Buffer.from(text)), transfer: null });
      const frame = await stream.next().finally(() => stream.close());
      return frame.kind === 'end' ? frame.transfer : frame;
    };
    await expect(end('abc')).rejects.toMatchObject({ code: 'TRANSFER_SIZE', data: { sentBytes: 3 } });
    expect(await write('def')).toBe(6);
    expect(await end('abcdef')).toMatchObject({ state: 'whole', sha256: hex(Buffer.from('abcdef')) });
    // The answer may have been lost with the link: who begins again hears that it is whole.
    expect(await transfer.begin({ transferId: id, fileName: 'x', sizeBytes: 6 })).toMatchObject({ state: 'whole' });
    await expect(write('g')).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    await expect(transfer.begin({ fileName: '../x', sizeBytes: 6 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('sends nothing of an upload, and ends a stream whose client sends what it must not', async () => {
    const { id } = await agent.client.transfer.begin({ fileName: 'x', sizeBytes: 6 });
    const stream = await openAt(id);
    stream.send({ kind: 'progress', doneBytes: 0 });
    await expect(stream.next()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(stream.next()).rejects.toMatchObject({ code: 'AGENT_GONE' });
    expect(await agent.client.transfer.status({ transferId: id })).toMatchObject({ doneBytes: 0, state: 'open' });
  });

  it('removes what nobody touched for long, and keeps what is used', async () => {
    const { id } = await agent.client.transfer.begin({ fileName: 'x', sizeBytes: 6 });
    now = new Date(now.getTime() + 5 * 3_600_000);
    const stream = await openAt(id);
    stream.send({ kind: 'data', bytes: Buffer.from('abc') });
    await stream.progress();
    now = new Date(now.getTime() + 5 * 3_600_000);
    await agent.stop({ keep: true });
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, now: () => now });
    // A restart counts as a look: the deadline of whoever waits for it starts again.
    expect(await agent.client.transfer.status({ transferId: id })).toMatchObject({ doneBytes: 3 });
  });
});

describe('the files', () => {
  let directory: string;
  let now: Date;
  let free: number;
  const admitted: [string, number][] = [];
  let transfers: FileTransfers;

  beforeEach(async () => {
    directory = path.join(tmpdir(), `tt-transfers-${randomUUID()}`);
    now = new Date();
    free = 1024 * MIB;
    admitted.length = 0;
    transfers = make();
    await transfers.init();
  });
  afterEach(async () => {
    for (const { id } of transfers.list({ name: 'root', role: 'admin' })) {
      await transfers.drop(id, { name: 'root', role: 'admin' });
    }
    // Fails unless it is empty.
    await rmdir(directory);
  });

  function make(): FileTransfers {
    const admit = (owner: string, wanted: number) => {
      admitted.push([owner, wanted]);
      if (wanted > 600 * MIB)
        throw new TtError('QUOTA_EXCEEDED', { user: owner, resource: 'diskMiB', total: 600, used: 0, wanted: 0 });
    };
    const space = async () => ({ id: 1, freeBytes: free, totalBytes: 1024 ** 4 });
    const noQuota = { allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY };
    const budget = new DiskBudget({ space, quotaLeft: () => noQuota, admit: () => {} });
    return new FileTransfers({ directory, now: () => now, admit, budget });
  }

  /** Writes with a stream of its own; resolves when that is closed. */
  async function write(id: string, data: Uint8Array): Promise<void> {
    const writer = await transfers.openUpload(id, mei);
    try {
      await writer.write(data);
    } finally {
      await writer.close();
    }
  }

  async function end(id: string, expected: string | null = null): Promise<Transfer> {
    const writer = await transfers.openUpload(id, mei);
    try {
      return await writer.end(expected);
    } finally {
      await writer.close();
    }
  }

  /** A download that was packed. */
  async function packed(): Promise<Transfer> {
    const download = await transfers.pack(undefined, mei);
    await writeFile(download.path, bytes);
    return download.finish({ fileName: 'f', sizeBytes: bytes.length, sha256 });
  }

  const fileOf = (id: string) => path.join(directory, `${id}.bytes`);
  const noteOf = (id: string) => path.join(directory, `${id}.json`);

  const begin = (sizeBytes: number, user: { name: string; role: 'admin' | 'user' } = mei) =>
    transfers.begin({ fileName: 'f', sizeBytes }, user);

  it('count against the quota of their owner and the free disk, with what is allocated to others', async () => {
    await begin(400 * MIB);
    expect(admitted.at(-1)).toEqual(['mei', 400 * MIB]);
    await expect(begin(201 * MIB)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expect(begin(400 * MIB, { name: 'bo', role: 'user' })).rejects.toMatchObject({ code: 'DISK_FULL' });
    await begin(300 * MIB, { name: 'bo', role: 'user' });
    free = 100 * MIB;
    await expect(begin(1)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('are not there for other users', async () => {
    const { id } = await begin(3);
    const bo = { name: 'bo', role: 'user' } as const;
    expect(() => transfers.status(id, bo)).toThrow(expect.objectContaining({ code: 'TRANSFER_NOT_FOUND' }));
    await expect(transfers.drop(id, bo)).rejects.toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
    expect(transfers.list(bo)).toEqual([]);
    const other = await transfers.begin({ id, fileName: 'f', sizeBytes: 3 }, bo);
    expect(other.id).not.toBe(id);
    expect(transfers.list({ name: 'root', role: 'admin' })).toHaveLength(2);
  });

  it('are taken by one operation at a time, given back or removed', async () => {
    const { id } = await begin(3);
    expect(() => transfers.take(id, mei)).toThrow(expect.objectContaining({ code: 'TRANSFER_STATE' }));
    await write(id, Buffer.from('abc'));
    await end(id, hex(Buffer.from('abc')));
    const taken = transfers.take(id, mei);
    expect([await readFile(taken.path, 'utf8'), taken.fileName, taken.sizeBytes]).toEqual(['abc', 'f', 3]);
    expect(() => transfers.take(id, mei)).toThrow(expect.objectContaining({ code: 'TRANSFER_STATE' }));
    await expect(transfers.drop(id, mei)).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    now = new Date(now.getTime() + 100 * 3_600_000);
    await transfers.sweep();
    await taken.giveBack();
    await transfers.take(id, mei).remove();
    expect(transfers.list(mei)).toEqual([]);
  });

  it('that are offered are read from any offset, and swept when nobody comes', async () => {
    const offered = await packed();
    for (const from of [0, 1_000_001, bytes.length]) {
      const reader = transfers.openDownload(offered.id, mei);
      const pieces: Uint8Array[] = [];
      for (let at = from; ; at += pieces.at(-1)?.length ?? 0) {
        const piece = await reader.read(at, 384 * 1024);
        if (piece.length === 0) break;
        pieces.push(piece);
      }
      reader.close();
      expect(Buffer.concat(pieces).equals(bytes.subarray(from))).toBe(true);
    }
    const beyond = transfers.openDownload(offered.id, mei);
    await expect(beyond.read(bytes.length + 1, 1)).rejects.toMatchObject({ code: 'TRANSFER_OFFSET' });
    now = new Date(now.getTime() + 6 * 3_600_000 + 1);
    await transfers.sweep();
    expect(transfers.list(mei)).toEqual([]);
  });

  it('that go while they are read are not there: a file that is gone is no fault of the agent', async () => {
    const { id } = await packed();
    await rm(path.join(directory, `${id}.bytes`));
    const reader = transfers.openDownload(id, mei);
    await expect(reader.read(0, 1)).rejects.toMatchObject({ code: 'ENOENT' });
    const [read] = await Promise.allSettled([reader.read(0, 1), transfers.drop(id, mei)]);
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'TRANSFER_NOT_FOUND' } });
  });

  it('of an earlier agent are taken up, and what belongs to nothing is removed', async () => {
    const { id } = await begin(6);
    await write(id, Buffer.from('abc'));
    await writeFile(path.join(directory, 'left.draft'), 'half');
    await writeFile(path.join(directory, `${randomUUID()}.bytes`), 'half');
    // What a power cut left of notes.
    for (const text of ['', '{"id":', '{}', JSON.stringify({ ...(await begin(1)), id: randomUUID() })]) {
      const cut = randomUUID();
      await writeFile(path.join(directory, `${cut}.bytes`), 'half');
      await writeFile(path.join(directory, `${cut}.json`), text);
    }
    for (const other of transfers.list(mei)) if (other.id !== id) await transfers.drop(other.id, mei);
    const next = make();
    await next.init();
    expect(next.list(mei)).toMatchObject([{ id, doneBytes: 3, state: 'open' }]);
    expect((await readdir(directory)).sort()).toEqual([`${id}.bytes`, `${id}.json`]);
  });

  it('resume after a power cut where bytes were known to be on the disk; what lies behind is sent again', async () => {
    const { id } = await begin(bytes.length);
    const synced = MIB + 17;
    await write(id, bytes.subarray(0, synced));
    // More came, and the size of the file reached the disk, but not all of its bytes.
    await appendFile(fileOf(id), Buffer.alloc(MIB));
    transfers = make();
    await transfers.init();
    expect(transfers.status(id, mei)).toMatchObject({ doneBytes: synced, state: 'open' });
    const writer = await transfers.openUpload(id, mei);
    expect([writer.doneBytes, (await stat(fileOf(id))).size]).toEqual([synced, synced]);
    await writer.write(bytes.subarray(synced));
    expect(await writer.end(sha256)).toMatchObject({ state: 'whole', sha256 });
    await writer.close();
    expect((await readFile(fileOf(id))).equals(bytes)).toBe(true);
  });

  it('note from time to time what is on the disk while they are written', async () => {
    const piece = Buffer.alloc(MIB, 7);
    const { id } = await begin(80 * MIB);
    const writer = await transfers.openUpload(id, mei);
    for (let count = 0; count < 70; count++) await writer.write(piece);
    // Synced beside the writes: how long that takes is up to the disk.
    await until(
      '64 MiB are noted',
      async () => JSON.parse(await readFile(noteOf(id), 'utf8')).syncedBytes === 64 * MIB,
      60_000,
    );
    // The agent dies here: nobody closes the writer.
    const next = make();
    await next.init();
    expect(next.status(id, mei).doneBytes).toBe(64 * MIB);
    await writer.close();
  });

  it('hash again what another agent wrote, and notice that it is not what was sent', async () => {
    const { id } = await begin(6);
    await write(id, Buffer.from('abc'));
    const file = await open(fileOf(id), 'r+');
    await file.write(Buffer.from('X'), 0, 1, 1);
    await file.close();
    transfers = make();
    await transfers.init();
    await write(id, Buffer.from('def'));
    const expected = hex(Buffer.from('abcdef'));
    const found = hex(Buffer.from('aXcdef'));
    await expect(end(id, expected)).rejects.toMatchObject({ code: 'TRANSFER_HASH', data: { expected, found } });
    expect(() => transfers.status(id, mei)).toThrow(expect.objectContaining({ code: 'TRANSFER_NOT_FOUND' }));
    expect(transfers.space.allocatedBytes(mei.name)).toBe(0);
  });

  it('whose file became shorter than it was when it was whole are gone', async () => {
    const { id } = await begin(6);
    await write(id, Buffer.from('abcdef'));
    await end(id);
    await writeFile(fileOf(id), 'abc');
    transfers = make();
    await transfers.init();
    expect(transfers.list(mei)).toEqual([]);
  });

  it('that became a link are neither read nor written, and gone at the next start', async () => {
    const [secret, { id }] = [path.join(directory, '..', `secret-${randomUUID()}`), await begin(6)];
    await writeFile(secret, 'secret');
    await rm(fileOf(id));
    await symlink(secret, fileOf(id));
    await expect(write(id, Buffer.from('abcdef'))).rejects.toMatchObject({ name: 'NotPlainFile' });
    transfers = make();
    await transfers.init();
    expect([transfers.list(mei), await readFile(secret, 'utf8')]).toEqual([[], 'secret']);
    await rm(secret);
  });

  it('are not kept in a folder of somebody else, which stays as it is', async () => {
    const [theirs, own] = [path.join(directory, 'theirs'), process.geteuid?.() ?? 0];
    await writeFile(theirs, '');
    await chmod(directory, 0o755);
    vi.spyOn(process, 'geteuid').mockReturnValue(own + 1);
    await expect(make().init()).rejects.toThrow(`belongs to the user ${own}`);
    expect([await readdir(directory), (await stat(directory)).mode & 0o777]).toEqual([['theirs'], 0o755]);
    await rm(theirs);
  });

  it('that were refused or cut off leave nothing once they are dropped or their time is over', async () => {
    const [dropped, forgotten] = [await begin(3), await begin(3)];
    for (const { id } of [dropped, forgotten]) {
      await expect(write(id, Buffer.from('abcd'))).rejects.toMatchObject({ code: 'TRANSFER_SIZE' });
      await write(id, Buffer.from('ab'));
    }
    const writer = await transfers.openUpload(dropped.id, mei);
    await transfers.drop(dropped.id, mei);
    await expect(writer.write(Buffer.from('c'))).rejects.toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
    await writer.close();
    expect((await readdir(directory)).sort()).toEqual([`${forgotten.id}.bytes`, `${forgotten.id}.json`]);
    now = new Date(now.getTime() + 6 * 3_600_000 + 1);
    await transfers.sweep();
    expect([transfers.list(mei), await readdir(directory)]).toEqual([[], []]);
  });

  it('cut off a client that is silent, and let the next one in', async () => {
    const { id } = await begin(6);
    const silent = transferStream(transfers, id, mei, { silenceLimitMs: 20 });
    await once(silent, 'data');
    await once(silent, 'close');
    await write(id, Buffer.from('abc'));
  });

  it.each([
    [
      'a frame that is larger than a chunk',
      encodeFrame({ kind: 'data', bytes: new Uint8Array(TRANSFER_CHUNK_BYTES + 1) }),
    ],
    ['a frame that is not JSON', Buffer.from('\u0001\0\0\0\u0003abc', 'latin1')],
    ['a frame out of its turn', encodeFrame({ kind: 'progress', doneBytes: 1 })],
  ])('tell the client of %s, read nothing behind it, and end without a failure of the agent', async (_what, bytes) => {
    const { id } = await begin(6);
    const stream = transferStream(transfers, id, mei);
    const read: TransferFrame[] = [];
    const reader = new FrameReader();
    stream.on('data', (piece: Buffer) => read.push(...reader.push(piece)));
    stream.write(bytes);
    stream.write(encodeFrame({ kind: 'data', bytes: Buffer.from('abc') }));
    await once(stream, 'close');
    expect(read.at(-1)).toMatchObject({ kind: 'failed', code: 'INPUT_INVALID' });
    expect(transfers.status(id, mei).doneBytes).toBe(0);
  });

  it('that are packed are read as they grow, and end only when they are whole', async () => {
    const { id } = await transfers.reserve(mei);
    const reader = transfers.openDownload(id, mei);
    const first = reader.read(0, 100);
    const download = await transfers.pack(id, mei);
    await expect(transfers.pack(id, mei)).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    await expect(transfers.drop(id, mei)).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    download.begin(6);
    await writeFile(download.path, 'abc');
    download.grown(3);
    expect(Buffer.from(await first).toString()).toBe('abc');
    expect(transfers.status(id, mei)).toMatchObject({ state: 'packing', sizeBytes: 6, doneBytes: 3 });
    await expect(reader.read(7, 1)).rejects.toMatchObject({ code: 'TRANSFER_OFFSET' });
    const [second, closed] = [reader.read(3, 100), transfers.openDownload(id, mei)];
    const nothing = closed.read(3, 100);
    closed.close();
    expect(await nothing).toHaveLength(0);
    await appendFile(download.path, 'def');
    download.grown(6);
    expect(Buffer.from(await second).toString()).toBe('def');
    let ended = false;
    const end = reader.read(6, 100).then((piece) => {
      ended = true;
      return piece;
    });
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    await download.finish({ fileName: 'f', sizeBytes: 6, sha256: hex(Buffer.from('abcdef')) });
    expect(await end).toHaveLength(0);
    const next = make();
    await next.init();
    expect(next.list(mei)).toMatchObject([{ id, state: 'whole', sizeBytes: 6 }]);
  });

  it('that can’t be packed are an error for who reads them, and leave nothing', async () => {
    const { id } = await transfers.reserve(mei);
    const reader = transfers.openDownload(id, mei);
    const download = await transfers.pack(id, mei);
    download.begin(6);
    await writeFile(download.path, 'abc');
    download.grown(3);
    expect(await reader.read(0, 100)).toHaveLength(3);
    const waiting = reader.read(3, 100);
    const failure = new TtError('CAPSULE_FAILED', { envName: 'e', vmName: 'v', reason: quoted('reported', 'r') });
    const [read] = await Promise.allSettled([waiting, download.fail(failure)]);
    expect(read).toMatchObject({ status: 'rejected', reason: failure });
    expect([transfers.list(mei), await readdir(directory)]).toEqual([[], []]);
  });

  it('that were reserved are of their owner, and gone with their time or the agent', async () => {
    const { id } = await transfers.reserve(mei);
    await expect(transfers.pack(id, { name: 'bo', role: 'user' })).rejects.toMatchObject({
      code: 'TRANSFER_NOT_FOUND',
    });
    const waiting = transfers.openDownload(id, mei).read(0, 1);
    now = new Date(now.getTime() + 6 * 3_600_000 + 1);
    const [read] = await Promise.allSettled([waiting, transfers.sweep()]);
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'TRANSFER_NOT_FOUND' } });
    await writeFile((await transfers.pack(undefined, mei)).path, 'abc');
    transfers = make();
    await transfers.init();
    expect([transfers.list(mei), await readdir(directory)]).toEqual([[], []]);
  });
});
