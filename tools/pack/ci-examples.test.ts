// The scripts of docs/ci/ as a runner calls them, with the npm package of tt and an agent: everything goes well, tests fail, the
// run is cancelled in the middle, there is no such system, the token is wrong. No ENV stays, and the token is in no file.
// @module-tag long
import { access, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { envDetailSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunError, runCommand } from '../../agent/host/run-command.ts';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { until } from '../../agent/testing/until.ts';
import { makeNpmPackage } from './npm-package.ts';
import { ciFolder, type CiJob, githubJob, gitlabJob } from './test-ci-jobs.ts';

const root = path.resolve(import.meta.dirname, '../..');
let work: string;
let archive: string;
let agent: TestAgent;
let project: string;

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'tt-ci-'));
  archive = await makeNpmPackage(root, work);
  agent = await startTestAgent({ config: { network: 'user', memoryTotalMiB: 4096 } });
});
afterAll(async () => {
  await agent?.stop();
  await rm(work, { recursive: true, force: true });
});
beforeEach(async () => {
  project = await mkdtemp(path.join(work, 'project-'));
  await mkdir(path.join(project, 'ci'));
});

// What a failed test has left.
afterEach(async () => {
  for (const { name } of (await agent.client.env.list()).envs) await agent.client.env.delete({ name });
});

interface Ended {
  /** Of each step that ran. */
  outcomes: Record<string, 'success' | 'failure' | 'cancelled'>;
  output: string;
}

/** What a runner gives to every script: nothing of this process but the path. */
const stubs = (token: string): Record<string, string> => ({
  HOME: project,
  PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  TT_PACKAGE: archive,
  TT_ADDRESS: agent.url,
  RUNNER_TEMP: project,
  GITHUB_REPOSITORY: 'ann/demo',
  GITHUB_RUN_ID: '7',
  GITHUB_ENV: path.join(project, 'github-env'),
  GITHUB_PATH: path.join(project, 'github-path'),
  GITHUB_STEP_SUMMARY: path.join(project, 'summary.md'),
  CI_PROJECT_DIR: project,
  CI_PROJECT_PATH: 'ann/demo',
  CI_JOB_ID: '7',
  // GitLab has variables in every script; GitHub's steps name theirs.
  ...(token !== '' && { TT_TOKEN: token }),
});

/** Values of `${{ … }}` of GitHub and of `$NAME` in variables of GitLab. */
function filled(env: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>, token: string) {
  const expressions: Record<string, string> = {
    'vars.TT_PACKAGE': archive,
    'vars.TT_ADDRESS': agent.url,
    'github.run_id': '7',
    'github.run_attempt': '1',
    'secrets.TT_TOKEN': token,
  };
  const known = (from: Readonly<Record<string, string>>, name: string) => {
    const value = from[name];
    if (value === undefined) throw new Error(`a runner does not know ${name} here`);
    return value;
  };
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      text
        .replace(/\$\{\{ ([\w.]+) \}\}/g, (_all, expression: string) => known(expressions, expression))
        .replace(/\$(\w+)/g, (_all, variable: string) => known(given, variable)),
    ]),
  );
}

async function runJob(
  job: CiJob,
  {
    token,
    isGithub,
    change = {},
    cancel,
  }: { token: string; isGithub: boolean; change?: Record<string, string>; cancel?: AbortSignal },
): Promise<Ended> {
  const given = stubs(isGithub ? '' : token);
  const env = { ...given, ...filled(job.env, given, token), ...change };
  const ended: Ended = { outcomes: {}, output: '' };
  const byId = new Map<string, string>();
  let isWell = true;
  for (const [at, step] of job.steps.entries()) {
    if (!isWell && !step.always) continue;
    if (step.after !== null && byId.get(step.after) !== 'success') continue;
    const file = path.join(project, `step-${at}.sh`);
    await writeFile(file, step.script);
    const more = isGithub ? await fromCommands(env['PATH'] ?? '') : {};
    try {
      const { stdout, stderr } = await runCommand('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
        cwd: project,
        timeoutMs: 120_000,
        withoutEnvironment: true,
        env: { ...env, ...more, ...filled(step.env, given, token) },
        ...(cancel && !step.always && { signal: cancel }),
      });
      ended.outcomes[step.name] = 'success';
      ended.output += stdout + stderr;
    } catch (error) {
      ended.outcomes[step.name] = cancel?.aborted === true ? 'cancelled' : 'failure';
      if (error instanceof RunError) ended.output += error.stderr;
      isWell = false;
    }
    if (step.id !== null) byId.set(step.id, ended.outcomes[step.name] ?? '');
  }
  return ended;
}

