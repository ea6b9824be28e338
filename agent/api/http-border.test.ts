// Plain HTTP from unauthorized clients, and malformed requests: each gets a coded error, has no effect, and leaves the agent
// running.

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { isContractProcedure } from '@orpc/contract';
import { contract } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING, startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

let agent: TestAgent;
let windowDirectory: string;
let clock = Date.parse('2026-11-21T10:00:00Z');

beforeAll(async () => {
  windowDirectory = await mkdtemp(path.join(tmpdir(), 'tt-window-'));
  await mkdir(path.join(windowDirectory, 'assets'));
  await writeFile(path.join(windowDirectory, 'index.html'), '<!doctype html><title>TT</title>');
  await writeFile(path.join(windowDirectory, 'assets/app-abc123.js'), '1;');
  await writeFile(`${windowDirectory}-secret`, 'secret');
  agent = await startTestAgent({ config: { windowDirectory }, now: () => new Date(clock) });
});
afterAll(async () => {
  await agent.stop();
  await rm(windowDirectory, { recursive: true });
  await rm(`${windowDirectory}-secret`);
});

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

interface Answer {
  status: number;
  code: string | undefined;
  body: Record<string, unknown>;
  headers: Headers;
}

async function ask(method: string, where: string, init: Init = {}, withToken = true): Promise<Answer> {
  const headers = { ...(withToken && { authorization: `Bearer ${agent.token}` }), ...init.headers };
  const answer = await fetch(agent.url + where, { ...init, method, headers });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  const body = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
  return { status: answer.status, code: body['code'] as string | undefined, body, headers: answer.headers };
}

