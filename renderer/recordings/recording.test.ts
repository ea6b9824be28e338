// Recordings written and read back; files that break off, are foreign or broken; limits of size, time and slow disks.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type About,
  encodeHead,
  encodeJson,
  encodeRecord,
  type Recorded,
  RecordingReader,
  recordType,
  type RecordType,
} from '@tt/client/recordings';
import { type RecordingSink, RecordingWriter, type RecordingWriterOptions } from './recording-writer.ts';

const about: About = {
  vmName: 'demo/tiny-2-1',
  vmId: 'vm-1',
  startedAt: '2026-11-30T12:00:00.000Z',
  hasInput: true,
};
let clockMs: number;
beforeEach(() => {
  clockMs = 1_000;
});

class MemorySink implements RecordingSink {
  readonly mostBytes: number;
  readonly pieces: Uint8Array[] = [];
  state: 'open' | 'closed' | 'aborted' = 'open';
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve();

  constructor(mostBytes = 1024 * 1024) {
    this.mostBytes = mostBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.gate;
    this.pieces.push(bytes);
  }

  async close(): Promise<void> {
    this.state = 'closed';
  }

  async abort(): Promise<void> {
    this.state = 'aborted';
  }

  async file(): Promise<Blob> {
    return new Blob(this.pieces.map((piece) => Uint8Array.from(piece)));
  }
}

function start(sink: RecordingSink, more: Partial<RecordingWriterOptions> = {}) {
  const ends: string[] = [];
  const writer = new RecordingWriter({
    sink,
    about,
    nowMs: () => clockMs,
    onEnd: ({ reason }) => ends.push(reason),
    ...more,
  });
  return { writer, ends };
}

async function all(file: Blob): Promise<Recorded[]> {
  const read: Recorded[] = [];
  for await (const one of (await RecordingReader.open(file)).records()) read.push(one);
  return read;
}
const bytes = (...values: number[]) => Uint8Array.from(values);

/** A recording of one second: a picture, a key, a revert. */
async function whole(): Promise<{ sink: MemorySink; file: Blob }> {
  const sink = new MemorySink();
  const { writer } = start(sink);
  writer.begin();
  writer.screen(bytes(1, 2, 3));
  clockMs += 500;
  writer.input({ code: 'KeyA', down: true });
  clockMs += 500;
  writer.mark({ kind: 'reverted', snapshot: 'clean' });
  writer.screen(bytes(4));
  await writer.stop();
  return { sink, file: await sink.file() };
}

it('is read back as it was, with its times', async () => {
  const { sink, file } = await whole();
  expect(sink.state).toBe('closed');
  expect((await RecordingReader.open(file)).about).toEqual(about);
  expect(await all(file)).toEqual([
    { kind: 'begin', atMs: 0 },
    { kind: 'screen', atMs: 0, bytes: bytes(1, 2, 3) },
    { kind: 'input', atMs: 500, input: { code: 'KeyA', down: true } },
    { kind: 'mark', atMs: 1000, mark: { kind: 'reverted', snapshot: 'clean' } },
    { kind: 'screen', atMs: 1000, bytes: bytes(4) },
    { kind: 'end', atMs: 1000, reason: 'stopped' },
  ]);
  expect(await (await RecordingReader.open(file)).survey()).toEqual({
    lengthMs: 1000,
    marks: [{ atMs: 1000, mark: { kind: 'reverted', snapshot: 'clean' } }],
  });
});

it('has no keys where they were not to be recorded', async () => {
  const sink = new MemorySink();
  const { writer } = start(sink, { about: { ...about, hasInput: false } });
  writer.input({ code: 'KeyA', down: true });
  await writer.stop();
  expect((await all(await sink.file())).map(({ kind }) => kind)).toEqual(['end']);
});

