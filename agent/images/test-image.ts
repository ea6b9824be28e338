// Test support: the tiny image, built once and cached between test runs. Tests with real VMs get their guest from here.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../host/is-there.ts';
import { HELPER_SOURCE_FOLDER, testGuestHelper } from '../testing/build-guest-helper.ts';
import { type ImageManifest, imageManifestSchema } from './manifest.ts';
import { buildTiny, tinyRecipe } from './recipes/tiny/build.ts';

const CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/tt');
const RECIPE = path.join(import.meta.dirname, 'recipes/tiny');

/** The folder with image.json and its files, built first if necessary (a minute or two). */
export async function testImage(): Promise<{ directory: string; manifest: ImageManifest }> {
  // A changed recipe gives another folder, so tests never run an image that is out of date.
  const directory = path.join(CACHE, 'images', `${tinyRecipe.directoryName}-${await recipeDigest(RECIPE)}`);
  if (!(await isThere(path.join(directory, 'image.json')))) {
    await buildTiny({
      cacheDirectory: path.join(CACHE, 'packages'),
      outputDirectory: directory,
      guestHelper: await testGuestHelper(),
      signal: AbortSignal.timeout(15 * 60_000),
      onProgress: () => {},
    }).catch(async (error) => {
      // Two test processes may build at once: the rename of the slower one fails, and the image is there.
      if (!(await isThere(path.join(directory, 'image.json')))) throw error;
    });
  }
  const manifest = imageManifestSchema.parse(JSON.parse(await readFile(path.join(directory, 'image.json'), 'utf8')));
  return { directory, manifest };
}

/** Of all that the image of a recipe, whose folder this is, is made from but Debian’s packages. */
export async function recipeDigest(recipeFolder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [recipeFolder, HELPER_SOURCE_FOLDER]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) hash.update(path.relative(folder, file)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 12);
}
