// Uploads as bodies of requests: the same transfer as by a stream, whole or gone on with, only for whoever has the ticket and may still
// send, with nothing left behind by those who leave, dawdle or lie.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import path from 'node:path';
import { type TransferLink, uploadFile, type UploadSource } from '@tt/client';
import { connectNode } from '@tt/client/node';
import { OFFSET_HEADER, TICKET_HEADER, type Transfer, TtError, uploadPath } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestProxy, type TestProxy } from '../../proxy/test-proxy.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';
import { UploadFile } from './upload-file.ts';

const bytes = randomBytes(5 * 1024 * 1024 + 321);
const sha256 = hex(bytes);

const userOf = (name: string, role: 'user' | 'viewer') => ({ name, role, tokenSha256: hex(`token-of-${name}`) });
const mei = userOf('mei', 'user');
const users = [mei, userOf('bo', 'user'), userOf('vi', 'viewer')];

function hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

const source: UploadSource = {
  fileName: 'a.capsule',
  sizeBytes: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
};

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent({ config: { users } });
});
afterEach(() => agent.stop());
afterEach(() => vi.restoreAllMocks());

interface Sent {
  transferId: string;
  token?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/** The status and body of the answer to one request with a body that is whole. */
async function put({ transferId, token = agent.token, headers = {}, body = bytes }: Sent): Promise<[number, unknown]> {
  const authorization = `Bearer ${token}`;
  const sent = { method: 'PUT', headers: { authorization, ...headers }, body: Buffer.from(body) };
  const answer = await fetch(agent.url + uploadPath(transferId), sent);
  return [answer.status, await answer.json()];
}

async function begin(sizeBytes = bytes.length, by = agent.client): Promise<string> {
  return (await by.transfer.begin({ fileName: 'a.capsule', sizeBytes })).id;
}

async function ticketFor(transferId: string, by = agent.client): Promise<Record<string, string>> {
  return { [TICKET_HEADER]: (await by.transfer.open({ transferId })).ticket };
}

const statusOf = (transferId: string) => agent.client.transfer.status({ transferId });

/** A request whose body is sent as the test likes. */
function open(transferId: string, headers: Record<string, string>): ClientRequest {
  const authorization = `Bearer ${agent.token}`;
  const request = httpRequest(agent.url + uploadPath(transferId), {
    method: 'PUT',
    headers: { authorization, ...headers },
  });
  request.on('error', () => {});
  return request;
}

async function answerOf(request: ClientRequest): Promise<[number | undefined, unknown]> {
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += String(part);
  return [response.statusCode, JSON.parse(text)];
}

/** So much of it has arrived. */
async function arrived(transferId: string, doneBytes: number): Promise<void> {
  await until(`${doneBytes} bytes`, async () => (await statusOf(transferId)).doneBytes === doneBytes);
}

describe.each<[string, () => TransferLink]>([
  ['a stream', () => ({ client: agent.client, openStream: (ticket) => agent.openStream(ticket) })],
  ['a request', () => agent.connection],
])('by %s', (_way, link) => {
  it('a file arrives whole, with its hash and progress to its end', async () => {
    const seen: number[] = [];
    const onProgress = (done: number) => seen.push(done);
    const sent = await uploadFile(link(), source, randomUUID(), { onProgress });
    expect(sent).toMatchObject({ state: 'whole', sha256, doneBytes: bytes.length });
    expect([seen.at(-1), seen]).toEqual([bytes.length, seen.toSorted((one, other) => one - other)]);
    expect(await readFile(path.join(agent.home, 'transfers', `${sent.id}.bytes`))).toEqual(bytes);
  });

  it('what a request has begun is gone on with', async () => {
    const transferId = await begin();
    const headers = await ticketFor(transferId);
    expect(await put({ transferId, headers, body: bytes.subarray(0, 1000) })).toMatchObject([
      200,
      { state: 'open', doneBytes: 1000 },
    ]);
    const offsets: number[] = [];
    const read: UploadSource['read'] = (offset, length) => {
      offsets.push(offset);
      return source.read(offset, length);
    };
    expect(await uploadFile(link(), { ...source, read }, transferId)).toMatchObject({ state: 'whole', sha256 });
    expect(Math.min(...offsets)).toBe(1000);
  });

  it('a full disk is told, and what was written before it stays', async () => {
    const transferId = await begin();
    const append = UploadFile.prototype.append;
    vi.spyOn(UploadFile.prototype, 'append').mockImplementation(async function (this: UploadFile, pieces) {
      if (this.doneBytes > 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      await append.call(this, pieces);
    });
    const sending = uploadFile(link(), source, transferId);
    await expect(sending).rejects.toMatchObject({ code: 'DISK_FULL' });
    const { state, doneBytes } = await statusOf(transferId);
    expect(state).toBe('open');
    expect(doneBytes).toBeGreaterThan(0);
    vi.restoreAllMocks();
    expect(await uploadFile(link(), source, transferId)).toMatchObject({ state: 'whole', sha256 });
  });

  it('one that is stopped while it is written can be dropped at once, and nothing of it stays', async () => {
    const transferId = randomUUID();
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('stopped'));
    const sending = uploadFile(link(), source, transferId, { signal: stop.signal, onProgress });
    await expect(sending).rejects.toThrow('stopped');
    await agent.client.transfer.drop({ transferId });
    await expect(statusOf(transferId)).rejects.toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
  });

  it('an agent that ends meanwhile leaves what has arrived to the next one', async () => {
    const transferId = await begin();
    const held = Promise.withResolvers<Uint8Array>();
    const read: UploadSource['read'] = (offset, length) =>
      offset < 2 * 1024 * 1024 ? source.read(offset, length) : held.promise;
    const sending = uploadFile(link(), { ...source, read }, transferId).catch(() => null);
    await until('the first bytes', async () => (await statusOf(transferId)).doneBytes > 0);
    await agent.stop({ keep: true });
    held.resolve(bytes.subarray(0, 1));
    await sending;
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, config: { users } });
    expect((await statusOf(transferId)).doneBytes).toBeGreaterThan(0);
    expect(await uploadFile(link(), source, transferId)).toMatchObject({ state: 'whole', sha256 });
  });
});

