// Peers that answer anything: an agent inside a guest, QEMU itself, and whoever is at the other end of a transfer. Nobody waits longer
// than was said, and every failure is the one meant for it.
// @module-tag deep
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { encodeFrame, encodeShellFrame, FrameError, FrameReader } from '@tt/client';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ByteSteps } from '../console/byte-steps.ts';
import { GuestMessages } from '../console/guest-messages.ts';
import { readViewer } from '../console/viewer-messages.ts';
import { EngineError } from '../engines/errors.ts';
import { execInGuest } from '../engines/guest-exec.ts';
import { pingGuestAgent } from '../engines/guest-agent.ts';
import { QmpClient } from '../engines/qemu/qmp-client.ts';
import { StreamSplitter } from '../engines/qemu/ram/stream-splitter.ts';
import { ramSection, streamHead, wholeStream } from '../engines/qemu/ram/test-stream.ts';
import { ShellStream } from '../shells/shell-stream.ts';
import { fuzz, fuzzing, mutated, orRefused } from '../testing/fuzz.ts';

const TIMEOUT_MS = 60;
const SLACK_MS = 8000;

let folder: string;
let socketPath: string;
let server: Server;
const clients: Socket[] = [];
/** Sent for each line the peer is sent, and at first where `greets`. */
let answer: Buffer;
let greets: boolean;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-fuzz-'));
  socketPath = path.join(folder, 'peer.sock');
  server = createServer((client) => {
    clients.push(client);
    client.on('error', () => {});
    if (greets) client.write(answer);
    client.on('data', () => client.write(answer));
  });
  server.listen(socketPath);
  await once(server, 'listening');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** What `work` rejects with is an EngineError, and it does not take longer than it may. */
async function engineFailure(work: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await work().catch((error: unknown) => expect(error).toBeInstanceOf(EngineError));
  expect(performance.now() - from).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  for (const client of clients.splice(0)) client.destroy();
}

it('an agent inside a guest', fuzzing, async () => {
  greets = false;
  const sample =
    '{"return": 1}\n{"return": {}}\n{"return": {"pid": 1, "exited": true, "exitcode": 0, "out-data": "aGk="}}\n';
  const words = ['{"error": {"class": "CommandNotFound", "desc": "x"}}\n', 'null\n', '[]\n', '"', '\u202e', '1e999'];
  await fuzz(fc.tuple(mutated(Buffer.from(sample), words), fc.boolean()), async ([bytes, isExec]) => {
    answer = bytes;
    const exec = () => execInGuest(socketPath, (work) => work(), ['true'], { timeoutMs: TIMEOUT_MS });
    await engineFailure(() => (isExec ? exec() : pingGuestAgent(socketPath, TIMEOUT_MS)));
  });
});

it('QEMU', fuzzing, async () => {
  greets = true;
  // Numbered as the client numbers its commands: only so an answer is one.
  const sample =
    '{"QMP": {"version": {}, "capabilities": []}}\n{"return": {}, "id": "tt-1"}\n{"return": {"status": "running"}, "id": "tt-2"}\n{"event": "STOP", "data": {}, "timestamp": {}}\n';
  const words = [
    '{"error": {"class": "GenericError", "desc": "x"}, "id": "tt-2"}\n',
    '{"error": {"desc": 7}, "id": "tt-1"}\n',
    'null\n',
    '[1]\n',
    '{"return": null, "id": "tt-2"}\n',
    '{"return": {"status": "running"}, "id": "tt-3"}\n',
    '"tt-2"',
  ];
  const [greeting = '', first = '', second = ''] = sample.split(/(?<=\n)/);
  const line = fc.constantFrom(...words, greeting, first, second);
  // Most odd messages wait for the end of the time allowed, so only some ten are tried: these get as far as the last command.
  const lines = fc.array(line, { maxLength: 3 }).map((all) => Buffer.from([greeting, first, ...all].join('')));
  await fuzz(fc.oneof(mutated(Buffer.from(sample), words), lines), async (bytes) => {
    answer = bytes;
    await engineFailure(async () => {
      const client = await QmpClient.connect(socketPath, { timeoutMs: TIMEOUT_MS });
      await client.execute('query-status', {}, { timeoutMs: TIMEOUT_MS }).finally(() => client.close());
      // It answered, so what was sent holds the answers to both commands, and no other message counted as one.
      for (const id of ['tt-1', 'tt-2']) expect(saysReturn(bytes, id)).toBe(true);
    });
  });
});

/** Whether the first message with this id is an answer, not an error. */
function saysReturn(bytes: Buffer, id: string): boolean {
  for (const line of bytes.toString().split('\n')) {
    try {
      const value = JSON.parse(line) as Record<string, unknown> | null;
      if (value !== null && String(value['id']) === id) return !value['error'];
    } catch {
      // No message.
    }
  }
  return false;
}

it('the far end of a transfer', fuzzing, async () => {
  const frames = [
    encodeFrame({ kind: 'progress', doneBytes: 0 }),
    encodeFrame({ kind: 'data', bytes: Buffer.alloc(40, 7) }),
    encodeFrame({ kind: 'size', sizeBytes: 40 }),
    encodeFrame({ kind: 'end', sha256: 'x', transfer: null }),
    encodeFrame({ kind: 'failed', code: 'DISK_FULL', data: { a: 1 } }),
  ];
  const sample = Buffer.concat(frames);
  await fuzz(fc.tuple(mutated(sample), fc.integer({ min: 1, max: 64 })), async ([bytes, pieceBytes]) => {
    const reader = new FrameReader();
    let taken = 0;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const read = await orRefused(() => reader.push(bytes.subarray(at, at + pieceBytes)));
      // Of no use after a refusal.
      if (read === null) return;
      for (const frame of read) if (frame.kind === 'data') taken += frame.bytes.length;
    }
    expect(taken).toBeLessThanOrEqual(bytes.length);
  });
});

