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
/** The last word of each command that the guest agent was given. */
let pushed: (string | undefined)[];
let hasAgent: boolean;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-channels-'));
  const guestHelper = path.join(folder, 'port.sock');
  [isOld, hasAgent, pushed] = [true, true, []];
  server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on('data', (bytes: Buffer) => {
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
    guestExec: async (argv) => {
      pushed.push(argv.at(-1));
      if (!hasAgent) throw new EngineError('GUEST_AGENT_SILENT', 'no');
      isOld = false;
      return { exitCode: 0, stdout: '', stderr: '' };
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
  expect([await open(), pushed]).toEqual([true, ['--replace']]);
});

it('one that is not is left alone', async () => {
  isOld = false;
  expect([await open(), pushed]).toEqual([true, []]);
});

it('one that can’t be replaced serves on: without a guest agent, or a program on this host', async () => {
  hasAgent = false;
  expect([await open(), pushed]).toEqual([false, ['--replace']]);
  expect([await open(null), pushed]).toEqual([false, ['--replace']]);
});
