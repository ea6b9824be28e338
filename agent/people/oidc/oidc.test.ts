// Logins by an OpenID provider: a real one on loopback, a whole agent, and a browser that follows the redirects of both.
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LOGIN_CALLBACK_PATH, type TtClient } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { browse, CLIENT_SECRET, startTestProvider, type TestProvider } from '../../testing/test-openid-provider.ts';

const ANN = { sub: 'subject-of-ann', preferred_username: 'ann', email: 'ann@example.com', email_verified: true };
const users = [
  { name: 'kim', tokenSha256: createHash('sha256').update('token-of-kim').digest('hex'), role: 'user' as const },
];

let agent: TestAgent;
let provider: TestProvider;
let clock = Date.parse('2026-11-30T10:00:00Z');
let secretFile: string;

beforeAll(async () => {
  agent = await startTestAgent({ config: { users }, now: () => new Date(clock) });
  provider = await startTestProvider(() => [agent.url]);
  secretFile = path.join(agent.home, 'oidc-secret');
  await writeFile(secretFile, `${CLIENT_SECRET}\n`);
}, 60_000);
afterAll(async () => {
  await agent.stop();
  await provider.stop();
});
beforeEach(async () => {
  Object.assign(provider, { person: ANN, forge: null, broken: null });
  await configure();
});
afterEach(async () => {
  for (const { name, source } of (await agent.client.user.list()).users) {
    if (source === 'state') await agent.client.user.delete({ name });
  }
  clock += 3_600_000;
});

const configure = (more: Partial<OidcConfig> = {}) =>
  agent.configure({ oidc: provider.configFor(agent.url, { clientSecretFile: secretFile, ...more }) });
const refused = (code: string, data?: object) =>
  expect.objectContaining({ code, ...(data && { data: expect.objectContaining(data) }) });
const meOf = async (secret: string) => {
  const connection = agent.connectAs(secret);
  const me = await connection.client.host.me();
  connection.close();
  return { name: me.name, role: me.role };
};

interface Begun {
  client: TtClient;
  verifier: string;
  url: string;
}

async function begin(device?: { port: number; key: string }): Promise<Begun> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const { url } = await agent.client.session.beginOidc({ challenge, ...(device && { device }) });
  return { client: agent.client, verifier, url };
}

