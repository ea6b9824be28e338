// The command lines of the first TT, as its readme (a copy of the lines is in fixtures/) and its guide write them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bootDiskMiB } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeTestImage } from '../agent/testing/image-folder.ts';
import { codeOf, type Ended, sizes, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let tt: TestTt['tt'];

async function makeImages(directory: string): Promise<void> {
  for (const os of ['CentOS-7', 'CentOS-9', 'Ubuntu-20.04', 'Ubuntu-22.04', 'tiny-2']) {
    await makeTestImage(path.join(directory, os), { name: `qemu:${os}:default`, minMemoryMiB: 96 });
  }
}

beforeAll(async () => {
  running = await startTestTt({ makeImages, config: { network: 'user', lifetimeMaxS: 21_600 } });
  ({ tt } = running);
});
afterAll(() => running.stop());
afterEach(() => running.removeEnvs());

const good = async (...lines: string[]): Promise<Ended[]> => {
  const all: Ended[] = [];
  for (const line of lines) {
    const ended = await tt(line);
    expect([line, ended.exitCode, ended.stderr]).toEqual([line, 0, '']);
    all.push(ended);
  }
  return all;
};
const vmsOf = async (name: string) => (await running.agent.client.env.show({ name })).vms;

/** As a shell takes them, as far as the readme goes. */
const inWords = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe('the readme of the first TT', () => {
  const lines = readFileSync(path.join(import.meta.dirname, 'fixtures/first-readme.sh'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('tt '))
    .map((line) => line.slice('tt '.length));

  it('can be typed line by line against the address of this agent', async () => {
    const { agent, emptyHome } = running;
    const { hostname, port } = new URL(agent.url);
    const home = { TT_HOME: emptyHome, TT_TOKEN: agent.token };
    expect(lines.length).toBe(8);
    const systems: string[][] = [];
    for (const line of lines) {
      // Fake guests have no ssh server: agent/runs/runs-over-ssh.test.ts has what --use-ssh does.
      const here = line
        .replace('127.0.0.1 --serv-port 20002', `${hostname} --serv-port ${port}`)
        .replace('--use-ssh ', '');
      const { exitCode, stdout, stderr } = await tt(inWords(here), home);
      if (line.startsWith('env run')) expect(stdout).toMatch(/^TEST\/CentOS-7-1 +CentOS-7 +ok +0 /m);
      expect([here, exitCode, stderr]).toEqual([here, 0, '']);
      if (line.startsWith('env add')) systems.push((await vmsOf('TEST')).map(({ image }) => image));
      if (line === 'env list') expect(stdout).toContain('TEST');
      if (line === 'status --server') expect(stdout).toMatch(/systems: +CentOS-7, CentOS-9, Ubuntu-20\.04/);
      if (line === 'status') expect(stdout).toMatch(/reachable: +yes, .*\n.*\nyou are: +local \(admin\)\n$/);
    }
    expect(systems).toEqual([['qemu:CentOS-7:default', 'qemu:CentOS-9:default', 'qemu:Ubuntu-20.04:default']]);
    expect((await agent.client.env.list()).envs).toEqual([]);
  });
});

describe('the guide of the first TT', () => {
  it('has one letter for each flag of env add', async () => {
    await good('env add a -s tiny -d 1 -l 7200 -p 80,443 -C 2 -M 128 -D 2048 -n');
    const vms = await vmsOf('a');
    expect(sizes(vms)).toEqual([1, 2].map((n) => [`a/tiny-2-${n}`, 2, 128, '22/tcp 80/tcp 443/tcp']));
    expect(vms.map(({ spec }) => bootDiskMiB(spec))).toEqual([2048, 2048]);
    const { env } = await running.agent.client.env.show({ name: 'a' });
    expect([env.denyOutgoing, Date.parse(env.endAt) - Date.parse(env.startAt)]).toEqual([true, 7_200_000]);
  });

  it('has long names for sizes, on creation and on change', async () => {
    await good('env add a --os-prefix tiny --cpu-num 2 --mem-size=128 --disk-size 2048');
    await good('env stop a --grace 0', 'env update a --cpu-num 3 --mem-size 256 --disk-size=4096');
    expect((await vmsOf('a')).map(({ spec }) => [spec.cpuCount, spec.memoryMiB, bootDiskMiB(spec)])).toEqual([
      [3, 256, 4096],
    ]);
    const twice = await tt('env update a --cpu-num 3 --cpu 2');
    expect([twice.exitCode, twice.stderr]).toEqual([2, expect.stringContaining('given more than once')]);
    const bad = await tt('env update a --cpu-num many');
    expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining('give a whole number')]);
  });

  it('selects a server with -a, -p and -n, and shows it with -c and -s', async () => {
    const { agent, emptyHome } = running;
    const home = { TT_HOME: path.join(emptyHome, 'short'), TT_TOKEN: agent.token };
    const { hostname, port } = new URL(agent.url);
    const lines = [`config -a ${hostname} -p ${port} -n kim`, 'status -c', 'status -s'];
    const [, client, server] = await Promise.all(lines.map((line) => tt(line, home)));
    expect(client?.stdout).toMatch(/^state folder: .*\ntt: .*\nname: +kim\nserver: +http:/);
    expect(client?.stdout).not.toContain('reachable');
    expect(server?.stdout).toContain('systems:');
  });

  it('takes several ENVs in one command, and goes on behind one that fails', async () => {
    await good('env add a -s tiny', 'env add b -s tiny');
    const [shown] = await good('env show a b');
    expect(shown?.stdout).toMatch(/^a: running[\s\S]*\nb: running/);
    const asJson = await tt('env show b a --json');
    expect((JSON.parse(asJson.stdout) as { env: { name: string } }[]).map(({ env }) => env.name)).toEqual(['b', 'a']);
    const some = await tt('env stop a nobody b --grace 0');
    expect([some.exitCode, codeOf(some.stderr), some.stdout]).toEqual([
      3,
      'ENV_NOT_FOUND',
      expect.stringMatching(/^a: stopped[\s\S]*\nb: stopped/),
    ]);
    await good('env start a b', 'env update a b --title T', 'env listall');
    expect((await good('env del a b'))[0]?.stdout).toBe('a is deleted\nb is deleted\n');
  });

  it('deletes an ENV that is not there, unless it is asked to be strict', async () => {
    await good('env add demo -s tiny');
    const absent = await tt('env del demmo');
    expect([absent.exitCode, absent.stdout, absent.stderr]).toEqual([
      0,
      '',
      'There is no ENV called demmo. Did you mean: demo?\n',
    ]);
    expect(JSON.parse((await tt('env del demmo --json')).stdout)).toEqual({ name: 'demmo' });
    const strict = await tt('env del demmo --strict');
    expect([strict.exitCode, codeOf(strict.stderr)]).toEqual([3, 'ENV_NOT_FOUND']);
    const odd = await tt('env del bad/name');
    expect([odd.exitCode, codeOf(odd.stderr)]).toEqual([2, 'NAME_INVALID']);
  });

  it('removes VMs while it updates: by system, by name, the dead; past the limit of the lifetime', async () => {
    await good('env add a -s tiny,cent', 'env add b -s tiny -d 2');
    const [byOs] = await good('env update a --kick-os cent -l 36000 --SSSS');
    expect(byOs?.stdout).toMatch(/^a\/CentOS-7-1 is deleted \(its system\)\na\/CentOS-9-1 is deleted .*\na: running, /);
    await good('env update b --kick-vm tiny-2-1,b/tiny-2-2', 'env update b --kick-dead');
    expect((await vmsOf('b')).map(({ name }) => name)).toEqual(['b/tiny-2-3']);
    const refused = await tt('env update b -l 36000');
    expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([2, 'LIFETIME_TOO_LONG']);
  });

  it('refuses each value that means nothing, and names what may have been meant', async () => {
    await good('env add a -s tiny,cent');
    const wrong: [line: string, code: string, near: string][] = [
      ['env update a --kick-os tiny,cant', 'SYSTEM_NOT_IN_ENV', 'CentOS-7'],
      ['env kick a --os-prefix tyny --dry-run', 'SYSTEM_NOT_IN_ENV', 'tiny-2'],
      ['env update a --kick-vm tiny-2-1,tiny-2-2', 'VM_NOT_FOUND', 'tiny-2-1'],
      ['env kick a --vm tiny-2-1 tinny-2-1', 'VM_NOT_FOUND', 'tiny-2-1'],
      ['snapshot add a s --vm a/tiny-2-7', 'VM_NOT_FOUND', 'tiny-2-1'],
      ['vm show a/tiny-2-3', 'VM_NOT_FOUND', 'tiny-2-1'],
      ['env add b -s tiny,cantos', 'IMAGE_NOT_FOUND', 'CentOS'],
    ];
    for (const [line, code, near] of wrong) {
      const { exitCode, stderr } = await tt(line);
      expect([line, exitCode, codeOf(stderr), stderr]).toEqual([
        line,
        3,
        code,
        expect.stringMatching(new RegExp(`Did you mean: .*${near}`)),
      ]);
    }
    expect((await vmsOf('a')).length).toBe(3);
  });

  it('adds lists to one another, by commas and by repetition', async () => {
    await good('env add a --vm tiny --net user,user --add-disk 64,32 --add-disk 16 --tag x,y --tag z');
    const { env, vms } = await running.agent.client.env.show({ name: 'a' });
    expect([env.tags, vms[0]?.nics.length, vms[0]?.spec.disks.map(({ sizeMiB }) => sizeMiB)]).toEqual([
      ['x', 'y', 'z'],
      2,
      [1024, 64, 32, 16],
    ]);
  });
});
