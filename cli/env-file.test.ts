// `tt apply`, `tt diff` and `tt env export` against a test agent with the fake engine: what is planned, what is done, in what order,
// and that a second time nothing is left to do.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootDiskMiB, type Vm } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestAgent } from '../agent/testing/in-process-agent.ts';
import { codeOf, type Ended, sizes, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let agent: TestAgent;
let tt: TestTt['tt'];
let folder: string;

beforeAll(async () => {
  running = await startTestTt({ config: { memoryTotalMiB: 4096, network: 'nat', lifetimeMaxS: 21_600 } });
  ({ agent, tt } = running);
  folder = await mkdtemp(path.join(tmpdir(), 'tt-env-file-'));
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});
afterEach(() => running.removeEnvs());

let count = 0;
async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, `${++count}.yaml`);
  await writeFile(file, text);
  return file;
}

const apply = async (text: string, flags = ''): Promise<Ended> => tt(`apply -f ${await fileOf(text)} ${flags}`);
const diff = async (text: string): Promise<Ended> => tt(`diff -f ${await fileOf(text)}`);
const show = (name = 'demo') => agent.client.env.show({ name });
const vmsOf = async (name = 'demo') => (await show(name)).vms;
const named = async (name: string): Promise<Vm> => {
  const found = (await vmsOf()).find((vm) => vm.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

/** Applies it, and expects that nothing is left to do. */
async function applied(text: string, flags = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await apply(text, flags);
  expect([exitCode, stderr]).toEqual([0, '']);
  const again = await diff(text);
  expect([again.exitCode, again.stdout, again.stderr]).toEqual([
    0,
    expect.stringMatching(/^(\S+ is as the file says\n)+$/),
    '',
  ]);
  return stdout;
}

const WHOLE = `
name: demo
title: "The shop: front end"
notes: |
  Two lines,
  with a # in it.
tags: [red, "yes"]
lifetimeS: 7200
endPolicy: stop
denyOutgoing: true
snapshotSchedule: { everyMinutes: 30, keep: 4 }
vni: 7
groups:
  - osPrefix: tiny
    copies: 2
    cpuCount: 2
    memoryMiB: 256
    bootFrom: cd
    rtcBase: localtime
    guestHelper: off
    diskMiB: 2048
    diskLimits: { bytesPerSecond: 1048576, operationsPerSecond: null }
    disks:
      - sizeMiB: 64
      - { sizeMiB: 128, limits: { bytesPerSecond: null, operationsPerSecond: 200 } }
    ports:
      - { protocol: udp, guestPort: 53 }
      - { protocol: tcp, guestPort: 80 }
      - { protocol: tcp, guestPort: 22 }
    nics:
      - { kind: nat, bandwidthMbps: 10 }
      - kind: flat
    blacklist: [198.51.100.7/24, 192.0.2.1, 192.0.2.1/32]
  - osPrefix: debian
    cloudInit:
      user: kim
      password: hunter2
      commands: [echo secret]
      files: [{ path: /etc/motd, content: hello }]
`;

describe('tt apply', () => {
  it('creates an ENV with all that a file can say; a second time nothing is left to do', async () => {
    const said = await applied(WHOLE);
    expect(said).toBe('+ demo: 2 VMs of each system tiny\n+ demo: 1 VM of each system debian\ndemo: 1 step done\n');
    const { env, vms } = await show();
    expect(env).toMatchObject({
      title: 'The shop: front end',
      tags: ['red', 'yes'],
      endPolicy: 'stop',
      denyOutgoing: true,
    });
    expect(sizes(vms)).toEqual([
      ['demo/tiny-2-1', 2, 256, '22/tcp 53/udp 80/tcp'],
      ['demo/tiny-2-2', 2, 256, '22/tcp 53/udp 80/tcp'],
      ['demo/debian-12-1', 1, 256, '22/tcp'],
    ]);
    expect((await named('demo/tiny-2-1')).spec).toMatchObject({
      bootFrom: 'cd',
      rtcBase: 'localtime',
      guestHelper: 'off',
    });
  });

  it('changes what the file names, and leaves the rest as it is', async () => {
    await applied(
      'name: demo\ntitle: old\ntags: [a]\nlifetimeS: 3600\ngroups:\n  - { osPrefix: tiny, copies: 2, cpuCount: 2 }\n',
    );
    await applied(
      'name: demo\ntitle: new\nlifetimeS: 7200\nsnapshotSchedule: { everyMinutes: 5, keep: 2 }\ngroups:\n' +
        '  - { osPrefix: tiny, copies: 2, diskMiB: 2048, ports: [{ protocol: tcp, guestPort: 443 }], blacklist: [192.0.2.1] }\n',
    );
    const { env, vms } = await show();
    expect(env).toMatchObject({ title: 'new', tags: ['a'], snapshotSchedule: { everyMinutes: 5, keep: 2 } });
    expect(Date.parse(env.endAt) - Date.parse(env.startAt)).toBe(7_200_000);
    expect(vms.map(({ spec, state }) => [spec.cpuCount, bootDiskMiB(spec), spec.blacklist, state])).toEqual([
      [2, 2048, ['192.0.2.1'], 'running'],
      [2, 2048, ['192.0.2.1'], 'running'],
    ]);
    await applied('name: demo\nsnapshotSchedule: null\n');
    expect((await show()).env.snapshotSchedule).toBeNull();
  });

  it('stops and starts a running VM only where that is allowed, and leaves stopped ones stopped', async () => {
    const text = (memoryMiB: number) =>
      `name: demo\ngroups:\n  - { osPrefix: tiny, copies: 2, memoryMiB: ${memoryMiB}, blacklist: [192.0.2.${memoryMiB % 200}] }\n`;
    await applied(text(128));
    await agent.client.vm.stop({ vmId: (await named('demo/tiny-2-2')).id });
    const refused = await apply(text(256));
    expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
    expect(refused.stdout).toContain(
      '! demo/tiny-2-1: memoryMiB 128 -> 256: it changes only while the VM is stopped; --restart stops and starts it\n',
    );
    expect(refused.stdout).toMatch(/demo: 3 steps done, 1 refused\n$/);
    const memory = async () => (await vmsOf()).map(({ state, spec }) => [state, spec.memoryMiB, spec.blacklist]);
    expect(await memory()).toEqual([
      ['running', 128, ['192.0.2.56']],
      ['stopped', 256, ['192.0.2.56']],
    ]);
    expect(await applied(text(256), '--restart')).toContain('(stops and starts demo/tiny-2-1)');
    expect(await memory()).toEqual([
      ['running', 256, ['192.0.2.56']],
      ['stopped', 256, ['192.0.2.56']],
    ]);
  });

  it('adds what is missing, and removes what is too much only when that is allowed', async () => {
    await applied('name: demo\ngroups:\n  - { osPrefix: tiny, copies: 3 }\n');
    const keep = await named('demo/tiny-2-2');
    await agent.client.vm.update({ vmId: keep.id, blacklist: ['192.0.2.9'] });
    const text =
      'name: demo\ngroups:\n  - { osPrefix: tiny, blacklist: [192.0.2.9] }\n  - { osPrefix: debian, copies: 2 }\n';
    const refused = await apply(text);
    expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
    expect(refused.stdout).toContain('+ demo: 2 VMs of qemu:debian-12:default\n');
    expect(refused.stdout).toContain('it deletes data; --yes allows that\n');
    expect((await vmsOf()).length).toBe(5);
    await applied(text, '--yes');
    expect((await vmsOf()).map(({ name }) => name)).toEqual(['demo/tiny-2-2', 'demo/debian-12-1', 'demo/debian-12-2']);
    await applied('name: demo\ngroups: []\n', '--yes');
    expect((await show()).env.state).toBe('empty');
  });

  it('adds, enlarges, limits and deletes disks, and changes media', async () => {
    const text = (disks: string) => `name: demo\ngroups:\n  - { osPrefix: tiny, disks: [${disks}] }\n`;
    await applied(text('{ sizeMiB: 64 }'));
    await applied(
      text(
        '{ sizeMiB: 96, limits: { bytesPerSecond: 4096, operationsPerSecond: null } }, { sizeMiB: 32 }, { sizeMiB: 16 }',
      ),
    );
    const disks = async () =>
      (await named('demo/tiny-2-1')).spec.disks.slice(1).map(({ sizeMiB, limits }) => [sizeMiB, limits]);
    const limits = { bytesPerSecond: 4096, operationsPerSecond: null };
    expect(await disks()).toEqual([
      [96, limits],
      [32, null],
      [16, null],
    ]);
    const shrunk = await apply(text('{ sizeMiB: 8 }'), '--yes');
    expect([shrunk.exitCode, codeOf(shrunk.stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
    expect(shrunk.stdout).toContain('! demo/tiny-2-1: disks[0].sizeMiB 96 -> 8: a disk can only grow\n');
    expect(await disks()).toEqual([[96, limits]]);
  });

  it('says what can’t be done and why, and does the rest', async () => {
    await applied('name: demo\ngroups:\n  - { osPrefix: tiny, diskMiB: 2048, nics: [{ kind: nat }, { kind: nat }] }\n');
    const { exitCode, stdout, stderr } = await apply(
      'name: demo\ntitle: done\ngroups:\n' +
        '  - { osPrefix: tiny, diskMiB: 1024, nics: [{ kind: user }], cloudInit: { user: kim } }\n' +
        '  - { osPrefix: tinny }\n',
    );
    expect([exitCode, codeOf(stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
    for (const line of [
      '! demo/tiny-2-1: diskMiB 2048 -> 1024: a disk can only grow\n',
      ': the NICs of a VM are fixed when it is created; remove it and add another one\n',
      ': a guest is set up only at its first boot; remove the VM and add another one\n',
      '! demo: 1 VM of tinny: no image matches “tinny”; similar: qemu:tiny-2:default\n',
    ]) {
      expect(stdout).toContain(line);
    }
    expect((await show()).env.title).toBe('done');
    const uneven = await apply(
      'name: demo\ngroups:\n  - { osPrefix: tiny, nics: [{ bandwidthMbps: 5 }, { bandwidthMbps: 6 }] }\n',
    );
    expect(uneven.stdout).toContain('all NICs of an existing VM have the same limit\n');
    await applied('name: demo\ngroups:\n  - { osPrefix: tiny, nics: [{ bandwidthMbps: 5 }, { bandwidthMbps: 5 }] }\n');
    const none = await apply('name: none\ntitle: x\n');
    expect([none.exitCode, codeOf(none.stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
    expect(none.stdout).toContain('a new ENV needs at least one group\n');
  });

  it('does not let an ENV end that was extended meanwhile', async () => {
    await applied('name: demo\nlifetimeS: 30\nendPolicy: stop\ngroups: [{ osPrefix: tiny }]\n');
    await agent.client.env.update({ name: 'demo', lifetimeS: 7200 });
    const { env } = await show();
    const { planFor } = await import('@tt/client/env-file');
    const world = { current: await show(), images: [], now: new Date(Date.parse(env.startAt) + 60_000) };
    const { steps } = planFor({ name: 'demo', lifetimeS: 30 }, world);
    expect(steps.map(({ step, act }) => [step.changes, step.refused?.code, act.call])).toEqual([
      [[{ field: 'lifetimeS', from: 7200, to: 30 }], 'planEndPast', 'none'],
    ]);
  });
});

describe('the example of the user guide', () => {
  it('says what tt says', async () => {
    const guide = await readFile(path.join(import.meta.dirname, '../docs/user-guide.md'), 'utf8');
    const [, example = ''] = /```yaml\n(# shop\.yaml\n[^`]*)```/.exec(guide) ?? [];
    const [, said = ''] = /\$ npx tt apply -f shop\.yaml\n([^$]*)\$ npx tt diff/.exec(guide) ?? [];
    expect(await applied(example)).toBe(said);
  });
});

describe('several ENVs in one file', () => {
  const two = 'name: one\ngroups: [{ osPrefix: tiny }]\n---\n# nothing\n---\nname: two\ngroups: [{ osPrefix: tiny }]\n';

  it('are each made, and exported as such a file', async () => {
    expect(await applied(two)).toMatch(/one: 1 step done\ntwo: 1 step done\n$/);
    const exported = await tt('env export one two --yaml');
    expect([exported.exitCode, exported.stderr]).toEqual([0, '']);
    expect((await diff(exported.stdout)).stdout).toBe('one is as the file says\ntwo is as the file says\n');
  });

  it('do not depend on one another: after a failure the others are done, and a second apply goes on', async () => {
    const text = `name: big\ngroups: [{ osPrefix: tiny, copies: 3, memoryMiB: 4000 }]\n---\n${two}`;
    const { exitCode, stdout, stderr } = await apply(text);
    expect([exitCode, codeOf(stderr)]).toEqual([5, 'MEMORY_EXHAUSTED']);
    expect(stdout).toContain('failed: + big: 3 VMs of each system tiny\nbig: 0 steps done, 1 failed\n');
    expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['one', 'two']);
    await applied(text.replace('4000', '200'));
  });
});

describe('tt diff', () => {
  it('ends with 0 for no difference and with 10 for some, for programs too', async () => {
    const text = 'name: demo\ngroups: [{ osPrefix: tiny }]\n';
    const created = await diff(text);
    expect([created.exitCode, created.stdout, created.stderr]).toEqual([10, '+ demo: 1 VM of each system tiny\n', '']);
    expect((await agent.client.env.list()).envs).toEqual([]);
    await applied(text);
    await agent.client.env.update({ name: 'demo', title: 'theirs\u001b[2J', denyOutgoing: true });
    const { exitCode, stdout } = await diff(`${text}title: ours\ndenyOutgoing: false\n`);
    expect([exitCode, stdout]).toEqual([
      10,
      '~ demo: title "theirs\\u001b[2J" -> "ours"\n~ demo: denyOutgoing true -> false\n',
    ]);
    const json = await tt(`diff -f ${await fileOf(`${text}title: ours\n`)} --json`);
    expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([
      10,
      {
        envs: [
          {
            name: 'demo',
            steps: [
              {
                kind: 'changeEnv',
                envName: 'demo',
                vmName: null,
                changes: [{ field: 'title', from: 'theirs\u001b[2J', to: 'ours' }],
                stops: [],
                losesData: false,
                refused: null,
              },
            ],
          },
        ],
      },
    ]);
  });

  it('plans without doing, with --dry-run', async () => {
    const dry = await apply('name: demo\ngroups: [{ osPrefix: tiny }]\n', '--dry-run');
    expect([dry.exitCode, dry.stdout]).toEqual([0, '+ demo: 1 VM of each system tiny\n']);
    expect((await agent.client.env.list()).envs).toEqual([]);
  });
});

describe('tt env export', () => {
  it('gives a file that plans nothing, makes the same ENV again, and holds no secret', async () => {
    await applied(WHOLE);
    const { exitCode, stdout, stderr } = await tt('env export demo --yaml');
    expect([exitCode, stderr]).toEqual([0, 'warning: the guest setup of demo/debian-12-1 is not exported whole\n']);
    expect(stdout).not.toMatch(/hunter2|secret|hello/);
    expect(stdout).toMatch(/^# Not in this file: .* of demo\/debian-12-1\n/);
    expect((await diff(stdout)).stdout).toBe('demo is as the file says\n');
    const before = await show();
    await agent.client.env.delete({ name: 'demo' });
    await applied(stdout);
    const withoutIds = ({ vms }: { vms: Vm[] }) => vms.map(({ name, image, spec }) => ({ name, image, spec }));
    expect(withoutIds(await show())).toEqual(withoutIds(before));
    const json = await tt('env export demo --json');
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'demo', groups: [{ copies: 2 }, { copies: 1 }] });
  });

  it('keeps every character of a text', async () => {
    const title = 'a\u202eb\u001b]0;x\u0007 "quoted" \u{1f600} \u0085 tab\there: # no comment';
    const notes = ' first\r\n\n  second\n\u2028 third ';
    await agent.client.env.create({
      name: 'demo',
      title,
      notes,
      tags: ['~', 'null', '1e3', '0x1'],
      groups: [{ osPrefix: 'tiny' }],
    });
    const { stdout } = await tt('env export demo');
    expect(stdout).not.toMatch(/[^\n\P{Cc}]|[\u2028\u202e]/u);
    expect((await diff(stdout)).stdout).toBe('demo is as the file says\n');
    expect((await diff(stdout.replace(/title:.*/, 'title: other'))).exitCode).toBe(10);
  });

  it('exports an ENV without VMs, and names those that are not there', async () => {
    await applied('name: demo\ngroups: [{ osPrefix: tiny }]\n');
    await applied('name: demo\ngroups: []\n', '--yes');
    const { stdout } = await tt('env export demo');
    expect(stdout).toContain('groups: []\n');
    expect((await diff(stdout)).exitCode).toBe(0);
    const absent = await tt('env export dmo');
    expect([absent.exitCode, codeOf(absent.stderr)]).toEqual([3, 'ENV_NOT_FOUND']);
  });
});

describe('a file with faults', () => {
  it('is refused with line and column of each, before anything is done', async () => {
    const { exitCode, stdout, stderr } = await apply(
      'name: demo\ngroups:\n  - osPrefix: tiny\n    copeis: 2\n    memoryMiB: much\n    blacklist: [10.0.0.1, nowhere.example]\n',
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tt: \S+\.yaml, line 4, column 5: “groups\[0\]\.copeis” is not a key here; “copies” is\.\n {4}Correct the file there\. Nothing was changed\. \[DOCUMENT_INVALID\]\n {4}\| line 5, column 16: this value of “groups\[0\]\.memoryMiB” can’t be used\. Details: “.*”\n$/,
    );
    expect((await agent.client.env.list()).envs).toEqual([]);
  });

  it('is refused when it is not there, no file, or too large', async () => {
    const large = await fileOf(`# ${'x'.repeat(300_000)}\nname: demo\n`);
    const huge = await fileOf('#'.repeat(800_000));
    expect(
      await running.endings(
        `diff -f ${folder}/none.yaml`,
        `diff -f ${folder}`,
        `apply -f ${large}`,
        `apply -f ${huge}`,
      ),
    ).toEqual([
      [2, 'FILE_UNUSABLE'],
      [2, 'FILE_UNUSABLE'],
      [2, 'DOCUMENT_INVALID'],
      [2, 'DOCUMENT_INVALID'],
    ]);
  });
});
