// The Debian packages in a Debian 12 of their own: installed by dpkg with real dependencies, an agent that is reached by its invitation,
// an upgrade while it runs, removed with the state kept, and purged. Without systemd, which a chroot has not.
// @module-tag long
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand, spawnProcess } from '../../../agent/host/run-command.ts';
import { debianSources } from '../../../agent/images/recipes/debian-12/apt-sources.ts';
import { until } from '../../../agent/testing/until.ts';
import { buildDeb } from './deb-package.ts';
import { packagesOf } from './packages.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const isPossible = process.getuid?.() === 0 && process.arch === 'x64' && (await findProgram('mmdebstrap')) !== null;
const TOO_LONG_MS = 20 * 60_000;
const PORT = '19528';

let work: string;
let debian: string;
const debs: string[] = [];

beforeAll(async () => {
  if (!isPossible) return;
  work = await mkdtemp(path.join(tmpdir(), 'tt-deb-test-'));
  debian = path.join(work, 'debian');
  await runCommand('npm', ['run', 'build'], { cwd: root, timeoutMs: TOO_LONG_MS });
  const packages = await packagesOf({
    root,
    work: path.join(work, 'made'),
    node: process.execPath,
    architecture: 'amd64',
  });
  for (const deb of packages) debs.push(await buildDeb(deb, work));
  const needed = [...new Set(packages.flatMap(({ depends }) => depends))].join(',');
  const sources = await debianSources(AbortSignal.timeout(60_000));
  await runCommand('mmdebstrap', ['--variant=minbase', `--include=${needed}`, 'bookworm', debian, ...sources], {
    timeoutMs: TOO_LONG_MS,
  });
  await mkdir(path.join(debian, 'debs'));
  for (const deb of debs) await cp(deb, path.join(debian, 'debs', path.basename(deb)));
}, TOO_LONG_MS);
afterAll(() => (isPossible ? rm(work, { recursive: true, force: true }) : undefined));

/** Processes and devices of this host can be seen inside, its files can't. */
const entering = (words: readonly string[]) => {
  const script = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"';
  return ['--mount', '--propagation', 'private', 'sh', '-c', script, debian, ...words];
};
const inside = (...words: string[]) =>
  runCommand(
    'unshare',
    entering(['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', ...words]),
    {
      timeoutMs: 10 * 60_000,
    },
  );

it.runIf(isPossible)(
  'are installed, upgraded while the agent runs, removed and purged',
  { timeout: TOO_LONG_MS },
  async () => {
    const files = debs.map((deb) => `/debs/${path.basename(deb)}`);
    await inside('dpkg', '--install', ...files);
    expect((await inside('tt-agent', 'config', 'check', '/etc/tt/agent.yaml')).stdout).toContain('/etc/tt/agent.yaml');
    expect((await inside('tt', '--version')).stdout).toMatch(/^0\.\d+\.\d+/);
    expect((await inside('tt-proxy', '--help')).stdout).toContain('--server-set');
    // A configuration that an admin has changed stays over an upgrade.
    const config = path.join(debian, 'etc/tt/agent.yaml');
    const mine = `${(await readFile(config, 'utf8')).replace('port: 9527', `port: ${PORT}`)}\nengines: [fake]\nprepareImages: false\n`;
    await writeFile(config, mine.replace('prepareImages: true\n', ''));
    await mkdir(path.join(debian, 'var/lib/tt'), { mode: 0o711 });

    const agent = await spawnProcess(
      'unshare',
      entering(['/usr/bin/tt-agent', 'run', '--config', '/etc/tt/agent.yaml']),
      {
        detached: false,
      },
    );
    try {
      await until('the agent listens', () => existsSync(path.join(debian, 'var/lib/tt/agent.json')), 60_000);
      const { stdout: link } = await inside('tt-agent', 'invite');
      expect(link).toMatch(new RegExp(`^https://[^/]+:${PORT}/#join=[\\w-]+&ca=[0-9a-f]{64}\\n$`));
      await inside('tt', 'config', '--serv-addr', link.trim().replace(/\/\/[^:/]+:/, '//127.0.0.1:'));
      expect(JSON.parse((await inside('tt', 'env', 'list', '--json')).stdout)).toEqual({ envs: [] });
      await inside('dpkg', '--install', ...files);
      expect((await inside('tt', 'status')).stdout).toContain('yes,');
      expect(await readFile(config, 'utf8')).toContain(`port: ${PORT}`);
    } finally {
      agent.kill('SIGTERM');
      await new Promise((resolve) => agent.once('exit', resolve));
    }

    const removed = await inside('dpkg', '--remove', 'tt-agent', 'tt-proxy', 'tt-cli');
    expect(removed.stdout).toContain('VMs that run keep running');
    expect(existsSync(path.join(debian, 'usr/bin/tt-agent'))).toBe(false);
    expect((await stat(path.join(debian, 'var/lib/tt/state.sqlite'))).isFile()).toBe(true);
    await inside('dpkg', '--purge', 'tt-agent');
    expect(existsSync(path.join(debian, 'var/lib/tt'))).toBe(false);
    expect(existsSync(path.join(debian, 'etc/tt/agent.yaml'))).toBe(false);
  },
);
