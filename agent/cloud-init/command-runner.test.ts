// The script that runs commands in guests, run here by the local sh in a folder of its own.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { RUNNER, runnerFiles } from './command-runner.ts';
import { readAnswer } from './provisioning-result.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-runner-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the agent makes of it after the commands were run. */
async function run(...commands: string[]) {
  for (const { path: target, contentBase64 } of runnerFiles(commands)) {
    const file = target.replace('/var/lib/tt', folder);
    await mkdir(path.dirname(file), { recursive: true });
    const text = Buffer.from(contentBase64, 'base64').toString('utf8');
    await writeFile(file, text.replaceAll('/var/lib/tt', folder));
  }
  await runCommand('sh', [RUNNER.replace('/var/lib/tt', folder)], { timeoutMs: 10_000, okExitCodes: [0, 1] });
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  const answer = ['', await read('setup-result.json'), '', '', await read('setup.log'), ''].join('\u0001\n');
  return readAnswer(answer, { vmName: 'demo/tiny-2-1', commands, readsSeeds: true });
}

it('runs them in their order, each by its own shell, and keeps what they print', async () => {
  const answer = await run('echo one; cd /tmp', 'pwd; echo "two  words" >&2', '');
  expect(answer).toEqual({
    state: 'done',
    detail: '',
    detailData: {},
    failure: null,
    logTail: ['+ command 1', 'one', '+ command 2', '/', 'two  words', '+ command 3'],
  });
});

it('stops at the first that fails, and says which, how and what it printed', async () => {
  const more = Array.from({ length: 9 }, (_, index) => `echo ${index}`);
  const answer = await run(...more, 'echo "so \\"far\\""; exit 7', 'echo never');
  expect(answer).toMatchObject({
    state: 'failed',
    detail: 'commandFailed',
    detailData: { number: 10 },
    failure: {
      code: 'SETUP_FAILED',
      data: { vmName: 'demo/tiny-2-1', command: 'echo "so \\"far\\""; exit 7', exitCode: 7, output: 'so "far"' },
    },
  });
  expect(answer.logTail?.at(-1)).toBe('so "far"');
});

it('is done at once when there is nothing to run', async () => {
  expect(await run()).toMatchObject({ state: 'done', logTail: [] });
});
