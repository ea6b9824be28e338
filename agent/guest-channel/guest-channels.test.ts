// Which helper serves a guest: one that is older than the agent is replaced where that can be done, and serves on where not.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../engines/errors.ts';
import { encodeFrame, FEATURE, FRAME, FrameReader, PROTOCOL_VERSION } from './frame.ts';
import { GuestChannels, type GuestHost } from './guest-channels.ts';

let folder: string;
let server: Server;
let vm: GuestHost;
let isOld: boolean;
let isOpen: boolean;
/** The version of the protocol that the helper speaks. */
let version: number;
/** It answers no greeting until the guest agent has been asked whether its guest lives. */
let isSlow: boolean;
/** The greetings that wait for that, and what is done once that has been asked. */
let onAlive: (() => void)[];
let onAsked: () => void | Promise<void>;
/** What is done before the guest agent answers a ping. */
let onPing: () => void;
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
  [version, isSlow, onAlive] = [PROTOCOL_VERSION, false, []];
  onPing = () => {};
  onAsked = () => {
    isSlow = false;
    for (const go of onAlive.splice(0)) go();
  };
  server = createServer((socket) => {
    const reader = new FrameReader();
    // Of a host that has left, whose greeting is answered late.
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      if (!isOpen) received = Buffer.concat([received, bytes]);
      for (const { type, payload } of reader.push(bytes)) {
        if (type !== FRAME.hello) continue;
        const answer = () => {
          const features = Buffer.alloc(4);
          features.writeUInt32LE(Object.values(FEATURE).reduce((all, bit) => all | bit, 0));
          if (!isOld) socket.write(encodeFrame(FRAME.features, 0, Buffer.concat([payload.subarray(1), features])));
          socket.write(encodeFrame(FRAME.hello, 0, Buffer.concat([Uint8Array.of(version), payload.subarray(1)])));
        };
        if (isSlow) onAlive.push(answer);
        else answer();
      }
    });
  }).listen(guestHelper);
  await once(server, 'listening');
  vm = {
    sockets: { guestHelper } as GuestHost['sockets'],
    onRestart: () => () => {},
    isHelperPortOpen: async () => isOpen,
    guestAnswers: async () => {
      onPing();
      return hasAgent;
    },
    guestExec: async (argv, { input }) => {
      const words = argv.slice(argv.length > 3 ? 4 : 2);
      pushed.push([...words, ...(input === undefined ? [] : [Buffer.from(input).toString()])]);
      if (!hasAgent) throw new EngineError('GUEST_AGENT_SILENT', 'no');
      if (argv[2] === ':') {
        await onAsked();
        return { exitCode: 0, stdout: '', stderr: '' };
      }
      // The guest reads its port until nothing more comes.
      if (argv[5] !== undefined) await expect.poll(() => received.length, { timeout: 30_000 }).toBe(Number(argv[5]));
      const exitCode = exitCodes.shift() ?? 0;
      if (exitCode === 0) [isOld, isOpen, isSlow, version] = [false, true, false, PROTOCOL_VERSION];
      return { exitCode, stdout: '', stderr: '' };
    },
  };
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const channelsWith = (program: Uint8Array | null, answerMs = 10_000) =>
  new GuestChannels(async () => program, { answerMs });

