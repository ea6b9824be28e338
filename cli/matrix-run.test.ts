// `tt matrix run` with fake guests: what passes, fails, is kept, is cancelled, and what each report says of it.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MatrixReport, matrixReportSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOTHING } from '../agent/testing/in-process-agent.ts';
import { until as untilWithin } from '../agent/testing/until.ts';
import { matrixGrid } from './matrix/matrix-text.ts';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let folder: string;

beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
}, 60_000);
afterAll(() => running.stop());
beforeEach(async () => {
  await mkdir(running.emptyHome, { recursive: true });
  folder = await mkdtemp(path.join(running.emptyHome, 'matrix-'));
});
afterEach(() => running.removeEnvs());

/** On a busy machine an ENV takes long to be made; what never comes is a fault all the same. */
const until = <Found>(what: string, look: () => Found | Promise<Found>) => untilWithin(what, look, 50_000);
const inside = (name: string) => path.join(folder, name);
const HEAD = 'name: smoke\nsystems: [{ osPrefix: tiny }, { osPrefix: debian, memoryMiB: 256 }]\n';

async function run(text: string, ...flags: string[]) {
  await writeFile(inside('m.yaml'), text);
  const ended = await running.tt(['matrix', 'run', inside('m.yaml'), '--artefacts', inside('got'), ...flags]);
  return { ...ended, report: ended.stdout.startsWith('{') ? reportOf(ended.stdout) : null };
}

/** Of the documented shape, with nothing more. */
function reportOf(stdout: string): MatrixReport {
  const value: unknown = JSON.parse(stdout);
  const report = matrixReportSchema.parse(value);
  expect(report).toEqual(value);
  return report;
}
const states = ({ vms }: MatrixReport) =>
  Object.fromEntries(vms.map(({ vmName, steps }) => [vmName, steps.map(({ state }) => state).join(' ')]));
const runs = async () => (await running.agent.client.run.list({})).runs;
const read = (name: string) => readFile(inside(name), 'utf8');

describe('a matrix that passes', () => {
  const text = `${HEAD}steps:
  - name: make
    run: echo hello > /srv/a.log; echo "<&>"
    artefacts: [{ path: /srv/a.log }]
  - { name: only on tiny, run: hostname, overrides: [{ osPrefix: debian, skip: true }] }
artefacts: [{ path: /srv/*.log }, { path: /srv/core, when: failure }]
`;

  it('prints the grid, leaves nothing but its artefacts, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await run(text);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^smoke\/tiny-2-1: make: ok \d+\.\d s$/m);
    expect(stdout).toMatch(/^VM +make +only on tiny +RESULT$/m);
    expect(stdout).toMatch(/^smoke\/tiny-2-1 +ok \d+\.\d s +ok \d+\.\d s +ok$/m);
    expect(stdout).toMatch(/^smoke\/debian-12-1 +ok \d+\.\d s +skipped +ok$/m);
    expect(stdout).toMatch(/^smoke: 2 ok\n$/m);
    expect(await running.agent.belongings()).toEqual(NOTHING);
    expect(await read('got/tiny-2-1/srv/a.log')).toBe('hello\n');
    expect(await read('got/debian-12-1/1-make/srv/a.log')).toBe('hello\n');
    const again = await run(text);
    expect([again.exitCode, codeOf(again.stderr)]).toEqual([2, 'FILE_UNUSABLE']);
    expect((await run(text, '--force', '--quiet')).stdout).toBe('');
  });

  it('is reported as JSON, JUnit and HTML', async () => {
    const files = ['--junit', inside('r.xml'), '--report-html', inside('r.html')];
    const { exitCode, report } = await run(text, '--name', 'other', '--json', ...files);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ name: 'smoke', envName: 'other', result: 'passed', env: { state: 'deleted' } });
    expect(report && states(report)).toEqual({
      'other/tiny-2-1': 'passed passed',
      'other/debian-12-1': 'passed skipped',
    });
    const [tiny] = report?.vms.filter(({ os }) => os === 'tiny-2') ?? [];
    expect(tiny?.steps[0]).toMatchObject({ exitCode: 0, attempts: 1, stdout: { text: '<&>\n', bytes: 4 } });
    expect(tiny?.artefacts.map((one) => [one.path, one.step, one.files[0]?.file])).toEqual([
      ['/srv/a.log', 'make', inside('got/tiny-2-1/1-make/srv/a.log')],
      ['/srv/*.log', null, inside('got/tiny-2-1/srv/a.log')],
    ]);
    const xml = await read('r.xml');
    expect(xml).toMatch(/<testsuite name="other\/debian-12-1" tests="2" failures="0" errors="0" skipped="1" /);
    expect(xml).toContain('<system-out>&lt;&amp;&gt;\n</system-out>');
    const page = await read('r.html');
    expect(page).toContain('&lt;&amp;&gt;');
    expect(page.match(/<img src="data:image\/png;base64,[A-Za-z0-9+/]+=*" /g)).toHaveLength(2);
  });
});

