// The examples of docs/ci/: every call of tt in them is one that tt takes, tokens go by the environment only, and the ENV has an
// end in any case. ci-examples.test.ts runs them.
import { describe, expect, it } from 'vitest';
import { leavesOf, optionAt } from '../../cli/command-tree.ts';
import { allCommands } from '../../cli/program.ts';
import { githubJob, gitlabJob, ttCalls } from './test-ci-jobs.ts';

const jobs = [
  ['GitHub Actions', githubJob()],
  ['GitLab CI', gitlabJob()],
] as const;

describe.each(jobs)('%s', (_name, job) => {
  const scripts = job.steps.map(({ script }) => script).join('\n');
  const calls = ttCalls(job);

  it('calls only commands and options that tt has', async () => {
    const leaves = leavesOf(await allCommands());
    expect(calls.length).toBeGreaterThan(5);
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

  it('ends the ENV in any case: by its last step, and by its lifetime', () => {
    const last = job.steps.at(-1);
    expect(last).toMatchObject({ always: true, after: null });
    expect(last?.script.trim().split('\n').at(-1)).toBe('tt env del "$ENV_NAME" --yes');
    const made = calls.filter(([group, verb]) => group === 'env' && verb === 'add');
    expect(made.map((words) => [words[2], words.includes('--life-time')])).toEqual([['$ENV_NAME', true]]);
  });

  it('has one place for the tests', () => {
    expect(scripts.match(/^sh ci\/tests\.sh$/gm)).toHaveLength(1);
  });
});
