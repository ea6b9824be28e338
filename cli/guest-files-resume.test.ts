// A get that was broken off continues where it stopped, and believes what was there before only by its hash.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Relay, startRelay } from '../agent/testing/relay.ts';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

/** Some chunks of a transfer. */
const SIZE = 512 * 1024;
let running: TestTt;
let relay: Relay;
/** A state folder of `tt` that leads to the agent through the relay. */
let home: string;
let folder: string;
let tests = 0;

beforeAll(async () => {
  running = await startTestTt({});
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  // In large pieces: how bytes are split is not what is tested here.
  relay = await startRelay(running.agent.url, () => 1);
  home = path.join(running.emptyHome, 'through-relay');
  await mkdir(home);
  await writeFile(path.join(home, 'cli.json'), JSON.stringify({ url: relay.url, token: running.agent.token }));
}, 60_000);
afterAll(async () => {
  await relay.close();
  await running.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(running.emptyHome, 'files-'));
  tests++;
});

const inside = (name: string) => path.join(folder, name);
const got = (name = '') => inside(path.join('got/tiny-2-1', name));
const get = (more = '') =>
  running.tt(`vm get demo/tiny-2-1 /srv/${tests}/big ${inside('got')} ${more}`, { TT_HOME: home });

/** Puts it into the guest as `big`. */
async function push(content: Buffer): Promise<void> {
  await writeFile(inside('big'), content);
  const { exitCode } = await running.tt(`vm push demo/tiny-2-1 ${inside('big')} /srv/${tests}/ --force`);
  expect(exitCode).toBe(0);
}

/** Gets it until the link is cut in the middle; gives what is left of it: its name and its bytes. */
async function getHalf(): Promise<{ name: string; size: number }> {
  relay.cutAfter(SIZE / 2);
  const { exitCode, stderr } = await get();
  expect([exitCode === 0, codeOf(stderr)]).toEqual([false, 'AGENT_GONE']);
  expect(stderr).toContain('the same command resumes where this one stopped');
  const names = await readdir(got());
  const [name = ''] = names;
  expect(names).toEqual([expect.stringMatching(/^\.tt-[0-9a-f]{32}\.part$/)]);
  const { size } = await stat(got(name));
  expect(size).toBeGreaterThan(SIZE / 8);
  expect(size).toBeLessThan(SIZE);
  return { name, size };
}

it('after a cut link only the rest comes', async () => {
  const content = randomBytes(SIZE);
  await push(content);
  const { size } = await getHalf();
  const before = relay.bytesFromAgent;
  expect((await get()).exitCode).toBe(0);
  // With what calls, feeds and frames are beside the bytes of the file.
  expect(relay.bytesFromAgent - before).toBeLessThan(SIZE - size + SIZE / 8);
  expect((await readFile(got('big'))).equals(content)).toBe(true);
  expect(await readdir(got())).toEqual(['big']);
});

it('a file that has become another one comes whole, though size and time are the same', async () => {
  await push(randomBytes(SIZE));
  await getHalf();
  const content = randomBytes(SIZE);
  await push(content);
  expect((await get()).exitCode).toBe(0);
  expect((await readFile(got('big'))).equals(content)).toBe(true);
  expect(await readdir(got())).toEqual(['big']);
});

it('what is longer than the file is not continued', async () => {
  const content = randomBytes(SIZE);
  await push(content);
  const { name } = await getHalf();
  await writeFile(got(name), randomBytes(SIZE + 1));
  expect((await get()).exitCode).toBe(0);
  expect((await readFile(got('big'))).equals(content)).toBe(true);
});

it('a file that is there with the same content is no conflict; another one is, and is overwritten only when asked', async () => {
  const content = randomBytes(SIZE);
  await push(content);
  expect((await get()).exitCode).toBe(0);
  const before = relay.bytesFromAgent;
  expect((await get()).exitCode).toBe(0);
  expect(relay.bytesFromAgent - before).toBeLessThan(SIZE / 8);
  const own = randomBytes(SIZE);
  await writeFile(got('big'), own);
  const refused = await get();
  expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([2, 'FILE_UNUSABLE']);
  expect((await readFile(got('big'))).equals(own)).toBe(true);
  expect((await get('--force')).exitCode).toBe(0);
  expect((await readFile(got('big'))).equals(content)).toBe(true);
  expect(await readdir(got())).toEqual(['big']);
});
