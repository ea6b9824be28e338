// A page on another port of this computer, as a guest's forwarded port shows it, next to a window that is logged in: it is sent
// nothing that TT knows the window by, can't read what the window keeps, and gets nowhere at the API.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'only a browser has a session');

test('gets no credential, reads no storage, and reaches neither the API nor a socket', async ({ tt, agent }) => {
  const context = tt.page.context();
  await new TtWindow(tt.page).ready();
  const secret = await tt.page.evaluate(() => localStorage.getItem('tt.session'));
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await context.cookies()).toEqual([]);

  const asked: IncomingMessage[] = [];
  const guest = createServer((request, response) => {
    asked.push(request);
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>guest</title>');
  });
  await new Promise<void>((resolve) => guest.listen(0, '127.0.0.1', resolve));
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(guest.address() as AddressInfo).port}/`);
    const found = await page.evaluate(async (url) => {
      const outcome = (work: Promise<unknown>) =>
        work.then(
          (value) => value,
          () => 'refused',
        );
      const ask = (path: string, init: RequestInit = {}) =>
        outcome(fetch(url + path, { credentials: 'include', ...init }).then((answer) => answer.text()));
      const sent = (path: string) =>
        outcome(fetch(url + path, { mode: 'no-cors', credentials: 'include' }).then(({ type }) => type));
      const socket = (path: string) =>
        new Promise((resolve) => {
          const opened = new WebSocket(url.replace('http', 'ws') + path);
          opened.onopen = () => resolve('open');
          opened.onerror = () => resolve('refused');
        });
      const framed = await new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = () => {
          let read = 'refused';
          try {
            read = frame.contentWindow?.localStorage.getItem('tt.session') ?? 'nothing';
          } catch {
            // Another origin's storage.
          }
          resolve(read);
        };
        frame.src = `${url}/`;
        document.body.append(frame);
      });
      return {
        kept: [localStorage.length, sessionStorage.length, document.cookie],
        answers: [await ask('/api/envs'), await ask('/'), await ask('/api/session/invite', { method: 'POST' })],
        opaque: [await sent('/api/envs'), await sent('/')],
        sockets: [await socket('/api/rpc'), await socket('/api/streams')],
        framed,
      };
    }, agent.url);
    expect(found).toEqual({
      kept: [0, 0, ''],
      answers: ['refused', 'refused', 'refused'],
      // Not even as bytes that it can't read: Cross-Origin-Resource-Policy.
      opaque: ['refused', 'refused'],
      sockets: ['refused', 'refused'],
      framed: 'refused',
    });
    const seen = JSON.stringify(asked.map(({ url, headers }) => [url, headers]));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.map(({ headers }) => [headers.cookie, headers.authorization])).toEqual(
      asked.map(() => [undefined, undefined]),
    );
    expect(seen).not.toContain(secret);
    await page.close();
  } finally {
    guest.close();
    guest.closeAllConnections();
  }
});

test('a second tab and a reload are logged in; logging out ends both, and the session at the agent', async ({
  tt,
  agent,
}) => {
  const context = tt.page.context();
  const second = await context.newPage();
  await second.goto(agent.url);
  await new TtWindow(second).ready();
  await second.reload();
  await new TtWindow(second).ready();
  const secret = await second.evaluate(() => localStorage.getItem('tt.session'));
  const before = (await agent.client.session.list()).sessions.length;

  await second.goto(`${agent.url}/#/settings`);
  await second.getByRole('button', { name: 'Log out' }).click();
  await expect(second.getByRole('textbox', { name: 'Code or token' })).toBeVisible();
  await expect(tt.page.getByText('npx tt open').first()).toBeVisible();
  expect(await second.evaluate(() => localStorage.getItem('tt.session'))).toBeNull();
  expect((await agent.client.session.list()).sessions.length).toBe(before - 1);
  const answer = await fetch(`${agent.url}/api/envs`, { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(401);
  await second.close();
});
