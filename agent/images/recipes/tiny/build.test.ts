// Builds the image from real packages (downloaded once into a shared cache): two builds are identical, and a failed one leaves
// nothing.
// @module-tag deep
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageManifestSchema } from '../../manifest.ts';
import { type BuildContext, buildTiny, tinyRecipe } from './build.ts';

type BuildProgress = Parameters<BuildContext['onProgress']>[0];

const buildTimeoutMs = 60_000;
// Kept between runs, so that only the first one downloads.
const cacheDirectory = join(tmpdir(), 'tt-tiny-test-cache');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiny-build-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('two builds in different folders are the same to the bit', { timeout: 2 * buildTimeoutMs }, async () => {
  const progress: BuildProgress[] = [];
  const first = await buildTiny(context('one/tiny', { onProgress: (now) => progress.push(now) }));
  const second = await buildTiny(context('two/with blanks/tiny'));
  expect(second).toEqual(first);
  expect(first.name).toBe(tinyRecipe.name);
  expect(first.builtFrom.at(-1)).toMatch(/^tt-guest-helper=[0-9a-f]{12}$/);
  expect(imageManifestSchema.parse(JSON.parse(await readFile(join(folder, 'one/tiny/image.json'), 'utf8')))).toEqual(
    first,
  );
  expect((await readdir(join(folder, 'one/tiny'))).sort()).toEqual([...Object.keys(first.sha256), 'image.json'].sort());
  expect(await readdir(join(folder, 'one'))).toEqual(['tiny']);
  const total = progress[0]?.total ?? 0;
  expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: total + 1 }, (_, done) => done));
});

test('a cancelled build leaves nothing, whenever it is cancelled', { timeout: 2 * buildTimeoutMs }, async () => {
  for (const lastStep of ['findingPackages', 'extractingPackages', 'addingFiles', 'writingManifest']) {
    const cancel = new AbortController();
    const onProgress = ({ step }: BuildProgress) => {
      // A moment later, so that the step's command runs.
      if (step === lastStep) setTimeout(() => cancel.abort(), 3);
    };
    const built = buildTiny(context('cancelled/tiny', { signal: cancel.signal, onProgress }));
    await expect(built, lastStep).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(folder, 'cancelled')), lastStep).toEqual([]);
  }
});

test('never touches an image that is there', async () => {
  await mkdir(join(folder, 'there/tiny'), { recursive: true });
  await writeFile(join(folder, 'there/tiny/disk.qcow2'), 'in use');
  await expect(buildTiny(context('there/tiny'))).rejects.toMatchObject({ name: 'TinyBuildError' });
  expect(await readFile(join(folder, 'there/tiny/disk.qcow2'), 'utf8')).toBe('in use');
  await expect(access(join(folder, 'there/tiny/image.json'))).rejects.toThrow();
});

function context(output: string, more: Partial<BuildContext> = {}): BuildContext {
  return {
    cacheDirectory,
    outputDirectory: join(folder, output),
    guestHelper: Buffer.from('the helper'),
    signal: new AbortController().signal,
    onProgress: () => {},
    ...more,
  };
}
