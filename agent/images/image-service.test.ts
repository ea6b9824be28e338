// The images of a host: those in the folder, those a recipe can build, and how a build can fail.
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Image, quoted } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestImage, TINY_IMAGE } from '../testing/image-folder.ts';
import { ImageService } from './image-service.ts';
import { ImageImporter } from './import/importer.ts';
import type { BuildContext, Recipe } from './recipe.ts';
import { BuildError } from './build-error.ts';
import { FakeImageTool } from './tool/fake-image-tool.ts';

let directory: string;
let told: Image[];
let gone: string[];
let now: () => number;
const recipeName = 'qemu:made-1:default';
const noProgress = () => {};
const never = new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-images-'));
  told = [];
  gone = [];
  now = Date.now;
});
afterEach(() => rm(directory, { recursive: true }));

async function serviceWith(...builds: Recipe['build'][]): Promise<ImageService> {
  const recipes = builds.map(
    (build): Recipe => ({
      name: recipeName,
      directoryName: 'made-1',
      memo: 'Made in a test.',
      memos: { 'zh-CN': '在测试中制作。' },
      features: ['serial'],
      defaultLogin: null,
      minMemoryMiB: 64,
      minDiskMiB: 512,
      firmware: 'bios',
      builtAtStart: true,
      build,
    }),
  );
  const cacheDirectory = path.join(directory, 'cache');
  const service = new ImageService({
    ...parts(cacheDirectory),
    now: () => now(),
    recipes,
    guestHelper: () => Promise.resolve(Buffer.from('helper')),
    onChange: (image) => told.push(image),
    onGone: (name) => gone.push(name),
  });
  await service.init();
  return service;
}

function parts(cacheDirectory: string) {
  const tool = new FakeImageTool();
  const downloadDirectory = path.join(cacheDirectory, 'downloads');
  return {
    directory,
    cacheDirectory,
    tool,
    importer: new ImageImporter({ directory, downloadDirectory, tool, user: null }),
  };
}

const goodBuild = ({ outputDirectory }: BuildContext) => makeTestImage(outputDirectory, { name: recipeName });
const states = () => told.map(({ state, problem }) => (problem ? `${state}: ${problem.code}` : state));