async function open(program: Uint8Array | null = Buffer.from('program'), answerMs?: number) {
  const channels = channelsWith(program, answerMs);
  try {
    const channel = await channels.open(vm, 10_000);
    return channel.has('shells');
  } finally {
    channels.close();
  }
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

it('a guest that still boots is waited for: its image may bring one', async () => {
  [isOld, isOpen] = [false, false];
  onPing = () => {
    isOpen = true;
  };
  expect([await open(), pushed]).toEqual([true, []]);
});

it('nothing is sent to a guest whose guest agent is silent', async () => {
  [isOpen, hasAgent] = [false, false];
  await expect(open()).rejects.toMatchObject({ code: 'GUEST_AGENT_SILENT' });
  expect([pushed, received.length]).toEqual([[], 0]);
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

describe('one that speaks another version, as of an image that a newer TT has built,', () => {
  beforeEach(() => {
    version = PROTOCOL_VERSION + 1;
  });

  it('is replaced', async () => {
    expect([await open(), pushed]).toEqual([true, [['--replace', 'program']]]);
  });

  it('is of no use where it can’t be', async () => {
    await expect(open(null)).rejects.toMatchObject({ code: 'GUEST_HELPER_OTHER_VERSION' });
    exitCodes = [1];
    await expect(open()).rejects.toMatchObject({ code: 'GUEST_HELPER_OTHER_VERSION' });
    expect(pushed).toEqual([['--replace', 'program']]);
  });

  it('is asked again once the guest agent answers, which may come up after it', async () => {
    hasAgent = false;
    await expect(open()).rejects.toMatchObject({ code: 'GUEST_AGENT_SILENT' });
  });
});

describe('one that has the port and is slow', () => {
  beforeEach(() => {
    [isOld, isSlow] = [false, true];
  });

  it('is waited for while its guest lives, and not replaced', async () => {
    expect([await open(undefined, 20), pushed]).toEqual([true, [[':']]]);
  });

  it('is put there anew once its port is closed, as when it was killed meanwhile', async () => {
    onAsked = async () => {
      // What is said from then on is the program that is put there.
      await expect.poll(() => onAlive.length).toBeGreaterThan(1);
      isOpen = false;
    };
    expect([await open(undefined, 20), pushed]).toEqual([true, [[':'], ['--daemon', '7']]]);
  });

  it('is given up with its guest', async () => {
    hasAgent = false;
    await expect(open(undefined, 20)).rejects.toMatchObject({ code: 'GUEST_AGENT_SILENT' });
    expect(pushed).toEqual([[':']]);
  });
});

describe('only one that is there already', () => {
  it('is opened, and serves those who ask for one as well', async () => {
    isOld = false;
    const channels = channelsWith(Buffer.from('program'));
    try {
      const [looked, again, opened] = await Promise.all([
        channels.openRunning(vm, 10_000),
        channels.openRunning(vm, 10_000),
        channels.open(vm, 10_000),
      ]);
      expect([again === looked, opened === looked, pushed]).toEqual([true, true, []]);
      channels.end(vm, 'GUEST_RESET');
      expect((await looked.closed).code).toBe('GUEST_RESET');
    } finally {
      channels.close();
    }
  });

  it('is waited for as long as the one who looks wants, where another waits for longer', async () => {
    [isOld, isSlow] = [false, true];
    const channels = channelsWith(Buffer.from('program'));
    try {
      const opening = channels.open(vm, 10_000);
      await expect(channels.openRunning(vm, 20)).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
      await expect.poll(() => onAlive.length).toBeGreaterThan(0);
      await onAsked();
      expect((await opening).has('shells')).toBe(true);
    } finally {
      channels.close();
    }
  });

  it('is of use where ours would not be put there if it is as new, and is left alone if it is not', async () => {
    const channels = channelsWith(Buffer.from('program'));
    try {
      await expect(channels.openFit(vm, 10_000)).rejects.toMatchObject({ code: 'GUEST_HELPER_OTHER_VERSION' });
      isOld = false;
      const fit = await channels.openFit(vm, 10_000);
      expect([fit.has('identity'), (await channels.open(vm, 10_000)) === fit, pushed]).toEqual([true, true, []]);
    } finally {
      channels.close();
    }
  });

  it('is not waited for where no program has the port', async () => {
    isOpen = false;
    hasAgent = false;
    const channels = channelsWith(Buffer.from('program'));
    await expect(channels.openFit(vm, 10_000)).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
    expect([pushed, received.length]).toEqual([[], 0]);
    channels.close();
  });

  it('is looked for, and nothing is put there; who asks for one then gets one', async () => {
    isOpen = false;
    const channels = channelsWith(Buffer.from('program'));
    try {
      const looking = channels.openRunning(vm, 10_000);
      const opening = channels.open(vm, 10_000);
      await expect(looking).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
      expect((await opening).has('shells')).toBe(true);
      expect(pushed).toEqual([['--daemon', '7']]);
    } finally {
      channels.close();
    }
  });
});
