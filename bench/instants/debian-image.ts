// The Debian 12 of this bench, built by the project's recipe once and kept from one run to the next: a build takes many minutes of a
// busy machine, and what is measured wants a quiet one.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { imageManifestSchema } from '../../agent/images/manifest.ts';
import { buildDebian12, debian12Recipe } from '../../agent/images/recipes/debian-12/build.ts';
import { recipeDigest } from '../../agent/images/test-image.ts';
import { isThere } from '../../agent/host/is-there.ts';
import { testGuestHelper } from '../../agent/testing/build-guest-helper.ts';

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/tt');
const RECIPE = path.resolve(import.meta.dirname, '../../agent/images/recipes/debian-12');
const BUILD_LIMIT_MS = 40 * 60_000;

/** An image whose guests are set up at their first boot can’t be warmed (decision 0068): a woken guest has had its first boot. */
const SET_UP_AT_BOOT: ReadonlySet<string> = new Set(['setup', 'cloudInit']);

/**
 * Puts it into a folder of images, as one whose guests get no setup. Another recipe or helper makes another image; newer packages of Debian do
 * not.
 */
export async function takeDebian12(imageDirectory: string, say: (text: string) => void): Promise<void> {
  const built = path.join(CACHE, 'bench', `${debian12Recipe.directoryName}-${await recipeDigest(RECIPE)}`);
  if (!(await isThere(path.join(built, 'image.json')))) {
    say('building Debian 12 ...');
    await buildDebian12({
      cacheDirectory: path.join(CACHE, 'debian-12'),
      outputDirectory: built,
      guestHelper: await testGuestHelper(),
      signal: AbortSignal.timeout(BUILD_LIMIT_MS),
      onProgress: () => {},
    });
  }
  await mkdir(imageDirectory, { recursive: true });
  const image = path.join(imageDirectory, debian12Recipe.directoryName);
  await cp(built, image, { recursive: true });
  const file = path.join(image, 'image.json');
  const manifest = imageManifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const features = manifest.features.filter((feature) => !SET_UP_AT_BOOT.has(feature));
  await writeFile(file, JSON.stringify({ ...manifest, features }));
}
