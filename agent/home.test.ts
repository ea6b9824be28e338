// The state folder: private, one agent at a time however the last one ended, and a token that stays the same.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, openHome } from './home.ts';
import { hostClock } from './host/boot-clock.ts';
import { identifyProcess, waitUntilGone } from './host/process-identity.ts';
import { spawnProcess } from './host/run-command.ts';
import { StateStore } from './state/store.ts';
import { until } from './testing/until.ts';

let parent: string;
let directory: string;
const opened: Home[] = [];
const open = async () => {
  const home = await openHome(directory);
  opened.push(home);
  return home;
};
const modeOf = async (name: string) => ((await stat(path.join(directory, name))).mode & 0o777).toString(8);

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'tt-home-'));
  directory = path.join(parent, 'deep', 'home');
});
afterEach(async () => {
  for (const home of opened.splice(0)) await home.release();
  await rm(parent, { recursive: true });
});

/** As root, guests run as users of their own and must get through to their files. */
const folderMode = process.getuid?.() === 0 ? '711' : '700';

describe('the state folder', () => {
  it('is for its owner only, with a long token that stays the same', async () => {
    const home = await open();
    await home.announce({ url: 'http://127.0.0.1:1', authority: null }, new Date(0));
    expect([await modeOf('.'), await modeOf('run'), await modeOf('token'), await modeOf('agent.json')]).toEqual([
      folderMode,
      folderMode,
      '600',
      '600',
    ]);
    expect(home.token).toMatch(/^[\w-]{43}$/);
    await home.release();
    expect((await open()).token).toBe(home.token);
  });

  it('knows the port it announced last, also when the agent is gone', async () => {
    const home = await open();
    expect(await home.lastPort()).toBe(null);
    await home.announce({ url: 'http://127.0.0.1:4711', authority: null }, new Date(0));
    await home.release();
    const again = await open();
    expect(await again.lastPort()).toBe(4711);
    await writeFile(path.join(directory, 'port'), 'nonsense');
    expect(await again.lastPort()).toBe(null);
  });

  it('is made private again when it was not', async () => {
    const home = await open();
    await home.release();
    await chmod(directory, 0o755);
    await chmod(path.join(directory, 'token'), 0o644);
    await open();
    expect([await modeOf('.'), await modeOf('token')]).toEqual([folderMode, '600']);
  });

  it('of real drivers is refused to fake ones, and the other way round', async () => {
    const refused = (held: string) => ({ code: 'STATE_OTHER_DRIVERS', data: { stateDirectory: directory, held } });
    const real = await open();
    new StateStore(real.databaseFile).close();
    await real.release();
    await expect(openHome(directory, 'fake')).rejects.toMatchObject(refused('real'));
    // A refusal leaves the folder free.
    await (await open()).release();

    directory = path.join(parent, 'fake');
    await (await openHome(directory, 'fake')).release();
    await expect(openHome(directory)).rejects.toMatchObject(refused('fake'));
    await (await openHome(directory, 'fake')).release();
  });

  it('tells clients where the agent is, and takes that back', async () => {
    const home = await open();
    await home.announce({ url: 'http://127.0.0.1:1', authority: null }, new Date('2026-11-21T10:00:00Z'));
    expect(JSON.parse(await readFile(path.join(directory, 'agent.json'), 'utf8'))).toEqual({
      url: 'http://127.0.0.1:1',
      authority: null,
      ...(await identifyProcess(process.pid)),
      bootId: hostClock.bootId,
      startedAt: '2026-11-21T10:00:00.000Z',
    });
    await home.release();
    expect((await readdir(directory)).sort()).toEqual(['bases', 'disks', 'lock.sqlite', 'port', 'run', 'token']);
  });
});

describe('a second agent', () => {
  it('is turned away with the process that holds the folder, and hurts nothing', async () => {
    const home = await open();
    await home.announce({ url: 'http://127.0.0.1:1', authority: null }, new Date(0));
    await expect(openHome(directory)).rejects.toMatchObject({
      code: 'AGENT_ALREADY_RUNNING',
      data: { pid: process.pid, stateDirectory: directory },
    });
    expect(await readdir(directory)).toContain('agent.json');
    await home.release();
    await open();
  });

  it('gets in after the first one was killed, whatever that one left', async () => {
    await open().then((home) => home.release());
    const script = `
      const { openHome } = await import(${JSON.stringify(path.join(import.meta.dirname, 'home.ts'))});
      const home = await openHome(${JSON.stringify(directory)});
      await home.announce({ url: 'http://127.0.0.1:1', authority: null }, new Date());
      setInterval(() => {}, 1000);`;
    const child = await spawnProcess(process.execPath, ['--input-type=module', '-e', script], { detached: false });
    const identity = await identifyProcess(child.pid ?? 0);
    await until(
      'the other agent holds the folder',
      () => readdir(directory).then((names) => names.includes('agent.json')),
      15_000,
    );
    await expect(openHome(directory)).rejects.toMatchObject({
      code: 'AGENT_ALREADY_RUNNING',
      data: { pid: child.pid, stateDirectory: directory },
    });
    child.kill('SIGKILL');
    if (identity) expect(await waitUntilGone(identity, 5_000)).toBe(true);
    await open();
  });

  it('is not let in by a folder that can’t be used', async () => {
    await writeFile(path.join(parent, 'deep'), 'a file');
    await expect(openHome(directory)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      data: { folder: directory, reason: { code: 'notFolder' } },
    });
  });
});
