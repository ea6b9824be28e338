// The agent’s package under systemd, in a container of systemd-nspawn: it starts when it is installed, a real guest runs on while it is
// restarted and upgraded, a reboot brings the ENV back, removing keeps it, and purging leaves nothing.
// @module-tag long
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand, spawnProcess } from '../../../agent/host/run-command.ts';
import { testImage } from '../../../agent/images/test-image.ts';
import { until } from '../../../agent/testing/until.ts';
import { cleanEnvironment, makeTestDebian, type TestDebian, TOO_LONG_MS } from './test-debian.ts';

const isPossible =
  process.getuid?.() === 0 &&
  process.arch === 'x64' &&
  (await findProgram('mmdebstrap')) !== null &&
  (await findProgram('systemd-nspawn')) !== null;
const BOOT_MS = 120_000;

let debian: TestDebian;
let container: ChildProcess | null = null;
/** Of the systemd inside, as this host sees it. */
let init = 0;

beforeAll(async () => {
  if (!isPossible) return;
  debian = await makeTestDebian(['systemd', 'systemd-sysv', 'dbus', 'udev']);
  // It has no network of its own to build the image with.
  const images = path.join(debian.folder, 'var/lib/tt/images/tiny-2');
  await mkdir(images, { recursive: true, mode: 0o711 });
  const { directory } = await testImage();
  for (const file of await readdir(directory)) await copyFile(path.join(directory, file), path.join(images, file));
  await boot();
}, TOO_LONG_MS);
afterAll(async () => {
  if (!isPossible) return;
  await end();
  await debian.remove();
});

async function boot(): Promise<void> {
  const flags = ['--boot', '--register=no', '--keep-unit', '--private-network', '--console=pipe', '--capability=all'];
  const child = await spawnProcess(
    'systemd-nspawn',
    [`--directory=${debian.folder}`, '--bind=/dev/net/tun', ...flags],
    {
      detached: false,
    },
  );
  container = child;
  init = (await until('its systemd is there', () => systemdOf(child.pid ?? 0), BOOT_MS)) || 0;
  // Degraded: a unit failed that has nothing to do in a container.
  const isUp = async () => /^(running|degraded)$/.test((await ask('systemctl', 'is-system-running')).stdout.trim());
  await until('it has booted', isUp, BOOT_MS);
}

/** The first process inside, as this host sees it; 0: not there yet. */
async function systemdOf(nspawn: number): Promise<number> {
  const children = (await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter(Boolean);
  for (const pid of children) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() === 'systemd') return Number(pid);
  }
  return 0;
}

async function end(): Promise<void> {
  const ending = container;
  container = null;
  if (!ending || ending.exitCode !== null) return;
  const ended = new Promise((resolve) => ending.once('exit', resolve));
  ending.kill('SIGTERM');
  await ended;
}

/** Whatever it ends with. */
const ask = (...words: string[]) =>
  runCommand('nsenter', [`--target=${init}`, '-m', '-u', '-i', '-n', '-p', '-C', '--', ...cleanEnvironment, ...words], {
    timeoutMs: 5 * 60_000,
    okExitCodes: [0, 1, 2, 3, 4, 5, 6, 7],
  });

async function inside(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await ask(...words);
  if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

const tt = (...words: string[]) => inside('/usr/bin/env', 'TT_HOME=/var/lib/tt', 'tt', ...words);
const guestPid = async () => (await ask('pgrep', '-f', 'guest=demo/')).stdout.trim();

it.runIf(isPossible)(
  'keeps guests over restarts and upgrades, and ENVs over a reboot',
  { timeout: TOO_LONG_MS },
  async () => {
    await inside('dpkg', '--install', ...debian.debs);
    // Started means that it answers.
    expect(await inside('tt-agent', 'invite')).toMatch(/^https:\/\/\S+:9527\/#join=[\w-]+&ca=[0-9a-f]{64}\n$/);
    await tt('env', 'add', 'demo', '--os-prefix', 'tiny');
    const guest = await guestPid();
    expect(guest).toMatch(/^\d+$/);

    await inside('systemctl', 'restart', 'tt-agent');
    expect(await tt('env', 'list')).toContain('demo  running');
    await inside('dpkg', '--install', ...debian.debs);
    expect(await tt('env', 'run', 'demo', '--wait', '--', 'uname', '-s')).toMatch(/demo\/tiny-2-1 +tiny-2 +ok/);
    expect(await guestPid()).toBe(guest);

    await end();
    await boot();
    expect(await tt('env', 'list')).toContain('demo');
    await tt('env', 'start', 'demo');
    expect(await guestPid()).toMatch(/^\d+$/);
    expect((await ask('systemctl', 'is-active', 'tt-proxy')).stdout.trim()).toBe('inactive');

    expect(await inside('dpkg', '--remove', 'tt-agent')).toContain('VMs that run keep running');
    expect(await guestPid()).toMatch(/^\d+$/);
    expect((await ask('ls', '/var/lib/tt/state.sqlite')).exitCode).toBe(0);
    await inside('dpkg', '--purge', 'tt-agent');
    expect(await guestPid()).toBe('');
    expect((await ask('ls', '/var/lib/tt')).exitCode).toBe(2);
    expect(await inside('ip', '-brief', 'link')).not.toMatch(/^tt/m);
    expect(await inside('nft', 'list', 'tables')).not.toContain('tt_');
  },
);
