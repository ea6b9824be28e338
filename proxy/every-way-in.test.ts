// Every call of the contract and every route, in many spellings, from one who shows no token or a bad one: by plain HTTP as raw
// bytes (clients would tidy the URL up) and by WebSocket, at an agent and at a proxy, while terminals are let in. A call that
// is new to the contract is covered by being in it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isContractProcedure } from '@orpc/contract';
import type { AnyRouter } from '@orpc/server';
import { contract, openCalls, RPC_PATH, STREAM_PATH } from '@tt/protocol';
import { Tickets } from '@tt/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { callsOfNobody } from '../agent/testing/calls-of-nobody.ts';
import { NOTHING, startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { proxyRouter } from './router.ts';
import { linksOver, startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;
let windowDirectory: string;

beforeAll(async () => {
  windowDirectory = await mkdtemp(path.join(tmpdir(), 'tt-window-'));
  await mkdir(path.join(windowDirectory, 'assets'));
  await writeFile(path.join(windowDirectory, 'index.html'), '<!doctype html><title>TT</title>');
  agent = await startTestAgent({ config: { windowDirectory } });
  proxy = await startTestProxy(agent, { windowDirectory });
  await agent.client.profile.create({ name: 'office', image: 'tiny' });
  await agent.client.lab.create({ name: 'room', profileNames: ['office'], terminalsEnabled: true });
});
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
  await rm(windowDirectory, { recursive: true });
});

interface Route {
  name: string;
  method: string;
  /** Below `/api`, with `x` for each parameter. */
  where: string;
}

const calls: Route[] = Object.entries(contract).flatMap(([group, members]) =>
  Object.entries(members).map(([name, call]) => {
    const route: { method?: string; path?: string } = isContractProcedure(call) ? call['~orpc'].route : {};
    return {
      name: `${group}.${name}`,
      method: String(route.method),
      where: String(route.path).replaceAll(/\{\w+\}/g, 'x'),
    };
  }),
);
const beside: Route[] = [
  { name: 'openapi.json', method: 'GET', where: '/openapi.json' },
  { name: 'bytes of an upload', method: 'PUT', where: '/transfers/x/bytes' },
];
const closed = [...calls, ...beside].filter(({ name }) => !openCalls.has(name));

/** Ways to write `/api` + where; some mean it to one reader of URLs and not to another. */
const spellings: ((where: string, host: string) => string)[] = [
  (where) => `/api${where}`,
  (where) => `/api${where}#x`,
  (where) => `/%61pi${where}`,
  (where) => `/%61pi/../api${where}`,
  (where) => `/api/x/..${where}`,
  (where) => `/api/x/%2E%2E${where}`,
  (where) => `/assets/../api${where}`,
  (where) => `/api/session/join/../..${where}`,
  (where) => `//api${where}`,
  (where) => `/x\\..\\api${where}`,
  (where, host) => `http://${host}/api${where}`,
  (where) => `/a%09pi${where}`,
  (where) => `/api${where}/`,
  (where) => `/api${where}?x`,
  (where) => `/api${where}?x#y`,
  (where) => `/ap%69${where}`,
  (where) => `/API${where}`,
  (where) => `/api/.${where}`,
  (where) => `/api/%2e${where}`,
  (where) => `/x/../api${where}`,
  (where) => `/assets/%2e%2e/api${where}`,
  (where) => `/metrics/../api${where}`,
  (where) => `/api/session/join?/../..${where}`,
  (where) => `/api/session/join#/../..${where}`,
  (where) => `/api/terminals/assignment/../..${where}`,
  (where) => `/api/${where}`,
  (where) => `/\\api${where}`,
  (where) => `/api${where.replaceAll('/', '\\')}`,
  (where) => `/a\tpi${where}`,
  (where) => `/api;x${where}`,
  (where) => `/api${where.replaceAll('/', '%2F')}`,
  (where) => `/api${where}%00`,
  (where) => `/api${where.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`,
  (where, host) => `http://${host}/x/../api${where}`,
  (where) => `http://x/api${where}`,
  (where, host) => `//${host}/api${where}`,
];
/**
 * The first twelve for every call, all of them for every tenth. Which bad token it is and how the URL is written are read by
 * different parts, so not every pair of them is tried.
 */
function spellingsFor(isWithoutToken: boolean, index: number): typeof spellings {
  if (index % 10 === 0) return spellings;
  return spellings.slice(0, isWithoutToken ? 12 : 1);
}

const metrics = [
  '/metrics',
  '/metrics#x',
  '/%6detrics',
  '/metrics/',
  '/metrics?x',
  '/x/../metrics',
  '//metrics',
  '/./metrics',
];

const NO_TOKEN: Record<string, string> = {};
const BAD_TOKENS: Record<string, string>[] = [
  NO_TOKEN,
  { authorization: 'Bearer bad' },
  { cookie: 'tt-session=1.x.y' },
];