const codeOf = (location: string) => /[#?](?:login|code)=(.*)$/.exec(location)?.[1] ?? '';
const atCallback = (url: string) => url.includes(LOGIN_CALLBACK_PATH);

/** The session of whoever logs in now. */
async function logIn(): Promise<{ secret: string; userName: string }> {
  const { verifier, url } = await begin();
  const { secret, session } = await agent.client.session.join({ code: codeOf(await browse(url)), verifier });
  return { secret, userName: session.userName };
}

it('lets in whoever is linked to the subject, as a browser and as a device', async () => {
  await agent.client.user.create({ name: 'ann', role: 'viewer', oidcSubject: ANN.sub });
  const { secret } = await logIn();
  expect(await meOf(secret)).toEqual({ name: 'ann', role: 'viewer' });
  const { verifier, url } = await begin({ port: 40_000, key: 'k'.repeat(22) });
  const location = await browse(url);
  expect(location).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:40000/${'k'.repeat(22)}\\?code=[\\w-]+$`));
  const redeemed = await agent.client.token.redeem({ code: codeOf(location), name: 'laptop', verifier });
  expect([redeemed.token.name, await meOf(redeemed.secret)]).toEqual(['laptop', { name: 'ann', role: 'viewer' }]);
});

it('asks the provider with PKCE, state and nonce, for what is configured, and never shows the secret', async () => {
  const { url } = await begin();
  const asked = new URL(url);
  expect([asked.origin + asked.pathname, Object.fromEntries(asked.searchParams)]).toEqual([
    `${provider.issuer}/auth`,
    {
      client_id: 'tt',
      response_type: 'code',
      redirect_uri: agent.url + LOGIN_CALLBACK_PATH,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    },
  ]);
  expect(JSON.stringify(agent.log)).not.toContain(CLIENT_SECRET);
  expect(await agent.client.session.ways()).toEqual({ oidc: { name: 'Example', serverUrl: agent.url } });
});

it('is refused, with the subject to link, if nobody is linked to it', async () => {
  // Neither the name nor the address lets anybody in.
  await agent.client.user.create({ name: 'ann' });
  await expect(logIn()).rejects.toEqual(refused('OIDC_USER_UNKNOWN', { provider: 'Example', subject: ANN.sub }));
  await agent.client.user.linkOidc({ name: 'ann', subject: ANN.sub });
  expect((await logIn()).userName).toBe('ann');
  await agent.client.user.linkOidc({ name: 'ann', subject: null });
  await expect(logIn()).rejects.toEqual(refused('OIDC_USER_UNKNOWN'));
});

it('links a subject to one user, and only users of the state', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const taken = refused('OIDC_SUBJECT_TAKEN', { user: 'ann' });
  await expect(agent.client.user.create({ name: 'bob', oidcSubject: ANN.sub })).rejects.toEqual(taken);
  await agent.client.user.create({ name: 'bob' });
  await expect(agent.client.user.linkOidc({ name: 'bob', subject: ANN.sub })).rejects.toEqual(taken);
  await expect(agent.client.user.linkOidc({ name: 'kim', subject: 'x' })).rejects.toEqual(refused('USER_FIXED'));
  const shown = (await agent.client.user.list()).users.map(({ name, oidcSubject }) => [name, oidcSubject]);
  expect(shown).toEqual([
    ['local', null],
    ['kim', null],
    ['ann', ANN.sub],
    ['bob', null],
  ]);
  // Another issuer has other people, whatever it calls them.
  await agent.configure({ oidc: provider.configFor(agent.url, { issuer: 'https://other.example' }) });
  await agent.client.user.linkOidc({ name: 'bob', subject: ANN.sub });
});

it('creates a user at the first login if it is told so, with claims from the userinfo endpoint', async () => {
  await configure({ createUsers: true, role: 'viewer' });
  provider.asked.length = 0;
  const { secret } = await logIn();
  expect([await meOf(secret), provider.asked.includes('/me')]).toEqual([{ name: 'ann', role: 'viewer' }, true]);
  // The same person with another name at the provider.
  provider.person = { ...ANN, preferred_username: 'anna' };
  expect((await logIn()).userName).toBe('ann');
  // Another person with her name.
  provider.person = { ...ANN, sub: 'somebody-else' };
  await expect(logIn()).rejects.toEqual(refused('OIDC_NAME_TAKEN', { user: 'ann' }));
  expect((await agent.client.user.list()).users.map(({ name }) => name)).toEqual(['local', 'kim', 'ann']);
});

it('follows groups, which come from the userinfo endpoint too', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  await configure({ domains: ['example.com'], roles: { admin: ['bosses'], user: [], viewer: [] } });
  provider.person = { ...ANN, groups: ['staff', 'bosses'] };
  expect(await meOf((await logIn()).secret)).toEqual({ name: 'ann', role: 'admin' });
  provider.person = { ...ANN, groups: ['staff'] };
  await expect(logIn()).rejects.toEqual(refused('OIDC_CLAIM_REFUSED', { claim: 'groups' }));
});

it('keeps out a disabled user, also one who is disabled while the browser is on its way', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const { verifier, url } = await begin();
  const code = codeOf(await browse(url));
  await agent.client.user.update({ name: 'ann', disabled: true });
  await expect(agent.client.session.join({ code, verifier })).rejects.toEqual(refused('LOGIN_EXPIRED'));
  await expect(logIn()).rejects.toEqual(refused('OIDC_USER_DISABLED', { user: 'ann' }));
  await agent.client.user.update({ name: 'ann', disabled: false });
  await agent.configure({
    users: [...users, { ...users[0], name: 'ann', tokenSha256: 'ab'.repeat(32), role: 'user' }],
  });
  await expect(logIn()).rejects.toEqual(refused('OIDC_USER_DISABLED', { user: 'ann' }));
  await agent.configure({ users });
});

it('gives the code to whoever began the login, once', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const { url, verifier } = await begin();
  const code = codeOf(await browse(url));
  const other = randomBytes(32).toString('base64url');
  await expect(agent.client.session.join({ code })).rejects.toEqual(refused('JOIN_CODE_INVALID'));
  await expect(agent.client.session.join({ code, verifier })).rejects.toEqual(refused('LOGIN_EXPIRED'));
  const second = await begin();
  const stolen = codeOf(await browse(second.url));
  const theft = agent.client.token.redeem({ code: stolen, name: 'thief', verifier: other });
  await expect(theft).rejects.toEqual(refused('LOGIN_EXPIRED'));
  // A code of a join link is none of a login.
  const { code: link } = await agent.client.session.invite();
  await expect(agent.client.session.join({ code: link, verifier })).rejects.toEqual(refused('LOGIN_EXPIRED'));
  expect((await logIn()).userName).toBe('ann');
});

it('knows a state once, for ten minutes, and only its own', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const { url } = await begin();
  const callback = await browse(url, atCallback);
  expect(await browse(callback)).toMatch(/#login=[\w-]{32}$/);
  const unknown = `${agent.url}/#login=unknown`;
  expect(await browse(callback)).toBe(unknown);
  const foreign = new URL(callback);
  foreign.searchParams.set('state', 'x'.repeat(43));
  const late = await begin();
  const comesLate = await browse(late.url, atCallback);
  clock += 600_000;
  const bare = agent.url + LOGIN_CALLBACK_PATH;
  for (const address of [foreign.href, comesLate, bare, `${bare}?state=a&state=b`, `${bare}?${'x'.repeat(9000)}`]) {
    expect([address, await browse(address)]).toEqual([address, unknown]);
  }
  const { verifier } = late;
  await expect(agent.client.session.join({ code: 'unknown', verifier })).rejects.toEqual(refused('LOGIN_EXPIRED'));
});

it('takes a code of the provider once, and only for its own login', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const [first, second] = [await begin(), await begin()];
  const callback = new URL(await browse(first.url, atCallback));
  const stateOf = (address: string) => new URL(address).searchParams.get('state') ?? '';
  callback.searchParams.set('state', stateOf(second.url));
  const code = codeOf(await browse(callback.href));
  const mixed = agent.client.session.join({ code, verifier: second.verifier });
  await expect(mixed).rejects.toEqual(refused('OIDC_ANSWER_INVALID', { provider: 'Example' }));
  // For its own login it is still good, and then no more.
  callback.searchParams.set('state', stateOf(first.url));
  const own = codeOf(await browse(callback.href));
  expect((await agent.client.session.join({ code: own, verifier: first.verifier })).session.userName).toBe('ann');
  expect(await browse(callback.href)).toBe(`${agent.url}/#login=unknown`);
  const third = await begin();
  const mixedUp = new URL(await browse(third.url, atCallback));
  mixedUp.searchParams.set('iss', 'https://other.example');
  const join = agent.client.session.join({ code: codeOf(await browse(mixedUp.href)), verifier: third.verifier });
  await expect(join).rejects.toEqual(refused('OIDC_ANSWER_INVALID'));
});

