// An agent that speaks TLS: who is told what, before anything secret is sent, and that its certificate can change while it runs.
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { fingerprintWords } from '@tt/client/fingerprint-words';
import {
  certificateAt,
  connectNode,
  findPrivateAgent,
  fingerprintOf,
  joinLink,
  readJoinLink,
  readOnce,
  redeemCode,
  settleTrust,
} from '@tt/client/node';
import { makeAuthority, makeServerCertificate } from '@tt/server/certificates';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

const ALWAYS = { mode: 'always', names: ['tt.example'], certificateFile: null, keyFile: null } as const;
let agent: TestAgent;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-tls-'));
  agent = await startTestAgent({ config: { tls: { ...ALWAYS, names: [...ALWAYS.names] } } });
});
afterAll(async () => {
  await agent.stop();
  await rm(folder, { recursive: true });
});

/** The failure of a first call with this trust. */
async function failureOf(
  url: string,
  authority: string | null,
): Promise<{ code: string; data: Record<string, unknown> }> {
  const connection = connectNode({ url, token: agent.token, authority });
  try {
    await connection.client.host.ping();
  } catch (error) {
    return error as { code: string; data: Record<string, unknown> };
  } finally {
    connection.close();
  }
  throw new Error('it answered');
}

it('answers calls, single reads and feeds of those who pinned its authority, which the state folder tells', async () => {
  const found = await findPrivateAgent(agent.home);
  expect(found.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  expect(found.authority).toBe(agent.authority);
  const connection = connectNode(found);
  expect(await connection.client.env.list()).toMatchObject({ envs: [] });
  connection.close();
  expect(await readOnce(found, 'env.list')).toMatchObject({ envs: [] });
});

it('has a certificate for servers with its names, and its authority in a file that only its user can read', async () => {
  const { authority } = agent;
  const leaf = await presented();
  expect(leaf.subjectAltName).toContain('URI:tt://server');
  expect(leaf.subjectAltName).toContain('DNS:tt.example');
  expect(leaf.subjectAltName).toContain('IP Address:127.0.0.1');
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(new X509Certificate(authority ?? '').publicKey)).toBe(true);
  const file = path.join(agent.home, 'tls', 'authority.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('shows people what it presents, without trusting it', async () => {
  const { validTo } = await presented();
  expect(await certificateAt(agent.url)).toMatchObject({
    names: expect.arrayContaining(['tt.example', 'localhost', '127.0.0.1']),
    validTo: new Date(validTo).toISOString(),
    issuer: expect.stringMatching(/^TT on /),
    fingerprint: fingerprintOf(agent.authority ?? ''),
  });
});

it('gets nothing from those who know another authority, or none, and they are told which it has', async () => {
  const other = await makeAuthority('another server', new Date());
  expect(await failureOf(agent.url, other.certificate)).toMatchObject({
    code: 'SERVER_IDENTITY_WRONG',
    data: {
      expected: grouped(fingerprintOf(other.certificate)),
      presented: grouped(fingerprintOf(agent.authority ?? '')),
    },
  });
  expect(await failureOf(agent.url, null)).toMatchObject({
    code: 'SERVER_NOT_TRUSTED',
    data: { fingerprint: grouped(fingerprintOf(agent.authority ?? '')) },
  });
});

it('is trusted by its fingerprint, which join links carry', async () => {
  const connection = connectNode(await findPrivateAgent(agent.home));
  const { code } = await connection.client.session.invite();
  connection.close();
  const link = readJoinLink(new URL(joinLink({ url: agent.url, authority: agent.authority }, code)));
  expect(link).toEqual({ url: `${agent.url}/`, code, fingerprint: fingerprintOf(agent.authority ?? '') });
  const authority = await settleTrust(agent.url, { fingerprint: link?.fingerprint ?? null, known: null });
  const secret = await redeemCode({ url: agent.url, authority }, code);
  const joined = connectNode({ url: agent.url, token: secret, authority });
  expect(await joined.client.host.me()).toMatchObject({ name: 'local' });
  joined.close();
  await expect(redeemCode({ url: agent.url, authority }, code)).rejects.toMatchObject({ code: 'JOIN_CODE_INVALID' });
  const wrong = 'a'.repeat(64);
  await expect(settleTrust(agent.url, { fingerprint: wrong, known: null })).rejects.toMatchObject({
    code: 'SERVER_IDENTITY_WRONG',
  });
});

it('tells who speaks plain HTTP to it what is wrong, and cuts who says nothing of TLS', async () => {
  const answer = await fetch(agent.url.replace('https:', 'http:'));
  expect(answer.status).toBe(426);
  expect(await answer.json()).toMatchObject({ code: 'TLS_REQUIRED', data: { url: agent.url } });
  const socket = connect(Number(new URL(agent.url).port), '127.0.0.1');
  // A record of TLS with nonsense in it.
  socket.write(Buffer.from([0x16, 9, 9, 9, 9, 9, 9, 9, 9]));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  expect(await failureOf(agent.url, agent.authority).catch((error: Error) => error.message)).toBe('it answered');
});

it('tells clients that a plain server, or a plain address elsewhere, gets no token', async () => {
  const heard: string[] = [];
  const plain: Server = createServer((request, response) => void response.end(heard.push(String(request.url))));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const { port } = plain.address() as AddressInfo;
  expect(await failureOf(`https://127.0.0.1:${port}`, null)).toMatchObject({ code: 'TLS_EXPECTED' });
  expect(await failureOf('http://192.0.2.1:9527', null)).toMatchObject({ code: 'TLS_REQUIRED' });
  expect(heard).toEqual([]);
  plain.close();
});

it('gives its authority to anybody who asks, for browsers', async () => {
  const { headers, body } = await answerTo('/ca.pem');
  expect(body).toBe(agent.authority);
  expect(headers).toMatchObject({
    'content-type': 'application/x-x509-ca-cert',
    'content-disposition': 'attachment; filename="tt-ca.crt"',
  });
});

it.each([
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN', '此 TT 服务器的证书颁发机构'],
  ['de,en;q=0.5,zh;q=0.4', 'en', 'The certificate authority of this TT server'],
  [undefined, 'en', 'The certificate authority of this TT server'],
])('explains it on a page without scripts; of %j in %s', async (languages, language, title) => {
  const { headers, body } = await answerTo('/ca', languages === undefined ? {} : { 'accept-language': languages });
  const fingerprint = fingerprintOf(agent.authority ?? '');
  expect(body).toContain(`<html lang="${language}">`);
  expect(body).toContain(`<h1>${title}</h1>`);
  expect(body).toContain(grouped(fingerprint));
  // In both languages: people of two may compare.
  for (const words of ['en', 'zh-CN'] as const) expect(body).toContain(fingerprintWords(fingerprint, words));
  expect(body).toContain('href="/ca.pem"');
  expect(body).not.toMatch(/<script|javascript:| on\w+=|https?:/i);
  const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
  });
});

