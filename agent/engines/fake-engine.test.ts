// The fake engine passes the contract of all engines. Its own extras (faults, picture, guest agent) are tested here too.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFakeDisk } from '../storage/fake-disk.ts';
import { describeEngineContract } from './engine.contract.ts';
import { type EngineHarness, ramFileOf } from './contract-harness.ts';
import { isSameHostPort } from './fake/fake-host.ts';
import { fakeInnerSnapshots } from './fake/fake-states.ts';
import { FakeHost } from './fake/fake-host.ts';
import { FakeEngine } from './fake-engine.ts';
import { describeHeldGuests } from './held.contract.ts';
import type { RunningVm } from './interface.ts';
import { CLOSED_NIC, testSpec } from './test-spec.ts';

async function makeHarness(): Promise<EngineHarness & { engine: FakeEngine }> {
  const root = await mkdtemp(path.join(tmpdir(), 'tt-fe-'));
  const host = new FakeHost();
  const engine = new FakeEngine({ host });
  return {
    engine,
    reopen: async () => new FakeEngine({ host }),
    makeSpec: async (id) => {
      const diskPath = path.join(root, `${id}.disk`);
      if (!existsSync(diskPath)) writeFakeDisk(diskPath, { sizeMiB: 64, files: {}, snapshots: [] });
      return testSpec(id, {
        disks: [{ name: 'disk0', path: diskPath, format: 'qcow2', backing: null, limits: null }],
        nics: [CLOSED_NIC],
        runDirectory: path.join(root, 'run', id),
      });
    },
    revertDisks: (id, tag) => fakeInnerSnapshots.apply(path.join(root, `${id}.disk`), tag),
    kill: async (vm) => engine.crash(vm.id),
    freeze: async (vm) => engine.freezeGuest(vm.id),
    isPortOpen: async (vm, nicIndex, forward) =>
      engine.forwardsOf(vm.id, nicIndex).some((open) => isSameHostPort(open, forward)),
    fullDisk: {
      prepare: async () => {},
      fill: async (vm) => engine.raiseTrouble(vm.id),
      empty: async () => {},
    },
    remove: () => rm(root, { recursive: true }),
  };
}

describeEngineContract('fake', makeHarness);
describeHeldGuests('fake', makeHarness);

describe('fake engine', () => {
  let harness: Awaited<ReturnType<typeof makeHarness>>;
  let vm: RunningVm;
  let ramFile: string;
  beforeEach(async () => {
    harness = await makeHarness();
    const spec = await harness.makeSpec('vm1');
    ramFile = ramFileOf(spec, 'one');
    vm = await harness.engine.start(spec);
  });
  afterEach(async () => {
    await harness.engine.crash('vm1');
    await harness.remove();
  });

  it('fails once where told to', async () => {
    harness.engine.failNext('saveState', 'DISK_FULL');
    await expect(vm.saveState('one', { ramFile })).rejects.toMatchObject({ code: 'DISK_FULL' });
    await vm.saveState('one', { ramFile });
  });

  it('waits where told to, and can be cancelled there', async () => {
    const abort = new AbortController();
    const hold = harness.engine.holdNext('saveState');
    const saving = vm.saveState('one', { ramFile, signal: abort.signal });
    await hold.reached;
    abort.abort();
    await expect(saving).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(vm.loadState('one', { ramFile })).rejects.toMatchObject({ code: 'STATE_NOT_FOUND' });
  });

  it('freezes a guest, which then hears no power button, until its reset', async () => {
    expect(await vm.guestAnswers(1_000)).toBe(true);
    harness.engine.freezeGuest('vm1');
    expect(await vm.guestAnswers(50)).toBe(false);
    await expect(vm.powerDown(60_000)).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
    await vm.reset();
    expect(await vm.guestAnswers(1_000)).toBe(true);
  });

  it('tells a power off inside the guest from a crash', async () => {
    await harness.engine.powerOff('vm1');
    expect(await vm.exited).toMatchObject({ expected: true, reason: { code: 'poweredOff' } });
  });

  it('paints a picture for a viewer that sends and reads one byte at a time', async () => {
    const viewer = new ByteWiseClient(vm.sockets.vnc);
    expect((await viewer.read(12)).toString()).toBe('RFB 003.008\n');
    viewer.send(Buffer.from('RFB 003.008\n'));
    expect([...(await viewer.read(2))]).toEqual([1, 1]);
    viewer.send([1]);
    expect([...(await viewer.read(4))]).toEqual([0, 0, 0, 0]);
    viewer.send([1]);
    const init = await viewer.read(24 + 'env/vm1'.length);
    expect([init.readUInt16BE(0), init.readUInt16BE(2), init.subarray(24).toString()]).toEqual([640, 400, 'env/vm1']);
    viewer.send([3, 0, 0, 0, 0, 0, 2, 128, 1, 144]);
    expect([...(await viewer.read(4))]).toEqual([0, 0, 0, 1]);
    const before = await viewer.read(12 + 640 * 400 * 4);
    // An incremental request is answered only once a key changes the picture.
    viewer.send([3, 1, 0, 0, 0, 0, 2, 128, 1, 144]);
    viewer.send([4, 1, 0, 0, 0, 0, 0, 'x'.charCodeAt(0)]);
    await viewer.read(4);
    const after = await viewer.read(12 + 640 * 400 * 4);
    expect(after.equals(before)).toBe(false);
    viewer.close();
  });

  it('answers the guest agent protocol', async () => {
    const agent = new ByteWiseClient(vm.sockets.guestAgent);
    agent.send(Buffer.from('{"execute":"guest-exec","arguments":{"path":"/bin/echo","arg":["hello world"]}}'));
    const started = JSON.parse(await agent.readLine());
    agent.send(Buffer.from(`{"execute":"guest-exec-status","arguments":{"pid":${started.return.pid}}}\n`));
    const { return: status } = JSON.parse(await agent.readLine());
    expect(Buffer.from(status['out-data'], 'base64').toString()).toBe('hello world\n');
    agent.close();
  });
});

/** Writes every byte on its own and reads exact lengths. */
class ByteWiseClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socketPath: string) {
    this.#socket = createConnection(socketPath).setNoDelay(true);
    this.#socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
  }

  send(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#socket.write(Uint8Array.of(byte));
  }

  async read(length: number): Promise<Buffer> {
    while (this.#received.length < length) await new Promise<void>((resolve) => (this.#wake = resolve));
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async readLine(): Promise<string> {
    while (!this.#received.includes('\n')) await new Promise<void>((resolve) => (this.#wake = resolve));
    return (await this.read(this.#received.indexOf('\n') + 1)).toString();
  }

  close(): void {
    this.#socket.destroy();
  }
}
