// Console streams: who gets one, what happens when the guest ends, and viewers or guests that do not read. Nobody can make the
// agent buffer more than its limit.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { STREAM_PATH, streamClose, type Vm } from '@tt/protocol';
import { type FarEnd, plainFarEnd } from '@tt/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { TestViewer } from '../console/test-screens.ts';
import { packPixels, RGB888 } from '../engines/fake/rfb-pixels.ts';
import { FakeEngine } from '../engines/fake-engine.ts';
import type { EngineFeature } from '../engines/interface.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { startRelay } from '../testing/relay.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;
let agent: TestAgent;
let vm: Vm;
let clock: number;
const sockets: WebSocket[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  clock = Date.parse('2026-11-21T10:00:00Z');
  agent = await startTestAgent({ now: () => new Date(clock) });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  for (const one of vms) vm = one;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await agent.stop();
  for (const server of servers.splice(0)) server.close();
});

const ticketFor = async (kind: 'vnc' | 'serial' = 'serial') =>
  (await agent.client.console.open({ vmId: vm.id, kind })).ticket;

async function openViewer(at = agent.url): Promise<WebSocket> {
  const url = at.replace('http', 'ws') + STREAM_PATH;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${agent.token}` }, perMessageDeflate: false });
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

/** Says hello and waits until the stream is ready. */
async function attach(ticket: string, at = agent.url, more: object = {}): Promise<WebSocket> {
  const viewer = await openViewer(at);
  const first = once(viewer, 'message') as Promise<[Buffer, boolean]>;
  viewer.send(JSON.stringify({ ticket, ...more }));
  const [ready, isBinary] = await first;
  expect([JSON.parse(ready.toString()), isBinary]).toEqual([{ ready: true, kind: expect.any(String) }, false]);
  return viewer;
}

/** As `attach`, from the guest's first byte on. */
async function attachFarEnd(kind: 'vnc' | 'serial'): Promise<{ socket: WebSocket; farEnd: FarEnd }> {
  const ticket = await ticketFor(kind);
  const socket = await openViewer();
  return new Promise((resolve) => {
    socket.once('message', () => resolve({ socket, farEnd: plainFarEnd(createWebSocketStream(socket)) }));
    socket.send(JSON.stringify({ ticket }));
  });
}

const closeCode = async (viewer: WebSocket) => ((await once(viewer, 'close')) as [number])[0];

async function codeFor(hello: string | Uint8Array): Promise<number> {
  const viewer = await openViewer();
  viewer.send(hello);
  return closeCode(viewer);
}

/** Waits until a number has not changed for a while. */
async function noLongerMoves(what: string, read: () => number): Promise<void> {
  let [last, looks] = [-1, 0];
  await until(`${what} does not move`, () => {
    const now = read();
    looks = now === last ? looks + 1 : 0;
    last = now;
    return looks === 20;
  });
}

const viewersSeen = () =>
  agent.feed.flatMap((item) =>
    item.kind === 'event' && item.event.type === 'vm.updated' ? [item.event.data.viewers] : [],
  );

describe('a stream', () => {
  it('carries the bytes of its guest both ways, and is counted as a viewer', async () => {
    const vnc = await openViewer();
    const seen: string[] = [];
    vnc.on('message', (bytes: Buffer) => seen.push(bytes.toString()));
    vnc.send(JSON.stringify({ ticket: await ticketFor('vnc') }));
    await until('the guest says hello', () => seen.length === 2);
    expect(seen).toEqual(['{"ready":true,"kind":"vnc"}', 'RFB 003.008\n']);
    expect(await agent.client.vm.show({ vmId: vm.id })).toMatchObject({ viewers: 1 });

    const serial = await attach(await ticketFor('serial'));
    let said = '';
    serial.on('message', (bytes: Buffer) => (said += bytes.toString()));
    for (const byte of '\r') serial.send(byte);
    await until('the guest asks for a login', () => said.includes('login: '));
    expect(await agent.client.vm.show({ vmId: vm.id })).toMatchObject({ viewers: 2 });

    vnc.close();
    serial.terminate();
    await until('nobody looks', async () => (await agent.client.vm.show({ vmId: vm.id })).viewers === 0);
    // Each change of who types is told of as well.
    const changes = viewersSeen().filter((count, index, all) => count !== all[index - 1]);
    expect(changes.slice(-4)).toEqual([1, 2, 1, 0]);
  });

  it('is opened by a good ticket only, once', async () => {
    const ticket = await ticketFor();
    await attach(ticket);
    const bad = [
      JSON.stringify({ ticket }),
      JSON.stringify({ ticket: 'x'.repeat(43) }),
      JSON.stringify({ ticket: 'short' }),
      JSON.stringify({ ticket: 7 }),
      JSON.stringify({ ticket: await ticketFor(), more: 1 }),
      JSON.stringify([await ticketFor()]),
      await ticketFor(),
      '',
      '{"ticket":',
      'x'.repeat(10_000),
    ];
    for (const hello of bad)
      expect([hello.slice(0, 60), await codeFor(hello)]).toEqual([hello.slice(0, 60), streamClose.ticketInvalid]);
    expect(await codeFor(Buffer.from(JSON.stringify({ ticket: await ticketFor() })))).toBe(streamClose.ticketInvalid);
    // Cut off before it is whole.
    expect(await codeFor('x'.repeat(MIB + 1))).toBe(1006);
  });

  it('is not opened by a ticket that is fifteen seconds old', async () => {
    const [young, old] = [await ticketFor(), await ticketFor()];
    clock += 14_999;
    await attach(young);
    clock += 1;
    expect(await codeFor(JSON.stringify({ ticket: old }))).toBe(streamClose.ticketInvalid);
  });

  it('is closed when no hello comes within ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const viewer = await openViewer();
      const closed = closeCode(viewer);
      // The agent has the socket when it answers something that was asked later.
      await agent.client.host.ping();
      vi.advanceTimersByTime(9_999);
      await agent.client.host.ping();
      expect(viewer.readyState).toBe(WebSocket.OPEN);
      vi.advanceTimersByTime(1);
      expect(await closed).toBe(streamClose.ticketInvalid);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not begin on a VM that stopped after the ticket was given, and ends with one that stops or dies', async () => {
    const ticket = await ticketFor();
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    expect(await codeFor(JSON.stringify({ ticket }))).toBe(streamClose.vmNotRunning);

    await agent.client.vm.start({ vmId: vm.id });
    const stopped = closeCode(await attach(await ticketFor()));
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    expect(await stopped).toBe(streamClose.vmNotRunning);

    await agent.client.vm.start({ vmId: vm.id });
    const died = closeCode(await attach(await ticketFor()));
    await agent.engine.crash(vm.id);
    expect(await died).toBe(streamClose.vmNotRunning);
    await until('nobody looks', async () => (await agent.client.vm.show({ vmId: vm.id })).viewers === 0);
  });

  it('of a serial port is for all who look, and is counted for each', async () => {
    const viewers = [await attach(await ticketFor()), await attach(await ticketFor())];
    const said = viewers.map(() => '');
    for (const [index, viewer] of viewers.entries())
      viewer.on('message', (bytes: Buffer) => (said[index] += bytes.toString()));
    viewers[0]?.send('\r');
    await until('both see the answer', () => said.every((text) => text.includes('login: ')));
    expect(await agent.client.vm.show({ vmId: vm.id })).toMatchObject({ viewers: 2 });
  });

  it('survives a revert of its guest', async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'x' });
    const viewer = await attach(await ticketFor());
    await agent.client.snapshot.revert({ envName: 'demo', name: 'x' });
    let said = '';
    viewer.on('message', (bytes: Buffer) => (said += bytes.toString()));
    viewer.send('\r');
    await until('the guest answers', () => said.length > 0);
  });

  it('survives a revert that starts its VM anew, because its machine was another one', async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'x' });
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    await agent.client.vm.update({ vmId: vm.id, memoryMiB: 256 });
    await agent.client.vm.start({ vmId: vm.id });
    const serial = await attach(await ticketFor());
    const vnc = await attach(await ticketFor('vnc'));
    const closed: unknown[] = [];
    for (const viewer of [serial, vnc]) viewer.on('close', (code) => closed.push(code));
    const seen = viewersSeen().length;
    const { vms } = await agent.client.snapshot.revert({ envName: 'demo', name: 'x' });
    expect(vms).toMatchObject([{ restarted: true }]);
    let said = '';
    serial.on('message', (bytes: Buffer) => (said += bytes.toString()));
    serial.send('\r');
    await until('the new guest answers', () => said.includes('login: '));
    expect([closed, new Set(viewersSeen().slice(seen))]).toEqual([[], new Set([2])]);
  });

  it('has its last picture while its VM’s process is replaced, then the new one; what is typed in between goes nowhere', async () => {
    const machine = () => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vm.id);
    const picture = () => packPixels(machine()?.draw() ?? new Uint8Array(), RGB888);
    const sees = (what: string, wanted: Buffer) => until(what, () => viewer.last.equals(wanted));
    await agent.client.snapshot.create({ envName: 'demo', name: 'x' });
    const screen = await attachFarEnd('vnc');
    const serial = await attachFarEnd('serial');
    const viewer = await TestViewer.connect(screen.farEnd);
    const closed: unknown[] = [];
    for (const { socket } of [screen, serial]) socket.on('close', (code) => closed.push(code));
    let said = '';
    serial.farEnd.onData((chunk, release) => {
      said += chunk.toString();
      release();
    });
    agent.engine.drawOnScreen(vm.id, 'later');
    const before = picture();
    await sees('the viewer has the picture before', before);
    const seen = viewersSeen().length;

    const start = agent.engine.holdNext('start');
    const reverting = agent.client.snapshot.revert({ envName: 'demo', name: 'x', safety: false });
    await start.reached;
    // Its old process is gone.
    expect(machine()).toBeUndefined();
    for (const isDown of [true, false]) viewer.key('q', isDown);
    serial.farEnd.stream.write('lost\r');
    for (const { socket } of [screen, serial]) {
      socket.ping();
      await once(socket, 'pong');
    }
    expect([viewer.last.equals(before), closed]).toEqual([true, []]);
    start.release();
    await reverting;

    serial.farEnd.stream.write('\r');
    await until('the new guest answers', () => said.includes('login: '));
    await sees('the viewer has the picture of the new guest', picture());
    expect([before.equals(viewer.last), machine()?.typedOnScreen, said.includes('lost')]).toEqual([false, '', false]);
    for (const isDown of [true, false]) viewer.key('z', isDown);
    await until('the new guest has the key', () => machine()?.typedOnScreen === 'z');
    expect([closed, viewer.greetings, new Set(viewersSeen().slice(seen))]).toEqual([[], 1, new Set([2])]);
  });

  it('whose guest’s end can’t be reached while it runs says so', async () => {
    const ticket = await ticketFor();
    await rm(`${agent.home}/run/${vm.id}/serial.sock`);
    expect(await codeFor(JSON.stringify({ ticket }))).toBe(streamClose.upstreamFailed);
  });

  it('does not keep the agent from ending', async () => {
    const viewer = await attach(await ticketFor());
    const closed = closeCode(viewer);
    // Sockets are let go of at once, not only when somebody's patience ends.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await agent.stop();
      await closed;
    } finally {
      vi.useRealTimers();
    }
  });
});

it('a console the engine does not have is refused by name', async () => {
  await agent.stop();
  class BlindEngine extends FakeEngine {
    override readonly features: readonly EngineFeature[] = ['serial'];
  }
  agent = await startTestAgent({ makeEngine: (host) => new BlindEngine({ host }) });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  for (const { id, name } of vms) {
    await expect(agent.client.console.open({ vmId: id, kind: 'vnc' })).rejects.toMatchObject({
      code: 'FEATURE_UNSUPPORTED',
      data: { feature: 'vnc', where: name },
    });
  }
});

describe('a side that does not read', () => {
  /** Takes the place of the guest's serial port. */
  async function replaceGuest(guest: (socket: Socket) => void): Promise<void> {
    const path = `${agent.home}/run/${vm.id}/serial.sock`;
    await rm(path);
    const server = createServer(guest).listen(path);
    servers.push(server);
    await once(server, 'listening');
  }

  /** The most that ever waited in the agent for one viewer, seen at each of its sends. */
  function watchBuffered(): { max: () => number } {
    let max = 0;
    const send = WebSocket.prototype.send;
    const spy = vi.spyOn(WebSocket.prototype, 'send').mockImplementation(function (
      this: WebSocket,
      ...args: unknown[]
    ) {
      (send as (...all: unknown[]) => void).apply(this, args);
      if (!sockets.includes(this)) max = Math.max(max, this.bufferedAmount);
    });
    cleanUp.push(() => spy.mockRestore());
    return { max: () => max };
  }
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  it('when it is the viewer, makes a guest that floods wait: at most 4 MiB stand in the agent, and nothing is lost', async () => {
    const total = 48 * MIB;
    let written = 0;
    await replaceGuest((socket) => {
      // Every eight bytes say where they stand.
      const flood = () => {
        while (written < total) {
          const piece = new BigUint64Array(8192).map((_zero, index) => BigInt(written + index * 8));
          written += piece.byteLength;
          if (!socket.write(Buffer.from(piece.buffer))) return;
        }
        socket.end();
      };
      socket.on('drain', flood).on('error', () => {});
      flood();
    });
    const buffered = watchBuffered();
    const viewer = await attach(await ticketFor());
    viewer.pause();
    await until('the agent holds what it may', () => buffered.max() > MIB);
    // The guest's end is blocked: the agent reads no more from it.
    await noLongerMoves('what the guest wrote', () => written);
    expect([written < total, buffered.max() <= 4 * MIB]).toEqual([true, true]);
    expect((await agent.client.host.ping()).source).toBeDefined();

    let at = 0;
    let torn = Buffer.alloc(0);
    let wrong = 0;
    viewer.on('message', (bytes: Buffer) => {
      const whole = Buffer.concat([torn, bytes]);
      const end = whole.length - (whole.length % 8);
      for (let i = 0; i < end; i += 8, at += 8) if (whole.readBigUInt64LE(i) !== BigInt(at)) wrong++;
      torn = whole.subarray(end);
    });
    const closed = closeCode(viewer);
    viewer.resume();
    await closed;
    expect([at, wrong, buffered.max() <= 4 * MIB]).toEqual([total, 0, true]);
  });

  it('when it is a viewer that has not dealt with what it was sent, makes the guest wait, however fast its socket is', async () => {
    let written = 0;
    await replaceGuest((socket) => {
      const flood = () => {
        while (written < 16 * MIB) {
          written += 65_536;
          if (!socket.write(Buffer.alloc(65_536))) return;
        }
      };
      socket.on('drain', flood).on('error', () => {});
      flood();
    });
    const viewer = await attach(await ticketFor(), agent.url, { acknowledges: true });
    let [got, told] = [0, 0];
    viewer.on('message', (bytes: Buffer) => (got += bytes.length));
    await until('a MiB has come', () => got > MIB);
    await noLongerMoves('what came', () => got);
    expect(got).toBeLessThan(2 * MIB);
    await until('all of it has come', () => {
      if (got > told) viewer.send(JSON.stringify({ dealtWith: got - told }));
      told = got;
      return got === 16 * MIB;
    });
    expect(viewer.readyState).toBe(WebSocket.OPEN);
  });

  it('is cut off when it acknowledges what it was not sent, or says something else', async () => {
    await replaceGuest((socket) => void socket.on('error', () => {}));
    const codes: unknown[] = [];
    const frames = ['{"dealtWith":1}', '{"dealtWith":0}', '{"dealtWith":-1}', '{}', '\r', ''];
    for (const frame of frames) {
      const viewer = await attach(await ticketFor(), agent.url, { acknowledges: true });
      const closed = closeCode(viewer);
      viewer.send(frame);
      codes.push(await closed);
    }
    expect(codes).toEqual(frames.map(() => streamClose.ackInvalid));
  });

  it('when it is the guest, makes a viewer that floods wait', async () => {
    const received: number[] = [];
    let guest: Socket | undefined;
    await replaceGuest((socket) => {
      guest = socket.on('error', () => {}).pause();
      socket.on('data', (bytes) => received.push(bytes.length));
      socket.pause();
    });
    const relay = await startRelay(agent.url, () => 1);
    cleanUp.push(() => relay.close());
    const viewer = await attach(await ticketFor(), relay.url);
    const piece = Buffer.alloc(256 * 1024);
    for (let sent = 0; sent < 64 * MIB; sent += piece.length) viewer.send(piece);
    await noLongerMoves('what the agent takes', () => relay.bytesToAgent);
    // That is what stands in the buffers of the system; the rest waits at the viewer, not in the agent.
    expect(relay.bytesToAgent).toBeLessThan(24 * MIB);
    guest?.resume();
    await until('the guest has it all', () => received.reduce((sum, bytes) => sum + bytes, 0) === 64 * MIB, 15_000);
  });

  it('and goes away lets go of the other side', async () => {
    const gone = Promise.withResolvers<void>();
    await replaceGuest((socket) => {
      const flood = () => {
        while (socket.write(Buffer.alloc(65_536))) {
          // until it is full
        }
      };
      socket.on('drain', flood).on('error', () => {});
      socket.on('close', () => gone.resolve());
      flood();
    });
    const viewer = await attach(await ticketFor());
    viewer.pause();
    viewer.terminate();
    await gone.promise;
    await until('nobody looks', async () => (await agent.client.vm.show({ vmId: vm.id })).viewers === 0);
  });
});
