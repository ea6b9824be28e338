// `npm run pack:bundle`: everything that a Debian 12 without network needs for TT, as one file in dist/bundle/. `-- --debian-12` adds that
// image, which takes minutes and some hundred megabytes.
import { access, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { helperProgram } from '../../../agent/guest-channel/helper-program.ts';
import type { Recipe } from '../../../agent/images/recipe.ts';
import { debian12Recipe } from '../../../agent/images/recipes/debian-12/build.ts';
import { tinyRecipe } from '../../../agent/images/recipes/tiny/build.ts';
import { writeChecksums } from '../checksums.ts';
import { makeBundle } from './bundle.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const output = path.join(root, 'dist/bundle');
const BUILD_TIMEOUT_MS = 60 * 60_000;
const flags = process.argv.slice(2);
const unknown = flags.filter((flag) => flag !== '--debian-12');

if (unknown.length > 0) {
  process.stderr.write(`pack:bundle: there is no ${unknown.join(' ')}; the only flag is --debian-12\n`);
  process.exitCode = 2;
} else await pack(flags.length > 0 ? [tinyRecipe, debian12Recipe] : [tinyRecipe]);

async function pack(recipes: readonly Recipe[]): Promise<void> {
  for (const built of ['agent/main.js', 'proxy/main.js', 'renderer/index.html'])
    await access(path.join(root, 'out', built));
  const work = await mkdtemp(path.join(tmpdir(), 'tt-bundle-images-'));
  try {
    const images = new Map<string, string>();
    for (const recipe of recipes) {
      const { directoryName } = recipe;
      process.stdout.write(`building the image ${directoryName}\n`);
      const outputDirectory = path.join(work, directoryName);
      const signal = AbortSignal.timeout(BUILD_TIMEOUT_MS);
      const cacheDirectory = path.join(root, 'node_modules/.cache/tt/packages');
      // Of the build that goes into the bundle.
      const guestHelper = await helperProgram();
      await recipe.build({ cacheDirectory, outputDirectory, guestHelper, signal, onProgress: () => {} });
      images.set(directoryName, outputDirectory);
    }
    await rm(output, { recursive: true, force: true });
    await mkdir(output, { recursive: true });
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const file = await makeBundle({ root, node: process.execPath, architecture, images }, output);
    await writeChecksums(output, [file]);
    const { size } = await stat(file);
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${(size / 1024 / 1024).toFixed(1)} MiB\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