describe('images', () => {
  it('are the folders with a manifest, by absolute path, and recipes not built yet; half-built ones are not seen', async () => {
    await makeTestImage(path.join(directory, 'tiny-2'));
    await mkdir(path.join(directory, '.hidden'));
    await mkdir(path.join(directory, 'made-1.building-x'));
    await writeFile(path.join(directory, 'a-file'), '');
    await makeTestImage(path.join(directory, '.elsewhere'), { name: 'qemu:linked-1:default' });
    await symlink(path.join(directory, '.elsewhere'), path.join(directory, 'linked'));
    const service = await serviceWith(goodBuild);
    expect(service.list().map(({ name, os, state }) => [name, os, state])).toEqual([
      ['qemu:linked-1:default', 'linked-1', 'ready'],
      [recipeName, 'made-1', 'absent'],
      [TINY_IMAGE, 'tiny-2', 'ready'],
    ]);
    expect(service.missing()).toEqual([recipeName]);
    const ready = service.ready(TINY_IMAGE);
    const inside = (file: string) => path.join(directory, 'tiny-2', file);
    expect([ready.disk, ready.boot]).toEqual([
      { path: inside('disk.qcow2'), format: 'qcow2' },
      { kernel: inside('vmlinuz'), initrd: inside('initrd'), append: 'console=ttyS0' },
    ]);
    expect(service.list()[2]?.sizeBytes).toBe(ready.sizeBytes);
  });

  it('say what they are in other languages: by their manifest, or by the recipe they were built by', async () => {
    const made = path.join(directory, 'made-1');
    const memosWith = async (manifest: Parameters<typeof makeTestImage>[1]) => {
      await rm(made, { recursive: true, force: true });
      await makeTestImage(made, { name: recipeName, ...manifest });
      const [image] = (await serviceWith(goodBuild)).list();
      return image?.problem ? image.problem.code : image?.memos;
    };
    const ofRecipe = { 'zh-CN': '在测试中制作。' };
    expect((await serviceWith(goodBuild)).list()[0]?.memos).toEqual(ofRecipe);
    expect(await memosWith({ memo: 'Made in a test.' })).toEqual(ofRecipe);
    // Somebody else says something else of it.
    expect(await memosWith({ memo: 'Ours' })).toBeUndefined();
    expect(await memosWith({ memo: 'Ours', memos: { 'zh-CN': '我们的' } })).toEqual({ 'zh-CN': '我们的' });
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`aa-${10 + index}`, 'x']));
    for (const memos of [{ 'zh-CN': 'x'.repeat(501) }, { 'zh-CN': 'a\nb' }, { '../x': 'x' }, many])
      expect(await memosWith({ memos })).toBe('IMAGE_BROKEN');
  });

  it('that are not there, or not ready, are told apart, with near names', async () => {
    await makeTestImage(path.join(directory, 'tiny-2'));
    const service = await serviceWith(goodBuild);
    expect(() => service.ready('qemu:tinny-1:default')).toThrow(
      expect.objectContaining({
        code: 'IMAGE_NOT_FOUND',
        data: { wanted: 'qemu:tinny-1:default', suggestions: expect.arrayContaining([TINY_IMAGE]) },
      }),
    );
    expect(() => service.ready(recipeName)).toThrow(
      expect.objectContaining({ code: 'IMAGE_NOT_READY', data: { imageName: recipeName, state: 'absent' } }),
    );
  });

  it('of kind iso are files, found as media and never as what machines are made from', async () => {
    await makeTestImage(path.join(directory, 'tiny-2'));
    await writeFile(path.join(directory, 'Net Boot 12.iso'), 'cd');
    const service = await serviceWith();
    const name = 'qemu:Net-Boot-12:iso';
    expect(service.list().map((image) => [image.name, image.kind, image.state])).toEqual([
      [name, 'iso', 'ready'],
      [TINY_IMAGE, 'disk', 'ready'],
    ]);
    expect(service.medium(name).path).toBe(path.join(directory, 'Net Boot 12.iso'));
    const wrongKind = (data: object) => expect.objectContaining({ code: 'IMAGE_WRONG_KIND', data });
    expect(() => service.ready(name)).toThrow(wrongKind({ imageName: name, kind: 'iso', wanted: 'disk' }));
    expect(() => service.medium(TINY_IMAGE)).toThrow(wrongKind({ imageName: TINY_IMAGE, kind: 'disk', wanted: 'iso' }));
    expect(() => service.medium('qemu:none:iso')).toThrow(expect.objectContaining({ code: 'IMAGE_NOT_FOUND' }));
  });

  it.each([
    ['no manifest', (folder: string) => mkdir(folder)],
    [
      'a broken manifest',
      async (folder: string) => {
        await makeTestImage(folder);
        await writeFile(path.join(folder, 'image.json'), '{"name":');
      },
    ],
    [
      'a manifest of another shape',
      async (folder: string) => {
        await makeTestImage(folder);
        await writeFile(path.join(folder, 'image.json'), '{"name":"x","more":1}');
      },
    ],
    [
      'no disk',
      async (folder: string) => {
        await makeTestImage(folder, { name: 'qemu:odd-1:default' });
        await rm(path.join(folder, 'disk.qcow2'));
      },
    ],
  ])('with %s are shown as failed with the reason, and the others as what they are', async (_what, make) => {
    await make(path.join(directory, 'odd'));
    await makeTestImage(path.join(directory, 'tiny-1'));
    // What lacks something may still be coming; half a minute later it is not.
    now = () => Date.now() + 31_000;
    const service = await serviceWith();
    const [odd, tiny] = service.list().sort((a, b) => a.state.localeCompare(b.state));
    expect([odd?.state, odd?.problem?.code, odd?.problem?.data['file']]).toEqual(['failed', 'IMAGE_BROKEN', 'odd']);
    expect([tiny?.name, tiny?.state]).toEqual([TINY_IMAGE, 'ready']);
    expect(() => service.ready(odd?.name ?? '')).toThrow(
      expect.objectContaining({ code: 'IMAGE_NOT_READY', data: { imageName: odd?.name, state: 'failed' } }),
    );
  });
});

