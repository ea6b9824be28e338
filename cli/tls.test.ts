// `tt` and a server that speaks TLS: selecting it by a join link, by its fingerprint, and refusing to without either.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fingerprintWords } from '@tt/client/fingerprint-words';
import { fingerprintOf } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let fingerprint: string;
let tokenFile: string;
let homes = 0;

beforeAll(async () => {
  running = await startTestTt({
    config: { network: 'user', tls: { mode: 'always', names: [], certificateFile: null, keyFile: null } },
  });
  fingerprint = fingerprintOf(running.agent.authority ?? '');
  tokenFile = path.join(running.emptyHome, 'token-file');
  await writeFile(tokenFile, running.agent.token);
});
afterAll(() => running.stop());

/** `tt` of a computer that knows nothing yet. */
async function stranger(): Promise<(args: string) => ReturnType<TestTt['tt']>> {
  const home = path.join(running.emptyHome, `home${++homes}`);
  await mkdir(home);
  return (args) => running.tt(args, { TT_HOME: home });
}

const grouped = (digits: string) => (digits.match(/.{4}/g) ?? []).join(' ');

it('finds the private agent, and shows the fingerprint that others compare', async () => {
  expect((await running.tt('env list')).exitCode).toBe(0);
  const { stdout } = await running.tt('status');
  expect(stdout).toContain(grouped(fingerprint));
  expect(stdout).toContain(fingerprintWords(fingerprint, 'en'));
});

it('selects a server by a join link, without a token and without a question', async () => {
  const { stdout: link } = await running.tt('open --print');
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#join=[\w-]+&ca=[0-9a-f]{64}\n$/);
  const tt = await stranger();
  const selected = await tt(`config -a ${link.trim()}`);
  expect([selected.exitCode, selected.stderr]).toEqual([0, '']);
  expect(selected.stdout).toBe(`server: ${running.agent.url}\n`);
  expect((await tt('env list')).exitCode).toBe(0);
  expect(await tt(`config -a ${link.trim()}`)).toMatchObject({
    exitCode: 7,
    stderr: expect.stringContaining('JOIN_CODE_INVALID'),
  });
  // What was selected before stays.
  expect((await tt('env list')).exitCode).toBe(0);
});

it('selects it by its fingerprint, in any spelling, or by its certificate', async () => {
  const ca = path.join(running.emptyHome, 'ca.pem');
  await writeFile(ca, running.agent.authority ?? '');
  const words = (['en', 'zh-CN'] as const).map((language) =>
    fingerprintWords(fingerprint, language).replaceAll(' ', ','),
  );
  for (const given of [fingerprint, `sha256:${fingerprint.toUpperCase()}`, ...words, ca]) {
    const tt = await stranger();
    const selected = await tt(`config -a ${running.agent.url} --token-file ${tokenFile} --ca ${given}`);
    expect([selected.exitCode, selected.stderr]).toEqual([0, '']);
    expect((await tt('env list')).exitCode).toBe(0);
  }
});

it('refuses a server that nobody vouched for, with its fingerprint, and one that is another', async () => {
  const tt = await stranger();
  const unknown = await tt(`config -a ${running.agent.url} --token-file ${tokenFile}`);
  expect(unknown.exitCode).toBe(6);
  expect(unknown.stderr).toContain(grouped(fingerprint));
  expect(unknown.stderr).toContain('[SERVER_NOT_TRUSTED]');
  const other = await tt(`config -a ${running.agent.url} --token-file ${tokenFile} --ca ${'0'.repeat(64)}`);
  expect([other.exitCode, other.stderr]).toEqual([6, expect.stringContaining('[SERVER_IDENTITY_WRONG]')]);
  expect((await tt('config')).stdout).toBe('server: the private agent of this computer\n');
  const wrong = await tt(`config -a ${running.agent.url} --ca ${tokenFile}`);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('neither a SHA-256 nor a file')]);
});

it('sends no token to a plain address of another computer', async () => {
  const tt = await stranger();
  expect((await tt(`config -a http://192.0.2.1:9527 --token-file ${tokenFile}`)).exitCode).toBe(0);
  expect(await tt('env list')).toMatchObject({ exitCode: 6, stderr: expect.stringContaining('[TLS_REQUIRED]') });
});