/** Status and code of what a server says to one request written as it is. */
async function askRaw(url: string, method: string, target: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes.toString('latin1');
    // Somebody was let in; a feed would go on for ever.
    if (said.startsWith('HTTP/1.1 2')) socket.destroy();
  });
  socket.on('error', () => {});
  const ended = new Promise((resolve) => socket.on('close', resolve));
  const lines = Object.entries({ host, connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const body = method === 'GET' ? '' : 'content-type: application/json\r\ncontent-length: 2\r\n';
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n${body}\r\n${body ? '{}' : ''}`);
  await ended;
  return `${said.slice(9, 12)} ${/"code":"(\w+)"/.exec(said)?.[1] ?? ''}`.trim();
}

/** `work` for each, a few at a time. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** What may be said to nobody: that they are nobody, that the URL is none, or that there is nothing (to HEAD without a word). */
const refusals = new Set(['401 UNAUTHORIZED', '400 URL_NOT_NORMAL', '404 ROUTE_NOT_FOUND', '400', '401', '404']);

describe.each(['agent', 'proxy'] as const)('at the %s', (which) => {
  const url = () => (which === 'agent' ? agent : proxy).url;

  it('no spelling of any route lets one in who shows no good token', async () => {
    const { host } = new URL(url());
    const requests = BAD_TOKENS.flatMap((headers, kind) => [
      ...closed.flatMap(({ method, where }, index) =>
        spellingsFor(kind === 0, index).map((spell) => [method, spell(where, host), headers] as const),
      ),
      ...metrics.flatMap((target) => [['GET', target, headers] as const, ['HEAD', target, headers] as const]),
    ]);
    const letIn: string[] = [];
    await each(requests, async ([method, target, headers]) => {
      const said = await askRaw(url(), method, target, headers);
      // To every reader of URLs this is `session.join` with a query.
      if (said === '400 INPUT_INVALID' && target.startsWith('/api/session/join?')) return;
      if (!refusals.has(said)) {
        letIn.push(`${method} ${JSON.stringify(target)} ${JSON.stringify(headers)}: ${said}`);
      }
    });
    expect(letIn).toEqual([]);
    expect(await agent.belongings()).toEqual(NOTHING);
  }, 60_000);

  it('every route says so in its own spelling, and lets in who has the token', async () => {
    const said = new Map<string, string>();
    await each(closed, async ({ name, method, where }) => {
      said.set(name, await askRaw(url(), method, `/api${where}`, NO_TOKEN));
    });
    expect([...said.values()]).toEqual(closed.map(() => '401 UNAUTHORIZED'));
    const { token } = which === 'agent' ? agent : proxy;
    const good = { authorization: `Bearer ${token}` };
    expect(await askRaw(url(), 'GET', '/api/envs', good)).toBe('200');
    expect(await askRaw(url(), 'GET', '/api/openapi.json', good)).toBe('200');
    expect(await askRaw(url(), 'GET', '/', NO_TOKEN)).toBe('200');
  });

  it.each([RPC_PATH, STREAM_PATH])('no socket at %s answers a call without identity', async (at) => {
    const letIn: string[] = [];
    const sockets = [at, at.replace('a', '%61'), `/x/..${at}`, `${at}#x`, `${at}/`, `/${at}`];
    const ways = sockets.flatMap((target) => BAD_TOKENS.map((headers) => [target, headers] as const));
    await each(ways, async ([target, headers]) => {
      for (const frame of await framesTo(url(), target, headers)) letIn.push(`${target}: ${frame}`);
    });
    expect(letIn).toEqual([]);
    expect(await agent.belongings()).toEqual(NOTHING);
  });
});

it('no handler of the proxy runs for nobody, whatever was decided further out', async () => {
  const router = proxyRouter(linksOver(proxy.connection), new Tickets(() => new Date()), 'token');
  expect(await callsOfNobody(router as AnyRouter)).toEqual([...openCalls].toSorted());
});

/** Opens a socket (by a target as it is), sends every call in a few spellings, and gives the answers that are none of a refusal. */
async function framesTo(url: string, target: string, headers: Record<string, string>): Promise<string[]> {
  const { host, port, hostname } = new URL(url);
  const raw = new WebSocket(`ws://${host}/`, {
    headers,
    createConnection: () => connect(Number(port), hostname),
    finishRequest: (request) => {
      request.path = target;
      request.end();
    },
  });
  const answers: string[] = [];
  raw.on('error', () => {});
  raw.on('message', (data: Buffer) => answers.push(data.toString()));
  const done = new Promise((resolve) => raw.on('close', resolve));
  raw.on('open', () => {
    for (const { name } of calls) {
      const where = `/${name.replace('.', '/')}`;
      for (const u of [where, `/x/..${where}`, `/${where}`, where.replace(/[a-z]/, '%61')]) {
        raw.send(JSON.stringify({ i: `${name} ${u}`, p: { u, b: { json: {} } } }));
      }
    }
    raw.close();
  });
  await done;
  return answers.filter((answer) => !answer.includes('"UNAUTHORIZED"'));
}