describe('a request is refused', () => {
  const refused = (status: number, code: string, data: object = {}) => [status, { code, data }];

  it('without a ticket, with another one, with one that was used, and with one for another transfer', async () => {
    const [transferId, other] = [await begin(), await begin()];
    const invalid = refused(403, 'TICKET_INVALID');
    expect(await put({ transferId })).toMatchObject(invalid);
    expect(await put({ transferId, headers: { [TICKET_HEADER]: 'x'.repeat(43) } })).toMatchObject(invalid);
    const used = await ticketFor(transferId);
    expect(await put({ transferId, headers: used, body: bytes.subarray(0, 1) })).toMatchObject([200, {}]);
    expect(await put({ transferId, headers: used })).toMatchObject(invalid);
    expect(await put({ transferId, headers: await ticketFor(other) })).toMatchObject(invalid);
    const { id } = await agent.client.transfer.reserve({});
    expect(await put({ transferId: id, headers: await ticketFor(id) })).toMatchObject(invalid);
    expect(await statusOf(other)).toMatchObject({ doneBytes: 0 });
  });

  it('to nobody, to another user with the ticket, to viewers, and to a page of another origin', async () => {
    const asMei = agent.connectAs('token-of-mei');
    const transferId = await begin(bytes.length, asMei.client);
    const headers = () => ticketFor(transferId, asMei.client);
    expect(await put({ transferId, token: 'x', headers: await headers() })).toMatchObject(refused(401, 'UNAUTHORIZED'));
    const toBo = await put({ transferId, token: 'token-of-bo', headers: await headers() });
    expect(toBo).toMatchObject(refused(403, 'TICKET_INVALID'));
    const toViewer = await put({ transferId, token: 'token-of-vi', headers: await headers() });
    expect(toViewer).toMatchObject(refused(403, 'VIEWER_REFUSED'));
    const foreign = { origin: 'http://evil.example', ...(await headers()) };
    expect(await put({ transferId, token: 'token-of-mei', headers: foreign })).toMatchObject(
      refused(403, 'ORIGIN_REFUSED'),
    );
    expect(await statusOf(transferId)).toMatchObject({ doneBytes: 0 });
    const whole = await put({ transferId, token: 'token-of-mei', headers: await headers() });
    expect(whole).toMatchObject([200, { sha256 }]);
    asMei.close();
  });

  it('at another offset, also one that is no number, and tells the right one', async () => {
    const transferId = await begin();
    const at = async (offset: string) => ({ ...(await ticketFor(transferId)), [OFFSET_HEADER]: offset });
    const wrong = refused(409, 'TRANSFER_OFFSET', { offset: 7, expected: 0 });
    expect(await put({ transferId, headers: await at('7') })).toMatchObject(wrong);
    for (const offset of ['-1', '1.5', '99999999999999999', 'x']) {
      const issues = [{ path: OFFSET_HEADER }];
      expect(await put({ transferId, headers: await at(offset) })).toMatchObject(
        refused(400, 'INPUT_INVALID', { issues }),
      );
    }
    expect(await put({ transferId, headers: await at('0') })).toMatchObject([200, { state: 'whole' }]);
  });

  it('with a length that is no number of bytes', async () => {
    const transferId = await begin();
    const request = open(transferId, { ...(await ticketFor(transferId)), 'content-length': '99999999999999999' });
    request.flushHeaders();
    const issues = [{ path: 'content-length' }];
    expect(await answerOf(request)).toMatchObject(refused(400, 'INPUT_INVALID', { issues }));
    request.destroy();
  });

  it('with more bytes than were announced, of a known length or not', async () => {
    const transferId = await begin(6);
    const tooMany = refused(422, 'TRANSFER_SIZE', { sizeBytes: 6, sentBytes: 7 });
    const headers = await ticketFor(transferId);
    expect(await put({ transferId, headers, body: Buffer.from('abcdefg') })).toMatchObject(tooMany);
    expect(await statusOf(transferId)).toMatchObject({ state: 'open', doneBytes: 0 });
    const chunked = open(transferId, { ...(await ticketFor(transferId)), 'transfer-encoding': 'chunked' });
    chunked.write('abc');
    await arrived(transferId, 3);
    chunked.end('defg');
    expect(await answerOf(chunked)).toMatchObject(tooMany);
    expect(await statusOf(transferId)).toMatchObject({ state: 'open', doneBytes: 3 });
  });

  it('while another one sends, which goes on', async () => {
    const transferId = await begin(6);
    const first = open(transferId, { ...(await ticketFor(transferId)), 'content-length': '6' });
    first.write('abc');
    await arrived(transferId, 3);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const second = put({ transferId, headers: { ...(await ticketFor(transferId)), [OFFSET_HEADER]: '3' } });
      const answers: unknown[] = [];
      void second.then((got) => answers.push(got));
      // Its time to wait for the first one.
      for (let waits = 0; answers.length === 0 && waits < 1000; waits++) {
        await vi.advanceTimersByTimeAsync(500);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(answers[0]).toMatchObject(refused(409, 'TRANSFER_BUSY'));
    } finally {
      vi.useRealTimers();
    }
    first.end('def');
    expect(await answerOf(first)).toMatchObject([200, { state: 'whole', sha256: hex('abcdef') }]);
  });
});

