// The Debian packages in a Debian 12 of their own: installed by dpkg with real dependencies, an agent that is reached by its invitation,
// an upgrade while it runs, removed with the state kept, and purged. Without systemd, which a chroot has not.
// @module-tag long
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand, spawnProcess } from '../../../agent/host/run-command.ts';
import { until } from '../../../agent/testing/until.ts';
import { cleanEnvironment, makeTestDebian, type TestDebian, TOO_LONG_MS } from '../test-debian.ts';

const isPossible = process.getuid?.() === 0 && process.arch === 'x64' && (await findProgram('mmdebstrap')) !== null;
const PORT = '19528';

let made: TestDebian;
let debian: string;

beforeAll(async () => {
  if (!isPossible) return;
  made = await makeTestDebian();
  debian = made.folder;
}, TOO_LONG_MS);
afterAll(() => (isPossible ? made.remove() : undefined));

/** Processes and devices of this host can be seen inside, its files can't. */
const entering = (words: readonly string[]) => {
  const script = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"';
  return ['--mount', '--propagation', 'private', 'sh', '-c', script, debian, ...words];
};
const inside = (...words: string[]) =>
  runCommand('unshare', entering([...cleanEnvironment, ...words]), { timeoutMs: 10 * 60_000 });

it.runIf(isPossible)(
  'are installed, upgraded while the agent runs, removed and purged',
  { timeout: TOO_LONG_MS },
  async () => {
    await inside('dpkg', '--install', ...made.packages);
    expect((await inside('tt-agent', 'config', 'check', '/etc/tt/agent.yaml')).stdout).toContain('/etc/tt/agent.yaml');
    expect((await inside('tt', '--version')).stdout).toMatch(/^0\.\d+\.\d+/);
    expect((await inside('tt-proxy', '--help')).stdout).toContain('--server-set');
    for (const file of ['man/man8/tt-agent.8.gz', 'man/man8/tt-proxy.8.gz', 'bash-completion/completions/tt-agent'])
      expect([file, existsSync(path.join(debian, 'usr/share', file))]).toEqual([file, true]);
    expect((await inside('tt-agent', 'install', '--dry-run')).stdout).toContain('/usr/local/bin/tt-agent run --config');
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
      await inside('dpkg', '--install', ...made.packages);
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