describe('a matrix that fails', () => {
  const text = `${HEAD}steps:
  - { name: first, run: "echo out; cat /no/such", retries: 1, retryAfterS: 0, overrides: [{ osPrefix: tiny, run: "true" }] }
  - { name: second, command: [hostname] }
snapshotAtFirstFailure: true
keepS: 600
`;

  it('is kept with the snapshot of its first failure, stopped, for the stated time; other machines go on', async () => {
    const before = Date.now();
    const { exitCode, report } = await run(text, '--json', '--report-html', inside('r.html'));
    expect(exitCode).toBe(8);
    expect(report && states(report)).toEqual({
      'smoke/tiny-2-1': 'passed passed',
      'smoke/debian-12-1': 'failed notReached',
    });
    expect(report?.firstFailure).toMatchObject({ vmName: 'smoke/debian-12-1', step: 'first' });
    expect(report?.vms.find(({ os }) => os === 'debian-12')?.steps[0]).toMatchObject({ attempts: 2, exitCode: 1 });
    const { env, snapshots } = await running.agent.client.env.show({ name: 'smoke' });
    expect([env.state, env.endPolicy, report?.env]).toEqual([
      'stopped',
      'delete',
      { state: 'kept', endAt: env.endAt, failure: null },
    ]);
    expect(Math.abs(Date.parse(env.endAt) - before - 600_000)).toBeLessThan(60_000);
    expect(snapshots.map(({ name }) => name)).toEqual(['first-failure']);
    expect(report?.snapshot).toEqual({
      name: 'first-failure',
      link: `${running.agent.url}/#/envs/smoke/timeline`,
      failure: null,
    });
    const page = await read('r.html');
    expect(page).toContain(`<a href="${running.agent.url}/#/envs/smoke/timeline" rel="noreferrer">`);
    // Of both machines then, and of each when it was done.
    expect(page.match(/<img /g)).toHaveLength(4);
  });

  it('says where the snapshot is, and is deleted all the same when nothing is to be kept', async () => {
    const kept = await run(text);
    expect(kept.stdout).toMatch(
      /^smoke: 1 ok, 1 failed\nsnapshot: http\S+\/timeline\n {2}tt snapshot revert smoke first/m,
    );
    expect(kept.stdout).toMatch(/^smoke is kept: it is deleted at 20/m);
    await running.removeEnvs();
    const { exitCode, report } = await run(text, '--keep', 'never', '--json');
    expect([exitCode, report?.snapshot, report?.env?.state]).toEqual([8, null, 'deleted']);
    expect(await running.agent.belongings()).toEqual(NOTHING);
  });

  it('is kept running where its user says so, as long as it may be', async () => {
    const plain = text.replace('snapshotAtFirstFailure: true\nkeepS: 600', 'keepS: 21600');
    expect((await run(plain, '--keep', 'onFailure', '--json')).report?.env?.state).toBe('kept');
    const { env } = await running.agent.client.env.show({ name: 'smoke' });
    expect([env.state, Date.parse(env.endAt) - Date.parse(env.startAt)]).toEqual(['running', 21_600_000]);
    await running.removeEnvs();
    expect((await run(plain, '--json')).report?.env?.state).toBe('deleted');
  });

  it('goes on where a step says so, fetches what is there, and names what is not', async () => {
    const { exitCode, stdout, stderr } = await run(`${HEAD}steps:
  - { name: a, run: "false", continueOnFailure: true }
  - { name: b, run: "echo x > /srv/x" }
artefacts: [{ path: /srv/x }, { path: /srv/none }]
`);
    expect(exitCode).toBe(8);
    expect(stdout).toMatch(/^smoke\/tiny-2-1 +failed \(1\) \d+\.\d s +ok \d+\.\d s +failed$/m);
    expect(stderr).toMatch(/^smoke\/tiny-2-1: \/srv\/none: .* \[GUEST_FILE_MISSING\]$/m);
    expect(await read('got/tiny-2-1/srv/x')).toBe('x\n');
  });

  it('tells guests that are lost from steps that fail', async () => {
    const one = 'name: smoke\nsystems: [{ osPrefix: tiny }]\n';
    const { exitCode, stdout, stderr } = await run(
      `${one}steps:\n  - { name: a, run: poweroff; sleep 9 }\n  - { name: b, run: x }\n`,
    );
    expect([exitCode, stdout]).toEqual([
      9,
      expect.stringMatching(/tiny-2-1 +unreachable.* +not reached +unreachable$/m),
    ]);
    expect(codeOf(stderr)).toMatch(/^RUN_/);
  });
});