describe('building', () => {
  it('tells followers when it begins and when the image is ready, and builds nothing twice', async () => {
    let builds = 0;
    const service = await serviceWith((context) => {
      builds++;
      return goodBuild(context);
    });
    expect(await service.build(recipeName, never, noProgress)).toMatchObject({ name: recipeName, state: 'ready' });
    expect(await service.build(recipeName, never, noProgress)).toMatchObject({ state: 'ready' });
    expect([states(), builds, service.missing()]).toEqual([['building', 'ready'], 1, []]);
  });

  it('has the guest helper of this agent for them', async () => {
    const given: unknown[] = [];
    const service = await serviceWith((context) => {
      given.push(context.guestHelper);
      return goodBuild(context);
    });
    await service.build(recipeName, never, noProgress);
    expect(given).toEqual([Buffer.from('helper')]);
  });

  it('passes on how far it is', async () => {
    const steps: unknown[] = [];
    const service = await serviceWith((context) => {
      context.onProgress({ step: 'downloading', done: 1, total: 3 });
      return goodBuild(context);
    });
    await service.build(recipeName, never, (progress) => steps.push(progress));
    expect(steps).toEqual([{ step: 'downloading', done: 1, total: 3 }]);
  });

  it('that fails says at which step, why and what to do, keeps that to be seen, and can be tried again', async () => {
    const failure = new BuildError(quoted('reported', 'the mirror did not answer'), 'checkNetwork');
    let fails = true;
    const service = await serviceWith((context) => {
      context.onProgress({ step: 'downloading', done: 0, total: 3 });
      return fails ? Promise.reject(failure) : goodBuild(context);
    });
    const data = {
      imageName: recipeName,
      step: 'downloading',
      stepData: {},
      reason: failure.reason,
      advice: 'checkNetwork',
    };
    await expect(service.build(recipeName, never, noProgress)).rejects.toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      data,
    });
    expect(service.list()[0]).toMatchObject({ state: 'failed', problem: { code: 'IMAGE_BUILD_FAILED', data } });
    fails = false;
    await service.build(recipeName, never, noProgress);
    expect(states()).toEqual(['building', 'failed: IMAGE_BUILD_FAILED', 'building', 'ready']);
  });

  it('is logged: its steps, what its programs print, and why it failed; another build begins another log', async () => {
    let fails = true;
    const service = await serviceWith((context) => {
      context.onProgress({ step: 'downloading', done: 0, total: 3 });
      context.onOutput?.('Get:1 a package\n');
      context.onProgress({ step: 'downloading', done: 1, total: 3 });
      context.onProgress({ step: 'converting', done: 2, total: 3 });
      if (fails) return Promise.reject(new BuildError(quoted('reported', 'no space'), 'checkDisk'));
      return goodBuild(context);
    });
    expect(await service.buildLog(recipeName, 0, 0)).toMatchObject({ state: 'none', text: '' });
    await expect(service.build(recipeName, never, noProgress)).rejects.toThrow();
    const { state, text } = await service.buildLog(recipeName, 0, 60_000);
    expect([state, text.match(/^== /gm)?.length]).toEqual(['ended', 2]);
    expect(text).toMatch(/^== .+\nGet:1 a package\n== .+\n\n.*no space/);
    fails = false;
    await service.build(recipeName, never, noProgress);
    expect((await service.buildLog(recipeName, 0, 0)).text).not.toContain('no space');
    await expect(service.buildLog('qemu:none-1:default', 0, 0)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('that made no image at all has failed', async () => {
    const service = await serviceWith(() => Promise.resolve({} as never));
    await expect(service.build(recipeName, never, noProgress)).rejects.toMatchObject({ code: 'IMAGE_BUILD_FAILED' });
  });

  it('that is cancelled leaves the image as absent as it was', async () => {
    const reason = new Error('cancelled');
    const abort = new AbortController();
    const service = await serviceWith(() => {
      abort.abort(reason);
      return Promise.reject(new Error('killed'));
    });
    await expect(service.build(recipeName, abort.signal, noProgress)).rejects.toBe(reason);
    expect(states()).toEqual(['building', 'absent']);
  });

  it('of one image does not begin twice at a time, nor without a recipe; who asks meanwhile waits for it', async () => {
    const done = Promise.withResolvers<void>();
    let builds = 0;
    const service = await serviceWith(async (context) => {
      builds++;
      context.onProgress({ step: 'downloading', done: 1, total: 2 });
      await done.promise;
      return goodBuild(context);
    });
    const seen: string[] = [];
    const first = service.build(recipeName, never, noProgress);
    const second = service.build(recipeName, never, ({ step }) => seen.push(step));
    const stop = new AbortController();
    const third = service.build(recipeName, stop.signal, noProgress);
    stop.abort(new Error('enough'));
    await expect(third).rejects.toThrow('enough');
    await expect(service.build('qemu:none-1:default', never, noProgress)).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
    done.resolve();
    expect([(await first).state, (await second).state, builds]).toEqual(['ready', 'ready', 1]);
    expect(seen).toContain('downloading');
  });
});

it('images are opened to guests that run as users of their own, where that is asked for', async () => {
  const folder = path.join(directory, 'tiny-2');
  await makeTestImage(folder);
  const disk = path.join(folder, 'disk.img');
  const modes = async () =>
    Promise.all([directory, folder, ready.disk.path].map(async (target) => (await stat(target)).mode & 0o777));
  const open = async (openToVmUsers: boolean) => {
    const service = new ImageService({
      ...parts(disk),
      recipes: [],
      onChange: () => {},
      onGone: () => {},
      openToVmUsers,
    });
    await service.init();
    return service.ready(TINY_IMAGE);
  };
  const ready = await open(false);
  await chmod(ready.disk.path, 0o600);
  await chmod(folder, 0o700);
  await open(false);
  expect(await modes()).toEqual([0o700, 0o700, 0o600]);
  await open(true);
  expect(await modes()).toEqual([0o711, 0o755, 0o644]);
});

it('what leads out of the folder is refused: no link opens, imports or tells of a file elsewhere', async () => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), 'tt-elsewhere-'));
  const secret = path.join(elsewhere, 'secret');
  await writeFile(secret, 'a secret', { mode: 0o600 });
  for (const file of ['vmlinuz', 'image.json']) {
    await makeTestImage(path.join(directory, `by-${file}`), { name: `qemu:by-${file}:default` });
    await rm(path.join(directory, `by-${file}`, file));
    await symlink(secret, path.join(directory, `by-${file}`, file));
  }
  await makeTestImage(path.join(elsewhere, 'whole'));
  await symlink(path.join(elsewhere, 'whole'), path.join(directory, 'whole'));
  for (const name of ['dropped.raw', 'medium.iso']) await symlink(secret, path.join(directory, name));
  now = () => Date.now() + 60_000;
  const service = new ImageService({
    ...parts(path.join(directory, '.cache')),
    recipes: [],
    now,
    onChange: () => {},
    onGone: () => {},
    openToVmUsers: true,
  });
  await service.init();
  const images = service.list();
  expect(images.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'failed'));
  for (const { problem } of images) expect(problem?.message).toContain('is a link that leaves the folder');
  expect(JSON.stringify(images)).not.toContain('a secret');
  expect((await stat(secret)).mode & 0o777).toBe(0o600);
  // Also one that is put there after the folder was looked at.
  const source = { kind: 'file', path: path.join(directory, 'dropped.raw'), within: directory } as const;
  const request = { source, checksum: null, format: 'raw' } as const;
  const work = { signal: never, onProgress: noProgress };
  await expect(service.importer.import(request, work, async () => {})).rejects.toMatchObject({ code: 'IMAGE_REFUSED' });
  await rm(elsewhere, { recursive: true });
});

it.runIf(process.geteuid?.() === 0)('what belongs to another user is refused', async () => {
  await makeTestImage(path.join(directory, 'theirs'));
  await chown(path.join(directory, 'theirs', 'vmlinuz'), 12_345, 12_345);
  const service = await serviceWith();
  expect(service.list()[0]?.problem?.message).toContain('belongs to the user 12345');
});
