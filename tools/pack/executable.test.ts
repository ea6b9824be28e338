// The single executable of `tt` in a Debian without Node, entered by chroot: it asks an agent, fails as it should, and bash, zsh and
// fish complete with it.
// @module-tag long
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { envDetailSchema } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findProgram, runCommand } from '../../agent/host/run-command.ts';
import { debianSources } from '../../agent/images/recipes/debian-12/apt-sources.ts';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { writeChecksums } from './checksums.ts';
import { makeExecutable } from './executable.ts';
import { openTestTerminal } from './test-terminal.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** `chroot` needs root; the rest is what the test calls. */
const isPossible =
  process.platform === 'linux' &&
  process.arch === 'x64' &&
  process.getuid?.() === 0 &&
  (await findProgram('mmdebstrap')) !== null &&
  (await findProgram('script')) !== null;
const TOO_LONG_MS = 20 * 60_000;
const PROMPT = 'READY> ';

describe.runIf(isPossible)('the single executable', () => {
  let work: string;
  let debian: string;
  let name: string;
  let agent: TestAgent;

  beforeAll(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'tt-executable-'));
    debian = path.join(work, 'debian');
    const archive = await makeExecutable(root, work);
    await writeChecksums(work, [archive]);
    name = path.basename(archive, '.tar.gz');
    await runCommand('tar', ['-xzf', archive, '-C', work], { timeoutMs: 120_000 });
    const sources = await debianSources(AbortSignal.timeout(60_000));
    const shells = '--include=bash-completion,zsh,fish';
    await runCommand('mmdebstrap', ['--variant=minbase', shells, 'bookworm', debian, ...sources], {
      timeoutMs: TOO_LONG_MS,
    });
    await copyFile(path.join(work, name, 'tt'), path.join(debian, 'usr/local/bin/tt'));
    agent = await startTestAgent({ config: { network: 'user' } });
    await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    await writeFile(path.join(debian, 'root/token'), agent.token);
  }, TOO_LONG_MS);
  afterAll(async () => {
    await agent?.stop();
    await rm(work, { recursive: true, force: true });
  });

  /** Words of a command in the root, where nothing of this process's environment is. */
  const inside = (words: readonly string[], env: Record<string, string> = {}) =>
    runCommand('chroot', [debian, ...words], {
      timeoutMs: 60_000,
      withoutEnvironment: true,
      env: { HOME: '/root', PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      okExitCodes: [0, 1, 2, 3, 6, 7, 127],
    });
  const tt = (args: string, env?: Record<string, string>) => inside(['tt', ...args.split(' ')], env);

  it('comes with checksums, licences of all that is in it, a manual page and scripts of completion', async () => {
    await runCommand('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: work, timeoutMs: 60_000 });
    const files = await readdir(path.join(work, name), { recursive: true });
    expect(files.toSorted()).toEqual([
      'LICENSE',
      'LICENSE.node',
      'completions',
      'completions/_tt',
      'completions/tt',
      'completions/tt.fish',
      'licenses.md',
      'man',
      'man/tt.1',
      'tt',
    ]);
    const read = (file: string) => readFile(path.join(work, name, file), 'utf8');
    expect(await read('LICENSE.node')).toContain('Node.js is licensed for use as follows');
    for (const bundled of ['commander', 'zod', 'ws']) expect(await read('licenses.md')).toContain(`## ${bundled} - `);
    expect((await stat(path.join(work, name, 'tt'))).mode & 0o777).toBe(0o755);
  });

  it('starts where there is no Node, whatever NODE_OPTIONS say', async () => {
    expect((await inside(['sh', '-c', 'command -v node'])).exitCode).toBe(127);
    const { exitCode, stdout, stderr } = await tt('--version', { NODE_OPTIONS: '--require=/no/such/file' });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \([0-9a-f]{12}(-changed)?\)\n$/);
  });

  it('without a server ends with 6, and on a wrong command line with 2', async () => {
    const alone = await tt('env list');
    expect([alone.exitCode, alone.stderr]).toEqual([6, expect.stringContaining('[AGENT_NOT_RUNNING]')]);
    const wrong = await tt('env lisst');
    expect([wrong.exitCode, wrong.stdout, wrong.stderr]).toEqual([
      2,
      '',
      expect.stringContaining('Did you mean list?'),
    ]);
    const error = z
      .object({ error: z.looseObject({ code: z.string() }) })
      .parse(JSON.parse((await tt('env fly --json')).stderr));
    expect(error.error.code).toBe('COMMAND_LINE_INVALID');
  });

  it('asks the agent: by plain requests, over the link, and to make and delete', async () => {
    const chosen = await tt(`config --serv-addr ${agent.url} --token-file /root/token`);
    expect([chosen.exitCode, chosen.stderr]).toEqual([0, '']);
    const status = await tt('status --json');
    expect([status.exitCode, JSON.parse(status.stdout)]).toEqual([
      0,
      expect.objectContaining({ server: agent.url, reachable: true, user: 'local', problem: null }),
    ]);
    const made = await tt('env add more --os-prefix tiny --json');
    expect(envDetailSchema.parse(JSON.parse(made.stdout)).env.state).toBe('running');
    expect((await tt('env list')).stdout).toMatch(/^NAME .*\ndemo .*\nmore .*\n$/);
    expect((await tt('env del more --yes')).stdout).toBe('more is deleted\n');
    expect((await agent.client.env.list()).envs.map(({ name: of }) => of)).toEqual(['demo']);
  });

  it('completes in fish', async () => {
    expect((await tt('completion install fish')).exitCode).toBe(0);
    const complete = async (line: string) => (await inside(['fish', '-c', 'complete -C "$argv"', line])).stdout;
    expect(await complete('tt env sh')).toBe('shorten\nshow\n');
    expect(await complete('tt env show de')).toBe('demo\n');
    expect(await complete('tt env add x --os-prefix tiny-2,deb')).toBe('tiny-2,debian-12\ntiny-2,debian-13\n');
  });

  it.each([
    ['bash', 'bash --rcfile /root/rc -i'],
    ['zsh', 'zsh -i'],
  ])('completes in %s, at a terminal', async (shell, start) => {
    const installed = await tt('completion install', { SHELL: `/bin/${shell}` });
    expect([installed.exitCode, installed.stderr]).toEqual([0, '']);
    const bash = ['. /usr/share/bash-completion/bash_completion', "bind 'set enable-bracketed-paste off'"];
    // As it was told to.
    const zsh = installed.stdout.split('\n').filter((line) => line.startsWith('  '));
    expect(zsh.length).toBe(shell === 'zsh' ? 2 : 0);
    await mkdir(path.join(debian, 'root'), { recursive: true });
    await writeFile(path.join(debian, 'root/rc'), [...bash, `PS1='${PROMPT}'`, ''].join('\n'));
    await writeFile(path.join(debian, 'root/.zshrc'), [...zsh, `PS1='${PROMPT}'`, ''].join('\n'));
    const terminal = await openTestTerminal(
      `exec env -i HOME=/root TERM=dumb PATH=/usr/local/bin:/usr/sbin:/usr/bin:/bin chroot "$DEBIAN" ${start}`,
      {
        env: { DEBIAN: debian },
        file: path.join(work, `${shell}.txt`),
        shows: PROMPT,
      },
    );
    try {
      // What a shell writes behind what was typed.
      await terminal.type('tt env ext\t', 'end ');
      await terminal.type('de\t', 'mo ');
      await terminal.type('--over\t', 'ride-limit ');
      await terminal.type('\u0015tt image show qemu:tin\t', 'y-2:default');
    } finally {
      await terminal.close();
    }
  });
});