describe('services', () => {
  const text = `name: smoke\nsystems: [{ osPrefix: tiny }]\nsteps:
  - { name: a, run: "true", waitFor: [{ port: 80, timeLimitS: 60 }, { run: cat /srv/up, timeLimitS: 60 }] }
`;

  it('are waited for, and nothing of the waiting is kept', async () => {
    const ending = run(text, '--json', '--keep', 'always');
    await until('it waits', async () => (await runs()).length > 0);
    const listening = '0: 00000000:0050 00000000:0000 0A 00000000:00000000';
    const make = `echo up > /srv/up; echo '${listening}' > /proc/net/tcp; echo > /proc/net/tcp6`;
    const made = await running.agent.client.run.start({
      envName: 'smoke',
      command: { script: { text: make } },
      waitMs: 5000,
    });
    const { exitCode, report } = await ending;
    expect([exitCode, report?.result]).toEqual([0, 'passed']);
    await running.agent.client.run.delete({ runId: made.run.id });
    await until('only the step is kept', async () => (await runs()).length === 1);
    expect((await runs())[0]?.title).toBe('true');
  });

  it('fail the step when they do not come', async () => {
    const { exitCode, stderr } = await run(text.replace('timeLimitS: 60', 'timeLimitS: 1'));
    expect([exitCode, stderr]).toEqual([
      8,
      expect.stringMatching(/^smoke\/tiny-2-1: a: .* after 1 s: port 80\. \[MATRIX_SERVICE_ABSENT\]$/m),
    ]);
  });
});

describe('an end before the end', () => {
  const text = `${HEAD}env: { lifetimeS: 900 }
steps:
  - { name: a, run: sleep 1000, overrides: [{ osPrefix: debian, run: "true" }] }
  - { name: b, run: hostname }
`;
  /** On one machine, while the other has come to its end: it waits for nobody. */
  const sleeping = () =>
    until('one sleeps and one is done', async () => {
      const all = await runs();
      const isDone = all.some(({ title, state }) => title === 'hostname' && state === 'ended');
      return isDone && all.some(({ counts }) => counts.running === 1);
    });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s cancels, reports, and deletes the ENV', async (signal) => {
    const ending = run(text, '--json', '--junit', inside('r.xml'));
    await sleeping();
    // A runner that is killed can do nothing: what ends its ENV then is part of it from the beginning.
    const { env } = await running.agent.client.env.show({ name: 'smoke' });
    expect([env.endPolicy, Date.parse(env.endAt) - Date.parse(env.startAt)]).toEqual(['delete', 900_000]);
    process.emit(signal);
    const { exitCode, report } = await ending;
    expect([exitCode, report?.result, report?.env?.state]).toEqual([130, 'cancelled', 'deleted']);
    expect(report && states(report)).toEqual({
      'smoke/tiny-2-1': 'cancelled cancelled',
      'smoke/debian-12-1': 'passed passed',
    });
    expect(await read('r.xml')).toContain('errors="2"');
    expect(await running.agent.belongings()).toEqual(NOTHING);
  });

  it('of the ENV, by its lifetime or by somebody, ends the matrix', async () => {
    const ending = run(text, '--json');
    await sleeping();
    await running.agent.client.env.delete({ name: 'smoke' });
    const { exitCode, report } = await ending;
    expect([exitCode, report?.env?.state]).toEqual([9, 'deleted']);
  });
});

