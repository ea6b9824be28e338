// `tt env run` and `tt run` against an agent with fake guests.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunDetail, runDetailSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeTestImage } from '../agent/testing/image-folder.ts';
import { until } from '../agent/testing/until.ts';
import { liveText } from './runs/show-runs.ts';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let tt: TestTt['tt'];

beforeAll(async () => {
  const makeImages = async (directory: string) => {
    for (const os of ['tiny-2', 'CentOS-7']) {
      await makeTestImage(path.join(directory, os), { name: `qemu:${os}:default`, minMemoryMiB: 96 });
    }
  };
  running = await startTestTt({ makeImages, config: { network: 'user' } });
  ({ tt } = running);
});
afterAll(() => running.stop());
afterEach(() => running.removeEnvs());

const make = async (...lines: string[]) => {
  for (const line of lines) expect([line, (await tt(line)).exitCode]).toEqual([line, 0]);
};
const runsOf = async () => (await running.agent.client.run.list({})).runs;

describe('tt env run', () => {
  it('shows a grid of VM, OS, exit code and time; the exit code says whether all is well', async () => {
    await make('env add demo -s tiny,cent');
    const good = await tt(['env', 'run', 'demo', '--cmd', 'echo hi']);
    expect([good.exitCode, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toMatch(/^VM +OS +RESULT +EXIT +TIME +OUTPUT\n/);
    expect(good.stdout).toMatch(/^demo\/tiny-2-1 +tiny-2 +ok +0 +\d+\.\d s +3 B$/m);
    expect(good.stdout).toMatch(/^demo\/CentOS-7-1 +CentOS-7 +ok +0 /m);
    expect(good.stdout).toMatch(/^demo: 2 ok; tt run output [0-9a-f-]{36}$/m);
    const bad = await tt(['env', 'run', 'demo', '--cmd', 'exit 3', '-s', 'cent']);
    expect([bad.exitCode, bad.stdout]).toEqual([8, expect.stringMatching(/CentOS-7-1 +CentOS-7 +failed +3 /)]);
    expect(bad.stdout).not.toContain('tiny-2-1');
    await make('vm stop demo/tiny-2-1 --grace 0');
    const some = await tt(['env', 'run', 'demo', '--cmd', 'true']);
    expect([some.exitCode, codeOf(some.stderr)]).toEqual([9, 'RUN_GUEST_UNREACHABLE']);
    expect(some.stdout).toMatch(/tiny-2-1 +tiny-2 +not reached +- +- +0 B/);
  });

  it('takes words behind --, a script, an environment, and several ENVs', async () => {
    await make('env add one -s tiny', 'env add two -s tiny');
    const words = await tt(['env', 'run', 'one', 'two', '--stream', '--', 'echo', '--cmd', 'a  b']);
    expect([words.exitCode, words.stderr]).toEqual([0, '']);
    expect(words.stdout).toMatch(/^one\/tiny-2-1: --cmd a {2}b$/m);
    expect(words.stdout).toMatch(/^two\/tiny-2-1: --cmd a {2}b$/m);
    await mkdir(running.emptyHome, { recursive: true });
    const script = path.join(running.emptyHome, 'check.sh');
    await writeFile(script, 'cat /no/such; exit 8\n');
    const scripted = await tt(['env', 'run', 'one', '--script', script, '--stream', '--env', 'A=b=c']);
    expect([scripted.exitCode, scripted.stderr]).toEqual([8, expect.stringContaining("one/tiny-2-1: cat: can't open")]);
    const [last] = (await runsOf()).slice(-1);
    const { request } = await running.agent.client.run.show({ runId: last?.id ?? '' });
    expect(request?.environmentNames).toEqual(['A']);
    // Longer than a call may be: it is sent before.
    await writeFile(script, `echo long; true ${'x'.repeat(1_200_000)}\n`);
    const long = await tt(['env', 'run', 'one', '--script', script, '--stream']);
    expect([long.exitCode, long.stderr]).toEqual([0, '']);
    expect(long.stdout).toMatch(/^one\/tiny-2-1: long$/m);
    expect((await running.agent.client.transfer.list()).transfers).toEqual([]);
    await writeFile(script, 'x'.repeat(4 * 1024 ** 2 + 1));
    const tooLong = await tt(['env', 'run', 'one', '--script', script]);
    expect([tooLong.exitCode, tooLong.stderr]).toEqual([2, expect.stringContaining('push what is larger')]);
  });

  it('is API objects with --json, and a report with --junit', async () => {
    await make('env add demo -s tiny,cent');
    const detail = await running.json('env run demo --cmd hostname', runDetailSchema);
    expect(detail.run.counts.succeeded).toBe(2);
    const file = path.join(running.emptyHome, 'report.xml');
    const ended = await tt(['env', 'run', 'demo', '--junit', file, '--cmd', 'echo "<&>"; exit 1', '--vm', 'tiny-2-1']);
    expect(ended.exitCode).toBe(8);
    const report = await readFile(file, 'utf8');
    expect(report).toMatch(/<testsuite name="demo" tests="1" failures="1" errors="0" skipped="0" time="[\d.]+" /);
    expect(report).toContain('<testcase name="demo/tiny-2-1" classname="tiny-2"');
    expect(report).toContain('<failure message="failed: 1" type="exited"/>');
    expect(report).toContain('<system-out>&lt;&amp;&gt;\n</system-out>');
    const nowhere = await tt(['env', 'run', 'demo', '--junit', '/no/such/report.xml', '--cmd', 'true']);
    expect([nowhere.exitCode, codeOf(nowhere.stderr)]).toEqual([2, 'FILE_UNUSABLE']);
  });

  it('says what is wrong, with near matches, before anything runs', async () => {
    await make('env add demo -s tiny');
    const lines: [string, number, string][] = [
      ['env run demo', 2, 'give one of --cmd'],
      ['env run demo --cmd true --script x', 2, 'give one of --cmd'],
      ['env run demo --', 2, 'give a program behind --'],
      ['env run -- true', 2, 'name an ENV before --'],
      ['env run demo --script /no/such', 2, 'FILE_UNUSABLE'],
      ['env run demo --cmd true --background --stream', 2, '--background does not wait'],
      ['env run demo --cmd true --env 1=2', 2, 'write a variable as NAME=value'],
      ['env run demmo --cmd true', 3, 'Did you mean: demo?'],
      ['env run demo --cmd true --vm tiny-2-2', 3, 'Did you mean: tiny-2-1?'],
      ['env run demo --cmd true --os-prefix tinny', 3, 'Did you mean: tiny-2?'],
      ['run show nothing', 2, 'INPUT_INVALID'],
      [`run output ${crypto.randomUUID()} x`, 3, 'RUN_NOT_FOUND'],
    ];
    for (const [line, code, text] of lines) {
      const { exitCode, stderr } = await tt(line);
      expect([line, exitCode, stderr]).toEqual([line, code, expect.stringContaining(text)]);
    }
    await make('env stop demo --grace 0');
    const off = await tt('env run demo --cmd true');
    expect([off.exitCode, codeOf(off.stderr)]).toEqual([4, 'RUN_NO_VM_RUNS']);
    expect(await runsOf()).toEqual([]);
  });

  it('goes over SSH where it is told to, and never by the helper instead', async () => {
    await make('env add demo -s tiny');
    const { exitCode, stdout, stderr } = await tt('env run demo --use-ssh --cmd true');
    expect([exitCode, codeOf(stderr)]).toEqual([9, 'SSH_IMPOSSIBLE']);
    expect(stdout).toMatch(/tiny-2-1 +tiny-2 +not reached /);
    const [run] = await runsOf();
    expect(run?.via).toBe('ssh');
    expect((await tt(['run', 'show', run?.id ?? ''])).stdout).toMatch(/^started: .*, over SSH$/m);
  });

  it('is cancelled by Ctrl-C, and shows how far it came', async () => {
    await make('env add demo -s tiny');
    const ending = tt(['env', 'run', 'demo', '--cmd', 'sleep 1000']);
    await until('it runs', async () => (await runsOf()).some(({ counts }) => counts.running === 1));
    process.emit('SIGINT');
    const { exitCode, stdout } = await ending;
    expect([exitCode, stdout]).toEqual([130, expect.stringMatching(/tiny-2-1 +tiny-2 +cancelled +SIGKILL /)]);
  });

  it('shows how far it is where a person looks, and clears that away', async () => {
    await make('env add demo -s tiny');
    const { isTTY, rows, columns } = process.stderr;
    Object.assign(process.stderr, { isTTY: true, rows: 24, columns: 80 });
    const running = Promise.withResolvers<void>();
    const drawn: string[] = [];
    const heard = (text: string) => {
      drawn.push(text);
      if (/tiny-2-1 +tiny-2 +running /.test(text)) running.resolve();
    };
    try {
      const ending = tt(['env', 'run', 'demo', '--cmd', 'sleep 1000'], {}, heard);
      await running.promise;
      process.emit('SIGINT');
      const { exitCode, stdout, stderr } = await ending;
      expect([exitCode, stdout]).toEqual([130, expect.stringMatching(/tiny-2-1 +tiny-2 +cancelled /)]);
      expect(stderr.endsWith('\u001b[2A\r\u001b[J')).toBe(true);
    } finally {
      Object.assign(process.stderr, { isTTY, rows, columns });
    }
  });

  it('draws the numbers of each ENV where its grid does not fit on the screen', async () => {
    await make('env add demo -s tiny -d 2');
    const [detail] = [JSON.parse((await tt(['env', 'run', 'demo', '--cmd', 'true', '--json'])).stdout) as RunDetail];
    expect(liveText([detail], 24, 80).split('\n').length).toBe(5);
    expect(liveText([detail], 4, 80)).toBe('demo: 3 ok\n');
  });
});

describe('tt run', () => {
  it('gives exact bytes to a file, and a terminal nothing that would act on it', async () => {
    await make('env add demo -s tiny');
    const acts = 'a\u001b]52;c;aGk=\u0007\u0008\u202eb';
    const ran = await tt(['env', 'run', 'demo', '--cmd', `echo '${acts}'`]);
    const id = /tt run output ([0-9a-f-]{36})/.exec(ran.stdout)?.[1] ?? '';
    expect(await running.text(`run output ${id}`)).toBe(`${acts}\n`);
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    try {
      const shown = await running.text(`run output ${id}`);
      expect(shown).toMatch(/^a.*b\n$/);
      expect(shown).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    } finally {
      process.stdout.isTTY = isTTY;
    }
  });

  it('lists, shows, cancels and deletes runs, which may have been started in the background', async () => {
    await make('env add demo -s tiny');
    const begun = await tt(['env', 'run', 'demo', '--background', '--cmd', 'sleep 1000']);
    const id = /run ([0-9a-f-]{36}) has begun/.exec(begun.stdout)?.[1] ?? '';
    expect(await running.text('run list demo')).toMatch(
      new RegExp(`^ID +ENV +STATE .*\n${id} +demo +running +1 .* local +sleep 1000\n$`),
    );
    await make(`run cancel ${id}`);
    await until('it has ended', async () => (await runsOf())[0]?.state === 'ended');
    expect(await running.text(`run show ${id}`)).toMatch(/command: +sleep 1000\nstate: +ended: 1 cancelled\n/);
    expect((await tt(['complete', 'tt run show '])).stdout).toBe(`${id}\n`);
    await make(`run del ${id}`);
    expect(await runsOf()).toEqual([]);
  });

  it('prints outputs exactly, or all of them by lines', async () => {
    await make('env add demo -s tiny -d 1');
    const made = await tt(['env', 'run', 'demo', '--json', '--cmd', 'hostname; cat /no/such']);
    const { run } = JSON.parse(made.stdout) as RunDetail;
    expect(await running.text(`run output ${run.id} tiny-2-2`)).toBe('tiny-2-2\n');
    expect(await running.text(`run output ${run.id} demo/tiny-2-2 --offset 5`)).toBe('2-2\n');
    expect(await running.text(`run output ${run.id} tiny-2-1 --stderr`)).toMatch(/^cat: can't open/);
    const all = await tt(`run output ${run.id}`);
    expect(all.stdout.split('\n').toSorted()).toEqual(['', 'demo/tiny-2-1: tiny-2-1', 'demo/tiny-2-2: tiny-2-2']);
    expect(all.stderr).toMatch(/^demo\/tiny-2-\d: cat/);
    const near = await tt(`run output ${run.id} tiny-2-3`);
    expect([near.exitCode, near.stderr]).toEqual([3, expect.stringContaining('Did you mean: tiny-2-1, tiny-2-2?')]);
    expect(run.title).toBe('hostname; cat /no/such');
  });
});
