// The packages for rpm, installed by rpm under systemd. The system below is a Debian, because no other can be made here: what is installed, what
// the scriptlets do and what stays is rpm’s; that the names of what is needed are those of Fedora is not seen.
// @module-tag long
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import { TT_VERSION } from '../../../cli/version.ts';
import { canBootDebian, TestContainer } from '../test-container.ts';
import { makeTestDebian, type TestDebian, TOO_LONG_MS } from '../test-debian.ts';
import { buildRpm } from './rpm-package.ts';

const isPossible = (await canBootDebian()) && (await findProgram('rpmbuild')) !== null;
const CONFIGURATION = '/etc/tt/agent.yaml';
const NEWER = `${TT_VERSION}.1`;

let debian: TestDebian;
let container: TestContainer;
/** Path inside of an upgrade of the agent, which brings another configuration. */
let newer: string;

beforeAll(async () => {
  if (!isPossible) return;
  debian = await makeTestDebian(buildRpm);
  const [agent] = debian.made;
  if (!agent) throw new Error('there is no package of the agent');
  const before = await readFile(path.join(import.meta.dirname, '../../../agent/service/unit-files/agent.yaml'), 'utf8');
  const files = new Map([...agent.files, ['etc/tt/agent.yaml', { text: `${before}# newer\n` }] as const]);
  newer = await debian.bring(await buildRpm({ ...agent, version: NEWER, files }, debian.work, true));
  container = await TestContainer.bootWithImage(debian.folder);
}, TOO_LONG_MS);
afterAll(async () => {
  if (!isPossible) return;
  await container.end();
  await debian.remove();
});

it.runIf(isPossible)('are whole, and hold what they should', { timeout: TOO_LONG_MS }, async () => {
  for (const file of debian.packages) {
    expect(await container.inside('rpm', '--checksig', file)).toContain('digests OK');
    const files = (await container.inside('rpm', '--query', '--package', '--list', file)).trim().split('\n');
    const name = path.basename(file).replace(/-\d.*$/, '');
    expect(files).toEqual(expect.arrayContaining([`/usr/lib/${name}/node`, `/usr/share/licenses/${name}/LICENSE`]));
    expect(files.filter((one) => one.includes('vendor-completions/'))).toEqual([]);
    const owners = await container.inside(
      'rpm',
      '--query',
      '--package',
      '--queryformat',
      '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]',
      file,
    );
    expect(new Set(owners.trim().split('\n'))).toEqual(new Set(['root:root']));
  }
});

it.runIf(isPossible)(
  'start the agent, keep guests over an upgrade, leave everything when removed, and can delete it all',
  { timeout: TOO_LONG_MS },
  async () => {
    // Their needs are named as Fedora has them; what Debian has is there.
    const installed = await container.inside('rpm', '--install', '--nodeps', ...debian.packages);
    expect(installed).toContain('TT runs. A link for the first person: tt-agent invite');
    expect(await container.inside('tt-agent', 'invite')).toMatch(/^https:\/\/\S+:9527\/#join=/);
    expect(await container.unitState('tt-proxy.service')).toBe('inactive');
    expect(await container.inside('tt', '--version')).toContain(TT_VERSION);
    await container.tt('env', 'add', 'demo', '--os-prefix', 'tiny');
    const guest = await container.guestPid('demo');
    expect(guest).toMatch(/^\d+$/);

    const mine = `${await container.inside('cat', CONFIGURATION)}# mine\n`;
    await writeFile(path.join(debian.folder, CONFIGURATION), mine);
    const before = await container.inside('systemctl', 'show', '--property=MainPID', 'tt-agent');
    await container.inside('rpm', '--upgrade', '--nodeps', newer);
    expect(await container.inside('systemctl', 'show', '--property=MainPID', 'tt-agent')).not.toBe(before);
    expect([await container.unitState('tt-agent.service'), await container.guestPid('demo')]).toEqual([
      'active',
      guest,
    ]);
    expect(await container.tt('env', 'run', 'demo', '--wait', '--', 'uname', '-s')).toMatch(
      /demo\/tiny-2-1 +tiny-2 +ok/,
    );
    expect(await container.inside('cat', CONFIGURATION)).toBe(mine);
    expect(await container.inside('cat', `${CONFIGURATION}.rpmnew`)).toContain('# newer');

    expect(await container.inside('rpm', '--erase', 'tt-agent')).toContain('VMs that run keep running');
    expect([await container.unitState('tt-agent.service'), await container.guestPid('demo')]).toEqual([
      'inactive',
      guest,
    ]);
    expect((await container.ask('ls', '/var/lib/tt/state.sqlite', `${CONFIGURATION}.rpmsave`)).exitCode).toBe(0);

    // Installed again, it takes the guest up.
    await container.inside('rpm', '--install', '--nodeps', newer);
    expect([await container.guestPid('demo'), await container.tt('env', 'list')]).toEqual([
      guest,
      expect.stringContaining('demo  running'),
    ]);
    expect((await container.ask('/usr/lib/tt-agent/purge')).exitCode).toBe(2);
    expect(await container.guestPid('demo')).toBe(guest);
    await container.inside('/usr/lib/tt-agent/purge', '--yes');
    expect([await container.unitState('tt-agent.service'), await container.guestPid('demo')]).toEqual(['inactive', '']);
    expect((await container.ask('ls', '/var/lib/tt')).exitCode).toBe(2);
    expect(await container.inside('ip', '-brief', 'link')).not.toMatch(/^tt/m);
    await container.inside('rpm', '--erase', 'tt-agent', 'tt-proxy', 'tt-cli');
    expect((await container.ask('ls', '/usr/lib/tt-agent')).exitCode).toBe(2);
  },
);

it.runIf(isPossible)(
  'run from an empty root, whatever is installed beside them',
  { timeout: TOO_LONG_MS },
  async () => {
    const empty = path.join(debian.work, 'empty');
    await mkdir(empty);
    const files = debian.packages.map((file) => path.join(debian.folder, file));
    const words = ['--root', empty, '--install', '--nodeps', '--noscripts', ...files];
    await runCommand('rpm', words, { timeoutMs: TOO_LONG_MS });
    const run = (name: string, main: string, ...flags: string[]) =>
      runCommand(path.join(empty, `usr/lib/${name}/node`), [path.join(empty, `usr/lib/${name}/${main}`), ...flags], {
        timeoutMs: 60_000,
      });
    expect((await run('tt-agent', 'agent/main.js', '--help')).stdout).toContain('Runs the VMs of one host');
    expect((await run('tt-cli', 'main.cjs', '--version')).stdout).toContain(TT_VERSION);
    expect((await run('tt-proxy', 'proxy/main.js', '--help')).stdout).toContain('--server-set');
  },
);
