// `tt image`: brings images in, publishes, shows, renames and deletes them, with and without --json.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { imageBuildLogSchema, imageSchema, imageUseSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;

beforeAll(async () => {
  running = await startTestTt({});
});
afterAll(() => running.stop());

it('an image’s life: imported, used, published, renamed, deleted', async () => {
  const { tt, json, text, agent } = running;
  const file = path.join(running.emptyHome, 'Mine-1.raw');
  await writeFile(file, 'disk of 64 MiB');
  expect(await text(`image import ${file} --format raw --login root:tt --mem 64 --feature ssh --memo Ours`)).toMatch(
    /^qemu:Mine-1:default is ready \(disk, \d+ MiB\)\n$/,
  );
  const onHost = await json(
    `image import ${file} --on-host --format raw --name qemu:other-1:web --firmware uefi`,
    imageSchema,
  );
  expect([onHost.name, onHost.firmware, onHost.owner]).toEqual(['qemu:other-1:web', 'uefi', 'local']);
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'Mine-1' }] });
  const shown = await text('image show qemu:Mine-1:default');
  for (const part of ['disk, ready', 'Ours', 'root (password "tt")', 'ssh', 'demo/Mine-1-1', '64 MiB memory']) {
    expect(shown).toContain(part);
  }
  const schema = z.object({ image: imageSchema, usedBy: z.array(imageUseSchema) });
  expect((await json('image show qemu:Mine-1:default', schema)).usedBy).toEqual([{ kind: 'vm', name: vms[0]?.name }]);
  const used = await tt('image del qemu:Mine-1:default');
  expect([used.exitCode, codeOf(used.stderr)]).toEqual([4, 'IMAGE_IN_USE']);
  await agent.client.env.stop({ name: 'demo', graceS: 0 });
  expect(await text('image publish demo/Mine-1-1 qemu:made-1:default')).toMatch(/^qemu:made-1:default is ready/);
  expect(await text('image rename qemu:made-1:default qemu:made-2:default')).toBe(
    'qemu:made-1:default was renamed to qemu:made-2:default\n',
  );
  await agent.client.env.delete({ name: 'demo' });
  expect(await text('image del qemu:made-2:default')).toBe('qemu:made-2:default is deleted\n');
  expect(await json('image del qemu:other-1:web', z.object({ name: z.string() }))).toEqual({
    name: 'qemu:other-1:web',
  });
  const list = await text('image list');
  expect(list).toMatch(/qemu:Mine-1:default +disk +ready/);
  expect(list).toMatch(/qemu:rocky-9:cloud +disk +absent \(recipe not tested\)/);
  expect(list).not.toContain('made-2');
  // In the language of whoever asks, where an image says it in that.
  expect(list).toMatch(/qemu:rocky-9:cloud .* Rocky Linux 9, the vendor's/);
  const { stdout: inChinese } = await tt('image list', { LANG: 'zh_CN.UTF-8', LC_ALL: '', LC_MESSAGES: '' });
  expect(inChinese).toMatch(/qemu:rocky-9:cloud .* Rocky Linux 9，厂商的通用云镜像。/);
  expect(inChinese).toMatch(/qemu:Mine-1:default .* Ours/);
}, 60_000);

it('an image is warmed and cooled, and --cold boots', async () => {
  const { text, json } = running;
  const name = 'qemu:tiny-2:default';
  expect(await text(`image warm ${name} --mem 192`)).toMatch(
    /^qemu:tiny-2:default is warm: .* on disk, 1 cpu, 192 MiB memory, 1 NIC; woken 0 times\n$/,
  );
  expect(await text('image list')).toMatch(/WARM +ABOUT/);
  await text('env add woken --os-prefix tiny --mem 192');
  expect(await text('vm show woken/tiny-2-1')).toMatch(/origin: +woken in \d+\.\d s/);
  await text('env add-vm woken --os-prefix tiny --mem 192 --cold');
  expect(await text('vm show woken/tiny-2-2')).toMatch(/origin: +booted: a boot was requested/);
  expect(await text(`image show ${name}`)).toMatch(/warm +.*; woken 1 times/);
  expect((await json(`image cool ${name}`, imageSchema)).warm).toBe(null);
  await running.agent.client.env.delete({ name: 'woken' });
}, 60_000);

it('the log of a build is shown, and followed to its end; an image that was not built says so', async () => {
  const { tt, json, text } = running;
  const name = 'qemu:tiny-2:default';
  expect(await text(`image log ${name}`)).toBe(`${name} was not built since the agent began\n`);
  expect(await text(`image log ${name} --follow`)).toBe(`${name} was not built since the agent began\n`);
  expect(await json(`image log ${name}`, imageBuildLogSchema)).toMatchObject({ state: 'none', text: '' });
  const { exitCode, stderr } = await tt('image log qemu:none-1:default');
  expect([exitCode, codeOf(stderr)]).toEqual([3, 'IMAGE_NOT_FOUND']);
}, 60_000);

it('what can’t be taken is refused with its code', async () => {
  const { tt, emptyHome } = running;
  const file = path.join(emptyHome, 'odd.bin');
  await writeFile(file, 'what?');
  const codes = async (args: string) => {
    const { exitCode, stderr } = await tt(args);
    return [exitCode, codeOf(stderr)];
  };
  expect(await codes(`image import ${file}`)).toEqual([2, 'IMAGE_REFUSED']);
  expect(await codes(`image import ${file} --name nonsense`)).toEqual([2, 'IMAGE_NAME_INVALID']);
  expect(await codes('image build qemu:windows-11:eval')).toEqual([2, 'IMAGE_RECIPE_BY_HAND']);
  expect(await codes('image show qemu:none-1:default')).toEqual([3, 'IMAGE_NOT_FOUND']);
  expect(await codes(`image import ${path.join(emptyHome, 'none.raw')}`)).toEqual([2, 'FILE_UNUSABLE']);
}, 60_000);
