// The checks of `tt-agent doctor` against machines that lack, break or have what they examine; those shared with `npm run
// doctor` are tested in tools/doctor/checks/checks.test.ts.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BackgroundTaskStatus, type Host, reason, terms } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine, lineOf } from '../../command/doctor.ts';
import { ConfigError } from '../../config/errors.ts';
import { defaultConfig } from '../../config/read-config.ts';
import type { AgentConfig } from '../../config.ts';
import { RunError } from '../../host/run-command.ts';
import type { Check, Finding } from '../check.ts';
import { StorageError } from '../../storage/errors.ts';
import { type FakePrograms, fakeMachine } from '../fake-machine.ts';
import type { Machine } from '../machine.ts';
import { backgroundTasksCheck } from './background-tasks.ts';
import { bridgesCheck } from './bridges.ts';
import { cgroupsCheck } from './cgroups.ts';
import { agentSocketCheck } from './agent-socket.ts';
import { clockCheck } from './clock.ts';
import { confinementCheck } from './confinement.ts';
import { foreignFirewallCheck } from './foreign-firewall.ts';
import { forwardAddressCheck } from './forward-address.ts';
import { imagesCheck } from './images.ts';
import { checksFor } from './index.ts';
import { lanBridgeCheck } from './lan-bridge.ts';
import { networkToolsCheck } from './network-tools.ts';
import { portsCheck } from './ports.ts';
import { stateMediumCheck } from './state-medium.ts';
import { storageCheck } from './storage.ts';
import { switchCheck } from './switch.ts';
import { tearDownCheck } from './tear-down.ts';
import { guestHelperCheck } from './guest-helper.ts';
import { uefiCheck } from './uefi.ts';
import { vmUsersCheck } from './vm-users.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-doctor-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A sentence begins with a capital letter; whatever is not a command has a code. */
const SENTENCE = /^[A-Z]/;

async function look(
  check: Check,
  programs: FakePrograms = {},
  change: Partial<Machine> = {},
): Promise<Pick<Finding, 'passed' | 'description' | 'fixes'>> {
  const {
    codes = [],
    fixCodes = [],
    ...finding
  } = await check.look(fakeMachine(programs, change), new AbortController().signal);
  expect([codes.length > 0, fixCodes.length]).toEqual([true, finding.fixes.length]);
  expect(finding.fixes.filter((fix, index) => fixCodes[index] === null && SENTENCE.test(fix))).toEqual([]);
  return finding;
}
const reading = (texts: Record<string, string>): Partial<Machine> => ({
  readText: async (file) => texts[file] ?? null,
});
const root = { isRoot: true };
const tools: FakePrograms = {
  nft: 'nftables v1.0.6 (Lester Gooch #5)',
  ip: 'ip utility, iproute2-6.1.0, libbpf 1.1.2',
  dnsmasq: 'Dnsmasq version 2.90  Copyright (c)',
};

it('programs that read images of others are confined as far as the host lets it, and what is left is said', async () => {
  const utilLinux = { prlimit: 'prlimit from util-linux 2.38.1', unshare: 'unshare 2.38.1', setpriv: 'setpriv 2.38.1' };
  expect(await look(confinementCheck, utilLinux, root)).toMatchObject({ passed: true });
  const asUser = await look(confinementCheck, utilLinux);
  expect([asUser.passed, asUser.description]).toEqual([
    'optional',
    'programs that read images of others can reach the files of this user',
  ]);
  const none = { ...root, confinement: async () => ({ network: false, privileges: false }) };
  expect((await look(confinementCheck, utilLinux, none)).description).toMatch(
    /can reach the network; .* set-uid programs/,
  );
  expect(await look(confinementCheck, { prlimit: 'prlimit 2.38.1' }, none)).toMatchObject({
    fixes: ['apt-get install -y --no-install-recommends util-linux'],
  });
  expect(await look(confinementCheck, {}, root)).toMatchObject({ passed: false });
});

it('UEFI firmware is found where distributions put it; without it VMs boot by BIOS', async () => {
  const there = (file: string) => file.startsWith('/usr/share/OVMF/');
  expect(await look(uefiCheck, {}, { exists: there })).toMatchObject({
    passed: true,
    description: expect.stringContaining('OVMF_CODE_4M.fd'),
  });
  expect(await look(uefiCheck, {}, root)).toMatchObject({
    passed: 'optional',
    fixes: ['apt-get install -y --no-install-recommends ovmf'],
  });
});

