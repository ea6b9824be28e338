// The offline bundle on a bare Debian 12 without network: damaged, it installs nothing; whole, it installs everything, and a guest runs.
// @module-tag long
import { appendFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import { tinyRecipe } from '../../../agent/images/recipes/tiny/build.ts';
import { testImage } from '../../../agent/images/test-image.ts';
import { buildIfStale } from '../../start/build-if-stale.ts';
import { cleanEnvironment, TOO_LONG_MS, unpackDebian } from '../test-debian.ts';
import { makeBundle } from './bundle.ts';

const isPossible = process.getuid?.() === 0 && process.arch === 'x64' && (await findProgram('mmdebstrap')) !== null;
const root = path.resolve(import.meta.dirname, '../../..');
let work: string;
let debian: string;
/** Path inside. */
let bundle: string;

beforeAll(async () => {
  if (!isPossible) return;
  work = await mkdtemp(path.join(tmpdir(), 'tt-bundle-test-'));
  debian = path.join(work, 'debian');
  await buildIfStale(root);
  const { directory } = await testImage();
  const images = new Map([[tinyRecipe.directoryName, directory]]);
  const file = await makeBundle({ root, node: process.execPath, architecture: 'amd64', images }, work);
  await unpackDebian([], debian);
  await mkdir(path.join(debian, 'srv'), { recursive: true });
  await runCommand('tar', ['--extract', `--file=${file}`, `--directory=${debian}/srv`], { timeoutMs: TOO_LONG_MS });
  const [name = ''] = await readdir(path.join(debian, 'srv'));
  bundle = `/srv/${name}`;
}, TOO_LONG_MS);
afterAll(() => (isPossible ? rm(work, { recursive: true, force: true }) : undefined));

/** In a network of its own that has not even a loopback until somebody raises it. */
const inside = (script: string, okExitCodes: number[] = [0]) => {
  const enter = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"';
  const words = ['--net', '--mount', '--propagation', 'private', 'sh', '-c', enter, debian];
  return runCommand('unshare', [...words, ...cleanEnvironment, 'sh', '-euc', script], {
    timeoutMs: TOO_LONG_MS,
    okExitCodes,
  });
};

it.runIf(isPossible)('refuses to install what was damaged on the way', { timeout: TOO_LONG_MS }, async () => {
  const document = path.join(debian, bundle, 'docs/errors.md');
  await appendFile(document, 'x');
  const { stderr } = await inside(`${bundle}/install.sh`, [1]);
  expect(stderr).toContain('Nothing was installed.');
  expect((await inside('dpkg-query --show tt-agent', [1])).stderr).toContain('no packages found');
  await runCommand('truncate', ['--size=-1', document], { timeoutMs: 30_000 });
});

it.runIf(isPossible)('installs TT, and a guest runs', { timeout: TOO_LONG_MS }, async () => {
  await inside(`${bundle}/install.sh`);
  // Of the host’s apt nothing has changed.
  expect(
    (await inside('ls /etc/apt/sources.list.d; grep -r srv /etc/apt /var/lib/apt/lists || true')).stdout.trim(),
  ).toBe('');
  const { stdout } = await inside(`
    ip link set lo up
    export TT_HOME=/var/lib/tt
    tt-agent run --config /etc/tt/agent.yaml --network user --acceleration tcg --log-file /tmp/agent.log &
    trap "kill -TERM $!; wait $!" EXIT
    tt-agent wait --config /etc/tt/agent.yaml
    tt image list
    tt env add demo --os-prefix tiny
    tt env run demo --wait -- uname -s
    tt env del demo --yes
  `);
  expect(stdout).toMatch(/qemu:tiny-2:default/);
  expect(stdout).toMatch(/demo\/tiny-2-1 +tiny-2 +ok/);
  // Again: nothing to do, and nothing is lost.
  await inside(`${bundle}/install.sh tt-agent tt-cli tt-proxy`);
  expect((await inside('tt-proxy --help; tt-agent --help; man --version || true')).stdout).toContain('--server-set');
});
