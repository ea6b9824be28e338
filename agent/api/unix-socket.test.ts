// The agent's unix socket: the same calls by plain HTTP, for those whom the rights of its file let in and who have a token.
import { once } from 'node:events';
import { access, chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { connectNode, joinLink, listenOnUnixSocket, readOnce, redeemCode } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

let folder = '';
let agent: TestAgent;
const file = () => path.join(folder, 'run', 'agent.sock');
const url = () => `unix:${file()}`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-unix-'));
  const tls = { mode: 'always', names: [], certificateFile: null, keyFile: null } as const;
  // With TLS at the port: the socket has none.
  agent = await startTestAgent({ config: { socketFile: file(), tls: { ...tls, names: [] } } });
});
afterAll(async () => {
  await agent.stop();
  await rm(folder, { recursive: true });
});

it('answers calls, single reads, feeds and codes of who has a token, and nobody else', async () => {
  const connection = connectNode({ url: url(), token: agent.token });
  expect(await connection.client.env.list()).toMatchObject({ envs: [] });
  const feed = await connection.client.event.follow();
  expect((await feed.next()).done).toBe(false);
  await feed.return?.(undefined);
  const { code } = await connection.client.session.invite();
  connection.close();
  expect(await readOnce({ url: url(), token: agent.token }, 'host.me')).toMatchObject({ name: 'local' });
  const secret = await redeemCode({ url: url(), authority: null }, code);
  expect(await readOnce({ url: url(), token: secret }, 'host.me')).toMatchObject({ name: 'local' });
  const nobody = connectNode({ url: url(), token: 'x'.repeat(43) });
  await expect(nobody.client.env.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  nobody.close();
  expect(() => joinLink({ url: url(), authority: null }, 'code')).toThrow(
    expect.objectContaining({ code: 'LINK_NEEDS_ADDRESS' }),
  );
});

it('is for the user of the agent only, and answers to no other name than localhost', async () => {
  expect((await lstat(file())).mode & 0o777).toBe(0o600);
  expect(await asked('/api/me', 'localhost')).toMatchObject({ name: 'local' });
  expect(await asked('/api/me', 'evil.example')).toMatchObject({ code: 'ORIGIN_REFUSED' });
  expect(await asked('/proof', 'localhost', { 'tt-nonce': 'A'.repeat(43) })).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
});

it('is not used where others could have put another one', async () => {
  await chmod(path.dirname(file()), 0o777);
  const connection = connectNode({ url: url(), token: agent.token });
  await expect(connection.client.host.ping()).rejects.toMatchObject({ code: 'SOCKET_UNSAFE', data: { file: file() } });
  await chmod(path.dirname(file()), 0o755);
  expect(await connection.client.host.ping()).toBeDefined();
  connection.close();
});

it('goes with its agent; one that was left behind is replaced', async () => {
  const place = path.join(folder, 'again.sock');
  const first = await startTestAgent({ config: { socketFile: place } });
  await first.stop();
  await expect(access(place)).rejects.toMatchObject({ code: 'ENOENT' });
  // Bound under another name and renamed, it stays when its server ends, as after a crash.
  const dead = createServer();
  await listenOnUnixSocket(dead, `${place}.dead`);
  await rename(`${place}.dead`, place);
  await new Promise((resolve) => dead.close(resolve));
  const second = await startTestAgent({ config: { socketFile: place } });
  expect(await readOnce({ url: `unix:${place}`, token: second.token }, 'host.me')).toMatchObject({ name: 'local' });
  await second.stop();
});

it.each([
  ['that another agent has', 'run/agent.sock', null, 'socketInUse'],
  ['with the name of a file', 'file.sock', null, 'notSocket'],
  ['in a folder of everybody', 'open/agent.sock', null, 'othersWriteFolder'],
  ['of a group that is not there', 'group.sock', 'tt-no-such-group', 'groupUnknown'],
])('an agent does not start with a socket %s', async (_what, name, socketGroup, code) => {
  await writeFile(path.join(folder, 'file.sock'), 'mine');
  await mkdir(path.join(folder, 'open'), { recursive: true });
  await chmod(path.join(folder, 'open'), 0o777);
  const socketFile = path.join(folder, name);
  await expect(startTestAgent({ config: { socketFile, socketGroup } })).rejects.toMatchObject({
    code: 'FILE_UNUSABLE',
    data: { file: socketFile, reason: { code } },
  });
  expect(await readFile(path.join(folder, 'file.sock'), 'utf8')).toBe('mine');
  expect(await readOnce({ url: url(), token: agent.token }, 'host.me')).toMatchObject({ name: 'local' });
});

it('lets the members of its group in', async () => {
  const place = path.join(folder, 'group.sock');
  const { gid } = userInfo();
  const groups = await readFile('/etc/group', 'utf8');
  const own = groups.split('\n').find((line) => line.split(':')[2] === String(gid));
  const other = await startTestAgent({ config: { socketFile: place, socketGroup: own?.split(':')[0] ?? '' } });
  const found = await lstat(place);
  expect([found.mode & 0o777, found.gid]).toEqual([0o660, gid]);
  await other.stop();
});

async function asked(where: string, host: string, headers: Record<string, string> = {}): Promise<unknown> {
  const sent = request({
    socketPath: file(),
    path: where,
    headers: { ...headers, host, authorization: `Bearer ${agent.token}` },
  });
  sent.end();
  const [answer] = await once(sent, 'response');
  return JSON.parse(await text(answer));
}
