// The users of an agent through the proxy: who asks arrives at the agent, with their rights, and a revoked token ends there too.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connectNode, logInByBrowser, logInByPassword, type NodeConnection, redeemCode } from '@tt/client/node';
import { RPC_PATH, STREAM_PATH, type TtClient } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { browse, CLIENT_SECRET, startTestProvider } from '../agent/testing/test-openid-provider.ts';
import { until } from '../agent/testing/until.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;
const connections: NodeConnection[] = [];
const sockets: WebSocket[] = [];

beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
}, 60_000);
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
}, 60_000);
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const { name, source } of (await agent.client.user.list()).users) {
    if (source === 'state') await agent.client.user.delete({ name, giveTo: 'local' });
  }
  for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
}, 60_000);

const refused = (code: string) => expect.objectContaining({ code });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (token: string) => (await fetch(`${proxy.url}/api/me`, { headers: bearer(token) })).status;

async function tokenOf(name: string, role: 'admin' | 'user' | 'viewer'): Promise<string> {
  await agent.client.user.create({ name, role });
  return (await agent.client.token.create({ userName: name, name: 'pc' })).secret;
}

async function isRefusedAsViewer(token: string): Promise<boolean> {
  const code = await throughProxy(token)
    .env.create({ name: 'mine', groups: [{ osPrefix: 'tiny' }] })
    .then(
      () => 'created',
      (error: { code: unknown }) => error.code,
    );
  expect(['VIEWER_REFUSED', 'AGENT_GONE', 'AGENT_UNREACHABLE']).toContain(code);
  return code === 'VIEWER_REFUSED';
}

function throughProxy(token: string): TtClient {
  const connection = connectNode({ url: proxy.url, token });
  connections.push(connection);
  return connection.client;
}

