// What a program listens to while its user is at the OpenID provider: one request with its key, or an address that is pasted.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { TtError } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { logInByBrowser } from './browser-login.ts';

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

interface Asked {
  challenge?: string;
  device?: { port: number; key: string };
  code?: string;
  verifier?: string;
  name?: string;
}

/** A server that begins any login and takes any code. */
async function start(url = 'http://127.0.0.1/auth', lifetimeMs = 600_000): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push((await json(request)) as Asked);
    const begun = { url, expiresAt: new Date(Date.now() + lifetimeMs).toISOString() };
    response.setHeader('connection', 'close');
    response.end(JSON.stringify(request.url === '/api/session/oidc' ? begun : { secret: 'the-token' }));
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const back = ({ device }: Asked, path: string) => `http://127.0.0.1:${device?.port}${path}`;

it('takes one code with the key, and nothing else', async () => {
  const { url, asked } = await start();
  const open = async () => {
    const [begun = {}] = asked;
    const key = begun.device?.key ?? '';
    for (const path of [
      '/',
      `/${key}`,
      `/${key}?code=`,
      `/${key}?code=a%20b`,
      '/wrong?code=abc',
      `/x/${key}?code=abc`,
    ]) {
      expect([path, (await fetch(back(begun, path))).status]).toEqual([path, 404]);
    }
    const answer = await fetch(back(begun, `/${key}?code=abc`));
    expect([answer.status, answer.headers.get('referrer-policy'), await answer.text()]).toEqual([
      200,
      'no-referrer',
      expect.stringContaining('关闭此页面'),
    ]);
  };
  expect(await logInByBrowser({ url }, { open, device: 'laptop' })).toBe('the-token');
  const [begun, redeemed] = asked;
  expect(redeemed).toEqual({ code: 'abc', name: 'laptop', verifier: expect.stringMatching(/^[\w-]{43}$/) });
  expect(JSON.stringify(begun)).not.toContain(redeemed?.verifier);
  // Nobody listens there any more.
  await expect(fetch(back(begun ?? {}, '/'))).rejects.toThrow();
});

it('takes the address where a browser of another computer ended', async () => {
  const { url, asked } = await start();
  const pasted = ['no address', 'http://127.0.0.1:1/wrong?code=abc'];
  const next = async () => pasted.shift() ?? ` http://127.0.0.1:1/${asked[0]?.device?.key ?? ''}?code=abc \n`;
  expect(await logInByBrowser({ url }, { open: async () => {}, pasted: next })).toBe('the-token');
  expect([pasted, asked[1]?.code]).toEqual([[], 'abc']);
});

it('ends when it is late, or given up, and opens nothing but pages', async () => {
  const { url } = await start(undefined, 1);
  const expired = expect.objectContaining({ code: 'LOGIN_EXPIRED' });
  await expect(logInByBrowser({ url }, { open: async () => {} })).rejects.toEqual(expired);
  await new Promise((resolve) => server.close(resolve));
  const other = await start('file:///etc/passwd');
  const open = () => expect.unreachable();
  await expect(logInByBrowser({ url: other.url }, { open })).rejects.toBeInstanceOf(TtError);
  await new Promise((resolve) => server.close(resolve));
  const last = await start();
  const stop = new AbortController();
  const given = logInByBrowser({ url: last.url }, { open: async () => stop.abort(), signal: stop.signal });
  await expect(given).rejects.toEqual(expect.objectContaining({ code: 'OPERATION_CANCELLED' }));
});
