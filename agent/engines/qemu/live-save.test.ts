// A live save against a QEMU that is played: in what order it asks, and that it ends only when QEMU has noted the end as well.
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { VmSpec } from '../interface.ts';
import { FakeQmpServer, type QmpRequest } from './fake-qmp-server.ts';
import { beginLiveSave } from './live-save.ts';
import { QmpClient } from './qmp-client.ts';
import { RunningQemu } from './running-qemu.ts';
import { openFlat } from './ram/flat-file.ts';
import { ramSection, streamHead, u32 } from './ram/test-stream.ts';

const MEMORY_PAGES = 256;
const DISK = { 'node-name': 'disk0', drv: 'qcow2', image: { 'virtual-size': 1, snapshots: [] } };
const DEVICES = Buffer.from([0x04, 1, 2, 3, 0]);
/** How often it says that the migration is being finished, after it told of its end. */
const UNNOTED_LOOKS = 3;

/** What QEMU 7.2 does in a migration that waits before its end. */
class PlayedQemu {
  readonly server = new FakeQmpServer();
  /** By `query-status`, each time it was asked. */
  readonly statuses: string[] = [];
  #status = 'running';
  #migration = 'none';
  #stream: Socket | null = null;
  #unnoted = 0;
  #isHeld = false;
  /** As it says when it waits before its end. */
  unsentBytes = 0;

  constructor() {
    this.server.handle = (request) => ({ return: this.#answer(request) ?? {} });
  }

  get asked(): string[] {
    return this.server.requests.map(({ execute }) => execute);
  }

  #answer({ execute, arguments: given }: QmpRequest): object | undefined {
    switch (execute) {
      case 'query-named-block-nodes':
        return [DISK];
      case 'stop':
        this.#status = 'paused';
        return undefined;
      case 'cont':
        this.#status = 'running';
        return undefined;
      case 'query-status':
        return this.#look();
      case 'query-migrate':
        return { status: this.#migration, ram: { 'dirty-sync-count': 1, remaining: this.unsentBytes } };
      case 'query-commands':
        return [{ name: 'xen-save-devices-state' }];
      case 'xen-save-devices-state':
        this.#isHeld = true;
        writeFileSync(String(given['filename']), Buffer.concat([u32(0x5145564d), u32(3), DEVICES]));
        return undefined;
      case 'migrate':
        this.#begin(String(given['uri']).replace('unix:', ''));
        return undefined;
      case 'migrate-set-parameters':
        // All that is left may be sent while the guest is paused.
        if (Number(given['downtime-limit']) > 0) this.#sendRest();
        return undefined;
      case 'migrate-continue':
        this.#end();
        return undefined;
      case 'migrate_cancel':
        // What was sent arrives.
        this.#stream?.end();
        this.#becomes('cancelled');
        return undefined;
      default:
        return undefined;
    }
  }

  #look(): object {
    if (this.#status === 'finish-migrate' && this.#unnoted-- === 0) this.#status = 'postmigrate';
    this.statuses.push(this.#status);
    return { running: this.#status === 'running', singlestep: false, status: this.#status };
  }

  #begin(socketPath: string): void {
    this.#stream = connect(socketPath);
    // Its reader may have gone.
    this.#stream.on('error', () => {});
    const pages = Array.from({ length: MEMORY_PAGES }, (_, page) => ({ block: 'pc.ram', page, fill: page % 3 }));
    this.#stream.write(Buffer.concat([streamHead({ 'pc.ram': MEMORY_PAGES }), ramSection(pages, false)]));
    // Of one that is paused all is sent at once.
    this.#becomes(this.#isHeld ? 'pre-switchover' : 'active');
  }

  /** Killed: its stream ends where it is, and its control connection a moment later. */
  die(): void {
    this.#stream?.end();
    this.server.handle = (request) => {
      if (request.execute === 'query-status') this.server.hangUp();
      return undefined;
    };
  }

  #sendRest(): void {
    this.#stream?.write(ramSection([{ block: 'pc.ram', page: 1, fill: 9 }], true));
    this.#becomes('pre-switchover');
  }

  #end(): void {
    this.#status = 'finish-migrate';
    this.#unnoted = UNNOTED_LOOKS;
    this.#stream?.end(DEVICES);
    this.#becomes('completed');
  }

  #becomes(status: string): void {
    this.#migration = status;
    this.server.send({ event: 'MIGRATION', data: { status }, timestamp: { seconds: 1, microseconds: 2 } });
  }
}

let folder: string;
let qemu: PlayedQemu;
let qmp: QmpClient;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-live-save-'));
  qemu = new PlayedQemu();
  await qemu.server.listen(path.join(folder, 'qmp.sock'));
  qmp = await QmpClient.connect(path.join(folder, 'qmp.sock'));
});
afterEach(async () => {
  qmp.close();
  await qemu.server.close();
  await rm(folder, { recursive: true });
});

async function begin({ isPaused = false } = {}) {
  const spec = { memoryMiB: 1, runDirectory: folder, confinement: null, nics: [] } as unknown as VmSpec;
  const ramFile = path.join(folder, 'ram-one.flat');
  const save = await beginLiveSave({ qmp, spec, pid: 1, estimateBytes: async () => 0 }, 'one', {
    ramFile,
    isPaused,
  });
  return { save, ramFile };
}