it('the guest helper is missing where no compiler was there when the agent was built', async () => {
  const there = (file: string) => file.endsWith('/guest-helper/x86_64');
  expect(await look(guestHelperCheck, {}, { exists: there })).toMatchObject({ passed: true });
  expect(await look(guestHelperCheck, {}, root)).toMatchObject({
    passed: 'optional',
    fixes: ['apt-get install -y --no-install-recommends gcc libc6-dev', 'npm run build'],
  });
});

it('each background task that fails or hangs is named with its error', async () => {
  const run = { nextRunAt: null, isRunning: false, canRunNow: false };
  const plain = { ...run, periodS: 5, lastSuccessAt: null, lastDurationMs: null, lastError: null, failureCount: 0 };
  const ok = { ...plain, name: 'free-space', state: 'ok' as const, lastSuccessAt: '2026-11-21T10:00:00.000Z' };
  const agentWith = (tasks: BackgroundTaskStatus[]) => ({
    askAgent: async () => ({ url: 'http://127.0.0.1:1', pid: 7, host: {} as unknown as Host, tasks }),
  });
  expect(await look(backgroundTasksCheck)).toMatchObject({ passed: 'optional' });
  expect(await look(backgroundTasksCheck, {}, agentWith([ok]))).toMatchObject({
    passed: true,
    description: '1 in order: free-space',
  });
  const failing = { ...plain, name: 'storage-cleanup', state: 'failing' as const, lastError: 'the pool is gone' };
  const stuck = { ...ok, name: 'network-repair', state: 'stuck' as const };
  expect(await look(backgroundTasksCheck, {}, agentWith([ok, failing, stuck]))).toMatchObject({
    passed: false,
    description:
      'storage-cleanup (every 5 s) is failing; never succeeded. Details: “the pool is gone”; network-repair (every 5 s) is ' +
      'stuck: its current run does not end; last succeeded at 2026-11-21T10:00:00.000Z',
  });
});