const json = (value: unknown): Init => ({
  body: typeof value === 'string' ? value : JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

/** What the agent says to bytes sent as they are, until it closes the connection. */
async function askRaw(...pieces: (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(agent.url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  let said = '';
  socket.on('data', (bytes) => (said += bytes.toString('latin1')));
  // The agent may close before all is said.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  return said;
}

const routes = Object.entries(contract).flatMap(([group, calls]) =>
  Object.entries(calls).flatMap(([name, call]) => {
    const { route, inputSchema } = isContractProcedure(call) ? call['~orpc'] : { route: {}, inputSchema: undefined };
    const where = `/api${String(route.path).replaceAll(/\{\w+\}/g, 'x')}`;
    return { name: `${group}.${name}`, method: String(route.method), where, takesInput: inputSchema !== undefined };
  }),
);

describe('who comes in', () => {
  it('is nobody from outside this computer', async () => {
    expect(new URL(agent.url).hostname).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal);
    if (!outside) return;
    const socket = connect(Number(new URL(agent.url).port), outside.address);
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('shows the token at every route, also one that does not exist; the window, the call that logs in and those of terminals need none', async () => {
    const answers = await Promise.all(
      routes.map(async ({ name, method, where }) => [name, (await ask(method, where, {}, false)).status]),
    );
    // A terminal is refused for what it is not, whatever the state of the labs.
    const open = new Map([
      ['session.join', 400],
      ['session.login', 400],
      ['session.ways', 200],
      ['session.beginOidc', 400],
      ['session.finishOidc', 400],
      ['token.redeem', 400],
      ['token.login', 400],
      ['terminal.connect', 400],
      ['terminal.show', 403],
    ]);
    expect(answers).toEqual(routes.map(({ name }) => [name, open.get(name) ?? 401]));
    expect((await ask('GET', '/api/nothing', {}, false)).code).toBe('UNAUTHORIZED');
    expect((await ask('GET', '/api/openapi.json', {}, false)).code).toBe('UNAUTHORIZED');
    expect((await ask('GET', '/', {}, false)).status).toBe(200);
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('is told what to do about a token that is not good, in the same shape as every error', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x',
      `Basic ${agent.token}`,
      `Bearer ${agent.token}x`,
      agent.token,
    ]) {
      const { status, body } = await ask('GET', '/api/host', { headers: { authorization } }, false);
      expect([status, body]).toEqual([
        401,
        {
          defined: true,
          status: 401,
          code: 'UNAUTHORIZED',
          message: 'A valid access token is needed.',
          fix: expect.stringContaining('tt open'),
          data: {},
        },
      ]);
    }
    expect((await ask('GET', `/api/host?token=${agent.token}`, {}, false)).status).toBe(401);
  });

  it('is no page of another origin, and nobody who calls us by another name', async () => {
    const own = new URL(agent.url);
    const foreign = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${own.port}` },
      { origin: 'file://' },
    ];
    for (const headers of foreign) {
      expect(await ask('GET', '/api/host', { headers })).toMatchObject({
        status: 403,
        code: 'ORIGIN_REFUSED',
        body: { data: { origin: headers.origin } },
      });
    }
    expect((await ask('GET', '/api/host', { headers: { origin: own.origin } })).status).toBe(200);
    const said = await Promise.all(
      ['evil.example', `evil.example:${own.port}`, '127.0.0.1', ''].map((host) =>
        askRaw(
          `GET /api/host HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${agent.token}\r\nConnection: close\r\n\r\n`,
        ),
      ),
    );
    expect(said.map((text) => /"code":"(\w+)"/.exec(text)?.[1])).toEqual(Array(4).fill('ORIGIN_REFUSED'));
    // The window too: a page with a rebound name must not even load it.
    expect(await askRaw(`GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)).toContain(
      'ORIGIN_REFUSED',
    );
  });

  it('finds the token in a file only its owner can read, and nowhere else', async () => {
    expect((await stat(path.join(agent.home, 'token'))).mode & 0o777).toBe(0o600);
    // Nobody else may list it; as root, guests' own users may pass through.
    expect((await stat(agent.home)).mode & 0o766).toBe(0o700);
    const texts = await Promise.all(
      routes
        .filter(({ method }) => method === 'GET' && !method.includes('x'))
        .map(async ({ name, method, where }) =>
          name === 'event.follow' ? '' : JSON.stringify((await ask(method, where)).body),
        ),
    );
    expect(texts.join().includes(agent.token)).toBe(false);
  });
});

describe('a browser', () => {
  const bearerFrom = ({ body }: Answer) => ({ authorization: `Bearer ${String(body['secret'])}` });
  const join = (code: unknown) => ask('POST', '/api/session/join', json({ code }), false);
  const invite = async () => (await ask('POST', '/api/session/invite')).body['code'];

  it('gets in with a code, once, by a secret that it has to show itself: nothing is set that it would send by itself', async () => {
    const code = await invite();
    const joined = await join(code);
    expect([joined.status, joined.body]).toMatchObject([
      200,
      {
        secret: expect.stringMatching(/^[\w-]{43}$/),
        session: { userName: 'local', address: '127.0.0.1', isThis: true },
      },
    ]);
    expect([joined.headers.get('set-cookie'), joined.headers.get('cache-control')]).toEqual([null, 'no-store']);
    const headers = bearerFrom(joined);
    expect((await ask('GET', '/api/host', { headers }, false)).status).toBe(200);
    const again = await join(code);
    expect([again.status, again.code, again.body['secret']]).toEqual([403, 'JOIN_CODE_INVALID', undefined]);
    const cookie = `tt-session=${String(joined.body['secret'])}`;
    expect((await ask('GET', '/api/host', { headers: { cookie } }, false)).status).toBe(401);
    expect(
      (await ask('GET', '/api/host', { headers: { authorization: `${headers.authorization}x` } }, false)).status,
    ).toBe(401);
  });

  it('gets in with one of two at once that have the same code', async () => {
    const code = await invite();
    const both = await Promise.all([join(code), join(code)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
  });

  it('gets in with the token typed by hand; not with an old code, a wrong one, or none', async () => {
    expect((await join(agent.token)).status).toBe(200);
    const old = await invite();
    clock += 10 * 60_000;
    const refused = await Promise.all([old, 'x', agent.token.slice(1)].map(join));
    expect(refused.map(({ status, code }) => [status, code])).toEqual(refused.map(() => [403, 'JOIN_CODE_INVALID']));
    const invalid = await Promise.all(['', 7, null, 'x'.repeat(300)].map(join));
    expect(invalid.map(({ status, code }) => [status, code])).toEqual(invalid.map(() => [400, 'INPUT_INVALID']));
  });

  it('is asked to join again after twelve hours', async () => {
    const headers = bearerFrom(await join(agent.token));
    clock += 12 * 3_600_000;
    expect((await ask('GET', '/api/host', { headers }, false)).code).toBe('UNAUTHORIZED');
  });

  it('gets the window with a policy that lets it talk to this agent only, and no file beside it', async () => {
    const page = await ask('GET', '/', {}, false);
    expect(page.body['text']).toContain('<title>TT</title>');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect([page.headers.get('cache-control'), page.headers.get('x-content-type-options')]).toEqual([
      'no-cache',
      'nosniff',
    ]);
    const script = await ask('GET', '/assets/app-abc123.js', {}, false);
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);

    const name = path.basename(windowDirectory);
    for (const where of [`/../${name}-secret`, `/..%2f${name}-secret`, `/%2e%2e/${name}-secret`, '/../../etc/passwd']) {
      const said = await askRaw(
        `GET ${where} HTTP/1.1\r\nHost: ${new URL(agent.url).host}\r\nConnection: close\r\n\r\n`,
      );
      expect([where, /^HTTP\/1\.1 (4\d\d)/.test(said), /secret\n?$|root:/.test(said)]).toEqual([where, true, false]);
    }
  });
});

describe('what makes no sense', () => {
  const create = { name: 'demo', groups: [{ osPrefix: 'tiny' }] };

  it.each<[string, Init]>([
    ['broken', json('{"name":')],
    ['empty', json('')],
    ['not JSON at all', json('name=demo')],
    ['of another type', { body: '<a/>', headers: { 'content-type': 'application/xml' } }],
    ['of no type', { body: new Uint8Array([1, 2, 3]) }],
    ['a way into every object', json('{"__proto__":{"isAdmin":true},"name":"demo"}')],
  ])('a body that is %s is refused with JSON_INVALID', async (_what, init) => {
    expect(await ask('POST', '/api/envs', init)).toMatchObject({ status: 400, code: 'JSON_INVALID' });
  });

  it('a body that is too large is refused before it is read', async () => {
    const large = await ask('POST', '/api/envs', json({ ...create, notes: 'x'.repeat(1024 * 1024) }));
    expect(large).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE', body: { data: { limitBytes: 1_048_576 } } });
    const { host } = new URL(agent.url);
    const head = `POST /api/envs HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${agent.token}\r\nContent-Type: application/json\r\n`;
    expect(await askRaw(`${head}Content-Length: 99999999999\r\n\r\n{`)).toContain('BODY_TOO_LARGE');
  });

  it('unknown fields are refused in every call that takes fields', async () => {
    const takers = routes.filter(({ takesInput }) => takesInput);
    const answers = await Promise.all(
      takers.map(async ({ name, method, where }) => {
        const bad = { noSuchField: 1 };
        const answer =
          method === 'GET' ? await ask(method, `${where}?noSuchField=1`) : await ask(method, where, json(bad));
        return [name, answer.status, answer.code];
      }),
    );
    expect(answers).toEqual(takers.map(({ name }) => [name, 400, 'INPUT_INVALID']));
  });

  it.each<[unknown, string]>([
    [{}, 'name'],
    [[], ''],
    ['"demo"', ''],
    [null, ''],
    [{ name: 'demo', groups: [] }, 'groups'],
    [{ name: 7, groups: create.groups }, 'name'],
    [{ ...create, groups: [{ osPrefix: 'tiny', copies: 0 }] }, 'groups.0.copies'],
    [{ ...create, groups: [{ osPrefix: 'tiny', memoryMiB: 1.5 }] }, 'groups.0.memoryMiB'],
    [
      { ...create, groups: [{ osPrefix: 'tiny', ports: [{ protocol: 'icmp', guestPort: 1 }] }] },
      'groups.0.ports.0.protocol',
    ],
    [{ ...create, lifetimeS: 29 }, 'lifetimeS'],
    [{ ...create, lifetimeS: '60' }, 'lifetimeS'],
    [{ ...create, operationId: 'not-a-uuid' }, 'operationId'],
    [{ ...create, title: 'x'.repeat(201) }, 'title'],
    [{ ...create, name: '' }, 'name'],
  ])('%j is refused, and the field is named', async (body, field) => {
    const answer = await ask('POST', '/api/envs', json(body));
    expect(answer).toMatchObject({
      status: 400,
      code: 'INPUT_INVALID',
      body: { defined: true, fix: expect.any(String) },
    });
    const { issues } = answer.body['data'] as { issues: { path: string }[] };
    expect(issues.map((issue) => issue.path)).toContain(field);
  });

  it('routes that are not there are refused with what was asked', async () => {
    const asked = [
      ['GET', '/api/nothing'],
      ['PUT', '/api/envs'],
      ['GET', '/api'],
      ['GET', '/nothing.js'],
      ['DELETE', '/'],
    ] as const;
    for (const [method, where] of asked) {
      expect(await ask(method, where)).toMatchObject({
        status: 404,
        code: 'ROUTE_NOT_FOUND',
        body: { data: { method, path: where } },
      });
    }
    const odd = await ask('GET', '/api/envs/%zz');
    expect([odd.status, odd.code, odd.body['data']]).toEqual([400, 'URL_NOT_NORMAL', { url: '/api/envs/%zz' }]);
  });

  it('bytes that are no HTTP, and requests that come in single bytes, leave the agent as it is', async () => {
    expect(await askRaw('\u0000\u0001\u0002 nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await askRaw(`GET / HTTP/1.1\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    const { host } = new URL(agent.url);
    const body = JSON.stringify({ ...create, name: 'bytewise' });
    const request = `POST /api/envs HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${agent.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    expect(await askRaw(...request.split(''))).toMatch(/^HTTP\/1\.1 201 /);
    await agent.client.env.delete({ name: 'bytewise' });
  });
});

it('a fault of the program is INTERNAL with a request id that stands in the log, and says nothing else', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  agent.engine.failNext('destroy', 'COMMAND_FAILED');
  const { status, body } = await ask('DELETE', '/api/envs/demo');
  const [fault] = agent.takeFaults();
  expect([status, body]).toEqual([
    500,
    {
      defined: true,
      status: 500,
      code: 'INTERNAL',
      message: `Something failed inside TT (request ${String(fault?.['operationId'])}).`,
      fix: expect.any(String),
      data: { requestId: fault?.['operationId'] },
    },
  ]);
  await agent.client.env.delete({ name: 'demo' });
});