describe('a file', () => {
  it('that breaks off anywhere is read up to there', async () => {
    const { file } = await whole();
    const complete = await all(file);
    const headBytes = encodeHead(about).length;
    for (let size = headBytes; size < file.size; size++) {
      const read = await all(file.slice(0, size));
      expect(read).toEqual(complete.slice(0, read.length));
      expect(read.length).toBeLessThan(complete.length);
    }
  });

  it('of another kind, of a later version, or with a head that makes no sense is refused', async () => {
    const { file } = await whole();
    const later = new Uint8Array(await file.arrayBuffer());
    later[7] = '2'.charCodeAt(0);
    const why = async (blob: Blob) =>
      RecordingReader.open(blob).then(
        () => null,
        (error: { why: string }) => error.why,
      );
    expect(await why(new Blob(['a picture, or whatever else it is']))).toBe('foreign');
    expect(await why(new Blob())).toBe('foreign');
    expect(await why(new Blob([later]))).toBe('newer');
    expect(await why(new Blob([encodeHead({ ...about, startedAt: 'yesterday' }).slice()]))).toBe('broken');
  });

  it('with a record that is too long ends there, and one of an unknown type is skipped', async () => {
    const head = encodeHead(about);
    const unknown = encodeRecord(99 as number as RecordType, 5, bytes(1));
    const long = encodeRecord(recordType.screen, 6, bytes(1));
    new DataView(long.buffer).setUint32(5, 0xffffffff);
    const parts = [head, unknown, encodeRecord(recordType.begin, 6, bytes()), long].map((part) => part.slice());
    await expect(all(new Blob(parts))).rejects.toMatchObject({ why: 'broken' });
    expect(await all(new Blob(parts.slice(0, 3)))).toEqual([{ kind: 'begin', atMs: 6 }]);
  });

  it('whose times go back goes on at the latest', async () => {
    const parts = [
      encodeHead(about),
      encodeRecord(recordType.begin, 900, bytes()),
      encodeRecord(recordType.begin, 5, bytes()),
    ];
    expect((await all(new Blob(parts.map((part) => part.slice())))).map(({ atMs }) => atMs)).toEqual([900, 900]);
  });

  it('with text that is no such record is broken', async () => {
    const parts = [encodeHead(about), encodeRecord(recordType.input, 1, encodeJson({ code: 7 }))];
    await expect(all(new Blob(parts.map((part) => part.slice())))).rejects.toMatchObject({ why: 'broken' });
  });
});

describe('a limit', () => {
  it('of size ends it with a whole file, and nothing more is written', async () => {
    const sink = new MemorySink(encodeHead(about).length + 200);
    const { writer, ends } = start(sink);
    for (let count = 0; count < 20; count++) writer.screen(new Uint8Array(50));
    await writer.stop();
    await Promise.resolve();
    expect([ends, sink.state]).toEqual([['full'], 'closed']);
    expect((await all(await sink.file())).at(-1)).toMatchObject({ kind: 'end', reason: 'full' });
    expect((await sink.file()).size).toBeLessThanOrEqual(sink.mostBytes);
  });

  it('of time ends it too', async () => {
    const sink = new MemorySink();
    const { writer, ends } = start(sink, { mostMs: 1000 });
    writer.begin();
    clockMs += 1001;
    writer.begin();
    await writer.stop();
    await Promise.resolve();
    expect([ends, (await all(await sink.file())).at(-1)]).toEqual([
      ['full'],
      { kind: 'end', atMs: 1001, reason: 'full' },
    ]);
  });

  it('of what waits for a slow disk too, so that the window does not grow', async () => {
    const sink = new MemorySink();
    const gate = Promise.withResolvers<void>();
    sink.gate = gate.promise;
    const { writer, ends } = start(sink, { mostWaitingBytes: 1000 });
    for (let count = 0; count < 20; count++) writer.screen(new Uint8Array(100));
    gate.resolve();
    await writer.stop();
    await Promise.resolve();
    expect([ends, (await all(await sink.file())).at(-1)]).toEqual([
      ['slow'],
      expect.objectContaining({ reason: 'slow' }),
    ]);
  });
});

it('that can’t be written says so, once', async () => {
  const sink = new MemorySink();
  sink.write = () => Promise.reject(new Error('the disk is full'));
  const { writer, ends } = start(sink);
  writer.begin();
  writer.begin();
  await expect(writer.stop()).rejects.toThrow('the disk is full');
  expect([ends.length <= 1, sink.state]).toEqual([true, 'aborted']);
});
