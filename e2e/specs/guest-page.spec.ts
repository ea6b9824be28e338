// A guest's own page beside the window, in one browser: a real guest serves it on a forwarded port, and what it gets of TT is
// nothing. Neither does the guest itself at 10.0.2.2, with the administrator's token in its hands.
import { isIP } from 'node:net';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.use({ engine: 'qemu' });

const GUEST_PORT = 8080;
const REQUESTS = '/tmp/requests';
/** Keeps every request as it came, and answers with a page. */
const SERVER = [
  '#!/bin/sh',
  'while IFS= read -r line; do',
  `  printf "%s\\n" "$line" >>${REQUESTS}`,
  '  [ "$line" = "$(printf "\\r")" ] && break',
  'done',
  'printf "HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nConnection: close\\r\\n\\r\\n<title>guest</title>"',
].join('\n');

test('a page of a guest gets nothing of the session, nor does the guest', { tag: '@deep' }, async ({ tt }) => {
  test.skip(tt.kind !== 'browser', 'the desktop opens pages of guests in a browser of its own');
  test.setTimeout(600_000);
  // What the page is refused is said in the console.
  tt.expectMessage(/Failed to load resource|CORS policy|WebSocket connection to/);
  await new TtWindow(tt.page).ready();
  const { vms } = await tt.agent.client.env.create({
    operationId: crypto.randomUUID(),
    name: 'evil',
    groups: [{ osPrefix: 'tiny', nics: [{ kind: 'user' }], ports: [{ protocol: 'tcp', guestPort: GUEST_PORT }] }],
  });
  const [vm] = vms;
  if (!vm) throw new Error('evil has no machine');
  const inGuest = (command: string) => SerialShell.run(tt.agent, vm.id, command);
  const agentUrl = new URL(tt.agent.url);

  const program = Buffer.from(SERVER).toString('base64');
  await inGuest(`echo ${program} | base64 -d >/tmp/serve; chmod +x /tmp/serve`);
  await inGuest(`(setsid nc -ll -p ${GUEST_PORT} -e /tmp/serve </dev/null >/dev/null 2>&1 &)`);
  const mapping = vm.portMap.find(({ guestPort }) => guestPort === GUEST_PORT);
  if (!mapping) throw new Error('the port is not forwarded');
  const guestUrl = `http://${mapping.hostAddress}:${mapping.hostPort}/`;

  await test.step('the guest’s page is another host than the window to the browser', async () => {
    expect(isIP(mapping.hostAddress)).toBe(4);
    expect.soft(mapping.hostAddress).not.toBe(agentUrl.hostname);
    const port = Number(agentUrl.port);
    const hostPorts = vm.portMap.map(({ hostPort }) => hostPort);
    expect(port < Math.min(...hostPorts) - 1_000 || port > Math.max(...hostPorts)).toBe(true);
  });

  // The same browser context: whatever the window keeps there would go along.
  const page = await tt.page.context().newPage();
  await expect(async () => {
    await page.goto(guestUrl);
    await expect(page).toHaveTitle('guest');
  }).toPass({ timeout: 60_000 });

  await test.step('its scripts see no storage of the window, and no call answers them', async () => {
    const seen = await page.evaluate(async (agent) => {
      const attempt = (work: () => Promise<Response>) =>
        work().then(
          async (response) => `${response.type} ${response.status} ${await response.text()}`,
          () => 'failed',
        );
      const socket = new WebSocket(`${agent.replace('http', 'ws')}/api/rpc`);
      const opened = await new Promise<string>((resolve) => {
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('failed');
      });
      return {
        cookie: document.cookie,
        storage: Object.keys(localStorage).length + Object.keys(sessionStorage).length,
        databases: (await indexedDB.databases()).length,
        read: await attempt(() => fetch(`${agent}/api/envs`, { credentials: 'include' })),
        blind: await attempt(() => fetch(`${agent}/api/envs`, { credentials: 'include', mode: 'no-cors' })),
        write: await attempt(() =>
          fetch(`${agent}/api/envs`, {
            method: 'POST',
            credentials: 'include',
            mode: 'no-cors',
            body: '{"name":"stolen"}',
          }),
        ),
        socket: opened,
        own: await attempt(() => fetch('/own', { credentials: 'include' })),
      };
    }, tt.agent.url);
    expect(seen).toEqual({
      cookie: '',
      storage: 0,
      databases: 0,
      read: 'failed',
      blind: expect.stringMatching(/^(opaque 0 $|failed)/),
      write: expect.stringMatching(/^(opaque 0 $|failed)/),
      socket: 'failed',
      own: expect.stringContaining('guest'),
    });
    const { envs } = await tt.agent.client.env.list();
    expect(envs.map(({ name }) => name)).toEqual(['evil']);
  });

  await test.step('what its server received names no credential', async () => {
    const requests = await inGuest(`cat ${REQUESTS}`);
    expect(requests).toContain('GET / HTTP/1.1');
    expect(requests).toContain('GET /own HTTP/1.1');
    expect(requests).not.toMatch(/^(cookie|authorization):/im);
    expect(requests).not.toContain('tt-session');
  });

  await test.step('the guest is refused at 10.0.2.2 with the very token, under any name', async () => {
    const { port } = agentUrl;
    const ask = (path: string, ...headers: string[]) => {
      const lines = [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''];
      const request = Buffer.from(lines.join('\r\n')).toString('base64');
      return inGuest(`echo ${request} | base64 -d | timeout 20 nc 10.0.2.2 ${port}; true`);
    };
    const token = `Authorization: Bearer ${tt.agent.token}`;
    const hosts = [`Host: ${agentUrl.host}`, `Host: 10.0.2.2:${port}`];
    for (const host of hosts) {
      for (const path of ['/api/envs', '/', '/metrics', '/api/rpc']) {
        const answer = await ask(path, host, token);
        expect(answer, `${path} ${host}`).toContain('HTTP/1.1 403 GUEST_REFUSED');
        expect(answer).not.toContain('evil');
      }
    }
    expect(await ask('/api/envs', hosts[0] ?? '')).toContain('403 GUEST_REFUSED');
    // The same request from the host is answered: it was the guest that was refused.
    const response = await fetch(`${tt.agent.url}/api/envs`, {
      headers: { authorization: `Bearer ${tt.agent.token}` },
    });
    expect(await response.text()).toContain('evil');
  });
});
