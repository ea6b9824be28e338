// Viewers over the replacement of their VM's process: what they see on one connection, and what of their keys arrives where.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { streamClose } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../testing/until.ts';
import { Consoles } from './consoles.ts';
import { encoding } from './rfb.ts';
import { closed, listening, playGreeting, serveScreen, type TestScreen, TestViewer } from './test-screens.ts';

let folder: string;
/** Where the VM's process is now; null: nowhere. */
let now: string | null;
let consoles: Consoles;
const undo: (() => unknown)[] = [];

const pathOf = (name: string) => path.join(folder, name);
const make = (options: object = {}) =>
  new Consoles({ sockets: () => (now ? { vnc: pathOf(now), serial: pathOf(now) } : null), ...options });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-consoles-'));
  now = 'old';
  consoles = make();
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await rm(folder, { recursive: true });
});

async function screen(name: string, ...about: [colour: number, width?: number, height?: number]): Promise<TestScreen> {
  const made = await serveScreen(pathOf(name), ...about);
  undo.push(() => made.close());
  return made;
}

async function view(encodings?: readonly number[]): Promise<TestViewer> {
  const farEnd = await consoles.open('vm', 'vnc');
  undo.push(() => farEnd.stream.destroy());
  return TestViewer.connect(farEnd, encodings);
}

