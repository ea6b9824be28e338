// Files through the calls of an agent: whole however the link is cut, never half or wrong, only for their owner, within
// limits; and what nobody finishes is removed.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FrameStream, uploadFile, type UploadSource } from '@tt/client';
import { TRANSFER_CHUNK_BYTES, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { FileTransfers } from './file-transfers.ts';

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
    expect([seen.length, seen.at(-1)]).toEqual([Math.ceil(bytes.length / TRANSFER_CHUNK_BYTES), bytes.length]);
    expect(await readFile(path.join(agent.home, 'transfers', `${id}.bytes`))).toEqual(bytes);
    await agent.client.transfer.drop({ transferId: id });
    expect([await folder(), (await agent.client.transfer.list()).transfers]).toEqual([0, []]);
  });

  it('goes on where it was cut, also by the next agent, and sends nothing twice', async () => {
    const id = randomUUID();
    const abort = new AbortController();
    const cut = uploadFile(agent.connection, sourceOf(bytes), id, {
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

  it('refuses a gap, too many bytes, too few, and bytes that are not those that were counted', async () => {
    const { transfer } = agent.client;
    const { id } = await transfer.begin({ fileName: 'x', sizeBytes: 6 });
    const first = await openAt(id);
    const late = await openAt(id);
    const write = (text: string, stream = first) => {
      stream.send({ kind: 'data', bytes: Buffer.from(text) });
      return stream.progress();
    };
    expect(await write('abc')).toBe(3);
    await expect(write('abc', late)).rejects.toMatchObject({
      code: 'TRANSFER_OFFSET',
      data: { expected: 3, offset: 0 },
    });
    await expect(write('defg')).rejects.toMatchObject({
      code: 'TRANSFER_SIZE',
      data: { sizeBytes: 6, sentBytes: 7 },
    });
    const end = async (text: string) => {
      const stream = await openAt(id);
      stream.send({ kind: 'end', sha256: hex(Buffer.from(text)), transfer: null });
      const frame = await stream.next();
      return frame.kind === 'end' ? frame.transfer : frame;
    };
    await expect(end('abc')).rejects.toMatchObject({ code: 'TRANSFER_SIZE', data: { sentBytes: 3 } });
    await write('def');
    await expect(end('abcdeX')).rejects.toMatchObject({ code: 'TRANSFER_HASH' });
    expect(await end('abcdef')).toMatchObject({ state: 'whole' });
    // The first answer may have been lost with the link.
    expect(await end('abcdef')).toMatchObject({ state: 'whole' });
    await expect(write('g')).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    const reader = await openAt(id);
    reader.send({ kind: 'progress', doneBytes: 0 });
    await expect(reader.next()).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
    await expect(transfer.begin({ fileName: '../x', sizeBytes: 6 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('of two chunks for one place exactly one is written', async () => {
    const { transfer } = agent.client;
    const { id } = await transfer.begin({ fileName: 'x', sizeBytes: 8 });
    const streams = await Promise.all([openAt(id), openAt(id)]);
    const ends = await Promise.allSettled(
      streams.map((stream, index) => {
        stream.send({ kind: 'data', bytes: Buffer.from(index === 0 ? 'aaaa' : 'bbbb') });
        return stream.progress();
      }),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await transfer.status({ transferId: id })).doneBytes).toBe(4);
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
    // A restart counts as a look: whoever waits for it has time again.
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
    expect(await readdir(directory)).toEqual([]);
  });

  function make(): FileTransfers {
    const admit = (owner: string, wanted: number) => {
      admitted.push([owner, wanted]);
      if (wanted > 600 * MIB)
        throw new TtError('QUOTA_EXCEEDED', { user: owner, resource: 'diskMiB', total: 600, used: 0, wanted: 0 });
    };
    return new FileTransfers({ directory, now: () => now, admit, freeBytes: async () => free });
  }

  const begin = (sizeBytes: number, user: { name: string; role: 'admin' | 'user' } = mei) =>
    transfers.begin({ fileName: 'f', sizeBytes }, user);

  it('count against the quota of their owner and the free disk, with what is promised to others', async () => {
    await begin(400 * MIB);
    expect(admitted.at(-1)).toEqual(['mei', 400 * MIB]);
    await expect(begin(201 * MIB)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expect(begin(400 * MIB, { name: 'bo', role: 'user' })).rejects.toMatchObject({ code: 'DISK_FULL' });
    await begin(300 * MIB, { name: 'bo', role: 'user' });
    free = 100 * MIB;
    await expect(begin(1)).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('are at most so many for one user', async () => {
    for (let count = 0; count < 32; count++) await begin(1);
    await expect(begin(1)).rejects.toMatchObject({
      code: 'TRANSFER_LIMIT',
      data: { user: 'mei', total: 32, used: 32 },
    });
    await begin(1, { name: 'bo', role: 'user' });
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
    await transfers.write(id, 0, Buffer.from('abc'), mei);
    await transfers.end(id, hex(Buffer.from('abc')), mei);
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
    const draft = transfers.draft();
    await writeFile(draft, bytes);
    const offered = await transfers.offer(draft, { fileName: 'f', sizeBytes: bytes.length, sha256, owner: 'mei' });
    for (const from of [0, 1_000_001, bytes.length]) {
      const pieces: Uint8Array[] = [];
      for (let isLast = false, at = from; !isLast; ) {
        const piece = await transfers.read(offered.id, at, 384 * 1024, mei);
        pieces.push(piece.bytes);
        at += piece.bytes.length;
        ({ isLast } = piece);
      }
      expect(Buffer.concat(pieces).equals(bytes.subarray(from))).toBe(true);
    }
    await expect(transfers.read(offered.id, bytes.length + 1, 1, mei)).rejects.toMatchObject({
      code: 'TRANSFER_OFFSET',
    });
    now = new Date(now.getTime() + 6 * 3_600_000 + 1);
    await transfers.sweep();
    expect(transfers.list(mei)).toEqual([]);
  });

  it('that go while they are read are not there: a file that is gone is no fault of the agent', async () => {
    const draft = transfers.draft();
    await writeFile(draft, bytes);
    const { id } = await transfers.offer(draft, { fileName: 'f', sizeBytes: bytes.length, sha256, owner: 'mei' });
    await rm(path.join(directory, `${id}.bytes`));
    await expect(transfers.read(id, 0, 1, mei)).rejects.toMatchObject({ code: 'ENOENT' });
    const [read] = await Promise.allSettled([transfers.read(id, 0, 1, mei), transfers.drop(id, mei)]);
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'TRANSFER_NOT_FOUND' } });
  });

  it('of an earlier agent are taken up, and what belongs to nothing is removed', async () => {
    const { id } = await begin(6);
    await transfers.write(id, 0, Buffer.from('abc'), mei);
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
});
