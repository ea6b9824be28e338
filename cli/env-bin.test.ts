// `tt env del|bin|restore|purge` on a server with a bin.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { envDetailSchema, envSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
beforeAll(async () => {
  running = await startTestTt({ config: { keepDeletedS: 3_600 } });
});
afterAll(() => running.stop());

const binSchema = z.object({ envs: z.array(envSchema) });

it('an ENV goes to the bin, comes back, and is purged', async () => {
  const { text, json, endings } = running;
  await text('env add demo --os-prefix tiny');
  expect(await text('env del demo')).toMatch(/^demo is in the bin until 20\S+Z; "tt env restore demo" takes it out\n$/);
  expect(await text('env list')).not.toContain('demo');
  expect(await text('env bin')).toMatch(/^NAME +VMS +KEPT FOR +OWNER +TITLE\ndemo +1 /);
  expect((await json('env bin', binSchema)).envs.map(({ name, state }) => [name, state])).toEqual([
    ['demo', 'deleted'],
  ]);
  expect(await endings('env start demo', 'env add demo --os-prefix tiny', 'env purge other')).toEqual([
    [4, 'ENV_DELETED'],
    [4, 'ENV_NAME_IN_BIN'],
    [3, 'ENV_NOT_FOUND'],
  ]);
  expect((await json('env restore demo', envDetailSchema)).env).toMatchObject({ name: 'demo', state: 'stopped' });
  expect(await endings('env restore demo')).toEqual([[4, 'ENV_NOT_DELETED']]);
  const gone = z.object({ name: z.string(), keptUntil: z.iso.datetime() });
  expect((await json('env del demo', gone)).name).toBe('demo');
  expect(await text('env purge demo')).toBe('demo is deleted for ever\n');
  expect((await json('env bin', binSchema)).envs).toEqual([]);
});

it('--for-good leaves the bin out', async () => {
  await running.text('env add demo --os-prefix tiny');
  expect(await running.text('env del demo --for-good')).toBe('demo is deleted\n');
  expect((await running.json('env bin', binSchema)).envs).toEqual([]);
});

it('a file of an ENV in the bin is neither applied nor compared', async () => {
  await running.text('env add demo --os-prefix tiny');
  await running.text('env del demo');
  const file = path.join(running.emptyHome, 'demo.yaml');
  await writeFile(file, 'name: demo\ngroups:\n  - osPrefix: tiny\n');
  expect(await running.endings(`apply --file ${file} --yes`, `diff --file ${file}`)).toEqual([
    [4, 'ENV_DELETED'],
    [4, 'ENV_DELETED'],
  ]);
  await running.text('env purge demo');
});
