// `tt login` and `tt logout`, against a test agent with the fake engine and a real OpenID provider on loopback.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { browse, CLIENT_SECRET, startTestProvider, type TestProvider } from '../agent/testing/test-openid-provider.ts';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let provider: TestProvider;
let env: Record<string, string>;
let passwordFile: string;

beforeAll(async () => {
  running = await startTestTt({});
  const { agent } = running;
  provider = await startTestProvider(() => [agent.url]);
  const secretFile = path.join(agent.home, 'oidc-secret');
  await writeFile(secretFile, CLIENT_SECRET);
  await agent.configure({ oidc: provider.configFor(agent.url, { clientSecretFile: secretFile }) });
  await agent.client.user.create({ name: 'ann', oidcSubject: 'subject-of-ann' });
  await agent.client.user.setPassword({ name: 'ann', password: 'a long password' });
  passwordFile = path.join(agent.home, 'password');
  await writeFile(passwordFile, 'a long password\n');
}, 60_000);
afterAll(async () => {
  await running.stop();
  await provider.stop();
});
beforeEach(async () => {
  env = { TT_HOME: await mkdtemp(path.join(tmpdir(), 'tt-login-')), DISPLAY: '', WAYLAND_DISPLAY: '' };
  provider.person = { sub: 'subject-of-ann' };
});
afterEach(() => rm(env['TT_HOME'] ?? '', { recursive: true }));

const tt = (args: string, heard?: (text: string) => void) => running.tt(args, env, heard);
const tokens = async () => (await running.agent.client.token.list()).tokens.map(({ userName }) => userName);
const select = () => `--serv-addr ${running.agent.url}`;

/** Goes, as a browser, to the address that is printed, and to where that ends. */
function browser(): { heard: (text: string) => void; ends: Promise<string>[] } {
  const ends: Promise<string>[] = [];
  const heard = (text: string) => {
    const [, address] = /^Open this address to log in:\n(\S+)\n$/.exec(text) ?? [];
    if (address !== undefined) ends.push(browse(address).then(async (url) => (await fetch(url)).text()));
  };
  return { heard, ends };
}

it('logs in in a browser by the OpenID provider, and out', async () => {
  const { heard, ends } = browser();
  const { exitCode, stdout } = await tt(`login ${select()} --no-browser`, heard);
  expect([exitCode, stdout]).toEqual([0, `ann is logged in at ${running.agent.url}\n`]);
  expect(await Promise.all(ends)).toEqual([expect.stringContaining('close this page')]);
  expect((await tt('me')).stdout).toMatch(/^ann: user\n/);
  expect(await tokens()).toEqual(['ann']);
  expect(await tt('logout')).toEqual({ exitCode: 0, stdout: `logged out of ${running.agent.url}\n`, stderr: '' });
  expect(await tokens()).toEqual([]);
  expect(codeOf((await tt('me')).stderr)).toBe('UNAUTHORIZED');
  expect(codeOf((await tt('logout')).stderr)).toBe('UNAUTHORIZED');
  // The server is still the selected one.
  const again = browser();
  expect((await tt('login --json', again.heard)).stdout).toBe(
    `${JSON.stringify({ server: running.agent.url, user: 'ann' }, null, 2)}\n`,
  );
  await Promise.all(again.ends);
  expect((await tt('logout')).exitCode).toBe(0);
});

it('says why the provider let nobody in, and keeps what was there', async () => {
  provider.person = null;
  const { heard, ends } = browser();
  const { exitCode, stderr } = await tt(`login ${select()}`, heard);
  await Promise.all(ends);
  expect([exitCode, codeOf(stderr)]).toEqual([7, 'OIDC_REFUSED']);
  expect((await tt('config')).stdout).toBe('server: the private agent of this computer\n');
  expect(await tokens()).toEqual([]);
});

it('logs in by a name and a password, and forgets a token that the server does not know any more', async () => {
  const { exitCode, stdout } = await tt(`login ${select()} --user ann --password-file ${passwordFile}`);
  expect([exitCode, stdout]).toEqual([0, `ann is logged in at ${running.agent.url}\n`]);
  const [token] = (await running.agent.client.token.list()).tokens;
  await running.agent.client.token.revoke({ tokenId: token?.id ?? '' });
  expect((await tt('logout')).stdout).toBe(`the token for ${running.agent.url} is forgotten here\n`);
  await writeFile(passwordFile, 'another password');
  const wrong = await tt(`login --user ann --password-file ${passwordFile}`);
  expect([wrong.exitCode, codeOf(wrong.stderr)]).toEqual([7, 'PASSWORD_WRONG']);
});

it('needs a server, and for a password a terminal or a file', async () => {
  expect((await tt('login')).stderr).toContain('select a server with --serv-addr');
  expect((await tt(`login ${select()} --user ann`)).stderr).toContain('use --password-file');
  expect((await tt(`login ${select()} --password-file x`)).stderr).toContain('--password-file needs --user');
});

it('"tt user" links and unlinks a subject', async () => {
  const user = (args: string) => running.text(`user ${args}`);
  expect(await user('add bob --oidc-subject subject-of-bob')).toBe('bob is created. They log in themselves.\n');
  expect(await user('unlink bob')).toBe('bob is linked to nobody\n');
  expect(await user('link bob subject-of-robert')).toBe('bob is linked to subject-of-robert\n');
  expect(await running.endings('user link bob subject-of-ann', 'user link local x')).toEqual([
    [4, 'OIDC_SUBJECT_TAKEN'],
    [4, 'USER_FIXED'],
  ]);
  await user('del bob --yes');
});
