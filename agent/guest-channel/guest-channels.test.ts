// Which helper serves a guest: one that is older than the agent is replaced where that can be done, and serves on where not.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EngineError } from '../engines/errors.ts';
import { encodeFrame, FEATURE, FRAME, FrameReader } from './frame.ts';
import { GuestChannels, type GuestHost } from './guest-channels.ts';

let folder: string;
let server: Server;
let vm: GuestHost;
let isOld: boolean;
let isOpen: boolean;
/** The arguments of the script in each command that the guest agent was given, and what it was given to read. */
let pushed: (string | undefined)[][];
let hasAgent: boolean;
/** What came by the port and is no frame of ours. */
let received: Buffer;
/** The exit codes of the next commands; then 0. */
let exitCodes: number[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-channels-'));
  const guestHelper = path.join(folder, 'port.sock');
  [isOld, isOpen, hasAgent, pushed] = [true, true, true, []];
  [received, exitCodes] = [Buffer.alloc(0), []];
  server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on('data', (bytes: Buffer) => {
      if (!isOpen) received = Buffer.concat([received, bytes]);
      for (const { type, payload } of reader.push(bytes)) {
        if (type !== FRAME.hello) continue;
        const features = Buffer.alloc(4);
        features.writeUInt32LE(Object.values(FEATURE).reduce((all, bit) => all | bit, 0));
        if (!isOld) socket.write(encodeFrame(FRAME.features, 0, Buffer.concat([payload.subarray(1), features])));
        socket.write(encodeFrame(FRAME.hello, 0, payload));
      }
    });
  }).listen(guestHelper);
  await once(server, 'listening');
  vm = {
    sockets: { guestHelper } as GuestHost['sockets'],
    onRestart: () => () => {},
    isHelperPortOpen: async () => isOpen,
    guestExec: async (argv, { input }) => {
      pushed.push([...argv.slice(4), ...(input === undefined ? [] : [Buffer.from(input).toString()])]);
      if (!hasAgent) throw new EngineError('GUEST_AGENT_SILENT', 'no');
      // The guest reads its port until nothing more comes.
      if (argv[5] !== undefined) await expect.poll(() => received.length, { timeout: 30_000 }).toBe(Number(argv[5]));
      const exitCode = exitCodes.shift() ?? 0;
      if (exitCode === 0) [isOld, isOpen] = [false, true];
      return { exitCode, stdout: '', stderr: '' };
    },
  };
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function open(program: Uint8Array | null = Buffer.from('program')) {
  const channels = new GuestChannels(async () => program);
  const channel = await channels.open(vm, 10_000);
  const can = channel.has('shells');
  channels.close();
  return can;
}

it('an older helper is replaced', async () => {
  expect([await open(), pushed]).toEqual([true, [['--replace', 'program']]]);
});

it('one that is not is left alone', async () => {
  isOld = false;
  expect([await open(), pushed]).toEqual([true, []]);
});

it('one that can’t be replaced serves on: without a guest agent, or a program on this host', async () => {
  hasAgent = false;
  expect([await open(), pushed]).toEqual([false, [['--replace', 'program']]]);
  expect([await open(null), pushed]).toEqual([false, [['--replace', 'program']]]);
});

it('where there is none, it is put there by its own port, at once', async () => {
  isOpen = false;
  expect([await open(), pushed, received.toString()]).toEqual([true, [['--daemon', '7']], 'program']);
});

it('and by the guest agent where nothing comes by the port', async () => {
  isOpen = false;
  exitCodes = [3];
  expect([await open(), pushed]).toEqual([
    true,
    [
      ['--daemon', '7'],
      ['--daemon', 'program'],
    ],
  ]);
});

it('a program that can’t run there is not sent again', async () => {
  isOpen = false;
  exitCodes = [1];
  await expect(open()).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
  expect(pushed).toEqual([['--daemon', '7']]);
});