describe('a screen', () => {
  it('stays connected while its server is replaced: the old picture, then the new one', async () => {
    const old = await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    await until('the old process is let go of', () => old.sockets.size === 0);
    await old.close();
    now = 'new';
    await screen('new', 2);
    void hold.release();
    await viewer.sees(2);
    expect(viewer).toMatchObject({ shown: [1, 2], greetings: 1, ended: null });
  });

  it('gets the size of the new one before its picture', async () => {
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    now = 'new';
    await screen('new', 2, 16, 9);
    void hold.release();
    await viewer.sees(2);
    expect(viewer.size).toEqual({ width: 16, height: 9 });
  });

  it('that can’t be told of another size is ended, so that it connects anew', async () => {
    await screen('old', 1);
    const viewer = await view([encoding.raw]);
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    now = 'new';
    await screen('new', 2, 16, 9);
    void hold.release();
    await until('it is ended', () => viewer.ended);
    expect(viewer.ended).toMatchObject({ closeCode: streamClose.upstreamFailed });
  });

  it('sends no key to either process in between, and none that is still held afterwards', async () => {
    const old = await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    viewer.key('a', true);
    await until('the old guest has it', () => old.keys.length === 1);
    const hold = consoles.hold('vm');
    viewer.key('b', true);
    viewer.key('b', false);
    viewer.key('c', true);
    now = 'new';
    const fresh = await screen('new', 2);
    void hold.release();
    viewer.key('d', true);
    await viewer.sees(2);
    // Both repeat while they are held, then are let go of.
    for (const key of ['a', 'c', 'd']) {
      viewer.key(key, true);
      viewer.key(key, false);
    }
    viewer.key('a', true);
    viewer.key('z', true);
    await until('the new guest has the last', () => fresh.keys.includes('+z'));
    expect([old.keys, fresh.keys]).toEqual([['+a'], ['+a', '+z']]);
  });

  it('is never that of another machine, in whatever order machines are replaced', async () => {
    const machines = ['a', 'b', 'c'];
    /** Of each machine the process it has now: its place, and what it draws. */
    const at = new Map(machines.map((vmId): [string, number] => [vmId, 0]));
    const placeOf = (vmId: string) => `${vmId}${at.get(vmId) ?? 0}`;
    const colourOf = (vmId: string) => 10 * (machines.indexOf(vmId) + 1) + (at.get(vmId) ?? 0);
    consoles = new Consoles({ sockets: (vmId) => ({ vnc: pathOf(placeOf(vmId)), serial: pathOf(placeOf(vmId)) }) });
    const viewers = new Map<string, TestViewer>();
    for (const vmId of machines) {
      await screen(placeOf(vmId), colourOf(vmId));
      const farEnd = await consoles.open(vmId, 'vnc');
      undo.push(() => farEnd.stream.destroy());
      viewers.set(vmId, await TestViewer.connect(farEnd));
      await viewers.get(vmId)?.sees(colourOf(vmId));
    }
    for (const order of [['a', 'b', 'c'], ['c', 'a'], ['b', 'c', 'a'], ['a']]) {
      const holds = order.map((vmId) => consoles.hold(vmId));
      for (const vmId of order) {
        at.set(vmId, (at.get(vmId) ?? 0) + 1);
        await screen(placeOf(vmId), colourOf(vmId));
      }
      for (const hold of holds.toReversed()) void hold.release();
      for (const vmId of order) await viewers.get(vmId)?.sees(colourOf(vmId));
    }
    for (const [vmId, { shown }] of viewers)
      expect(shown.filter((colour) => Math.floor(colour / 10) !== machines.indexOf(vmId) + 1)).toEqual([]);
  });

  it('passes no key while somebody else has the keyboard, but the release of what was down', async () => {
    const old = await screen('old', 1);
    let mayType = true;
    let typed = 0;
    const farEnd = await consoles.open('vm', 'vnc', { mayType: () => mayType, typed: () => typed++ });
    undo.push(() => farEnd.stream.destroy());
    const viewer = await TestViewer.connect(farEnd);
    await viewer.sees(1);
    viewer.key('a', true);
    await until('the guest has it', () => old.keys.length === 1);
    mayType = false;
    // It repeats, another is pressed and let go of, and the first is let go of.
    viewer.key('a', true);
    viewer.key('b', true);
    viewer.key('b', false);
    viewer.key('a', false);
    viewer.key('a', true);
    viewer.key('c', true);
    await until('the guest has the release', () => old.keys.includes('-a'));
    mayType = true;
    // Pressed while they might not, and still down: not pressed until it was let go of.
    viewer.key('c', true);
    viewer.key('c', false);
    viewer.key('c', true);
    await until('the guest has the last', () => old.keys.includes('+c'));
    expect([old.keys, typed]).toEqual([['+a', '-a', '+c'], 3]);
  });

  it('goes on at the old process when no other came', async () => {
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    void hold.release();
    await until('it is shown once more', () => viewer.shown.length === 2);
    expect([viewer.shown, viewer.ended]).toEqual([[1, 1], null]);
  });

  it('is ended as before when the VM does not run any more', async () => {
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    now = null;
    void hold.release();
    await until('it is ended', () => viewer.ended);
    expect(viewer.ended).toBe('ended');
  });

  it('whose new process is there and does not answer in time is ended with a code of its own', async () => {
    consoles = make({ answerTimeoutMs: 20 });
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    const hold = consoles.hold('vm');
    now = 'new';
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => void sockets.add(socket));
    await listening(mute, pathOf('new'));
    undo.push(() => closed(mute, sockets));
    void hold.release();
    await until('it is ended', () => viewer.ended);
    expect(viewer.ended).toMatchObject({ closeCode: streamClose.replacementLate });
  });

  it('is held as long as it takes until there is a process', async () => {
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    undo.push(() => vi.useRealTimers());
    const hold = consoles.hold('vm');
    vi.advanceTimersByTime(3_600_000);
    vi.useRealTimers();
    now = 'new';
    await screen('new', 2);
    void hold.release();
    await viewer.sees(2);
    expect(viewer.ended).toBeNull();
  });

  it('that is opened meanwhile waits, and sees the new one only', async () => {
    await screen('old', 1);
    const hold = consoles.hold('vm');
    const opening = view();
    now = 'new';
    await screen('new', 2);
    void hold.release();
    const viewer = await opening;
    await viewer.sees(2);
    expect(viewer.shown).toEqual([2]);
  });

  it('that is held again before it has come back goes on at the last process', async () => {
    await screen('old', 1);
    const viewer = await view();
    await viewer.sees(1);
    now = 'between';
    await screen('between', 3);
    void consoles.hold('vm').release();
    const hold = consoles.hold('vm');
    now = 'new';
    await screen('new', 2);
    void hold.release();
    await viewer.sees(2);
    expect([viewer.shown, viewer.ended]).toEqual([[1, 2], null]);
  });

  it('that nobody looks at is not asked for anything', () => {
    const sockets = vi.fn();
    consoles = make({ sockets });
    void consoles.hold('vm').release();
    expect([sockets.mock.calls, consoles.isHeld('vm')]).toEqual([[], false]);
  });

  it('is held by one at a time', async () => {
    const hold = consoles.hold('vm');
    undo.push(() => hold.release());
    expect(() => consoles.hold('vm')).toThrow('held already');
  });
});

