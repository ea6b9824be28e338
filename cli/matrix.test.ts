// `tt matrix check`: what a matrix file may say, and where it is wrong. No server is asked: there is none here.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { matrixFileSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHere } from './test-tt.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-matrix-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function check(text: string, flags: readonly string[] = []) {
  const file = path.join(folder, 'm.yaml');
  await writeFile(file, text);
  return runHere(['matrix', 'check', file, ...flags], { TT_HOME: folder });
}

/** `3:5 text` of each fault. */
async function faults(text: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await check(text);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining('[DOCUMENT_INVALID]')]);
  return [...stderr.matchAll(/line (\d+), column (\d+): ([^\n]*)/g)].map(
    ([, line, column, words]) => `${line}:${column} ${words}`,
  );
}

it('takes the example of the user guide, and prints it with its defaults for programs', async () => {
  const guide = await readFile(path.join(import.meta.dirname, '../docs/user-guide.md'), 'utf8');
  const [, example = ''] = /```yaml\n(# smoke\.yaml\n[^`]*)```/.exec(guide) ?? [];
  expect(await check(example)).toEqual({ exitCode: 0, stdout: 'smoke: 2 systems, 2 steps\n', stderr: '' });
  const { stdout } = await check(example, ['--json']);
  const read = matrixFileSchema.parse(JSON.parse(stdout));
  expect(read).toEqual(JSON.parse(stdout));
  expect(read).toMatchObject({ systems: [{ copies: 1 }, { copies: 1 }], snapshotAtFirstFailure: true });
});

it('names what is wrong, each with its place', async () => {
  expect(await faults('name: m\nsystems: [{ memoryMiB: 96 }]\nsteps: []\n')).toEqual([
    '2:11 “systems[0].osPrefix” is missing.',
    expect.stringMatching(/^3:8 this value of “steps” can’t be used\. Details: /),
  ]);
  const head = 'name: m\nsystems:\n  - { osPrefix: tiny, blacklist: [somewhere] }\n';
  expect(
    await faults(
      `${head}waitFor: [{ port: 80, run: x }, { timeLimitS: 5 }]\nsteps:\n  - name: a\n  - name: a\n    run: x\n    command: [y]\n` +
        '    overrides:\n      - { osPrefix: t, skip: true }\n      - { osPrefix: t, run: x, command: [y] }\n    waitFor: [{}]\n---\nname: n\nsystems: [{ osPrefix: t }]\nsteps: [{ name: a, run: b }]\n',
    ),
  ).toEqual([
    expect.stringMatching(/^3:\d+ “somewhere” is not an IPv4 address or CIDR/),
    '4:11 exactly one of these is possible here: port, run',
    '4:33 exactly one of these is possible here: port, run',
    '6:5 exactly one of these is possible here: run, command',
    '7:5 exactly one of these is possible here: run, command',
    '7:11 an earlier step is called a too',
    '12:9 exactly one of these is possible here: run, command',
    '13:15 exactly one of these is possible here: port, run',
    '15:1 a matrix is one document',
  ]);
  expect(
    await faults(
      `${head.replace('[somewhere]', '[]')}steps:\n  - name: a\n    run: x\n    retires: 2\n    environment: { "1A": x }\n`,
    ),
  ).toEqual([
    '7:5 “steps[0].retires” is not a key here; “retries” is.',
    expect.stringMatching(/^8:\d+ this value of “steps\[0\]\.environment\.1A” can’t be used/),
  ]);
});
