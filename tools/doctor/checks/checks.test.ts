// Each checker against machines that lack, break or have what it looks for.
import { quoted, type Reason, reason } from '@tt/protocol';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Check, Finding } from '../../../agent/doctor/check.ts';
import { kvmCheck } from '../../../agent/doctor/checks/kvm.ts';
import { memoryCheck } from '../../../agent/doctor/checks/memory.ts';
import { networkToolsCheck } from '../../../agent/doctor/checks/network-tools.ts';
import { nodeCheck } from '../../../agent/doctor/checks/node.ts';
import { qemuCheck } from '../../../agent/doctor/checks/qemu.ts';
import { qemuImgCheck } from '../../../agent/doctor/checks/qemu-img.ts';
import { spaceCheck } from '../../../agent/doctor/checks/space.ts';
import { stateFolderCheck } from '../../../agent/doctor/checks/state-folder.ts';
import { type FakePrograms, fakeMachine } from '../../../agent/doctor/fake-machine.ts';
import type { Machine } from '../../../agent/doctor/machine.ts';
import { RunError } from '../../../agent/host/run-command.ts';
import type { Host } from '../../../protocol/index.ts';
import { agentCheck } from './agent.ts';
import { chromiumCheck } from './chromium.ts';
import { electronCheck } from './electron.ts';
import { imageToolsCheck } from './image-tools.ts';
import { checks } from './index.ts';
import { zfsCheck } from './zfs.ts';

const GIB = 1024 ** 3;
const folders: string[] = [];
async function look(
  check: Check,
  programs: FakePrograms = {},
  change: Partial<Machine> = {},
): Promise<Pick<Finding, 'passed' | 'description' | 'fixes'>> {
  const { passed, description, fixes } = await check.look(fakeMachine(programs, change), new AbortController().signal);
  return { passed, description, fixes };
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-doctor-test-'));
  folders.push(folder);
  return folder;
}