it('another firewall that drops what guests send is named, with the command', async () => {
  const answer = (policy: string) =>
    JSON.stringify({
      nftables: [{ chain: { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', policy } }],
    });
  expect(await look(foreignFirewallCheck, { nft: answer('accept') }, root)).toMatchObject({ passed: true });
  expect(await look(foreignFirewallCheck, { nft: answer('drop') }, root)).toMatchObject({
    passed: 'optional',
    description: expect.stringContaining('the chain FORWARD of the firewall table ip filter drops'),
    fixes: [expect.stringMatching(/^nft 'insert rule ip filter FORWARD iifname "ttb\*" accept; /)],
  });
  expect(await look(foreignFirewallCheck, {}, root)).toMatchObject({ passed: true });
  expect(await look(foreignFirewallCheck)).toMatchObject({ passed: 'optional' });
});

it('a state folder in memory is told, with what it costs', async () => {
  expect(await look(stateMediumCheck)).toMatchObject({ passed: true });
  const memoryBacking = async () => ({ kind: 'tmpfs' as const, totalBytes: 3 * 1024 ** 3 });
  expect(await look(stateMediumCheck, {}, { memoryBacking })).toMatchObject({
    passed: 'optional',
    description: expect.stringContaining('in memory (tmpfs, 3.0 GiB)'),
    fixes: ['Set TT_HOME to a folder on a disk.'],
  });
});

it('guests are reached at another address than the window, or the doctor says that they are not', async () => {
  const config = defaultConfig('/fake/state');
  expect(await look(forwardAddressCheck(config))).toMatchObject({
    passed: true,
    description: 'guests with user networking are reached at 127.0.0.2',
  });
  const only = { canListenAt: async (address: string) => address === '127.0.0.1' };
  expect(await look(forwardAddressCheck(config), {}, { ...only, platform: 'darwin' })).toMatchObject({
    passed: 'optional',
    description: expect.stringContaining('127.0.0.1, the address of the window'),
    fixes: ['sudo ifconfig lo0 alias 127.0.0.2'],
  });
  expect(await look(forwardAddressCheck({ ...config, hostAddress: config.host }))).toMatchObject({
    passed: 'optional',
    fixes: [expect.stringContaining('ports.hostAddress')],
  });
});

describe('bridged networks', () => {
  it('need three tools and root, and say how to get them', async () => {
    expect(await look(networkToolsCheck, tools, root)).toEqual({
      passed: true,
      description: 'nft 1.0.6, ip 6.1.0, dnsmasq 2.90',
      fixes: [],
    });
    expect(await look(networkToolsCheck, tools)).toMatchObject({
      passed: 'optional',
      fixes: ['Run the agent as root.'],
    });
    expect(await look(networkToolsCheck, { nft: tools['nft'] ?? '' }, root)).toMatchObject({
      passed: 'optional',
      fixes: ['apt-get install -y --no-install-recommends iproute2 dnsmasq-base'],
    });
  });

  it('are tried in the kernel, in a namespace of their own', async () => {
    const asked: string[][] = [];
    const run: Machine['run'] = async (command, args) => {
      asked.push([command, ...args]);
      if (args.includes('vxlan')) {
        throw new RunError({ command, args, exitCode: 2, stderr: 'Error: Unknown device type.\n' });
      }
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    expect(await look(bridgesCheck(false), {}, { ...root, run })).toEqual({
      passed: 'optional',
      description: 'no VXLAN. Details: “Error: Unknown device type.”',
      fixes: ['modprobe -a vxlan'],
    });
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter(([command, flag]) => command !== 'unshare' || flag !== '--net')).toEqual([]);
  });

  it('that the configuration wants by name are a failure when they are missing', async () => {
    expect(await look(bridgesCheck(true))).toMatchObject({ passed: false });
    expect(await look(bridgesCheck(false))).toMatchObject({ passed: 'optional' });
    const names = (network: AgentConfig['network']) =>
      checksFor({ ...defaultConfig('/h'), network }).map(({ name }) => name);
    expect(names('user')).not.toContain('bridges');
    expect(names('auto')).not.toContain('bridge to the network');
    expect(checksFor({ ...defaultConfig('/h'), lanDevice: 'br0' }).map(({ name }) => name)).toContain(
      'bridge to the network',
    );
    expect(names('auto')).toContain('bridges');
  });
});

it('says whether machines see each other without root', async () => {
  const agentWith = (networks: Host['networks']) => ({
    askAgent: async () => ({ url: '', pid: 1, host: { networks } as unknown as Host, tasks: [] }),
  });
  expect(await look(switchCheck, {}, root)).toMatchObject({ passed: true });
  expect(await look(switchCheck)).toMatchObject({ passed: 'optional', description: 'no private agent is running' });
  expect(await look(switchCheck, {}, agentWith([]))).toMatchObject({
    passed: 'optional',
    fixes: ['Start the agent again.'],
  });
  const choice = { kind: 'switch' as const, problem: null };
  expect(await look(switchCheck, {}, agentWith([choice]))).toMatchObject({ passed: true });
  const broken = await look(switchCheck, {}, agentWith([{ ...choice, problem: reason('notConfigured') }]));
  expect(broken).toMatchObject({ passed: 'optional', description: expect.stringContaining('not configured') });
});

it('finds the bridge of the host that machines can join, or says what is there instead', async () => {
  const link = (kind: string, flags: string[]) =>
    look(lanBridgeCheck('br0'), { ip: JSON.stringify([{ flags, linkinfo: { info_kind: kind } }]) });
  expect(await link('bridge', ['UP'])).toMatchObject({ passed: true });
  expect(await link('bridge', [])).toMatchObject({ passed: false, fixes: ['ip link set dev br0 up'] });
  expect((await link('veth', ['UP'])).description).toContain('not a bridge');
  const run = async () => {
    throw new RunError({ command: 'ip', args: [], exitCode: 1, stderr: 'Device "br0" does not exist.' });
  };
  const missing = await look(lanBridgeCheck('br0'), {}, { run });
  expect([missing.passed, missing.description]).toEqual([false, 'network.bridge.device: there is no br0']);
});

it('tells the kind of control groups', async () => {
  const v2 = reading({ '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n' });
  expect(await look(cgroupsCheck(true), {}, { ...root, ...v2 })).toEqual({
    passed: true,
    description: 'v2',
    fixes: [],
  });
  expect(await look(cgroupsCheck(true), {}, v2)).toMatchObject({
    passed: 'optional',
    fixes: ['Run the agent as root.'],
  });
  const poor = reading({ '/sys/fs/cgroup/cgroup.controllers': 'cpu\n' });
  expect((await look(cgroupsCheck(true), {}, { ...root, ...poor })).description).toContain(
    'without the controllers memory',
  );
  const v1 = { exists: (file: string) => ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/cpu'].includes(file) };
  expect(await look(cgroupsCheck(true), {}, { ...root, ...v1 })).toMatchObject({ passed: true, description: 'v1' });
  expect(await look(cgroupsCheck(true), {}, root)).toMatchObject({ passed: 'optional', fixes: [expect.any(String)] });
  expect(await look(cgroupsCheck(false))).toMatchObject({ passed: true });
});

it('finds ports that outgoing connections may take, and how to keep them free', async () => {
  const ports = portsCheck({ first: 40_000, last: 59_999 });
  const host = (local: string, reserved: string) =>
    reading({
      '/proc/sys/net/ipv4/ip_local_port_range': `${local}\n`,
      '/proc/sys/net/ipv4/ip_local_reserved_ports': `${reserved}\n`,
    });
  expect(await look(ports, {}, { ...root, ...host('32768\t60999', '') })).toMatchObject({
    passed: 'optional',
    fixes: ['sysctl -w net.ipv4.ip_local_reserved_ports=40000-59999'],
  });
  expect((await look(ports, {}, host('32768\t60999', '8080,50000-50010'))).fixes).toEqual([
    'sudo sysctl -w net.ipv4.ip_local_reserved_ports=8080,50000-50010,40000-59999',
  ]);
  const free = [
    host('32768\t39999', ''),
    host('60000\t60999', ''),
    host('32768\t60999', '40000-59999'),
    host('32768\t60999', '50000-61000,8080,40000-49999'),
    host('50000\t60999', '50000-59999'),
  ];
  for (const machine of free) expect(await look(ports, {}, machine)).toMatchObject({ passed: true });
  const nearly = host('32768\t60999', '40000-49998,50000-59999');
  expect(await look(ports, {}, nearly)).toMatchObject({ passed: 'optional' });
});

it('asks whether the clock is kept', async () => {
  expect(await look(clockCheck, { timedatectl: 'yes\n' })).toMatchObject({ passed: true, description: 'synchronised' });
  expect(await look(clockCheck, { timedatectl: 'no\n' })).toMatchObject({
    passed: 'optional',
    fixes: ['sudo timedatectl set-ntp true'],
  });
  expect(await look(clockCheck)).toMatchObject({ passed: true });
  const noBus = new RunError({ command: 'timedatectl', args: [], exitCode: 1, stderr: 'no bus' });
  expect(await look(clockCheck, { timedatectl: noBus })).toMatchObject({ passed: true });
});

it('finds the agent’s unix socket, and what is wrong with its folder and its group', async () => {
  const file = '/run/tt/agent.sock';
  const check = agentSocketCheck(file, { socketGroup: 'tt' });
  const exists = (...those: string[]) => ({ exists: (one: string) => those.includes(one) });
  const agent = { url: '', pid: 1, host: {} as Host, tasks: [] };
  const running = { askAgent: async () => agent };
  const programs = { stat: '755\n', getent: 'tt:x:998:\n' };
  expect(await look(check, programs, { ...exists('/run/tt', file), ...running })).toMatchObject({
    passed: true,
    description: `${file} (755)`,
  });
  expect(await look(check, programs, { ...exists('/run/tt'), ...running })).toMatchObject({ passed: false });
  expect(await look(check, programs, exists('/run/tt'))).toMatchObject({ passed: 'optional' });
  expect(await look(check, programs)).toMatchObject({ passed: 'optional' });
  expect(await look(check, { ...programs, stat: '1777' }, exists('/run/tt'))).toMatchObject({
    passed: false,
    fixes: ['chmod go-w /run/tt'],
  });
  const unknown = new RunError({ command: 'getent', args: [], exitCode: 2, stderr: '' });
  expect(await look(check, { ...programs, getent: unknown }, exists('/run/tt'))).toMatchObject({
    passed: false,
    fixes: ['sudo groupadd --system tt'],
  });
});

it('counts images; an unreadable folder is a failure, an empty one is not', async () => {
  const exists = (file: string) => file === path.join(folder, 'tiny/image.json');
  await mkdir(path.join(folder, 'tiny'));
  await mkdir(path.join(folder, 'half'));
  expect(await look(imagesCheck(folder, true), {}, { exists })).toMatchObject({
    passed: true,
    description: `1 in ${folder}`,
  });
  expect(await look(imagesCheck(folder, true))).toMatchObject({ passed: 'optional', fixes: [] });
  expect((await look(imagesCheck(path.join(folder, 'none'), false))).fixes[0]).toContain('--no-prepare');
  await writeFile(path.join(folder, 'file'), '');
  expect(await look(imagesCheck(path.join(folder, 'file'), true))).toMatchObject({ passed: false });
});

it('wants free user ids for VMs, and folders they can pass', async () => {
  const config: AgentConfig = {
    ...defaultConfig(path.join(folder, 'home')),
    imageDirectory: path.join(folder, 'closed/images'),
    vmUsers: { first: 1000, count: 10 },
  };
  // What is above is the test machine's own affair; here it is open up to the test's folder.
  await chmod(folder, 0o711);
  const passwd = reading({
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nann:x:1009:1009::/:/bin/sh\nbob:x:1010:1010::/:/bin/sh\n',
  });
  expect(await look(vmUsersCheck({ ...config, vmUsers: null }))).toMatchObject({ passed: true });
  expect(await look(vmUsersCheck(config))).toMatchObject({
    passed: false,
    description: expect.stringContaining('only root') as string,
  });
  expect((await look(vmUsersCheck(config), {}, { ...root, ...passwd })).description).toContain(
    'include accounts of this host: ann',
  );
  const free = { ...config, vmUsers: { first: 1010, count: 1 } };
  expect((await look(vmUsersCheck(free), {}, { ...root, ...passwd })).description).toContain('bob');
  await mkdir(path.join(folder, 'closed'), { mode: 0o700 });
  expect(await look(vmUsersCheck(config), {}, root)).toEqual({
    passed: false,
    description: `QEMU could not reach the images through ${path.join(folder, 'closed')}`,
    fixes: [`chmod o+x ${path.join(folder, 'closed')}`],
  });
  await chmod(path.join(folder, 'closed'), 0o711);
  expect(await look(vmUsersCheck(config), {}, root)).toMatchObject({ passed: true, description: '1000 to 1009' });
});

it('says how disks are kept, and what keeps them from being so', async () => {
  const config = { storage: 'reflink', zfsDataset: null, zfsVolumes: 'auto' } as const;
  expect(await look(storageCheck(config))).toMatchObject({
    passed: true,
    description: expect.stringContaining('qcow2'),
  });
  const refuses = async () => {
    throw new StorageError('STORAGE_FAILED', 'ext4 at /d has no reflink copies');
  };
  expect(await look(storageCheck(config), {}, { describeStorage: refuses })).toMatchObject({
    passed: false,
    description: expect.stringContaining('“ext4 at /d has no reflink copies”'),
  });
});

it('asks for what tear-down needs only where it is on', async () => {
  const names = (tearDownOnExit: boolean) =>
    checksFor({ ...defaultConfig('/h'), tearDownOnExit }).map(({ name }) => name);
  expect([names(true).includes('tear-down'), names(false).includes('tear-down')]).toEqual([true, false]);
  const linux = { unshare: 'unshare from util-linux 2.38.1', setpriv: 'setpriv from util-linux 2.38.1' };
  expect(await look(tearDownCheck, linux, root)).toMatchObject({ passed: true });
  expect(await look(tearDownCheck, linux)).toMatchObject({ passed: false });
  expect((await look(tearDownCheck, {}, root)).fixes).toEqual([
    'apt-get install -y --no-install-recommends util-linux',
  ]);
});

it('has words in every language for the name of each check', () => {
  const all = { ...defaultConfig('/h'), lanDevice: 'br0', tearDownOnExit: true, socketFile: '/run/tt/agent.sock' };
  const unnamed = checksFor({ ...all, network: 'auto' }).filter(({ name }) => !Object.hasOwn(terms.check, name));
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});

it('answers also with a configuration that is wrong, and says so in three words', async () => {
  const wrong = new ConfigError('CONFIG_INVALID', 'f.yaml', [{ path: 'a', line: 1, column: 2, message: 'no' }]);
  const results = await examine(
    () => Promise.reject(wrong),
    () => fakeMachine(tools),
  );
  expect(results.length).toBeGreaterThan(8);
  expect(results.map(lineOf)[0]).toEqual({
    name: 'configuration',
    status: 'fail',
    description: 'f.yaml:1:2: a: no',
    fixes: [wrong.fix],
  });
  const names = results.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(results.map(lineOf).map(({ status }) => status))).toEqual(new Set(['ok', 'warn', 'fail']));
});