it.each([
  ['tt.example:9527', 'https://tt.example:9527/ca'],
  ['[2001:db8::1]:9527', 'https://[2001:db8::1]:9527/ca'],
  ['x"><script>', null],
])('leads a browser that came by plain HTTP, to %j, there', async (host, link) => {
  const { port } = new URL(agent.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n');
  socket.write(`Host: ${host}\r\nAccept: text/html,*/*\r\nAccept-Language: zh\r\n\r\n`);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 426 TLS_REQUIRED\r\n/);
  expect(answer).toContain(`<a href="${link ?? `${agent.url}/ca`}">`);
  expect(answer).toContain('<html lang="zh-CN">');
  expect(answer).not.toContain('<script');
});

it('resumes TLS for those who come again, without another handshake with certificates', async () => {
  const { port } = new URL(agent.url);
  const options = {
    host: '127.0.0.1',
    port: Number(port),
    ca: [agent.authority ?? ''],
    checkServerIdentity: () => undefined,
  };
  const first = tlsConnect(options);
  // With TLS 1.3 it comes after the handshake.
  const [session] = (await once(first, 'session')) as [Buffer];
  expect(first.isSessionReused()).toBe(false);
  first.destroy();
  const again = tlsConnect({ ...options, session });
  await once(again, 'secureConnect');
  expect(again.isSessionReused()).toBe(true);
  again.destroy();
});

it('accepts pages of its own https address only', async () => {
  const { host } = new URL(agent.url);
  const page = (origin: string) => get('/api/openapi.json', { origin, authorization: `Bearer ${agent.token}` });
  expect(JSON.parse(await page(`https://${host}`))).toHaveProperty('openapi');
  expect(JSON.parse(await page(`http://${host}`))).toMatchObject({ code: 'ORIGIN_REFUSED' });
});