it('trusts no ID token that somebody else signed, or that is for another login, server or time', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const now = Math.floor(Date.now() / 1000);
  const invalid = refused('OIDC_ANSWER_INVALID', { provider: 'Example' });
  const wrongClock = (seconds: number) => {
    const near = [seconds - 60, seconds + 60] as const;
    return expect.objectContaining({
      code: 'OIDC_CLOCK_WRONG',
      data: expect.toSatisfy((data: { seconds: number }) => data.seconds > near[0] && data.seconds < near[1]),
    });
  };
  provider.person = { sub: 'mallory' };
  const asAnn = (claims: object) => ({ ...claims, sub: ANN.sub });
  const forgeries: [NonNullable<TestProvider['forge']>, unknown][] = [
    [{ change: asAnn, key: 'another' }, invalid],
    [{ change: (claims) => ({ ...claims, nonce: 'of another login' }) }, invalid],
    [{ change: ({ nonce: _none, ...claims }) => claims }, invalid],
    [{ change: (claims) => ({ ...claims, aud: 'another-client' }) }, invalid],
    [{ change: (claims) => ({ ...claims, iss: 'https://other.example' }) }, invalid],
    [{ change: (claims) => ({ ...claims, iat: now - 7200, exp: now - 3600 }) }, wrongClock(7200)],
    [{ change: (claims) => ({ ...claims, iat: now + 3600, exp: now + 7200 }) }, wrongClock(3600)],
  ];
  for (const [forge, error] of forgeries) {
    provider.forge = forge;
    await expect(logIn()).rejects.toEqual(error);
  }
  // The provider itself may say so.
  provider.forge = { change: asAnn };
  expect((await logIn()).userName).toBe('ann');
});