describe('a picture that is under way', () => {
  /** Begins a raw picture of 8x4 and leaves the rest to the test. */
  async function halfPicture(): Promise<{ viewer: TestViewer; rest: () => void; sockets: Set<Socket> }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      const isGreeted = playGreeting(socket, init());
      socket.on('data', (bytes) => {
        // Behind the greeting comes what the viewer has set.
        if (isGreeted(bytes) && bytes.includes(3)) socket.write(Buffer.concat([head(), Buffer.alloc(64, 1)]));
      });
    });
    await listening(server, pathOf('old'));
    undo.push(() => closed(server, sockets));
    const viewer = await view();
    await until('the picture has begun', () => [...sockets].some(({ bytesWritten }) => bytesWritten > 100));
    const rest = () => {
      for (const socket of sockets) socket.write(Buffer.alloc(64, 1));
    };
    return { viewer, sockets, rest };
  }

  const init = () => {
    const bytes = Buffer.alloc(24);
    bytes.set([0, 8, 0, 4, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16]);
    return bytes;
  };
  const head = () => Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 4, 0, 0, 0, 0]);

  it('is brought to its end before the process may go, whatever the viewer reads', async () => {
    const { viewer, rest, sockets } = await halfPicture();
    const hold = consoles.hold('vm');
    rest();
    await until('the old process is let go of', () => sockets.size === 0);
    now = 'new';
    await screen('new', 2);
    void hold.release();
    await viewer.sees(2);
    expect([viewer.shown, viewer.ended]).toEqual([[1, 2], null]);
  });

  it('and comes late is waited for by nobody else: its viewer catches up alone', async () => {
    const { viewer, rest, sockets } = await halfPicture();
    const hold = consoles.hold('vm');
    now = 'new';
    await screen('new', 2);
    void hold.release();
    const other = await view();
    await other.sees(2);
    expect([viewer.shown, viewer.ended]).toEqual([[], null]);
    rest();
    await viewer.sees(2);
    expect([viewer.shown, sockets.size]).toEqual([[1, 2], 0]);
  });

  it('and was sent before the process ended still gets to its viewer', async () => {
    const { viewer, rest, sockets } = await halfPicture();
    const hold = consoles.hold('vm');
    rest();
    for (const socket of sockets) socket.end();
    now = 'new';
    await screen('new', 2);
    void hold.release();
    await viewer.sees(2);
    expect(viewer.shown).toEqual([1, 2]);
  });

  it.each([
    ['its process ends', 60_000, true],
    ['it takes too long', 20, false],
  ])('and does not end costs its viewer the connection when %s', async (_why, leaveTimeoutMs, ends) => {
    consoles = make({ leaveTimeoutMs });
    const { viewer, sockets } = await halfPicture();
    const hold = consoles.hold('vm');
    undo.push(() => hold.release());
    if (ends) for (const socket of sockets) socket.destroy();
    await until('it is ended', () => viewer.ended);
    expect(viewer.ended).toMatchObject({ closeCode: streamClose.upstreamFailed });
  });
});

