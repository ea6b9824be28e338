// Users other than the owner of the server's own token: by token, by session, over REST, RPC and streams, and disconnected as
// soon as the configuration no longer lists them. A complete server on loopback, with a contract that returns the caller.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { implement } from '@orpc/server';
import { type Contract, contract, RPC_PATH, STREAM_PATH } from '@tt/protocol';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MOST_WAITING } from './first-frame.ts';
import type { BorderContext, Endpoint } from './call-context.ts';
import { type Asker, Identities, type KnownUser, localAdmin } from './identities.ts';
import { endSessions, type HttpServer, invite, join, listSessions, Logins, serveContract, Tickets } from './index.ts';

const OWN_TOKEN = 'own-token';
const ann: KnownUser = { name: 'ann', tokenSha256: sha256('ann-token'), role: 'user' };
const bob: KnownUser = { name: 'bob.b', tokenSha256: sha256('bob-token'), role: 'admin' };

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Purpose {
  kind: 'serial';
  callerName?: string;
}

let identities: Identities;
let logins: Logins;
let server: HttpServer;
let tickets: Tickets<Purpose>;
let seen: { requestId: string; caller: Asker }[];
let opened: Asker[];
let scopes: string[];
const logger: Logger = pino({ level: 'silent' });
const now = () => new Date('2026-11-21T10:00:00Z');

