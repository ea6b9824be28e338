// `tt env push` and `tt vm get` with more files than one call can hold.
// @module-tag long
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pushedVmSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
beforeAll(async () => {
  running = await startTestTt({});
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
}, 60_000);
afterAll(() => running.stop());

const pushedSchema = z.looseObject({ vms: z.array(pushedVmSchema), files: z.array(z.unknown()) });
const gotSchema = z.object({ vms: z.array(z.looseObject({ files: z.array(z.looseObject({ path: z.string() })) })) });

it('go in several', async () => {
  const folder = await mkdtemp(path.join(running.emptyHome, 'files-'));
  const inside = (name: string) => path.join(folder, name);
  await mkdir(inside('many'));
  for (let index = 0; index < 1100; index++) await writeFile(inside(`many/${index}`), index % 2 ? '' : `${index}`);
  const { files } = await running.json(`env push demo ${inside('many')} /tmp/cli/`, pushedSchema);
  expect(files.length).toBe(1100);
  const { vms } = await running.json(`vm get demo/tiny-2-1 /tmp/cli/many ${inside('got')}`, gotSchema);
  expect(vms[0]?.files.length).toBe(1100);
  expect(await readFile(inside('got/tiny-2-1/many/1098'), 'utf8')).toBe('1098');
  expect((await readdir(inside('got/tiny-2-1/many'))).length).toBe(1100);
  expect((await running.agent.client.transfer.list()).transfers).toEqual([]);
});
