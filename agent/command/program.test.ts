// The short-running commands of tt-agent, each as a separate process, as an administrator calls them.
import { createHash } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Identities } from '@tt/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkConfigText } from '../config/config-file.ts';
import { type ConfigFolder, makeConfigFolder } from '../config/test-config.ts';
import { runCommand } from '../host/run-command.ts';

const main = path.resolve(import.meta.dirname, '../main.ts');
let files: ConfigFolder;
beforeEach(async () => {
  files = await makeConfigFolder();
});
afterEach(() => files.remove());

const ttAgent = (...args: string[]) =>
  runCommand(process.execPath, [main, ...args], {
    timeoutMs: 60_000,
    okExitCodes: [0, 1],
    env: { TT_HOME: files.folder },
  });

describe('config check', () => {
  it('says that a file is valid, or where it is not', async () => {
    const good = await files.write('log: { level: debug }\n', 'good.yaml');
    expect(await ttAgent('config', 'check', good)).toEqual({ exitCode: 0, stdout: `${good} is valid.\n`, stderr: '' });
    const bad = await files.write('log:\n  levle: debug\n', 'bad.yaml');
    const { exitCode, stdout, stderr } = await ttAgent('config', 'check', bad);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `error: CONFIG_INVALID\n${bad}:2:3: log.levle: there is no such key; did you mean log.level?\n`,
    );
    expect((await ttAgent('config', 'check', `${bad}.none`)).stderr).toContain('CONFIG_NOT_FOUND');
  });
});

describe('config show', () => {
  it('prints what is in force, as a file that says the same, without what tokens are known by', async () => {
    const hash = 'ab'.repeat(32);
    const file = await files.write(
      `users: [{ name: ann, tokenSha256: "${hash}" }]\nquota: { users: { ann: { vms: 3 } } }\nports: { first: 41000 }\n`,
    );
    const { exitCode, stdout } = await ttAgent('config', 'show', '--config', file, '--log-level', 'warn');
    expect([exitCode, stdout.includes(hash)]).toEqual([0, false]);
    const shown = parse(stdout) as Record<string, Record<string, unknown>>;
    expect([shown['users'], shown['log'], shown['ports']]).toEqual([
      [{ name: 'ann', role: 'user' }],
      { level: 'warn', file: null },
      { first: 41_000, last: 59_999, hostAddress: null, onlyThisHost: false },
    ]);
    const again = { ...shown, users: [] };
    expect(checkConfigText(JSON.stringify(again), 'again').quota.users['ann']?.vms).toBe(3);
  });
});

describe('user add', () => {
  it('prints a token, and an entry that lets exactly this token in', async () => {
    const { exitCode, stdout } = await ttAgent('user', 'add', 'ann', '--role', 'admin');
    const [token = ''] = /^ {2}([\w-]{43})$/m.exec(stdout)?.slice(1) ?? [];
    const { users } = checkConfigText(stdout.slice(stdout.indexOf('users:')), 'entry');
    expect([exitCode, users]).toEqual([
      0,
      [{ name: 'ann', role: 'admin', tokenSha256: createHash('sha256').update(token).digest('hex') }],
    ]);
    const identities = new Identities('own', users);
    expect([identities.ofToken(token), identities.ofToken(`${token}x`)]).toEqual([
      { name: 'ann', role: 'admin' },
      null,
    ]);
    expect((await ttAgent('user', 'add', 'ann')).stdout).not.toContain(token);
  });

  it.each([['local'], ['a b'], ['../x'], ['']])('refuses %j, which the agent would refuse', async (name) => {
    const { exitCode, stdout, stderr } = await ttAgent('user', 'add', name);
    expect([exitCode, stdout, stderr.includes('CONFIG_INVALID')]).toEqual([1, '', true]);
  });
});

describe('token', () => {
  it('says where it is, never what it is, and makes none', async () => {
    const file = path.join(files.folder, 'token');
    const before = await ttAgent('token');
    expect([before.stdout, before.stderr]).toEqual([`${file}\n`, expect.stringContaining('does not exist yet')]);
    await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(file, 'secret\n', { mode: 0o600 });
    expect(await ttAgent('token')).toEqual({ exitCode: 0, stdout: `${file}\n`, stderr: '' });
  });
});

describe('firewall show', () => {
  it('says that no agent runs', async () => {
    const { exitCode, stderr } = await ttAgent('firewall', 'show');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('AGENT_NOT_RUNNING')]);
  });
});

describe('doctor', () => {
  it('prints JSON with a status for each check', async () => {
    // Without the engine: probing KVM is tested where it lives.
    const { exitCode, stdout } = await ttAgent('doctor', '--json', '--engine', 'fake', '--network', 'user');
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; fixes: string[] }[] };
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['configuration', 'node', 'state folder', 'ports']),
    );
    expect(checks.filter(({ status }) => !['ok', 'warn', 'fail'].includes(status))).toEqual([]);
    expect(exitCode).toBe(checks.some(({ status }) => status === 'fail') ? 1 : 0);
  });
});

it('says in one sentence why it can’t start', async () => {
  const file = await files.write('', 'file');
  const { exitCode, stderr } = await ttAgent('--engine', 'fake', '--network', 'user', '--home', file);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^tt-agent: TT can’t keep its state in .*\/file: it is a file, .*\.\n {4}.* \[STATE_UNUSABLE\]\n$/,
  );
});

it('refuses a wrong flag or file before anything is started', async () => {
  for (const [args, text] of [
    [['--first-port', '5'], 'give a whole number from 1024 to 65535.'],
    [['--config', path.join(files.folder, 'none.yaml')], 'CONFIG_NOT_FOUND'],
    [['nothing'], 'too many arguments'],
    [['--log-file', path.join(files.folder, 'none', 'agent.log')], 'LOG_UNWRITABLE'],
  ] as const) {
    const { exitCode, stdout, stderr } = await ttAgent(...args);
    expect([exitCode, stdout, stderr.startsWith('error: '), stderr.includes(text)]).toEqual([1, '', true, true]);
  }
});

it('escapes what names of files and arguments would do to a terminal', async () => {
  const file = await files.write('log: { level: debug }\n', 'a\u001b]0;b\u0007\u202e.yaml');
  const { stdout } = await ttAgent('config', 'check', file);
  expect(stdout).toContain('a\\u001b]0;b\\u0007\\u202e.yaml is valid.');
  const { stderr } = await ttAgent('--\u001b[2J');
  expect(stderr).toContain("unknown option '--\\u001b[2J'");
});