it('has a name of its own for each', () => {
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('wants a new enough Node', async () => {
  expect(await look(nodeCheck)).toMatchObject({ passed: true });
  expect(await look(nodeCheck, {}, { nodeVersion: '20.20.2' })).toMatchObject({ passed: false });
});

it('wants a new enough QEMU, and says how to get it', async () => {
  const line = (version: string) => ({ 'qemu-system-x86_64': `QEMU emulator version ${version} (Debian 1:7.2)\n` });
  expect(await look(qemuCheck, line('7.2.22'))).toEqual({ passed: true, description: 'QEMU 7.2.22', fixes: [] });
  expect(await look(qemuCheck, line('10.0.0'))).toMatchObject({ passed: true });
  expect(await look(qemuCheck, line('6.2.0'))).toMatchObject({ passed: false });
  expect(await look(qemuCheck)).toMatchObject({
    passed: false,
    fixes: ['sudo apt-get install -y --no-install-recommends qemu-system-x86'],
  });
  expect((await look(qemuCheck, {}, { isRoot: true })).fixes[0]).toMatch(/^apt-get/);
  expect((await look(qemuCheck, {}, { exists: () => false })).fixes[0]).toMatch(/package manager/);
});

it('takes a program that prints no version for broken, not for missing', async () => {
  await expect(look(qemuImgCheck, { 'qemu-img': 'what?' })).rejects.toThrow('printed no version');
  expect(await look(qemuImgCheck, { 'qemu-img': 'qemu-img version 7.2.22' })).toMatchObject({ passed: true });
  expect(await look(qemuImgCheck)).toMatchObject({ passed: false });
});

it('wants the tools of the image recipe only until the image is built', async () => {
  const version = 'mke2fs 1.47.0 (5-Feb-2023)';
  const debian = { 'apt-get': 'apt 2.6.1 (amd64)', 'apt-cache': 'apt 2.6.1', 'dpkg-deb': "Debian 'dpkg-deb' 1.21.22" };
  const all = { ...debian, mke2fs: version, debugfs: version, e2fsck: version };
  expect(await look(imageToolsCheck, all)).toMatchObject({ passed: true });
  expect(await look(imageToolsCheck, { ...debian, debugfs: version })).toEqual({
    passed: false,
    description: "the tiny Linux can't be built without mke2fs, e2fsck",
    fixes: ['sudo apt-get install -y --no-install-recommends e2fsprogs'],
  });
  const inSbin = (file: string) => file.startsWith('/usr/sbin/');
  expect((await look(imageToolsCheck, debian, { exists: inSbin })).fixes[0]).toContain('/usr/sbin');
  expect((await look(imageToolsCheck)).fixes[0]).toMatch(/on Debian or Ubuntu/);
  const built = (file: string) => file.endsWith('image.json');
  expect(await look(imageToolsCheck, {}, { exists: built })).toMatchObject({ passed: true });
});

it('says why KVM is not used, and never counts it as missing', async () => {
  const tcg = (why: Reason) => ({ probeAcceleration: async () => ({ kind: 'tcg', reason: why }) as const });
  expect(await look(kvmCheck('auto'))).toMatchObject({ passed: true });
  expect(
    await look(kvmCheck('auto'), {}, tcg(reason('kvmLateLongMode', { limitS: '0.90', tcgS: '0.90' }))),
  ).toMatchObject({
    passed: 'optional',
    fixes: [],
  });
  const device = '/dev/kvm';
  const forbidden = reason('kvmForbidden', { device, errno: 'EACCES' });
  expect((await look(kvmCheck('auto'), {}, tcg(forbidden))).fixes[0]).toContain('usermod -aG kvm');
  expect((await look(kvmCheck('auto'), {}, tcg(reason('kvmMissing', { device })))).fixes).toHaveLength(1);
  const dead = reason('kvmDead', { device, errno: 'ENODEV' });
  expect((await look(kvmCheck('auto'), {}, tcg(dead))).fixes[0]).toContain('virtualization');
  const untested = { probeAcceleration: () => Promise.reject(new Error('tried')) };
  expect(await look(kvmCheck('tcg'), {}, untested)).toMatchObject({
    passed: true,
    description: 'not tested: acceleration is tcg in the configuration',
  });
  const noQemu = new RunError({ command: 'qemu', args: [], exitCode: null, stderr: '', notFound: true });
  expect(await look(kvmCheck('auto'), {}, { probeAcceleration: () => Promise.reject(noQemu) })).toMatchObject({
    passed: 'optional',
  });
});

it('measures space and memory against what guests take', async () => {
  const space = (bytes: number) => look(spaceCheck, {}, { freeBytes: async () => bytes });
  expect((await space(100 * GIB)).passed).toBe(true);
  expect((await space(2 * GIB)).passed).toBe('optional');
  expect((await space(GIB / 2)).passed).toBe(false);
  const memory = (totalBytes: number, availableBytes: number) =>
    look(memoryCheck, {}, { memory: () => ({ totalBytes, availableBytes }) });
  expect((await memory(16 * GIB, 8 * GIB)).passed).toBe(true);
  expect((await memory(16 * GIB, GIB / 8)).passed).toBe('optional');
  expect((await memory(GIB / 4, GIB / 8)).passed).toBe(false);
});

it('wants a state folder that can be written, however long its path is', async () => {
  const folder = await makeFolder();
  expect(await look(stateFolderCheck, {}, { stateDirectory: folder })).toMatchObject({ passed: true });
  const later = path.join(folder, 'not/yet');
  expect((await look(stateFolderCheck, {}, { stateDirectory: later })).description).toContain('will be created');
  const long = path.join(folder, 'x'.repeat(200));
  expect(await look(stateFolderCheck, {}, { stateDirectory: long })).toMatchObject({ passed: true });
  const open = path.join(folder, 'open');
  await mkdir(open);
  await chmod(open, 0o755);
  expect(await look(stateFolderCheck, {}, { stateDirectory: open })).toMatchObject({ passed: 'optional' });
  expect(await look(stateFolderCheck, {}, { stateDirectory: '/proc/tt' })).toMatchObject({ passed: false });
});

it('shows the running agent and what it complains of', async () => {
  const engine = { name: 'qemu', prefixes: ['qemu'], version: null, features: [], acceleration: null, problem: null };
  const host = {
    version: '0.1.0',
    runningVms: 2,
    engines: [engine],
    startup: [{ step: 'image', state: 'done', names: [], failure: null }],
  } as unknown as Host;
  const agent = { url: 'http://127.0.0.1:1', pid: 7, host, tasks: [] };
  expect(await look(agentCheck)).toMatchObject({ passed: 'optional', fixes: ['npm start'] });
  expect(await look(agentCheck, {}, { askAgent: async () => agent })).toMatchObject({ passed: true });
  const broken = {
    ...host,
    engines: [{ ...engine, problem: quoted('engine.ENGINE_MISSING', 'qemu is not installed') }],
  };
  expect(await look(agentCheck, {}, { askAgent: async () => ({ ...agent, host: broken }) })).toMatchObject({
    passed: false,
    description: expect.stringContaining('qemu is not installed') as string,
  });
});

it('counts what only tests and later releases need as optional', async () => {
  expect(await look(chromiumCheck)).toMatchObject({ passed: 'optional' });
  expect(await look(chromiumCheck, { chromium: 'Chromium 156.0.1.2 built on Debian' })).toMatchObject({ passed: true });
  expect(await look(electronCheck)).toMatchObject({ passed: 'optional' });
  expect(await look(electronCheck, {}, { env: { ELECTRON_BIN: '/opt/electron' } })).toMatchObject({ passed: true });
  expect(await look(networkToolsCheck)).toMatchObject({ passed: 'optional' });
  expect(await look(zfsCheck)).toMatchObject({ passed: 'optional' });
  expect(await look(zfsCheck, { zpool: '' })).toMatchObject({ passed: 'optional' });
  expect(await look(zfsCheck, { zpool: 'tank\n' })).toMatchObject({ passed: true });
  const hidden = Object.assign(new Error('spawn EACCES'), { code: 'EACCES' });
  expect((await look(zfsCheck, { zpool: hidden })).description).toMatch(/^not installed/);
  expect((await look(networkToolsCheck, { nft: hidden })).description).toMatch(/^no nft, ip, dnsmasq/);
  const broken = new RunError({ command: 'zpool', args: [], exitCode: 1, stderr: 'no module' });
  expect((await look(zfsCheck, { zpool: broken })).description).toContain('no module');
});
