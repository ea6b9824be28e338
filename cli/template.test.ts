// `tt template ...`, `tt env add --template` and files from standard input, against a test agent with the fake engine.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { templateSchema, wholeTemplateSchema } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { codeOf, type Ended, startTestTt, type TestTt } from './test-tt.ts';

const TEXT = '# for the shop\ntitle: The shop\nlifetimeS: 7200\ngroups:\n  - { osPrefix: tiny, copies: 2 } # two\n';

let running: TestTt;
let tt: TestTt['tt'];
let text: TestTt['text'];
let folder: string;
let file: string;

beforeAll(async () => {
  running = await startTestTt({ config: { memoryTotalMiB: 2048 } });
  ({ tt, text } = running);
  folder = await mkdtemp(path.join(tmpdir(), 'tt-template-'));
  file = path.join(folder, 'web.yaml');
  await writeFile(file, TEXT);
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await running.removeEnvs();
  const { client } = running.agent;
  for (const { name } of (await client.template.list()).templates) await client.template.delete({ name });
});

/** Runs it with this at its standard input. */
async function withInput(input: string, command: string): Promise<Ended> {
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(input)]) as never);
  try {
    return await tt(command);
  } finally {
    stdin.mockRestore();
  }
}

it('a template is saved, shown as it was written, listed, renamed, shared and deleted', async () => {
  expect(await text(`template save web -f ${file}`)).toBe('web is saved, version 1\n');
  expect(await text('template show web')).toBe(TEXT);
  expect((await running.json('template show web', wholeTemplateSchema)).text).toBe(TEXT);
  expect(await text('template share web on')).toBe('web is shared\n');
  expect(await text('template rename web shop')).toBe('web is called shop now\n');
  expect(await text('template list')).toMatch(
    /^NAME +VERSION +OWNER +SHARED +CHANGED +BY\nshop +v1 +local +yes +\S+ +local\n$/,
  );
  expect(await running.json('template share shop off', templateSchema)).toMatchObject({ sharedWith: 'nobody' });
  expect(await text('template del shop --yes')).toBe('shop is deleted\n');
  expect(await running.endings('template show shop', 'template show -- -x', 'template rename shop a')).toEqual([
    [3, 'TEMPLATE_NOT_FOUND'],
    [2, 'NAME_INVALID'],
    [3, 'TEMPLATE_NOT_FOUND'],
  ]);
});

it('replaces one only when told to', async () => {
  await text(`template save web -f ${file}`);
  expect(await running.endings(`template save web -f ${file}`)).toEqual([[4, 'TEMPLATE_NAME_TAKEN']]);
  expect(await text(`template save web -f ${file} --replace --shared on`)).toBe('web is saved, version 2\n');
  expect(await text(`template save new -f ${file} --replace`)).toBe('new is saved, version 1\n');
});

it('an ENV is created from one; what is said of the ENV goes first, and nothing can be said of its VMs', async () => {
  await text(`template save web -f ${file}`);
  expect(await text('env add test --template web --life-time 1h')).toContain('test: running, ends in ');
  const { env, vms } = await running.agent.client.env.show({ name: 'test' });
  expect([env.title, vms.length]).toEqual(['The shop', 2]);
  expect(Date.parse(env.endAt) - Date.parse(env.startAt)).toBe(3_600_000);
  const refused = await tt('env add two --template web --cpu 2');
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('leave out --cpu')]);
  expect(await running.endings('env add two --template wep')).toEqual([[3, 'TEMPLATE_NOT_FOUND']]);
});

it('files come from standard input', async () => {
  const named = `name: demo\n${TEXT}`;
  expect(await withInput(named, 'apply -f -')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/demo: 1 step done\n$/),
  });
  expect(await withInput(named, 'diff -f -')).toMatchObject({ exitCode: 0, stdout: 'demo is as the file says\n' });
  const { stdout } = await tt('env export demo');
  expect(await withInput(stdout, 'template save demo -f -')).toMatchObject({ exitCode: 0 });
  const wrong = await withInput('name: demo\ncopies: 1\n', 'diff -f -');
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('standard input, line 2, column 1: ')]);
  const long = await withInput('#'.repeat(800_000), 'diff -f -');
  expect([long.exitCode, codeOf(long.stderr)]).toEqual([2, 'DOCUMENT_INVALID']);
});

it('what deletes needs --yes there: nobody can be asked', async () => {
  await withInput(`name: demo\n${TEXT}`, 'apply -f -');
  const fewer = `name: demo\n${TEXT.replace('copies: 2', 'copies: 1')}`;
  const refused = await withInput(fewer, 'apply -f -');
  expect([refused.exitCode, codeOf(refused.stderr)]).toEqual([4, 'PLAN_INCOMPLETE']);
  expect((await running.agent.client.env.show({ name: 'demo' })).vms).toHaveLength(2);
  expect((await withInput(fewer, 'apply -f - --yes')).exitCode).toBe(0);
});
