// What is reported about a guest in trouble: once per trouble, in plain words, also to late listeners.
import { reason, type Reason, reasonText, terms } from '@tt/protocol';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import { FakeQmpServer } from './fake-qmp-server.ts';
import { QmpClient } from './qmp-client.ts';
import { Troubles } from './troubles.ts';

let folder: string;
let server: FakeQmpServer;
let qmp: QmpClient;
let troubles: Troubles;
let told: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-troubles-'));
  server = new FakeQmpServer();
  await server.listen(path.join(folder, 'qmp.sock'));
  qmp = await QmpClient.connect(path.join(folder, 'qmp.sock'));
  troubles = new Troubles(qmp);
  told = [];
});
afterEach(async () => {
  qmp.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const failed = (action: 'stop' | 'report', nospace: boolean, said = 'Input/output error') =>
  server.send({
    event: 'BLOCK_IO_ERROR',
    data: { device: '', 'node-name': 'disk0', operation: 'write', action, nospace, reason: said },
    timestamp: { seconds: 1, microseconds: 1 },
  });
const FULL = 'the guest is paused: its disk on the host is full';
const FULL_DISK = { reason: reason('pausedDiskFull'), kind: 'disk' } as const;
const wordsOf = (why: Reason) => reasonText(why, terms);

it('is told once, and again after the guest went on', async () => {
  troubles.listen((why) => told.push(wordsOf(why)));
  const deaf = troubles.listen(() => told.push('to nobody'));
  deaf();
  // A guest has many writes under way; each of them fails.
  for (let index = 0; index < 5; index++) failed('stop', true, 'No space left on device');
  server.send({ event: 'RESUME', data: {}, timestamp: { seconds: 1, microseconds: 1 } });
  failed('stop', true, 'No space left on device');
  failed('stop', false);
  failed('report', false);
  await until('all is told', () => told.length === 4);
  expect(told).toEqual([
    FULL,
    FULL,
    'the guest is paused: its disk on the host failed. Details: “Input/output error”',
    'its disk on the host failed; the guest saw the error. Details: “Input/output error”',
  ]);
});

it('is told to who listens late, unless it is over', async () => {
  troubles.raise(FULL_DISK);
  troubles.listen((why) => told.push(wordsOf(why)));
  troubles.listen(() => told.push('to nobody'))();
  await until('it is told', () => told.length > 0);
  expect(told).toEqual([FULL]);
  server.send({ event: 'RESUME', data: {}, timestamp: { seconds: 1, microseconds: 1 } });
  // An answer after the event: by then the client has seen it.
  await qmp.execute('query-status', {});
  troubles.listen(() => told.push('over'));
  await new Promise(setImmediate);
  expect(told).toEqual([FULL]);
});

it('of a disk that was only reported does not stop the guest, nor hide why it is stopped', async () => {
  const kinds: string[] = [];
  troubles.listen((_why, kind) => kinds.push(kind));
  failed('report', false);
  await until('it is told', () => kinds.length === 1);
  expect(troubles.isHalted).toBe(false);
  failed('stop', true);
  failed('report', false);
  await until('all is told', () => kinds.length === 3);
  expect([kinds, troubles.isHalted]).toEqual([['diskError', 'disk', 'diskError'], true]);
  troubles.listen((why) => told.push(wordsOf(why)));
  await until('it is told why it is stopped', () => told.length > 0);
  expect(told).toEqual([FULL]);
  server.send({ event: 'RESUME', data: {}, timestamp: { seconds: 1, microseconds: 1 } });
  await qmp.execute('query-status', {});
  expect(troubles.isHalted).toBe(false);
});

it('asks why a guest has stopped, and tells of an internal error of KVM', async () => {
  let status = 'paused';
  server.handle = ({ execute }) =>
    execute === 'query-status' ? { return: { status, running: false } } : { return: {} };
  const kinds: string[] = [];
  troubles.listen((why, kind) => kinds.push(`${kind}: ${wordsOf(why)}`));
  const stopped = () => server.send({ event: 'STOP', data: {}, timestamp: { seconds: 1, microseconds: 1 } });
  const asked = () => server.requests.filter(({ execute }) => execute === 'query-status').length;
  stopped();
  await until('it is asked for the reason', () => asked() === 1);
  status = 'internal-error';
  stopped();
  await until('the trouble is told', () => kinds.length > 0);
  expect(kinds).toEqual(['internalError: KVM reported an internal error']);
});