it('presents the certificate of an administrator, reads it again when told, and keeps the one before if it is broken', async () => {
  const authority = await makeAuthority('company', new Date());
  const [certificateFile, keyFile] = [path.join(folder, 'own.pem'), path.join(folder, 'own.key')];
  const put = async (now: Date) => {
    const { certificate, key } = await makeServerCertificate(authority, { hostNames: ['tt.test'], addresses: [] }, now);
    await writeFile(certificateFile, `${certificate}\n${authority.certificate}\n`);
    await writeFile(keyFile, key);
    return new X509Certificate(certificate).serialNumber;
  };
  const first = await put(new Date());
  const own = await startTestAgent({ config: { tls: { ...ALWAYS, names: [], certificateFile, keyFile } } });
  try {
    expect((await presented(own.url)).serialNumber).toBe(first);
    // The token of another server lets nobody in, and is no failure of the connection.
    expect(await failureOf(own.url, authority.certificate)).toMatchObject({ code: 'UNAUTHORIZED' });
    const held = connectNode({ url: own.url, token: own.token, authority: authority.certificate });
    expect(await held.client.env.list()).toMatchObject({ envs: [] });
    const second = await put(new Date());
    await own.configure({});
    await expect.poll(async () => (await presented(own.url)).serialNumber).toBe(second);
    expect(await held.client.env.list()).toMatchObject({ envs: [] });
    held.close();
    await writeFile(keyFile, await readFile(path.join(agent.home, 'tls', 'authority.pem'), 'utf8'));
    await own.configure({});
    await expect.poll(() => own.log.some(({ msg }) => msg?.includes('the one before stays'))).toBe(true);
    expect((await presented(own.url)).serialNumber).toBe(second);
    own.takeFaults();
  } finally {
    await own.stop();
  }
});

it.each([
  [400, 'CERTIFICATE_NOT_YET_VALID', 399],
  [-100, 'CERTIFICATE_EXPIRED', 70],
])('says by how much a clock is wrong, or a certificate too old: made in %d days', async (inDays, code, days) => {
  const at = new Date(Date.now() + inDays * 24 * 60 * 60 * 1000);
  const authority = await makeAuthority('of another day', inDays > 0 ? at : new Date());
  const made = await makeServerCertificate(authority, { hostNames: ['tt.test'], addresses: [] }, at);
  const asked = vi.fn();
  const server = createTlsServer({ key: made.key, cert: `${made.certificate}\n${authority.certificate}` }, asked);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await failureOf(url, authority.certificate)).toMatchObject({ code, data: { days } });
  expect(asked).not.toHaveBeenCalled();
  server.close();
});

it.each([
  ['no certificate', 'nothing', 'notCertificate'],
  ['a certificate without its key', null, 'notCertificate'],
  ['the key of another certificate', 'other', 'keyOfOther'],
  ['a certificate that has ended', 'ended', 'certificateEnded'],
])('does not start with %s', async (_what, content, why) => {
  const certificateFile = path.join(folder, 'broken.pem');
  const made = await makeAuthority('x', content === 'ended' ? new Date(0) : new Date());
  const key = content === 'other' ? (await makeAuthority('y', new Date())).key : made.key;
  const pair = content === 'other' || content === 'ended' ? `${key}\n${made.certificate}` : null;
  await writeFile(certificateFile, pair ?? content ?? made.certificate);
  const starting = startTestAgent({
    config: { tls: { ...ALWAYS, names: [], certificateFile, keyFile: certificateFile } },
  });
  await expect(starting).rejects.toMatchObject({ code: 'FILE_UNUSABLE', data: { reason: { code: why } } });
});

function grouped(fingerprint: string): string {
  return (fingerprint.match(/.{4}/g) ?? []).join(' ');
}

async function get(where: string, headers: Record<string, string> = {}): Promise<string> {
  return (await answerTo(where, headers)).body;
}

function answerTo(
  where: string,
  headers: Record<string, string> = {},
): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    httpsRequest(
      agent.url + where,
      { ca: [agent.authority ?? ''], headers, agent: false },
      (answer) => void text(answer).then((body) => resolve({ headers: answer.headers, body }), reject),
    )
      .on('error', reject)
      .end();
  });
}

async function presented(url = agent.url): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const asked = httpsRequest(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      const { raw } = (answer.socket as unknown as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate();
      answer.resume();
      resolve(new X509Certificate(raw));
    });
    asked.on('error', reject).end();
  });
}