/** What earlier steps wrote into GITHUB_ENV and GITHUB_PATH. */
async function fromCommands(searchPath: string): Promise<Record<string, string>> {
  const lines = async (name: string) => {
    const text = await readFile(path.join(project, name), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  };
  const variables = (await lines('github-env')).map((line) => [
    line.slice(0, line.indexOf('=')),
    line.slice(line.indexOf('=') + 1),
  ]);
  return {
    ...Object.fromEntries(variables),
    PATH: [...(await lines('github-path')).toReversed(), searchPath].join(':'),
  };
}

const tests = (script: string) => writeFile(path.join(project, 'ci/tests.sh'), script);
const noEnvs = async () => expect((await agent.client.env.list()).envs).toEqual([]);
/** In no file of the runner, whatever its folder. */
async function noToken(token: string): Promise<void> {
  const args = ['--recursive', '--files-with-matches', '--fixed-strings', '--file=-', project];
  const { stdout } = await runCommand('grep', args, { input: `${token}\n`, timeoutMs: 60_000, okExitCodes: [0, 1] });
  expect(stdout).toBe('');
}

describe.each([
  {
    name: 'GitHub Actions',
    isGithub: true,
    job: githubJob(),
    envName: 'ci-7-1',
    last: 'Delete the ENV',
    testing: 'Run',
  },
  { name: 'GitLab CI', isGithub: false, job: gitlabJob(), envName: 'ci-7', last: 'after_script', testing: 'script' },
])('$name', ({ isGithub, job, envName, last, testing }) => {
  const run = (options: { token?: string; change?: Record<string, string>; cancel?: AbortSignal } = {}) =>
    runJob(job, { token: agent.token, isGithub, ...options });
  const report = (file: string) => readFile(path.join(project, 'report', file), 'utf8');

  it('creates, tests, reports and deletes', async () => {
    await tests(
      'tt env list --quiet --json > report/while-tested.json; tt snapshot revert "$ENV_NAME" clean > report/reverted.txt\n',
    );
    const { outcomes, output } = await run();
    expect([outcomes, output]).toEqual([
      Object.fromEntries(job.steps.map(({ name }) => [name, 'success'])),
      expect.any(String),
    ]);
    const { env, vms } = envDetailSchema.parse(JSON.parse(await report('env.json')));
    expect([env.name, env.state, vms.map(({ image }) => image.split(':')[1])]).toEqual([
      envName,
      'running',
      ['debian-12', 'tiny-2'],
    ]);
    expect(await report('while-tested.json')).toContain(envName);
    expect(await report('reverted.txt')).toContain(`${envName} was reverted to clean`);
    expect(await report('machines.txt')).toContain(`${envName}/tiny-2-1`);
    if (isGithub) expect(await readFile(path.join(project, 'summary.md'), 'utf8')).toContain(`${envName}/tiny-2-1`);
    await noEnvs();
    await noToken(agent.token);
    expect(output).not.toContain(agent.token);
  });

  it('deletes when the tests fail, and has failed', async () => {
    await tests('exit 3\n');
    const { outcomes } = await run();
    expect([outcomes[testing], outcomes[last]]).toEqual(['failure', 'success']);
    expect(await report('machines.txt')).toContain(`${envName}/tiny-2-1`);
    await noEnvs();
  });

  it('deletes when it is cancelled in the middle', async () => {
    await tests('touch started\nexec sleep 600\n');
    const cancel = new AbortController();
    const running = run({ cancel: cancel.signal });
    await until(
      'the tests run',
      () =>
        access(path.join(project, 'started')).then(
          () => true,
          () => false,
        ),
      120_000,
    );
    expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual([envName]);
    cancel.abort();
    const { outcomes } = await running;
    expect([outcomes[testing], outcomes[last]]).toEqual(['cancelled', 'success']);
    await noEnvs();
  });

  it('fails when nothing could be created, and has nothing to delete', async () => {
    await tests('touch tested\n');
    const { outcomes, output } = await run({ change: { SYSTEMS: 'no-such-system' } });
    expect(Object.values(outcomes)).toContain('failure');
    expect(outcomes[last]).toBe('success');
    expect(output).toContain('IMAGE_NOT_FOUND');
    await expect(access(path.join(project, 'tested'))).rejects.toMatchObject({ code: 'ENOENT' });
    await noEnvs();
  });

  it('fails with a wrong token, says so, and shows it nowhere', async () => {
    await tests('touch tested\n');
    const { outcomes, output } = await run({ token: 'a-wrong-token-of-ci' });
    expect(outcomes[last]).toBe('failure');
    expect(output).toContain('[UNAUTHORIZED]');
    expect(output).not.toContain('a-wrong-token-of-ci');
    await noToken('a-wrong-token-of-ci');
    await noEnvs();
  });
});

describe.each([
  {
    name: 'a matrix in GitHub Actions',
    isGithub: true,
    job: githubJob('github-actions-matrix.yml'),
    last: 'Delete the ENV',
    testing: 'Run',
  },
  {
    name: 'a matrix in GitLab CI',
    isGithub: false,
    job: gitlabJob('gitlab-ci-matrix.yml'),
    last: 'after_script',
    testing: 'script',
  },
])('$name', ({ isGithub, job, last, testing }) => {
  const run = (options: { cancel?: AbortSignal } = {}) => runJob(job, { token: agent.token, isGithub, ...options });
  const matrix = path.resolve(ciFolder, 'matrix.yaml');

  it('runs, reports and leaves no ENV', async () => {
    await copyFile(matrix, path.join(project, 'ci/matrix.yaml'));
    const { outcomes, output } = await run();
    expect([outcomes, output]).toEqual([
      Object.fromEntries(job.steps.map(({ name }) => [name, 'success'])),
      expect.stringMatching(/^ci: 2 ok$/m),
    ]);
    expect(await readFile(path.join(project, 'report/machines.xml'), 'utf8')).toContain('tests="2" failures="0"');
    expect(await readFile(path.join(project, 'report/machines.html'), 'utf8')).toContain('<!doctype html>');
    await noEnvs();
    await noToken(agent.token);
  });

  it('has failed when a step fails, with its report, and leaves no ENV', async () => {
    const text = await readFile(matrix, 'utf8');
    await writeFile(path.join(project, 'ci/matrix.yaml'), text.replace('run: hostname', 'run: exit 3'));
    const { outcomes } = await run();
    expect(outcomes[testing]).toBe('failure');
    expect(await readFile(path.join(project, 'report/machines.xml'), 'utf8')).toContain('failures="1"');
    await noEnvs();
  });

  it('leaves no ENV when it is cancelled in the middle', async () => {
    const text = await readFile(matrix, 'utf8');
    await writeFile(path.join(project, 'ci/matrix.yaml'), text.replace('run: hostname', 'run: sleep 600'));
    const cancel = new AbortController();
    const running = run({ cancel: cancel.signal });
    const { client } = agent;
    await until(
      'a step runs',
      async () => (await client.run.list({})).runs.some(({ counts }) => counts.running > 0),
      120_000,
    );
    cancel.abort();
    const { outcomes } = await running;
    expect([outcomes[testing], outcomes[last]]).toEqual(['cancelled', 'success']);
    await noEnvs();
  });
});
