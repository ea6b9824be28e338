// What `tt` does where its surroundings are not as it left them: broken settings, no place to write, no terminal, no colours.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

const SECRET = 'secret-of-the-server';
let running: TestTt;
let home: string;
let settings: string;

beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  home = await mkdtemp(path.join(running.emptyHome, 'home-'));
  settings = path.join(home, 'cli.json');
});
afterAll(() => running.stop());

describe('broken settings', () => {
  it.each([
    ['', 'an empty file'],
    [`{"url":"http://127.0.0.1:1","token":"${SECRET}"`, 'a cut one'],
    [`{"url":"nowhere","token":"${SECRET}"}`, 'an address that is none'],
    [`{"url":"http://127.0.0.1:1","token":"${SECRET}","colour":"red"}`, 'keys of somebody else'],
    ['[]', 'another shape'],
    ['\u0000\ufffd', 'bytes'],
  ])('%j (%s) is said, with what to do, and shows no token', async (text) => {
    await writeFile(settings, text);
    for (const command of ['env list', 'status', 'status --client', 'config', 'doctor', 'env show demo']) {
      const { exitCode, stdout, stderr } = await running.tt(command, { TT_HOME: home });
      expect([command, exitCode, stdout, codeOf(stderr)]).toEqual([command, 2, '', 'FILE_UNUSABLE']);
      expect(stderr).toContain(
        `${settings} can’t be used: it does not hold settings of tt; select the server again with tt config`,
      );
      expect(stderr).not.toContain(SECRET);
    }
    expect(await running.tt(['complete', 'tt env show '], { TT_HOME: home })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(await readFile(settings, 'utf8')).toBe(text);
  });

  it('are replaced by a new choice, which takes no token of the old one', async () => {
    await writeFile(settings, `{"url":"${running.agent.url}","token":"${SECRET}"`);
    const { exitCode } = await running.tt(`config --serv-addr ${running.agent.url}`, { TT_HOME: home });
    expect([exitCode, JSON.parse(await readFile(settings, 'utf8'))]).toEqual([
      0,
      { url: running.agent.url, token: null },
    ]);
  });

  it('can be given up', async () => {
    await writeFile(settings, '{');
    const { exitCode, stdout } = await running.tt('config --private', { TT_HOME: home });
    expect([exitCode, stdout]).toEqual([0, 'server: the private agent of this computer\n']);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('no place to write', () => {
  it('is said, and nothing half-made stays', async () => {
    const file = path.join(running.emptyHome, 'a-file');
    await writeFile(file, '');
    const nowhere = path.join(file, 'home');
    const address = `--serv-addr ${running.agent.url}`;
    for (const command of [`config ${address}`, 'completion install fish']) {
      const { exitCode, stdout, stderr } = await running.tt(command, {
        TT_HOME: nowhere,
        HOME: nowhere,
        XDG_CONFIG_HOME: '',
      });
      expect([command, exitCode, stdout, codeOf(stderr)]).toEqual([command, 2, '', 'FILE_UNUSABLE']);
      expect(stderr).toContain('a part of its path is not a folder');
    }
  });

  it('takes nothing away: what was there stays when the new one can’t be written', async () => {
    const full = path.join(home, 'full');
    await mkdir(path.join(full, 'fish/completions/tt.fish'), { recursive: true });
    await mkdir(settings);
    const status = await running.tt('status', { TT_HOME: home });
    expect([status.exitCode, codeOf(status.stderr)]).toEqual([2, 'FILE_UNUSABLE']);
    const choice = await running.tt(`config --serv-addr ${running.agent.url}`, { TT_HOME: home });
    expect([choice.exitCode, codeOf(choice.stderr), await readdir(home)]).toEqual([
      2,
      'FILE_UNUSABLE',
      ['cli.json', 'full'],
    ]);
    await rm(settings, { recursive: true });
    const { exitCode, stderr } = await running.tt('completion install fish', { XDG_CONFIG_HOME: full });
    expect([exitCode, codeOf(stderr)]).toEqual([2, 'FILE_UNUSABLE']);
    expect(await readdir(path.join(full, 'fish/completions'))).toEqual(['tt.fish']);
    await rm(full, { recursive: true });
  });
});

it('writes no colours and moves no cursor where nobody looks, whatever the surroundings ask for', async () => {
  for (const colours of [{ NO_COLOR: '1' }, { FORCE_COLOR: '3', CLICOLOR_FORCE: '1' }, { TERM: 'dumb' }]) {
    for (const command of ['env list', '--help', 'env add --help', 'env show nobody', 'env fly', 'status']) {
      const { stdout, stderr } = await running.tt(command, colours);
      expect([command, `${stdout}${stderr}`.includes('\u001b'), stdout.length + stderr.length > 0]).toEqual([
        command,
        false,
        true,
      ]);
    }
  }
});
