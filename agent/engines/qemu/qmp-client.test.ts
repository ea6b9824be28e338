// The QMP client against a server that does everything the protocol allows, and some things it forbids.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, expectTypeOf, it, vi } from 'vitest';
import { FakeQmpServer, type QmpRequest } from './fake-qmp-server.ts';
import { QmpClient } from './qmp-client.ts';

let folder: string;
let socketPath: string;
let server: FakeQmpServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-qmp-client-'));
  socketPath = path.join(folder, 'qmp.sock');
  server = new FakeQmpServer();
  await server.listen(socketPath);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

it('connects, negotiates and gets typed results', async () => {
  server.handle = () => ({ return: { running: true, singlestep: false, status: 'running' } });
  const client = await QmpClient.connect(socketPath);
  const status = await client.execute('query-status', {});
  expectTypeOf(status.running).toEqualTypeOf<boolean>();
  expect(status).toEqual({ running: true, singlestep: false, status: 'running' });
  expect(server.requests.map((request) => request.execute)).toEqual(['qmp_capabilities', 'query-status']);
  client.close();
});

it('matches replies by id when they come in another order', async () => {
  const waiting: QmpRequest[] = [];
  server.handle = (request) => {
    waiting.push(request);
    if (waiting.length < 2) return undefined;
    for (const { id, execute } of waiting.toReversed()) server.send({ return: { name: execute, UUID: execute }, id });
    return undefined;
  };
  const client = await QmpClient.connect(socketPath);
  const answers = await Promise.all([client.execute('query-name', {}), client.execute('query-uuid', {})]);
  expect(answers.map((answer) => Object.values(answer)[0])).toEqual(['query-name', 'query-uuid']);
  client.close();
});

it('hands events to listeners until they leave', async () => {
  const client = await QmpClient.connect(socketPath);
  const seen = vi.fn();
  const leave = client.on('SHUTDOWN', seen);
  const shutdown = { event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } };
  server.send(shutdown);
  await client.execute('query-status', {});
  leave();
  server.send(shutdown);
  await client.execute('query-status', {});
  expect(seen.mock.calls).toEqual([[{ guest: true, reason: 'guest-shutdown' }]]);
  client.close();
});

it('says what QEMU refused, in its own words, also in UTF-8 cut in half', async () => {
  server.handle = () => ({ error: { class: 'GenericError', desc: 'no «disk» 磁盘' } });
  const client = await QmpClient.connect(socketPath);
  await expect(client.execute('cont', {})).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: 'QEMU refused cont: no «disk» 磁盘',
  });
  client.close();
});

it('rejects everything pending, and all later, when the peer hangs up in mid-reply', async () => {
  server.handle = (request) => {
    if (request.execute === 'quit') {
      server.sendRaw('{"return": {}, "id');
      server.hangUp();
    }
    return undefined;
  };
  const client = await QmpClient.connect(socketPath);
  const results = await Promise.allSettled([client.execute('query-jobs', {}), client.execute('quit', {})]);
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(['VM_GONE', 'VM_GONE']);
  await client.closed;
  await expect(client.execute('query-jobs', {})).rejects.toMatchObject({ code: 'VM_GONE' });
});

it('gives up on a peer that talks nonsense', async () => {
  const client = await QmpClient.connect(socketPath);
  const answer = client.execute('query-jobs', {});
  server.handle = () => undefined;
  server.sendRaw('{"return": [}\n');
  await expect(answer).rejects.toMatchObject({ code: 'VM_GONE' });
});

it('limits a command in time, and ignores its late answer', async () => {
  const late: QmpRequest[] = [];
  server.handle = (request) => {
    if (request.execute !== 'stop') return { return: [] };
    late.push(request);
    return undefined;
  };
  const client = await QmpClient.connect(socketPath);
  await expect(client.execute('stop', {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  server.send({ return: {}, id: late[0]?.id });
  expect(await client.execute('query-jobs', {})).toEqual([]);
  client.close();
});

it('cancels by signal, before and while a command runs', async () => {
  server.handle = () => undefined;
  const client = await QmpClient.connect(socketPath);
  const abort = new AbortController();
  const answer = client.execute('stop', {}, { signal: abort.signal });
  abort.abort();
  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(client.execute('cont', {}, { signal: abort.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  client.close();
});

it('tells a silent peer from none at all', async () => {
  server.greets = false;
  await expect(QmpClient.connect(socketPath, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  await expect(QmpClient.connect(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'VM_GONE' });
});