beforeEach(async () => {
  identities = new Identities(OWN_TOKEN, [ann, bob]);
  logins = new Logins(identities, now);
  tickets = new Tickets<Purpose>(now);
  [seen, opened, scopes] = [[], [], []];
  const api = implement(contract).$context<BorderContext>();
  const router = {
    host: {
      ping: api.host.ping.handler(({ context }) => {
        seen.push({ requestId: context.requestId, caller: context.caller });
        return { at: now().toISOString(), source: { hostId: 'a-host', epoch: '1' } };
      }),
    },
    session: {
      invite: api.session.invite.handler(({ context }) => invite(context)),
      list: api.session.list.handler(({ context }) => listSessions(context)),
      end: api.session.end.handler(({ input, context }) => endSessions(input.which, context)),
      join: api.session.join.handler(({ input, context }) => join(input, context)),
    },
  } as unknown as Endpoint<BorderContext>['router'];
  server = await serveContract({
    host: '127.0.0.1',
    port: 0,
    identities,
    logins,
    calls: {
      router,
      contextFor: (border): BorderContext => border,
      scope: ({ requestId }, run) => {
        scopes.push(requestId);
        return run();
      },
      onInternal: () => {},
    },
    streams: {
      tickets,
      isLive: () => true,
      about: () => ({}),
      open: (_purpose, caller) => {
        opened.push(caller);
        return Promise.reject(new Error('there is no far end in this test'));
      },
      onViewer: () => {},
      logger,
    },
    windowDirectory: null,
    version: '0',
    metrics: async () => 'tt_vms 3\n',
    logger,
  });
});
afterEach(async () => {
  await server.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ping = (headers: Record<string, string>) => fetch(`${server.url}${pathOf('ping')}`, { headers });

function pathOf(call: keyof Contract['host']): string {
  const part = contract.host[call] as unknown as { '~orpc': { route: { path: string } } };
  return `/api${part['~orpc'].route.path}`;
}

/** One call over a socket of its own; gives the message that answers it. */
async function callBySocket(token: string, call: string): Promise<string> {
  const socket = await openSocket(RPC_PATH, bearer(token));
  const answered = once(socket, 'message');
  socket.send(JSON.stringify({ i: '1', p: { u: call } }));
  const [answer] = (await answered) as [Buffer];
  socket.terminate();
  return answer.toString();
}

/** The secret of a session, for a code or a token. */
async function sessionFor(code: string): Promise<string | null> {
  const answer = await fetch(`${server.url}/api/session/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  expect(answer.headers.get('set-cookie')).toBeNull();
  return ((await answer.json()) as { secret?: string }).secret ?? null;
}

/** A socket of a browser: it says in its first frame whose session it is. */
async function openByHello(session: string): Promise<WebSocket> {
  const socket = await openSocket(RPC_PATH, { origin: server.url });
  const ready = once(socket, 'message');
  socket.send(JSON.stringify({ session }));
  expect(String((await ready)[0])).toBe('{"ready":true}');
  return socket;
}

async function openSocket(path: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

it('without a window says so to a browser, and nothing else to anybody', async () => {
  const page = await fetch(`${server.url}/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
  const text = await page.text();
  for (const word of ['window.directory', 'TT Desktop', '未提供窗口']) expect(text).toContain(word);
  for (const path of ['/index.html', '/assets/app.js']) expect((await fetch(server.url + path)).status).toBe(401);
});

describe('a token', () => {
  it('says who asks, over REST and over a socket', async () => {
    const statuses = await Promise.all(
      [OWN_TOKEN, 'ann-token', 'bob-token'].map(async (token) => (await ping(bearer(token))).status),
    );
    expect(statuses).toEqual([200, 200, 200]);
    const names = seen.map(({ caller }) => `${caller.name} ${caller.role}`).toSorted();
    expect(names).toEqual(['ann user', 'bob.b admin', 'local admin']);
    seen.length = 0;
    await callBySocket('ann-token', '/host/ping');
    expect(seen.map(({ caller }) => caller)).toEqual([{ name: 'ann', role: 'user' }]);
  });

  it.each(['', 'ann', 'Ann-token', 'ann-token2', 'ann-toke', ann.tokenSha256, `${OWN_TOKEN} ann-token`])(
    'that is nobody’s (%j) opens nothing',
    async (token) => {
      expect((await ping(bearer(token))).status).toBe(401);
      expect(seen).toEqual([]);
      expect(await sessionFor(token)).toBeNull();
    },
  );

  it('never matches an entry whose hash is no hash', () => {
    for (const tokenSha256 of ['', 'zz', sha256('x').slice(2), `${sha256('x')}00`]) {
      expect(new Identities('own', [{ name: 'x', role: 'admin', tokenSha256 }]).ofToken('x')).toBeNull();
    }
  });

  it('of the server stays the owner’s, whatever the configuration says', () => {
    const same = { name: 'mallory', role: 'user', tokenSha256: sha256('own') } as const;
    expect(new Identities('own', [same]).ofToken('own')).toEqual(localAdmin);
  });
});

describe('a session', () => {
  it('is of whoever made the link, or typed the token', async () => {
    const invited = await callBySocket('bob-token', '/session/invite');
    const [, code = ''] = /"code":"([^"]+)"/.exec(invited) ?? [];
    const secrets = await Promise.all([code, 'ann-token', OWN_TOKEN].map(sessionFor));
    seen.length = 0;
    for (const secret of secrets) expect((await ping(bearer(secret ?? ''))).status).toBe(200);
    expect(seen.map(({ caller }) => caller)).toEqual([
      { name: 'bob.b', role: 'admin' },
      { name: 'ann', role: 'user' },
      localAdmin,
    ]);
  });

  it('is worth nothing as a cookie', async () => {
    const secret = await sessionFor(OWN_TOKEN);
    expect((await ping({ cookie: `tt-session=${secret}` })).status).toBe(401);
  });

  it('has the role its user has now', async () => {
    const secret = (await sessionFor('ann-token')) ?? '';
    identities.replaceUsers([{ ...ann, role: 'admin' }]);
    await ping(bearer(secret));
    expect(seen.at(-1)?.caller).toEqual({ name: 'ann', role: 'admin' });
  });

  it('is listed for its user and for administrators, ended by them, and its sockets are cut at once', async () => {
    const [anns, bobs] = [(await sessionFor('ann-token')) ?? '', (await sessionFor('bob-token')) ?? ''];
    const list = async (secret: string) =>
      (await (await fetch(`${server.url}/api/session/list`, { headers: bearer(secret) })).json()) as {
        sessions: { id: string; userName: string; isThis: boolean }[];
      };
    const end = async (secret: string, which: unknown) => {
      const headers = { ...bearer(secret), 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/api/session/end`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ which }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    expect((await list(anns)).sessions).toMatchObject([{ userName: 'ann', isThis: true }]);
    const all = (await list(bobs)).sessions;
    expect(all).toMatchObject([
      { userName: 'ann', isThis: false },
      { userName: 'bob.b', isThis: true },
    ]);
    expect(JSON.stringify(all)).not.toMatch(/[0-9a-f]{64}/);
    expect(await end(anns, [all[1]?.id])).toMatchObject({ status: 404, body: { code: 'LOGIN_NOT_FOUND' } });

    const socket = await openByHello(anns);
    const closed = once(socket, 'close');
    expect(await end(bobs, [all[0]?.id])).toMatchObject({ body: { ended: 1 } });
    await closed;
    expect((await ping(bearer(anns))).status).toBe(401);
    expect(await end(bobs, 'others')).toMatchObject({ body: { ended: 0 } });
    expect(await end(bobs, 'this')).toMatchObject({ body: { ended: 1 } });
    expect((await ping(bearer(bobs))).status).toBe(401);
  });
});

describe('a first frame', () => {
  const ended = async (frames: (string | Uint8Array)[]): Promise<[number, string[]]> => {
    const socket = await openSocket(RPC_PATH, {});
    const said: string[] = [];
    socket.on('message', (data: Buffer) => said.push(data.toString()));
    for (const frame of frames) socket.send(frame);
    const [code] = (await once(socket, 'close')) as [number];
    return [code, said];
  };
  const call = JSON.stringify({ i: '1', p: { u: '/host/ping' } });

  it.each<[string, (string | Uint8Array)[]]>([
    ['a call', [call, call]],
    ['a secret that is none', [JSON.stringify({ session: 'x'.repeat(43) }), call]],
    ['more than it should', [JSON.stringify({ session: OWN_TOKEN, more: 1 }), call]],
    ['bytes', [new Uint8Array(Buffer.from(JSON.stringify({ session: OWN_TOKEN }))), call]],
    ['no JSON', ['{', call]],
  ])('that is %s ends the socket, and no call is looked at', async (_what, frames) => {
    expect(await ended(frames)).toEqual([4401, []]);
    expect(seen).toEqual([]);
  });

  it('of more than 4 KiB cuts the socket off before it is whole', async () => {
    expect((await ended(['x'.repeat(64 * 1024)]))[0]).toBe(1006);
  });

  it('is waited for on so many sockets only: the oldest goes', async () => {
    const first = await openSocket(RPC_PATH, {});
    const closed = once(first, 'close');
    const others = await Promise.all(Array.from({ length: MOST_WAITING }, () => openSocket(RPC_PATH, {})));
    // 1006: without a word, and so not by the time that each has.
    expect(await closed).toEqual([1006, expect.anything()]);
    for (const socket of others) socket.terminate();
  });
});

describe('a user who is taken out, or gets another token', () => {
  it.each([
    ['is gone', [bob]],
    ['has another token', [{ ...ann, tokenSha256: sha256('new') }, bob]],
  ])('%s: token, session and link are worth nothing from then on', async (_what, users) => {
    const session = await sessionFor('ann-token');
    const { code } = logins.invite({ name: 'ann', role: 'user' });
    identities.replaceUsers(users);
    expect((await ping(bearer('ann-token'))).status).toBe(401);
    expect((await ping(bearer(session ?? ''))).status).toBe(401);
    expect(await sessionFor(code)).toBeNull();
    expect((await ping(bearer('bob-token'))).status).toBe(200);
  });

  it('loses open sockets at once; others keep theirs', async () => {
    const secret = (await sessionFor('ann-token')) ?? '';
    const theirs = await Promise.all([
      openSocket(RPC_PATH, bearer('ann-token')),
      openSocket(STREAM_PATH, bearer('ann-token')),
      openSocket(RPC_PATH, bearer(secret)),
      openByHello(secret),
    ]);
    const others = await Promise.all([
      openSocket(RPC_PATH, bearer('bob-token')),
      openSocket(RPC_PATH, bearer(OWN_TOKEN)),
    ]);
    const closed = Promise.all(theirs.map((socket) => once(socket, 'close')));
    identities.replaceUsers([bob]);
    await closed;
    // A round trip later they would have been cut too.
    await Promise.all(
      others.map(async (socket) => {
        const answered = once(socket, 'pong');
        socket.ping();
        await answered;
      }),
    );
    expect(others.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    for (const socket of others) socket.terminate();
  });

  it('is nobody at the next request of a connection that is kept, and whoever else shows a token there is themselves', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statusOf = async (token: string) => {
      const request = get(`${server.url}${pathOf('ping')}`, { agent, headers: bearer(token) });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await response.resume().toArray();
      return [response.statusCode, request.reusedSocket];
    };
    expect(await statusOf('ann-token')).toEqual([200, false]);
    expect(await statusOf('ann-token')).toEqual([200, true]);
    identities.replaceUsers([bob]);
    expect(await statusOf('ann-token')).toEqual([401, true]);
    expect(await statusOf('bob-token')).toEqual([200, true]);
    identities.replaceUsers([bob, ann]);
    expect(await statusOf('ann-token')).toEqual([200, true]);
    expect(seen.map(({ caller }) => caller.name)).toEqual(['ann', 'ann', 'bob.b', 'ann']);
    agent.destroy();
  });

  it('or another role: calls on a socket opened before never have the old one', async () => {
    const socket = await openSocket(RPC_PATH, bearer('bob-token'));
    const closed = once(socket, 'close');
    identities.replaceUsers([{ ...bob, role: 'user' }]);
    await closed;
    await callBySocket('bob-token', '/host/ping');
    expect(seen.at(-1)?.caller).toEqual({ name: 'bob.b', role: 'user' });
  });
});

describe('a stream', () => {
  /** How the stream ends for who shows the ticket. */
  async function closeCode(token: string, ticket: string): Promise<number> {
    const socket = await openSocket(STREAM_PATH, bearer(token));
    socket.send(JSON.stringify({ ticket }));
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  }

  it('knows who looks, and refuses a ticket of somebody else', async () => {
    await closeCode('ann-token', tickets.issue({ kind: 'serial', callerName: 'ann' }).ticket);
    expect(opened).toEqual([{ name: 'ann', role: 'user' }]);
    const refused = await closeCode('bob-token', tickets.issue({ kind: 'serial', callerName: 'ann' }).ticket);
    const unknown = await closeCode('bob-token', 'no ticket');
    expect([refused, opened.length]).toEqual([unknown, 1]);
  });
});

describe('a request id', () => {
  it('is the client’s own where it is one, and comes back', async () => {
    const good = 'click-1.A_b';
    const answer = await ping({ ...bearer(OWN_TOKEN), 'x-request-id': good });
    expect([answer.headers.get('x-request-id'), seen[0]?.requestId, scopes[0]]).toEqual([good, good, good]);
  });

  it.each(['', ' ', 'x'.repeat(65), 'a b', '"', 'é', 'a/b', '{"a":1}'])(
    'that is none (%j) is replaced',
    async (bad) => {
      const headers = { ...bearer(OWN_TOKEN), 'x-request-id': Buffer.from(bad).toString('latin1') };
      await ping(headers);
      expect(seen[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is another one for each call on a socket, or the one in the message', async () => {
    const socket = await openSocket(RPC_PATH, bearer('ann-token'));
    const call = async (id: string, headers: object) => {
      const answered = once(socket, 'message');
      socket.send(JSON.stringify({ i: id, p: { u: '/host/ping', h: headers } }));
      await answered;
    };
    await call('1', {});
    await call('2', {});
    await call('3', { 'x-request-id': 'from-the-click' });
    await call('4', { 'x-request-id': 'no id' });
    const ids = seen.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(4);
    expect(ids[2]).toBe('from-the-click');
    expect([ids[0], ids[1], ids[3]]).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f-]{36}$/)));
    expect(scopes).toEqual(ids);
    socket.terminate();
  });
});

describe('/metrics', () => {
  it('is plain text of Prometheus, for whoever may come in', async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers: bearer('ann-token') });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'tt_vms 3\n',
    ]);
    const refused = await Promise.all(
      [{}, bearer('nobody')].map((headers) => fetch(`${server.url}/metrics?x`, { headers: headers as HeadersInit })),
    );
    expect(refused.map(({ status }) => status)).toEqual([401, 401]);
  });
});