it('takes a new key of the provider at once', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  expect((await logIn()).userName).toBe('ann');
  await provider.rotateKeys();
  expect((await logIn()).userName).toBe('ann');
});

it('says what the person or the provider did not want', async () => {
  provider.person = null;
  const quote = 'access_denied: the person did not agree';
  await expect(logIn()).rejects.toEqual(refused('OIDC_REFUSED', { reason: { code: 'reported', data: {}, quote } }));
  provider.person = ANN;
  await writeFile(secretFile, 'another secret');
  await expect(logIn()).rejects.toEqual(refused('OIDC_MISCONFIGURED'));
  await configure({ clientSecretFile: `${secretFile}.gone` });
  await expect(begin()).rejects.toEqual(refused('OIDC_MISCONFIGURED'));
  await writeFile(secretFile, CLIENT_SECRET);
  await configure({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') });
  await expect(begin()).rejects.toEqual(refused('OIDC_ISSUER_WRONG'));
});

it('says that the provider can’t be reached, and reaches it when it is back', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  await configure({ issuer: 'http://127.0.0.1:9' });
  await expect(begin()).rejects.toEqual(refused('OIDC_UNREACHABLE', { provider: 'Example' }));
  await configure();
  provider.broken = 503;
  await expect(begin()).rejects.toEqual(refused('OIDC_UNREACHABLE'));
  provider.broken = null;
  // Not asked by every click.
  provider.asked.length = 0;
  await expect(begin()).rejects.toEqual(refused('OIDC_UNREACHABLE'));
  expect(provider.asked).toEqual([]);
  clock += 2000;
  expect((await logIn()).userName).toBe('ann');
  // What was told once is enough to begin with, and asked for again after an hour.
  provider.asked.length = 0;
  await begin();
  expect(provider.asked).toEqual([]);
  clock += 3_600_000;
  provider.broken = 503;
  await begin();
  expect(provider.asked).toEqual(['/.well-known/openid-configuration']);
});

it('there is none without a provider, and logins under way end with it', async () => {
  const { url } = await begin();
  const callback = await browse(url, atCallback);
  await agent.configure({ oidc: null });
  expect(await agent.client.session.ways()).toEqual({ oidc: null });
  await expect(begin()).rejects.toEqual(refused('OIDC_NOT_CONFIGURED'));
  await expect(agent.client.user.create({ name: 'bob', oidcSubject: 'x' })).rejects.toEqual(
    refused('OIDC_NOT_CONFIGURED'),
  );
  expect(await browse(callback)).toBe(`${agent.url}/#login=unknown`);
  await configure();
  expect(await browse(callback)).toBe(`${agent.url}/#login=unknown`);
});

it('is in the audit trail, which has no code and no secret', async () => {
  await agent.client.user.create({ name: 'ann', oidcSubject: ANN.sub });
  const { secret } = await logIn();
  const { entries } = await agent.client.audit.list({ limit: 3 });
  expect(entries.map(({ call, result, subject }) => [call, result, subject.userName])).toEqual([
    ['session.join', 'ok', 'ann'],
    ['session.finishOidc', 'ok', undefined],
    ['session.beginOidc', 'ok', undefined],
  ]);
  expect(JSON.stringify(entries)).not.toContain(secret);
});