async function open(at: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(proxy.url.replace('http', 'ws') + at, { headers, perMessageDeflate: false });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

it('each asks as who they are', async () => {
  const [ann, bob, vic] = [await tokenOf('ann', 'user'), await tokenOf('bob', 'user'), await tokenOf('vic', 'viewer')];
  const anns = throughProxy(ann);
  expect(await anns.host.me()).toMatchObject({ name: 'ann', role: 'user' });
  await anns.env.create({ name: 'demo', notes: 'only for ann', groups: [{ osPrefix: 'tiny' }] });
  expect((await agent.client.env.show({ name: 'demo' })).env.owner).toBe('ann');
  expect((await anns.env.show({ name: 'demo' })).env.notes).toBe('only for ann');
  const bobs = throughProxy(bob);
  expect((await bobs.env.show({ name: 'demo' })).env.notes).toBeUndefined();
  await expect(bobs.env.delete({ name: 'demo' })).rejects.toEqual(refused('ENV_NOT_YOURS'));
  await expect(bobs.user.list()).rejects.toEqual(refused('NOT_ALLOWED'));
  const vics = throughProxy(vic);
  expect((await vics.env.list()).envs.map(({ name }) => name)).toEqual(['demo']);
  await expect(vics.env.create({ name: 'mine', groups: [{ osPrefix: 'tiny' }] })).rejects.toEqual(
    refused('VIEWER_REFUSED'),
  );
  await agent.client.user.update({ name: 'bob', role: 'viewer' });
  // Their connections are cut; until the proxy has noticed, calls fail with that.
  await until('the proxy knows the new role', () => isRefusedAsViewer(bob), 30_000);
  // The proxy itself is somebody else.
  expect(await proxy.client.host.me()).toMatchObject({ name: 'local', role: 'admin' });
});

it('a feed shows what its follower may see', async () => {
  const [ann, bob] = [await tokenOf('ann', 'user'), await tokenOf('bob', 'user')];
  await throughProxy(ann).env.create({ name: 'demo', notes: 'only for ann', groups: [{ osPrefix: 'tiny' }] });
  const pictureFor = async (token: string) => {
    let text = '';
    for await (const item of await throughProxy(token).event.follow({})) {
      text += JSON.stringify(item);
      if (item.kind === 'snapshotEnd') break;
    }
    return text;
  };
  expect([await pictureFor(ann), await pictureFor(bob)].map((text) => text.includes('only for ann'))).toEqual([
    true,
    false,
  ]);
});

it('nobody’s credential opens nothing', async () => {
  expect(await Promise.all(['', 'x', `${agent.token}x`].map(statusOf))).toEqual([401, 401, 401]);
  await expect(throughProxy('x').host.ping()).rejects.toEqual(refused('UNAUTHORIZED'));
});

it('a token that is revoked ends its console and its connection through the proxy at once', async () => {
  const ann = await tokenOf('ann', 'user');
  const client = throughProxy(ann);
  const { vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  const { ticket } = await client.console.open({ vmId: vms[0]?.id ?? '', kind: 'serial' });
  const console = await open(STREAM_PATH, bearer(ann));
  const ready = once(console, 'message') as Promise<[Buffer]>;
  console.send(JSON.stringify({ ticket }));
  expect(JSON.parse(String((await ready)[0]))).toMatchObject({ ready: true });
  const calls = await open(RPC_PATH, bearer(ann));
  const { tokens } = await client.token.list();
  const closed = Promise.all([console, calls].map((socket) => once(socket, 'close')));
  await agent.client.token.revoke({ tokenId: tokens[0]?.id ?? '' });
  await closed;
  expect(await statusOf(ann)).toBe(401);
});

it('links of the agent and of the proxy both work at the proxy, and sessions of browsers too', async () => {
  const boss = await tokenOf('boss', 'admin');
  await agent.client.user.create({ name: 'ann' });
  const { code } = await throughProxy(boss).user.invite({ name: 'ann' });
  const secret = await redeemCode({ url: proxy.url }, code, 'laptop');
  expect(await throughProxy(secret).host.me()).toMatchObject({ name: 'ann' });
  const link = await throughProxy(secret).session.invite();
  const joined = await proxy.client.session.join({ code: link.code });
  const browser = await open(RPC_PATH, { origin: proxy.url });
  const first = once(browser, 'message');
  browser.send(JSON.stringify({ session: joined.secret }));
  expect(String((await first)[0])).toBe('{"ready":true}');
  expect((await throughProxy(joined.secret).session.list()).sessions).toMatchObject([
    { userName: 'ann', isThis: true },
  ]);
  const own = await redeemCode({ url: proxy.url }, (await proxy.client.session.invite()).code, 'desktop');
  expect(await throughProxy(own).host.me()).toMatchObject({ name: 'local' });
  await expect(redeemCode({ url: proxy.url }, code)).rejects.toEqual(refused('JOIN_CODE_INVALID'));
});

it('a name and a password log a browser in', async () => {
  await agent.client.user.create({ name: 'ann' });
  await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
  const { secret } = await proxy.client.session.login({ userName: 'ann', password: 'a long password' });
  expect(await throughProxy(secret).host.me()).toMatchObject({ name: 'ann' });
  const wrong = proxy.client.session.login({ userName: 'ann', password: 'another one' });
  await expect(wrong).rejects.toEqual(refused('PASSWORD_WRONG'));
});

it('a name and a password give a device a token of the agent', async () => {
  await agent.client.user.create({ name: 'ann' });
  await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
  const secret = await logInByPassword({ url: proxy.url }, { userName: 'ann', password: 'a long password' }, 'laptop');
  expect(await throughProxy(secret).host.me()).toMatchObject({ name: 'ann' });
  expect((await agent.client.token.list()).tokens).toMatchObject([{ name: 'laptop', userName: 'ann' }]);
  const wrong = logInByPassword({ url: proxy.url }, { userName: 'ann', password: 'another one' });
  await expect(wrong).rejects.toEqual(refused('PASSWORD_WRONG'));
  const { entries } = await agent.client.audit.list({ call: 'token.login' });
  expect(
    entries.map(({ result, throughProxy: isThrough, origin, subject }) => [
      result,
      isThrough,
      origin?.address,
      subject,
    ]),
  ).toEqual([
    ['PASSWORD_WRONG', true, '127.0.0.1', { userName: 'ann' }],
    ['ok', true, '127.0.0.1', { userName: 'ann', tokenId: expect.any(String) }],
  ]);
});

it('a browser and a device log in by the OpenID provider of the agent, at the proxy', async () => {
  const provider = await startTestProvider(() => [proxy.url]);
  try {
    await agent.configure({ oidc: { ...provider.configFor(proxy.url), clientSecretFile: await secretFile() } });
    provider.person = { sub: 'subject-of-ann' };
    await agent.client.user.create({ name: 'ann', oidcSubject: 'subject-of-ann' });
    expect(await proxy.client.session.ways()).toEqual({ oidc: { name: 'Example', serverUrl: proxy.url } });
    const secret = await logInByBrowser(
      { url: proxy.url },
      {
        device: 'laptop',
        open: async (url) => {
          const back = await browse(url);
          expect(await (await fetch(back)).text()).toContain('close this page');
        },
      },
    );
    expect(await throughProxy(secret).host.me()).toMatchObject({ name: 'ann' });
    provider.person = null;
    const open = async (url: string) => void (await fetch(await browse(url)));
    await expect(logInByBrowser({ url: proxy.url }, { open })).rejects.toEqual(refused('OIDC_REFUSED'));
    const { entries } = await agent.client.audit.list({ call: 'token.redeem', limit: 2 });
    expect(entries.map(({ result, origin }) => [result, origin?.address])).toEqual([
      ['OIDC_REFUSED', '127.0.0.1'],
      ['ok', '127.0.0.1'],
    ]);
  } finally {
    await agent.configure({ oidc: null });
    await provider.stop();
  }
});

async function secretFile(): Promise<string> {
  const file = path.join(agent.home, 'oidc-secret');
  await writeFile(file, CLIENT_SECRET);
  return file;
}

it('an agent that is gone is no reason to call anybody unknown', async () => {
  const gone = await startTestAgent();
  const alone = await startTestProxy(gone);
  await gone.stop();
  expect((await fetch(`${alone.url}/api/me`, { headers: bearer('a-token-of-somebody') })).status).toBe(503);
  await alone.stop();
});
