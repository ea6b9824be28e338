// The examples of docs/ci/: every call of tt in them is one that tt takes, tokens go by the environment only, and the ENV has an
// end in any case. ci-examples.test.ts runs them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readMatrixFile } from '@tt/client/matrix-file';
import { describe, expect, it } from 'vitest';
import { leavesOf, optionAt } from '../../cli/command-tree.ts';
import { allCommands } from '../../cli/program.ts';
import { ciFolder, githubJob, gitlabJob, ttCalls } from './test-ci-jobs.ts';

const jobs = [
  ['GitHub Actions', githubJob()],
  ['GitLab CI', gitlabJob()],
] as const;
const matrixJobs = [
  ['a matrix in GitHub Actions', githubJob('github-actions-matrix.yml')],
  ['a matrix in GitLab CI', gitlabJob('gitlab-ci-matrix.yml')],
] as const;

describe.each([...jobs, ...matrixJobs])('%s', (_name, job) => {
  const scripts = job.steps.map(({ script }) => script).join('\n');
  const calls = ttCalls(job);

  it('calls only commands and options that tt has', async () => {
    const leaves = leavesOf(await allCommands());
    expect(calls.length).toBeGreaterThan(1);
    for (const words of calls) {
      const leaf = leaves.find(({ words: name }) => words.join(' ').startsWith(`${name} `));
      const options = words.filter((word) => word.startsWith('-'));
      expect([words, leaf !== undefined]).toEqual([words, true]);
      expect(leaf === undefined ? [] : options.filter((word) => !optionAt(leaf.command, word))).toEqual([]);
    }
  });

  it('has the token in the environment only', () => {
    // Expressions of GitHub inside a script would be text of others that a shell runs.
    expect(scripts).not.toContain('${{');
    expect(scripts.replaceAll('TT_TOKEN= tt config', '')).not.toContain('TT_TOKEN');
    for (const env of [job.env, ...job.steps.map((step) => step.env)]) {
      for (const [name, value] of Object.entries(env)) expect(/secret|token/i.test(value)).toBe(name === 'TT_TOKEN');
    }
    expect(Object.keys(job.env)).not.toContain('TT_TOKEN');
  });

  it('selects the server without the token, which would be kept in a file', () => {
    const selects = job.steps.filter(({ script }) => /\btt config\b/.test(script));
    expect(selects).toHaveLength(1);
    for (const { script, env } of selects) {
      const isWithout =
        /^TT_TOKEN= tt config/m.test(script) ||
        (Object.keys(env).length === 0 && script.trim().startsWith('tt config'));
      expect(isWithout).toBe(true);
    }
  });

  it('ends the ENV in any case by its last step', () => {
    const last = job.steps.at(-1);
    expect(last).toMatchObject({ always: true, after: null });
    expect(last?.script.trim().split('\n').at(-1)).toBe('tt env del "$ENV_NAME" --yes');
  });
});

describe.each(jobs)('%s', (_name, job) => {
  const scripts = job.steps.map(({ script }) => script).join('\n');

  it('ends the ENV by its lifetime, too', () => {
    const made = ttCalls(job).filter(([group, verb]) => group === 'env' && verb === 'add');
    expect(made.map((words) => [words[2], words.includes('--life-time')])).toEqual([['$ENV_NAME', true]]);
  });

  it('has one place for the tests', () => {
    expect(scripts.match(/^sh ci\/tests\.sh$/gm)).toHaveLength(1);
  });
});

describe.each(matrixJobs)('%s', (_name, job) => {
  it('runs one matrix, in an ENV of this run, which has an end of its own', () => {
    const made = ttCalls(job).filter(([group]) => group === 'matrix');
    expect(made.map((words) => words.slice(0, 5))).toEqual([
      ['matrix', 'run', 'ci/matrix.yaml', '--name', '$ENV_NAME'],
    ]);
    const { env } = readMatrixFile(readFileSync(path.join(ciFolder, 'matrix.yaml'), 'utf8'), 'matrix.yaml');
    expect(env?.lifetimeS).toBe(3600);
  });
});
