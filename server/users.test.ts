// Users beside the owner of the server's own token: by token, by session, over REST, RPC and streams, and out at once when
// the configuration no longer has them. A whole server on loopback, with a contract that answers who asks.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { implement } from '@orpc/server';
import { type Contract, contract, RPC_PATH, STREAM_PATH } from '@tt/protocol';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BorderContext, Door } from './call-context.ts';
import { type Asker, Identities, type KnownUser, localAdmin } from './identities.ts';
import { type HttpServer, invite, JoinCodes, join, serveContract, Tickets } from './index.ts';

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
let joinCodes: JoinCodes;
let server: HttpServer;
let tickets: Tickets<Purpose>;
let seen: { requestId: string; caller: Asker }[];
let opened: Asker[];
let scopes: string[];
const logger: Logger = pino({ level: 'silent' });
const now = () => new Date('2026-11-21T10:00:00Z');

beforeEach(async () => {
  identities = new Identities(OWN_TOKEN, [ann, bob]);
  joinCodes = new JoinCodes(identities, now);
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
      join: api.session.join.handler(({ input, context }) => join(input.code, context)),
    },
  } as unknown as Door<BorderContext>['router'];
  server = await serveContract({
    host: '127.0.0.1',
    port: 0,
    identities,
    joinCodes,
    calls: {
      router,
      contextFor: (requestId, caller): BorderContext => ({ requestId, caller, joinCodes, peerAddress: null }),
      scope: ({ requestId }, run) => {
        scopes.push(requestId);
        return run();
      },
      onInternal: () => {},
    },
    streams: {
      tickets,
      isLive: () => true,
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

/** A session cookie, for a code or a token. */
async function cookieFor(code: string): Promise<string | null> {
  const answer = await fetch(`${server.url}/api/session/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? null;
}

async function openSocket(path: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

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
      expect(await cookieFor(token)).toBeNull();
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
    const cookies = await Promise.all([code, 'ann-token', OWN_TOKEN].map(cookieFor));
    seen.length = 0;
    for (const cookie of cookies) expect((await ping({ cookie: cookie ?? '' })).status).toBe(200);
    expect(seen.map(({ caller }) => caller)).toEqual([
      { name: 'bob.b', role: 'admin' },
      { name: 'ann', role: 'user' },
      localAdmin,
    ]);
  });

  it('can not be turned into another user’s', async () => {
    const session = joinCodes.redeem('ann-token') ?? '';
    const [expiry, nonce, name, mac] = session.split('.');
    const bobs = Buffer.from('bob.b').toString('base64url');
    const forged = [
      `${expiry}.${nonce}.${bobs}.${mac}`,
      `${expiry}.${nonce}.${mac}`,
      `${expiry}.${nonce}..${mac}`,
      `${Number(expiry) + 1}.${nonce}.${name}.${mac}`,
      `${expiry}.${nonce}.${Buffer.from('local').toString('base64url')}.${mac}`,
      `${expiry}.${nonce}.${name}.${name}.${mac}`,
    ];
    expect(joinCodes.callerOf(session)).toEqual({ name: 'ann', role: 'user' });
    expect(forged.map((text) => joinCodes.callerOf(text))).toEqual(forged.map(() => null));
  });

  it('has the role its user has now', () => {
    const session = joinCodes.redeem('ann-token') ?? '';
    identities.replaceUsers([{ ...ann, role: 'admin' }]);
    expect(joinCodes.callerOf(session)).toEqual({ name: 'ann', role: 'admin' });
  });

  it('made before there were users is the owner’s', () => {
    const before = new JoinCodes(OWN_TOKEN, now).redeem(OWN_TOKEN) ?? '';
    expect(before.split('.')).toHaveLength(3);
    expect(joinCodes.callerOf(before)).toEqual(localAdmin);
  });
});

describe('a user who is taken out, or gets another token', () => {
  it.each([
    ['is gone', [bob]],
    ['has another token', [{ ...ann, tokenSha256: sha256('new') }, bob]],
  ])('%s: token, session and link are worth nothing from then on', async (_what, users) => {
    const session = await cookieFor('ann-token');
    const { code } = joinCodes.issue({ name: 'ann', role: 'user' });
    identities.replaceUsers(users);
    expect((await ping(bearer('ann-token'))).status).toBe(401);
    expect((await ping({ cookie: session ?? '' })).status).toBe(401);
    expect(await cookieFor(code)).toBeNull();
    expect((await ping(bearer('bob-token'))).status).toBe(200);
  });

  it('loses open sockets at once; others keep theirs', async () => {
    const cookie = (await cookieFor('ann-token')) ?? '';
    const theirs = await Promise.all([
      openSocket(RPC_PATH, bearer('ann-token')),
      openSocket(STREAM_PATH, bearer('ann-token')),
      openSocket(RPC_PATH, { cookie }),
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