it('a request that breaks off leaves what was written, and the next one goes on from there', async () => {
  const transferId = await begin(6);
  const first = open(transferId, { ...(await ticketFor(transferId)), 'content-length': '6' });
  first.write('abc');
  await arrived(transferId, 3);
  first.destroy();
  const headers = { ...(await ticketFor(transferId)), [OFFSET_HEADER]: '3' };
  const rest = await put({ transferId, headers, body: Buffer.from('def') });
  expect(rest).toMatchObject([200, { state: 'whole', sha256: hex('abcdef') }]);
});

it('a client that knows of less than was written meanwhile goes on from where the agent is', async () => {
  const transferId = await begin();
  const begun = await statusOf(transferId);
  await put({ transferId, headers: await ticketFor(transferId), body: bytes.subarray(0, 1000) });
  const { client } = agent.connection;
  const stale = Object.assign(Object.create(client.transfer), { begin: async (): Promise<Transfer> => begun });
  const link = { ...agent.connection, client: Object.assign(Object.create(client), { transfer: stale }) };
  expect(await uploadFile(link, source, transferId)).toMatchObject({ state: 'whole', sha256 });
});

it('whoever is let in no more is cut off while they send', async () => {
  const asMei = agent.connectAs('token-of-mei');
  const transferId = await begin(6, asMei.client);
  const authorization = 'Bearer token-of-mei';
  const headers = { ...(await ticketFor(transferId, asMei.client)), authorization, 'content-length': '6' };
  const request = open(transferId, headers);
  request.write('abc');
  await arrived(transferId, 3);
  const closed = new Promise((resolve) => request.once('close', resolve));
  await agent.configure({ users: users.filter(({ name }) => name !== 'mei') });
  await closed;
  expect(await statusOf(transferId)).toMatchObject({ state: 'open', doneBytes: 3 });
  asMei.close();
});

