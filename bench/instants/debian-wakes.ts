// The same as `wakes.ts` with a real system, which boots for as long as people know it: Debian 12, built by the project's recipe.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buildDebian12, debian12Recipe } from '../../agent/images/recipes/debian-12/build.ts';
import { testGuestHelper } from '../../agent/testing/build-guest-helper.ts';
import { readyImage, startAgentProcess } from '../agent-process.ts';
import type { BenchContext } from '../section.ts';
import { measureWakes, type Wakes } from './wakes.ts';

/** What was downloaded is kept from one bench to the next; the image is built anew, so that it is never out of date. */
const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/tt/debian-12');
const BUILD_LIMIT_MS = 40 * 60_000;

export async function measureDebianWakes({ resources, folder, say }: BenchContext, count: number): Promise<Wakes> {
  const own = path.join(folder, 'd');
  const imageDirectory = path.join(own, 'images');
  await mkdir(imageDirectory, { recursive: true });
  say('building Debian 12 ...');
  await buildDebian12({
    cacheDirectory: CACHE,
    outputDirectory: path.join(imageDirectory, debian12Recipe.directoryName),
    guestHelper: await testGuestHelper(),
    signal: AbortSignal.timeout(BUILD_LIMIT_MS),
    onProgress: () => {},
  });
  const flags = ['--storage', 'qcow2', '--log-level', 'debug'];
  const agent = await startAgentProcess(resources, { folder: own, imageDirectory, engine: 'qemu', flags });
  return measureWakes(agent, await readyImage(agent), count);
}