it('waits for its turn where its user has as many runs as may be', async () => {
  const { client } = running.agent;
  await client.env.create({ name: 'busy', groups: [{ osPrefix: 'tiny' }] });
  const others: string[] = [];
  for (let count = 0; count < 16; count++) {
    const { run: begun } = await client.run.start({
      envName: 'busy',
      command: { argv: ['sleep', '1000'] },
      waitMs: 60_000,
    });
    others.push(begun.id);
  }
  const ending = run(`${HEAD}steps: [{ name: a, run: hostname }]\n`, '--json');
  await until('both machines are there', async () => {
    const { envs } = await client.env.list();
    return envs.some(({ name, state }) => name === 'smoke' && state === 'running');
  });
  expect((await runs()).filter(({ envName }) => envName === 'smoke')).toEqual([]);
  for (const runId of others) await client.run.cancel({ runId });
  const { exitCode, report } = await ending;
  expect([exitCode, report?.result]).toEqual([0, 'passed']);
});

it('refuses what can’t be, and leaves nothing half made', async () => {
  const step = 'steps: [{ name: a, run: "true" }]\n';
  await running.agent.client.env.create({ name: 'taken', groups: [{ osPrefix: 'tiny' }] });
  const cases: [string, string[], number, string][] = [
    [`name: smoke\nsystems: [{ osPrefix: tinny }]\n${step}`, [], 3, 'Did you mean: qemu:tiny-2:default?'],
    [HEAD + step, ['--name', 'taken'], 4, '[ENV_NAME_TAKEN]'],
    [HEAD + step, ['--name', '-x-'], 2, ''],
    [`name: smoke\nsystems: [{ osPrefix: tiny, memoryMiB: 9000 }]\n${step}`, [], 5, '[MEMORY_EXHAUSTED]'],
    [`${HEAD}steps: [{ name: a, ruun: x }]\n`, [], 2, '“run” is.'],
    [`${HEAD}steps: [{ name: a, run: x, directory: srv }]\n`, [], 2, 'must be an absolute path'],
    [`${HEAD}steps: [{ name: a, run: ${'é'.repeat(30_000)} }]\n`, [], 2, 'must not be longer than 40 KiB'],
    [HEAD + step, ['--junit', '/no/such/r.xml'], 2, '[FILE_UNUSABLE]'],
    [HEAD + step, ['--keep', 'sometimes'], 2, 'Allowed choices are'],
    [HEAD + step, ['--json', '--stream'], 2, 'choose one of --stream and --json'],
  ];
  for (const [text, flags, code, words] of cases) {
    const { exitCode, stderr } = await run(text, ...flags);
    expect([flags, exitCode, stderr]).toEqual([flags, code, expect.stringContaining(words)]);
  }
  expect((await running.agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['taken']);
});

it('prints what machines print as it comes', async () => {
  const { exitCode, stdout, stderr } = await run(`${HEAD}steps: [{ name: a, run: hostname }]\n`, '--stream');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^smoke\/tiny-2-1: tiny-2-1$/m);
  expect(stdout).toMatch(/^smoke\/debian-12-1: debian-12-1$/m);
});

it('is a list of steps where the grid does not fit', async () => {
  const { report } = await run(
    `${HEAD}steps: [{ name: 安装软件包, run: "true" }, { name: b, run: "false" }]\n`,
    '--json',
  );
  const report2 = report ?? expect.unreachable('no report');
  expect(matrixGrid(report2, 80)).toMatch(/^VM +安装软件包 +b +RESULT\n/);
  const narrow = matrixGrid(report2, 40).split('\n');
  expect(narrow[0]).toMatch(/^VM +STEP +RESULT$/);
  expect(narrow).toHaveLength(1 + 2 * 3 + 1);
});