it('what answers in another way than an agent is no way: the stream is taken', async () => {
  const putRest = vi.fn(async () => null);
  const link = { ...agent.connection, putRest };
  expect(await uploadFile(link, source, randomUUID())).toMatchObject({ state: 'whole', sha256 });
  expect(putRest).toHaveBeenCalledTimes(1);
});

it('a file that can’t be read any more is what the client is told', async () => {
  const read = () => Promise.reject(new TtError('FILE_UNUSABLE', { file: 'x', reason: 'x' as never }));
  const sending = uploadFile(agent.connection, { ...source, read }, randomUUID());
  await expect(sending).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
});

it('a file that has become longer since it was announced is said to have changed', async () => {
  const longer = Buffer.concat([bytes, Buffer.from('x')]);
  const putRest: TransferLink['putRest'] = async ({ transferId, ticket }) => {
    const [, answer] = await put({ transferId, headers: { [TICKET_HEADER]: ticket }, body: longer });
    return answer;
  };
  const sending = uploadFile({ ...agent.connection, putRest }, source, randomUUID());
  await expect(sending).rejects.toMatchObject({
    code: 'FILE_UNUSABLE',
    data: { file: 'a.capsule', reason: { code: 'changedWhileSent' } },
  });
});

it('the memory of what was written is given back, and of what a client has sent it is told', async () => {
  const append = vi.spyOn(UploadFile.prototype, 'append');
  const transferId = await begin();
  const { ticket } = await agent.client.transfer.open({ transferId });
  const spent: Uint8Array[] = [];
  const MIB = 1024 * 1024;
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += MIB) yield [Buffer.from(bytes.subarray(at, at + MIB))];
  })();
  const onSpent = (piece: Uint8Array) => spent.push(piece);
  const answer = await agent.connection.putBytes({ transferId, ticket, offset: 0, lengthBytes: null, pieces, onSpent });
  expect(answer).toMatchObject({ state: 'whole', sha256 });
  expect(hex(Buffer.concat(spent))).toBe(sha256);
  const written = append.mock.calls.flatMap(([some]) => some);
  expect(written.length).toBeGreaterThan(0);
  expect(written.map(({ buffer }) => buffer.byteLength)).toEqual(written.map(() => 0));
});

it('goes through TLS', async () => {
  const tls = { mode: 'always', names: [], certificateFile: null, keyFile: null } as const;
  const safe = await startTestAgent({ config: { tls: { ...tls, names: [] } } });
  const connection = connectNode({ url: safe.url, token: safe.token, authority: safe.authority });
  const stream = vi.fn(connection.openStream);
  const sent = await uploadFile({ ...connection, openStream: stream }, source, randomUUID());
  expect(sent).toMatchObject({ state: 'whole', sha256 });
  expect(stream).not.toHaveBeenCalled();
  connection.close();
  await safe.stop();
});

describe('through a proxy', () => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await startTestProxy(agent);
  });
  afterEach(() => proxy.stop());

  it.each([
    ['its own user', () => proxy.token],
    ['a user of the agent', () => 'token-of-mei'],
  ])('%s sends a file by a request', async (_who, token) => {
    const connection = connectNode({ url: proxy.url, token: token() });
    const openStream = vi.fn(connection.openStream);
    expect(await uploadFile({ ...connection, openStream }, source, randomUUID())).toMatchObject({ sha256 });
    expect(openStream).not.toHaveBeenCalled();
    connection.close();
  });

  it('passes on how the agent refuses it, and ends with who sends', async () => {
    const transferId = await begin(6, proxy.client);
    const ticket = async () => (await proxy.client.transfer.open({ transferId })).ticket;
    const send = async (offset: number, body: string, after = async () => {}) => {
      const pieces = (async function* () {
        yield [Buffer.from(body)];
        await after();
      })();
      return proxy.connection.putBytes({ transferId, ticket: await ticket(), offset, lengthBytes: 6 - offset, pieces });
    };
    expect(await send(2, 'abcd')).toMatchObject({ code: 'TRANSFER_OFFSET', data: { expected: 0 } });
    const leaving = send(0, 'abc', async () => {
      await arrived(transferId, 3);
      throw new Error('it leaves');
    });
    await expect(leaving).rejects.toThrow('it leaves');
    expect(await send(3, 'def')).toMatchObject({ state: 'whole', sha256: hex('abcdef') });
  });
});