/** A guest's end that, as QEMU's, has one connection. */
async function serialPort(name: string) {
  const guest = { typed: '', connections: 0, sockets: new Set<Socket>() };
  const server = createServer((socket) => {
    guest.connections++;
    guest.sockets.add(socket);
    socket.on('close', () => guest.sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes) => (guest.typed += bytes.toString()));
    socket.write(`${name} `);
  });
  await listening(server, pathOf(name));
  undo.push(() => closed(server, guest.sockets));
  const print = (text: string) => {
    for (const socket of guest.sockets) socket.write(text);
  };
  return { guest, print };
}

/** One who reads all of it. */
async function reader() {
  const farEnd = await consoles.open('vm', 'serial');
  const { stream } = farEnd;
  undo.push(() => stream.destroy());
  const seen = { said: '', stream, ended: null as Error | 'ended' | null };
  stream.on('error', (error) => (seen.ended = error));
  stream.on('close', () => (seen.ended ??= 'ended'));
  farEnd.onData((chunk, release) => {
    seen.said += chunk.toString();
    release();
  });
  return seen;
}

describe('a serial port', () => {
  it('stays open, and what is typed in between goes nowhere', async () => {
    const old = await serialPort('old');
    const viewer = await reader();
    viewer.stream.write('a');
    await until('the old guest has it', () => old.guest.typed === 'a');
    const hold = consoles.hold('vm');
    viewer.stream.write('b');
    now = 'new';
    const fresh = await serialPort('new');
    await hold.release();
    viewer.stream.write('c');
    await until('the new guest has it', () => fresh.guest.typed === 'c');
    await until('the new guest was heard', () => viewer.said === 'old new ');
    expect([old.guest.typed, viewer.ended]).toEqual(['a', null]);
  });

  it('is one for all who look, and each of them types; the last who leaves closes it', async () => {
    const { guest, print } = await serialPort('old');
    const viewers = await Promise.all([reader(), reader()]);
    await until('it has begun', () => viewers.some(({ said }) => said === 'old '));
    const late = await reader();
    for (const { stream } of [...viewers, late]) stream.write('x');
    await until('the guest has all of it', () => guest.typed === 'xxx');
    viewers[0]?.stream.destroy();
    print('more');
    await until('the others see it', () => [viewers[1], late].every((viewer) => viewer?.said.endsWith('more')));
    expect([guest.connections, late.said, late.ended]).toEqual([1, 'more', null]);
    viewers[1]?.stream.destroy();
    late.stream.destroy();
    await until('it is let go of', () => guest.sockets.size === 0);
    expect((await reader()).ended).toBeNull();
    await until('it was opened again', () => guest.connections === 2);
  });

  it('holds all of its viewers while its process is replaced', async () => {
    await serialPort('old');
    const viewers = [await reader(), await reader()];
    await until('it has begun', () => viewers.some(({ said }) => said === 'old '));
    const hold = consoles.hold('vm');
    now = 'new';
    const { guest } = await serialPort('new');
    await hold.release();
    await until('both see the new one', () => viewers.every(({ said }) => said.endsWith('new ')));
    expect([guest.connections, viewers.map(({ ended }) => ended)]).toEqual([1, [null, null]]);
  });

  it('ends all of its viewers when its guest’s end does', async () => {
    const { guest } = await serialPort('old');
    const viewers = [await reader(), await reader()];
    await until('it has begun', () => viewers.some(({ said }) => said === 'old '));
    for (const socket of guest.sockets) socket.destroy();
    await until('they are ended', () => viewers.every(({ ended }) => ended !== null));
  });

  it('waits for a slow viewer, for one that takes nothing only as long as nobody else waits', async () => {
    consoles = make({ stallTimeoutMs: 20 });
    const { print } = await serialPort('old');
    const stalled = await reader();
    await until('it has begun', () => stalled.said === 'old ');
    stalled.stream.pause();
    const other = await reader();
    print('more');
    await until('the other goes on', () => other.said === 'more');
    expect(stalled).toMatchObject({ said: 'old ', ended: { closeCode: streamClose.upstreamFailed } });
    expect(other.ended).toBeNull();
  });
});
