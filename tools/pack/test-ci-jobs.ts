// Test support: the examples of docs/ci/ as what a runner makes of them: scripts in their order, each with its environment, and
// when it runs. Of the two languages it knows what the examples use, and rejects anything else.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export interface CiStep {
  name: string;
  script: string;
  /** Of this step alone, still with `${{ … }}` of GitHub. */
  env: Readonly<Record<string, string>>;
  /** Also after a failure or a cancel; default: only while all went well. */
  always: boolean;
  /** Only if the step of this id ended well. */
  after: string | null;
  id: string | null;
}

export interface CiJob {
  env: Readonly<Record<string, string>>;
  steps: CiStep[];
}

const texts = z.record(z.string(), z.string());
const githubSchema = z.strictObject({
  name: z.string(),
  on: z.array(z.string()),
  permissions: z.strictObject({ contents: z.literal('read') }),
  jobs: z.strictObject({
    machines: z.strictObject({
      'runs-on': z.array(z.string()),
      'timeout-minutes': z.number(),
      env: texts,
      steps: z.array(
        z.union([
          z.strictObject({
            uses: z.string(),
            if: z.string().optional(),
            with: z.record(z.string(), z.unknown()).optional(),
          }),
          z.strictObject({
            name: z.string(),
            id: z.string().optional(),
            if: z.string().optional(),
            env: texts.default({}),
            run: z.string(),
          }),
        ]),
      ),
    }),
  }),
});
const gitlabSchema = z.strictObject({
  machines: z.strictObject({
    image: z.string(),
    timeout: z.string(),
    variables: texts,
    before_script: z.array(z.string()),
    script: z.array(z.string()),
    after_script: z.array(z.string()),
    artifacts: z.strictObject({
      when: z.literal('always'),
      paths: z.array(z.string()),
      reports: z.strictObject({ junit: z.string() }).optional(),
    }),
  }),
});
const CONDITION = /^always\(\)(?: && steps\.(\w+)\.outcome == 'success')?$/;

export const ciFolder = path.resolve(import.meta.dirname, '../../docs/ci');
const read = (file: string): unknown => parse(readFileSync(path.join(ciFolder, file), 'utf8'));

/** Steps that run a script; those that use an action are the runner's own. */
export function githubJob(file = 'github-actions.yml'): CiJob {
  const { env, steps } = githubSchema.parse(read(file)).jobs.machines;
  return {
    env,
    steps: steps.flatMap((step) => {
      const condition = step.if === undefined ? null : CONDITION.exec(step.if);
      if (step.if !== undefined && condition === null) throw new Error(`the condition ${step.if} is not known here`);
      if ('uses' in step) return [];
      const { name, run, env: own, id = null } = step;
      return [{ name, script: run, env: own, id, always: condition !== null, after: condition?.[1] ?? null }];
    }),
  };
}

/** before_script and script are one script, after_script another one, in a shell of its own. */
export function gitlabJob(file = 'gitlab-ci.yml'): CiJob {
  const job = gitlabSchema.parse(read(file)).machines;
  const step = (name: string, lines: readonly string[], always: boolean): CiStep => {
    return { name, script: `${lines.join('\n')}\n`, env: {}, always, after: null, id: null };
  };
  return {
    env: job.variables,
    steps: [step('script', [...job.before_script, ...job.script], false), step('after_script', job.after_script, true)],
  };
}

/** Lines of scripts that call `tt`, in words; variables stay as they are. */
export function ttCalls({ steps }: CiJob): string[][] {
  return steps.flatMap(({ script }) =>
    [...script.matchAll(/(?:^|\|\||&&|;)\s*(?:\w+=\S* |exec )*tt ([^\n|&;>]+)/gm)].map(([, line = '']) =>
      [...line.matchAll(/"[^"]*"|[^\s"]+/g)].map(([word]) => word.replaceAll('"', '')),
    ),
  );
}