it('is done only when QEMU has noted the end of which it told: a guest that went on earlier would stand still', async () => {
  const { save, ramFile } = await begin();
  await qmp.execute('stop', {});
  qemu.statuses.length = 0;
  await save.finish();
  const unnoted = Array.from({ length: UNNOTED_LOOKS }, () => 'finish-migrate');
  expect(qemu.statuses).toEqual(['paused', ...unnoted, 'postmigrate']);
  await using state = await openFlat(ramFile);
  expect(state.memoryBytes).toBe(MEMORY_PAGES * 4096);
  await save.over;
});

it('saves the qcow2 disks before QEMU lets go of them, and not before the guest is paused for it', async () => {
  const { save } = await begin();
  expect(qemu.asked).not.toContain('transaction');
  await qmp.execute('stop', {});
  await save.finish();
  const order = qemu.asked.filter((command) => /^(stop|cont|migrate|transaction|migrate-continue)$/.test(command));
  expect(order).toEqual(['stop', 'migrate', 'cont', 'stop', 'transaction', 'migrate-continue']);
});

it('copies a guest that is paused in one go, and neither stops it nor lets it go on', async () => {
  await qmp.execute('stop', {});
  const { save, ramFile } = await begin({ isPaused: true });
  expect(qemu.asked).not.toContain('migrate');
  await save.finish();
  const order = qemu.asked.filter((command) => /^(stop|cont|migrate|transaction|migrate-continue)$/.test(command));
  expect(order).toEqual(['stop', 'migrate', 'transaction', 'migrate-continue']);
  await using state = await openFlat(ramFile);
  expect(state.memoryBytes).toBe(MEMORY_PAGES * 4096);
});

it('refuses a guest that is not as its caller says, with nothing left', async () => {
  await expect(begin({ isPaused: true })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await qmp.execute('stop', {});
  await expect(begin()).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  const { save, ramFile } = await begin({ isPaused: true });
  await qmp.execute('cont', {});
  await expect(save.finish()).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await expect(openFlat(ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('leaves nothing when the connection to QEMU ends before the end is noted', async () => {
  const { save, ramFile } = await begin();
  await qmp.execute('stop', {});
  const answer = qemu.server.handle;
  qemu.server.handle = (request) => {
    if (request.execute !== 'query-status' || !qemu.asked.includes('migrate-continue')) return answer(request);
    qemu.server.hangUp();
    return undefined;
  };
  await expect(save.finish()).rejects.toMatchObject({ code: 'VM_GONE' });
  await save.over;
  await expect(openFlat(ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('says of a QEMU that was killed in the middle that it is gone, not that its stream is no good', async () => {
  const { save, ramFile } = await begin();
  await qmp.execute('stop', {});
  const answer = qemu.server.handle;
  qemu.server.handle = (request) => {
    // Asked for the rest of the memory.
    if (!(Number(request.arguments['downtime-limit']) > 0)) return answer(request);
    qemu.die();
    return undefined;
  };
  await expect(save.finish()).rejects.toMatchObject({ code: 'VM_GONE' });
  await save.over;
  await expect(openFlat(ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('of all but the memory lets go of the disks once: the migration that follows is broken off before its end', async () => {
  await qmp.execute('stop', {});
  const { save, ramFile } = await begin({ isPaused: true });
  const held = await save.hold();
  expect(qemu.asked).not.toContain('migrate');
  await held?.finish();
  await held?.close();
  const order = qemu.asked.filter((command) => /^(transaction|xen-|migrate$|migrate_|migrate-c|cont)/.test(command));
  expect(order).toEqual(['transaction', 'xen-save-devices-state', 'migrate', 'migrate_cancel']);
  await using state = await openFlat(ramFile);
  const parts = (await state.stream().toArray()) as Buffer[];
  expect(Buffer.concat(parts)).toEqual(
    Buffer.concat([expectedHead(), DEVICES, Buffer.from([6, 0, 0, 0, 2]), Buffer.from('{}')]),
  );
  expect(existsSync(path.join(folder, 'devices.held'))).toBe(false);
  await save.over;
});

it('of memory that was not all sent fails, and leaves nothing of it; one that is not wanted has its disks again', async () => {
  await qmp.execute('stop', {});
  const { save, ramFile } = await begin({ isPaused: true });
  const held = await save.hold();
  qemu.unsentBytes = 4096;
  await expect(held?.finish()).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await held?.close();
  expect([existsSync(ramFile), qemu.asked.at(-1)]).toEqual([false, 'query-migrate']);
  const { save: dropped } = await begin({ isPaused: true });
  await dropped.hold();
  qemu.server.requests.length = 0;
  await dropped.cancel();
  expect(qemu.asked.slice(0, 2)).toEqual(['cont', 'stop']);
  expect(existsSync(ramFile)).toBe(false);
});

/** What is beside the memory in the stream that is broken off, and how that is completed. */
const expectedHead = () =>
  Buffer.concat([streamHead({ 'pc.ram': MEMORY_PAGES }), ramSection([], false), ramSection([], true)]);

it('counts a guest that QEMU itself has stopped at the end of a copy as one that runs: it goes on with the others', async () => {
  let status = 'finish-migrate';
  qemu.server.handle = ({ execute }) => ({ return: execute === 'query-status' ? { running: false, status } : {} });
  const spec = { id: 'vm1', memoryMiB: 1, runDirectory: folder, confinement: null, nics: [] } as unknown as VmSpec;
  const process = { pid: 1, startTicks: 1, bootId: 'here' };
  const ended = async () => ({ exitCode: 0, signal: null });
  const vm = new RunningQemu({ spec, process, qmp, acceleration: 'tcg', ended });
  expect(await vm.isPaused()).toBe(false);
  status = 'paused';
  expect(await vm.isPaused()).toBe(true);
});