it('a viewer of a shell', fuzzing, async () => {
  const frames = [
    encodeShellFrame({ kind: 'bytes', bytes: Buffer.from('ls\r') }),
    encodeShellFrame({ kind: 'resize', size: { columns: 80, rows: 24 } }),
    encodeShellFrame({ kind: 'end', end: { exitCode: 0, signal: null, failure: null } }),
  ];
  const words = ['{"columns":0,"rows":1}', '{"columns":1e999,"rows":1}', '\0\0\0\x01\0'];
  await fuzz(
    fc.tuple(mutated(Buffer.concat(frames), words), fc.integer({ min: 1, max: 64 })),
    async ([bytes, piece]) => {
      let typed = 0;
      const sizes: { rows: number; columns: number }[] = [];
      const stdin = new Writable({
        write(chunk: Buffer, _encoding, done) {
          typed += chunk.length;
          done();
        },
      });
      const command = { stdin, stdout: new PassThrough(), stderr: new PassThrough(), hangUp: () => stdin.destroy() };
      const never = new Promise<never>(() => {});
      const stream = new ShellStream({ ...command, resize: (size) => sizes.push(size) }, never);
      const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
      for (let at = 0; at < bytes.length && !stream.destroyed; at += piece) {
        const written = new Promise<void>((resolve) => stream.write(bytes.subarray(at, at + piece), () => resolve()));
        await written;
      }
      if (stream.destroyed) expect(await failed).toBeInstanceOf(FrameError);
      expect(typed).toBeLessThanOrEqual(bytes.length);
      expect(sizes.every(({ rows, columns }) => rows > 0 && columns > 0 && rows <= 2000 && columns <= 2000)).toBe(true);
      stream.destroy();
    },
  );
});

it('the screen of a guest', fuzzing, async () => {
  const update = '00000003 0000000000030002 00000000 eeeeeeee eeeeeeee eeeeeeee eeeeeeee eeeeeeee eeeeeeee';
  const tight = '0000000000090009 00000007 5001 01eeeeeeeeeeee047801eeee 0000000000090009 00000007 9005eeeeeeeeee';
  const sample = Buffer.from(`${update}${tight}02 0300000000000002eeee`.replaceAll(' ', ''), 'hex');
  await fuzz(fc.tuple(mutated(sample), fc.integer({ min: 1, max: 64 })), ([bytes, pieceBytes]) => {
    // A later server of a viewer that has seen all compressed streams.
    const messages = new GuestMessages({ pixelBytes: 4, tightBytes: 3 }, [true, true, true, true], {
      onSize: () => {},
      onPicture: () => {},
    });
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      // Whatever comes is passed on, but for the heads of streams.
      expect(messages.push(piece, false)).toBe(piece.length);
      expect(messages.dropped).toBeLessThanOrEqual(piece.length);
    }
    if (messages.lost) expect(messages.lost.constructor).toBe(Error);
  });
});

it('a viewer of a screen', fuzzing, async () => {
  const settings = '0000000020180001 00ff00ff00ff100800000000 02000002 00000007 ffffff21';
  const input = '0300000000080004 0000 0401000000000061 050000010001 ff000001 0000006100000026 0600000000000002eeee';
  const shake = Buffer.from('RFB 003.008\n\x01\x01');
  const sample = Buffer.concat([shake, Buffer.from(`${settings}${input}`.replaceAll(' ', ''), 'hex')]);
  await fuzz(fc.tuple(mutated(sample), fc.integer({ min: 1, max: 64 })), async ([bytes, pieceBytes]) => {
    let passed = 0;
    const count = (piece: Buffer) => {
      passed += piece.length;
    };
    const steps = new ByteSteps(
      readViewer({ answer: () => {}, onReady: () => {}, onMessage: count, onMoreText: count }),
    );
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      if ((await orRefused(() => steps.push(bytes.subarray(at, at + pieceBytes)))) === null) break;
    }
    expect(passed).toBeLessThanOrEqual(bytes.length);
  });
});
it('the memory that QEMU sends', fuzzing, async () => {
  // Also whole streams with pages where there are none: of changed bytes few are offsets.
  const block = fc.constantFrom('pc.ram', 'vga.vram', 'other');
  const page = fc.record({ block, page: fc.nat({ max: 12 }), fill: fc.nat({ max: 3 }) });
  const whole = fc
    .array(page, { maxLength: 12 })
    .map((pages) => Buffer.concat([streamHead({ 'pc.ram': 8, 'vga.vram': 1 }), ramSection(pages, true)]));
  const stream = fc.oneof(mutated(wholeStream().stream), whole);
  await fuzz(fc.tuple(stream, fc.integer({ min: 1, max: 20_000 })), async ([bytes, chunkBytes]) => {
    let given = 0;
    // Told afterwards: in the call it would be taken for a refusal.
    let outside = 0;
    const inside = (offset: number, lengthBytes: number) => {
      if (offset < 0 || offset + lengthBytes > splitter.mainBytes) outside++;
    };
    const splitter = new StreamSplitter('pc.ram', {
      pages: (offset, pages) => inside(offset, pages.length * 4096),
      zeros: inside,
      stream: (piece) => (given += piece.length),
    });
    await orRefused(() => {
      for (let at = 0; at < bytes.length; at += chunkBytes) splitter.write(bytes.subarray(at, at + chunkBytes));
      splitter.end();
    });
    expect(outside).toBe(0);
    expect(given).toBeLessThanOrEqual(bytes.length);
  });
});
